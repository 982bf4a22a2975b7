"""What is kept of a run: recorders, recordings, and their folders on disk."""
