"""Write reports/examples/ again: what the sample plant's reports look like, in both languages.

    python docs/make_golden.py

The test of the samples compares them byte for byte, so that a change of a page is seen before it is sent. FORMATS names
what is kept of each language; Word and Excel files are kept as text, where a change can be read.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import office_text

from mrvaudit.cli.app import call
from mrvaudit.report import as_docx, as_html, formats, settings
from mrvaudit.report.office import findings_book, marked_book
from mrvaudit.report.writing import Writing
from mrvaudit.sector import load_sector

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "reports" / "examples"
SAMPLE = ROOT / "data" / "samples" / "faulty-plant"
UNIT = "1%23机组"


def findings(model: dict[str, Any], writing: Writing) -> bytes:
    """The list of non-conformities as text, without links into the marked submission."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / findings_book.FILE
        findings_book.write(model, path, writing, marked_book.Links({}))
        return office_text.of_workbook(path.read_bytes())


FORMATS: dict[str, Callable[[dict[str, Any], Writing], bytes]] = {
    "report.{}.html": as_html.render,
    "report.{}.docx.txt": lambda model, writing: office_text.of_document(as_docx.render(model, writing)),
    "findings.{}.xlsx.txt": findings,
}
"""Name of a file with a place for the language -> its bytes from a report model and how it is written."""


def golden(out: Path) -> dict[str, bytes]:
    """Files of reports/examples by name, made from an audit of the sample plant in `out`."""
    text = (out / "units" / UNIT / "report.json").read_bytes()
    model: dict[str, Any] = json.loads(text)
    own = settings.parse(load_sector(model["sector"]["id"]).sections.get("report", {})).words
    words = formats.book()["words"] | {key: pair.model_dump() for key, pair in own.items()}
    found = {"faulty-plant/report.json": text, "faulty-plant/index.html": (out / "index.html").read_bytes()}
    for lang in formats.LANGUAGES:
        for name, render in FORMATS.items():
            found[f"faulty-plant/{name.format(lang)}"] = render(model, Writing(lang, words))
    marked = (out / "units" / UNIT / "marked.xlsx").read_bytes()
    return found | {"faulty-plant/marked.zh.xlsx.txt": office_text.of_workbook(marked, only_marked=True)}


def main() -> int:
    """Audit, write, name what changed."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        if call(["audit", str(SAMPLE), "--out", str(out), "--quiet", "--reports", "html,json,xlsx"]) not in (0, 1):
            return 1
        files = golden(out)
    shutil.rmtree(EXAMPLES, ignore_errors=True)
    for path, content in sorted(files.items()):
        target = EXAMPLES / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        print(f"{len(content):>8,}  {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
