"""How it is written to files."""
