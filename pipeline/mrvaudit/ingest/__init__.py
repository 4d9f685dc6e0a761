"""Read what was submitted: find the files, hand over their cells as they are.

A reader is a module of this package with SUFFIXES and `read(path) -> list[Block]`; further ones come by the entry point
group `mrvaudit.readers`.
"""

from __future__ import annotations

from mrvaudit.ingest.block import Block
from mrvaudit.ingest.discovery import Found, discover, read, readers, sha256

__all__ = ["Block", "Found", "discover", "read", "readers", "sha256"]
