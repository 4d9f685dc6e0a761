"""Zip packages whose bytes repeat: the same entries in the same order, one fixed time, one compression."""

from __future__ import annotations

import io
import zipfile

# The earliest time that a zip entry can carry.
TIME = (1980, 1, 1, 0, 0, 0)
UNIX, READABLE = 3, 0o100644


def fixed(package: bytes) -> bytes:
    """The package with every entry's time, system, rights and compression set; the contents are what they were."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, TIME)
            info.create_system = UNIX
            info.external_attr = READABLE << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(entry), zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()
