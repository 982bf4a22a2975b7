"""What the engine picked, and where the time goes, in words."""
