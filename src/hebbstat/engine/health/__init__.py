"""The monitor: networks that are silent, run away, hold NaN or are stuck are noticed while they run."""
