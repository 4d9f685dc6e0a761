"""The only Python that knows a sector; nothing but the command line imports it."""
