"""mrvaudit: the open data-quality audit for emissions monitoring, reporting and verification."""

__version__ = "0.1.0"
