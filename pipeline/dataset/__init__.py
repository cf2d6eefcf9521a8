"""Dataset: what the user takes away, and what changed since the last build."""
