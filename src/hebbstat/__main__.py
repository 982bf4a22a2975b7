"""`python -m hebbstat` is the program `hebbstat`."""

from hebbstat.cli import main

if __name__ == "__main__":
    main()
