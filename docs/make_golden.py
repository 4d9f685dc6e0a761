"""Write reports/examples/ again: what the sample plant's reports look like, in both languages.

    python docs/make_golden.py

The test of the samples compares them byte for byte, so that a change of a page is seen before it is sent. FORMATS names
what is kept of each language; a further format that writes the same bytes everywhere is one more line.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from mrvaudit.cli.app import call
from mrvaudit.report import as_html, formats, settings
from mrvaudit.report.writing import Writing
from mrvaudit.sector import load_sector

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "reports" / "examples"
SAMPLE = ROOT / "data" / "samples" / "faulty-plant"
UNIT = "1%23机组"
FORMATS = {"html": as_html.render}
"""Format -> its bytes from a report model and how it is written."""


def golden(out: Path) -> dict[str, bytes]:
    """Files of reports/examples by name, made from an audit of the sample plant in `out`."""
    text = (out / "units" / UNIT / "report.json").read_bytes()
    model: dict[str, Any] = json.loads(text)
    own = settings.parse(load_sector(model["sector"]["id"]).sections.get("report", {})).words
    words = formats.book()["words"] | {key: pair.model_dump() for key, pair in own.items()}
    found = {"faulty-plant/report.json": text, "faulty-plant/index.html": (out / "index.html").read_bytes()}
    for lang in formats.LANGUAGES:
        for name, render in FORMATS.items():
            found[f"faulty-plant/report.{lang}.{name}"] = render(model, Writing(lang, words))
    return found


def main() -> int:
    """Audit, write, name what changed."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        if call(["audit", str(SAMPLE), "--out", str(out), "--quiet", "--reports", "html,json"]) not in (0, 1):
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
