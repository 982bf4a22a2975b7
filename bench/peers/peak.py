"""Runs a program and writes the largest memory (MB) it had: python peak.py FILE PROGRAM ARGUMENTS..."""

import subprocess
import sys
from pathlib import Path

from shared import row

if __name__ == "__main__":
    code = subprocess.call(sys.argv[2:])
    Path(sys.argv[1]).write_text(str(row.peak_mb(children=True)))
    sys.exit(code)
