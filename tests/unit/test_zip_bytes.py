"""Packages rewritten: other times and rights, the same contents, the same bytes."""

from __future__ import annotations

import io
import zipfile

from mrvaudit.zip_bytes import TIME, fixed


def package(time: tuple[int, int, int, int, int, int], level: int) -> bytes:
    """Two entries with a time and a compression of their own."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, text in (("b.xml", "<b/>" * 50), ("a/a.xml", "甲")):
            target.writestr(zipfile.ZipInfo(name, time), text.encode(), zipfile.ZIP_DEFLATED, level)
    return out.getvalue()


def test_one_time_one_order_one_compression() -> None:
    """Packages of equal contents become equal bytes."""
    first, second = package((2025, 3, 1, 8, 0, 0), 1), package((2026, 7, 2, 9, 30, 2), 9)
    assert first != second
    assert fixed(first) == fixed(second) == fixed(fixed(first))
    with zipfile.ZipFile(io.BytesIO(fixed(first))) as read:
        found = [(one.filename, one.date_time, read.read(one).decode()) for one in read.infolist()]
    assert found == [("b.xml", TIME, "<b/>" * 50), ("a/a.xml", TIME, "甲")]
