"""Where the peers' scripts find the numbers of the workloads and the row they write."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workloads"))

import parameters
import row

__all__ = ["parameters", "row"]
