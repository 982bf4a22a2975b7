"""`python -m homeostat` is the program `homeostat`."""

from homeostat.cli import main

if __name__ == "__main__":
    main()
