"""Hostile files end to end: refused or read inside five seconds and one gigabyte each, and nothing of them is run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import hostile_files
import pytest

from mrvaudit.errors import InputError
from mrvaudit.ingest import discover, read
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise import standardise

SECONDS, KILOBYTES = 5.0, 1 << 20
MEMORY = "reading it takes more memory or time than is allowed; it was not used"
BROKEN = "this is no workbook that can be opened (damaged, encrypted, or another kind of file)"
ENCODING = "the text encoding is not recognised (UTF-8, UTF-16 with BOM or GB18030 expected)"
HONEST = [("1#机组", "烟煤", "2025-01-01", "12.5")]
# What is said of each, or the rows that were read.
EXPECTED: dict[str, object] = {
    "bomb.xlsx": "the workbook unpacks to more than 1 GB and was not read",
    "lying-bomb.xlsx": BROKEN,
    "far.xlsx": MEMORY,
    "declared.xlsx": HONEST,
    "far-error.xlsx": MEMORY,
    "names.xlsx": HONEST,
    "links.xlsx": HONEST,
    "macros.xlsm": HONEST,
    "dde.xlsx": [*HONEST, (None, None, None, "0")],
    "zeros.csv": ENCODING,
    "later-zeros.csv": ENCODING,
    "line.csv": "a line is longer than 16 MB: this is no table of records",
    "cut.xlsx": BROKEN,
    "text.xlsx": BROKEN,
    "empty.xlsx": BROKEN,
}


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


# Run in a process of its own, whose memory is that of reading alone; another one is its reader of workbooks.
READ_ALL = """
import json, resource, sys, time
from pathlib import Path
from mrvaudit.errors import InputError
from mrvaudit.ingest import apart, discover, read

def handed_over(path):
    (found,) = (one for one in discover([path]) if one.is_data)
    try:
        (block, *_) = read(found)
    except InputError as fault:
        assert all((fault.where, fault.zh, fault.read, fault.todo_zh, fault.todo_en)), path
        return fault.en
    return [row[1:] for row in block.frame.head(3).rows()]

folder, *names = map(Path, sys.argv[1:])
handed_over(folder / names[0])
for name in names:
    began = time.perf_counter()
    said = handed_over(folder / name)
    print(json.dumps([str(name), time.perf_counter() - began, said]))
apart.stop()
# Not what `getrusage` says of this process: that begins with what its parent held.
own = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


def test_each_is_refused_or_read_in_time_and_memory(tmp_path: Path) -> None:
    """Five seconds each, one gigabyte at most in either process; nothing is followed, unpacked or run."""
    names = [hostile_files.write(name, tmp_path).name for name in hostile_files.FILES]
    command = [sys.executable, "-c", READ_ALL, str(tmp_path), "links.xlsx", *names]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (0, "") == (done.returncode, done.stderr)
    *files, memory = map(json.loads, done.stdout.splitlines())
    said = {name: rows if isinstance(rows, str) else [tuple(row) for row in rows] for name, _, rows in files}
    assert EXPECTED == {name: said[name] for name in EXPECTED}
    assert [] == [(name, seconds) for name, seconds, _ in files if seconds > SECONDS]
    assert [] == [kilobytes for kilobytes in memory if kilobytes > KILOBYTES]
    assert "root:" not in done.stdout
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    assert [] == list(tmp_path.parent.glob("evil*"))


def test_a_file_that_is_open_elsewhere_is_said_so(tmp_path: Path, power: Sector) -> None:
    """The lock file of a spreadsheet program lies beside it: what was saved last is read."""
    plant = tmp_path / "plant"
    plant.mkdir()
    (plant / "台账.xlsx").write_bytes(hostile_files.honest())
    (plant / "~$台账.xlsx").write_bytes(b"\0" * 165)
    said = standardise(discover([plant]), power, Work(tmp_path / "work")).notices
    assert [
        ("INT-OPEN", "“plant/台账.xlsx”: it is open in another program; what was saved last was read.")
    ] == said.select("rule_id", "message_en").rows()[:1]


def test_a_file_that_may_not_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As systems answer that do not share open files; root may read anything, so the answer is given here."""

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    path = tmp_path / "fuel_use.csv"
    path.write_text("unit_id\n1\n", encoding="utf-8")
    (found,) = discover([path])
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match="another program has it open"):
        read(found)
