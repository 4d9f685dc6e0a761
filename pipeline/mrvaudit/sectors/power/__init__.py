"""Power generation."""
