"""What a run changes: looked at, set, taken and put back, whole or in part."""
