"""What can be wrong with it on purpose, and the truth of that."""
