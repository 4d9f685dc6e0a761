"""Which files of a submission are found, under which names, in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrvaudit.errors import InputError, NothingError, UsageError
from mrvaudit.ingest import Found, discover, read, readers


def write(folder: Path, *names: str) -> Path:
    """Empty files of these names."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"unit_id\n1\n")
    return folder


def places(found: list[Found]) -> list[tuple[str, str, str]]:
    """Name, folder and kind of each file."""
    return [(one.name, one.folder, one.kind) for one in found]


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    """Files of every reader, deep or not, sorted by name; papers and leftovers are passed over, strangers are not."""
    folder = write(
        tmp_path / "fleet",
        *("b.csv", "a/units.tsv", "a/fuel_use.parquet", "C.XLSX", "a/photo.jpg", "mapping.yaml"),
        *("README.md", "readme_zh.txt", "LICENSE", ".hidden.csv", "~$C.xlsx", "expected-findings.csv", "notes.txt"),
        *("__MACOSX/x.csv", ".git/x.csv"),
    )
    assert places(discover([folder])) == [
        ("fleet/C.XLSX", "fleet", ".xlsx"),
        ("fleet/a/fuel_use.parquet", "fleet/a", ".parquet"),
        ("fleet/a/photo.jpg", "fleet/a", "unknown"),
        ("fleet/a/units.tsv", "fleet/a", ".tsv"),
        ("fleet/b.csv", "fleet", ".csv"),
        ("fleet/mapping.yaml", "fleet", "mapping"),
    ]


def test_files_given_one_by_one_count_to_their_folder(tmp_path: Path) -> None:
    """Their folder's mapping comes along; a file given twice is read once."""
    folder = write(tmp_path / "plant", "units.csv", "fuel_use.csv", "other.csv", "mapping.yaml")
    found = discover([folder / "units.csv", folder / "fuel_use.csv", folder / "units.csv"])
    assert places(found) == [
        ("fuel_use.csv", "*/plant", ".csv"),
        ("mapping.yaml", "*/plant", "mapping"),
        ("units.csv", "*/plant", ".csv"),
    ]


def test_inputs_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """As many parents are named as it takes."""
    first, second = write(tmp_path / "x" / "plant", "units.csv"), write(tmp_path / "y" / "plant", "units.csv")
    assert [one.name for one in discover([first, second])] == ["x/plant/units.csv", "y/plant/units.csv"]


def test_a_link_out_of_the_submission_is_not_followed(tmp_path: Path) -> None:
    """It is listed as a stranger."""
    outside = write(tmp_path / "elsewhere", "secret.csv") / "secret.csv"
    folder = write(tmp_path / "plant", "units.csv")
    (folder / "fuel_use.csv").symlink_to(outside)
    assert places(discover([folder])) == [
        ("plant/fuel_use.csv", "plant", "unknown"),
        ("plant/units.csv", "plant", ".csv"),
    ]


@pytest.mark.parametrize(
    "name", ["机组 信息&<b>.csv", "a'b\"c;--.csv", "%2e%2e.csv", "con.csv", "x*[1]?.csv", "名" * 60 + ".csv"]
)
def test_hostile_names_are_names(tmp_path: Path, name: str) -> None:
    """Quotes, wildcards, markup and long names do nothing."""
    folder = write(tmp_path / "plant", name)
    found = discover([folder])
    assert [one.name for one in found] == [f"plant/{name}"]
    assert [block.headers for block in read(found[0])] == [("unit_id",)]


def test_bytes_that_are_no_text_in_a_name_are_shown_as_such(tmp_path: Path) -> None:
    """The name can be written to every output."""
    folder = tmp_path / "plant"
    folder.mkdir()
    try:
        Path(str(folder) + "/\udcff.csv").write_bytes(b"unit_id\n1\n")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert [one.name for one in discover([folder])] == ["plant/\ufffd.csv"]


def test_missing_and_empty_inputs(tmp_path: Path) -> None:
    """A missing path is wrong usage; a folder without data is nothing."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        discover([tmp_path / "missing"])
    with pytest.raises(NothingError):
        discover([tmp_path / "empty"])
    with pytest.raises(NothingError):
        discover([write(tmp_path / "photos", "a.jpg")])


def test_every_format_has_a_reader() -> None:
    """Suffixes in lower case, with the dot."""
    assert sorted(readers()) == [".csv", ".ods", ".parquet", ".pq", ".tsv", ".xls", ".xlsb", ".xlsm", ".xlsx"]


@pytest.mark.parametrize("name", ["fuel_use.xlsx", "fuel_use.xls", "fuel_use.parquet", "fuel_use.ods"])
def test_a_file_that_is_not_what_it_claims_is_an_input_error(tmp_path: Path, name: str) -> None:
    """The error names the file as the submission does."""
    folder = tmp_path / "plant"
    folder.mkdir()
    (folder / name).write_bytes(b"this is nothing of the kind")
    with pytest.raises(InputError) as caught:
        read(discover([folder])[0])
    assert caught.value.where == f"plant/{name}"
