"""Rows of one key: which is kept, and which are one record."""
