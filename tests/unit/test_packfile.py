"""Pack files are strict YAML, and an error names file, line, column, excerpt and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrvaudit.errors import PackError
from mrvaudit.packfile import Entry, Words, load

SEE = "see docs/packs.md for the keys of this entry"


class Leaf(Entry):
    """An entry with one word in two languages and a list."""

    title: Words
    size: int
    parts: tuple[int, ...] = ()


def written(folder: Path, text: str | bytes) -> Path:
    """A file with this text."""
    path = folder / "a.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("text", "where", "english"),
    [
        ("a: [1\nb: 2\n", "a.yaml:2:2", "YAML syntax"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "a.yaml:4:3", "duplicate key c"),
        ("a: 1\n'a': 2\n", "a.yaml:2:1", "duplicate key a"),
        ("a: &x 1\nb: *x\n", "a.yaml:1:4", "anchors"),
        ("a: 1\nb:\n  - &x {c: 1}\n", "a.yaml:3:5", "anchors"),
        ("- 1\n- 2\n", "a.yaml:1:1", "top level must be a mapping"),
        ("just words\n", "a.yaml:1:1", "top level must be a mapping"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1", "only one document"),
        ("a: !!python/name:os.getcwd ''\n", "a.yaml:1:4", "tag:yaml.org,2002:python/name:os.getcwd is not allowed"),
        ("a: !!python/object/apply:os.getcwd [x]\n", "a.yaml:1:4", "object/apply:os.getcwd is not allowed"),
        ("? [a]\n: 1\n", "a.yaml:1:3", "a key must be a word"),
        ("a: <<\n", "a.yaml:1:4", "no valid value: <<"),
        ("*x : 1\n", "a.yaml:1:1", "a key must be a word"),
        ("a: 1\nb: 2025-02-30\n", "a.yaml:2:4", "no valid value: 2025-02-30"),
        ("a: !!int x\n", "a.yaml:1:4", "tag:yaml.org,2002:int is not allowed"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", "a.yaml:1:53", "nested more than 50 deep"),
        ("a: " + "[" * 100_000 + "\n", "a.yaml:1:53", "nested more than 50 deep"),
        ("a: \x00\n", "a.yaml", "a character that YAML does not allow"),
        ("a: 1\n\tb: 2\n", "a.yaml:2:1", "YAML syntax"),
    ],
)
def test_refused_at_its_place(tmp_path: Path, text: str, where: str, english: str) -> None:
    """Bad YAML, duplicate keys, anchors and anything but a mapping are refused where they stand."""
    with pytest.raises(PackError) as caught:
        load(written(tmp_path, text))
    assert (where, True) == (caught.value.where, english in caught.value.en)


def test_excerpt_and_remedy(tmp_path: Path) -> None:
    """The line is quoted and the message says what to do, in both languages."""
    with pytest.raises(PackError) as caught:
        load(written(tmp_path, "a: 1\nb: &x 2\n"))
    fault = caught.value
    assert (fault.read, fault.todo_zh, fault.todo_en) == ("«b: &x 2»", "请改正后重试", "mend the file and try again")


@pytest.mark.parametrize("content", [b"a: \xff\xfe\n", "a: 核查报告\n".encode("gb18030")])
def test_not_utf8(tmp_path: Path, content: bytes) -> None:
    """Text in another encoding is refused, not guessed."""
    with pytest.raises(PackError, match=r"a\.yaml: .*UTF-8"):
        load(written(tmp_path, content))


def test_no_file(tmp_path: Path) -> None:
    """A file that cannot be read is a pack error too."""
    with pytest.raises(PackError, match="missing"):
        load(tmp_path / "missing.yaml")


def test_words_that_yaml_takes_for_booleans_stay_words_as_keys(tmp_path: Path) -> None:
    """`no:` and `on:` are keys of our files, not False and True."""
    assert load(written(tmp_path, "no: 1\non: 2\n2025: 3\n")).data == {"no": 1, "on": 2, "2025": 3}


def test_empty_file(tmp_path: Path) -> None:
    """An empty file holds nothing and is no fault."""
    assert load(written(tmp_path, "# only words\n")).data == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "leaf:\n  title: {zh: 叶, en: Leaf}\n",
            "a.yaml:2:3: leaf：缺少键 size；读到 «title: {zh: 叶, en: Leaf}»；请对照 docs/packs.md 修改"
            " / leaf: key size is missing; read «title: {zh: 叶, en: Leaf}»; " + SEE,
        ),
        (
            "leaf:\n  size: 1\n  title: {zh: 叶, en: Leaf}\n  colour: red\n",
            "a.yaml:4:11: leaf.colour：没有这个键：colour；读到 «colour: red»；请对照 docs/packs.md 修改"
            f" / leaf.colour: Extra inputs are not permitted; read «colour: red»; {SEE}",
        ),
        (
            "leaf:\n  size: many\n  title: {zh: 叶, en: Leaf}\n",
            "a.yaml:2:9: leaf.size：size 的值不符合要求；读到 «size: many»；请对照 docs/packs.md 修改"
            " / leaf.size: Input should be a valid integer, unable to parse string as an integer;"
            f" read «size: many»; {SEE}",
        ),
    ],
)
def test_entries(tmp_path: Path, text: str, expected: str) -> None:
    """Missing, unknown and wrong keys: the whole message, as the user sees it."""
    pack = load(written(tmp_path, text))
    with pytest.raises(PackError) as caught:
        pack.parse(Leaf, pack.data["leaf"], ("leaf",))
    assert expected == str(caught.value)


def test_nested_places(tmp_path: Path) -> None:
    """The place is that of the innermost key or item that does not fit."""
    pack = load(written(tmp_path, "leaf:\n  size: 1\n  title: {zh: 叶}\n  parts: [1,\n    x]\n"))
    with pytest.raises(PackError) as caught:
        pack.parse(Leaf, {"size": 1, "title": {"zh": "叶", "en": "Leaf"}, "parts": [1, "x"]}, ("leaf",))
    with pytest.raises(PackError) as missing:
        pack.parse(Leaf, {"size": 1, "title": {"zh": "叶"}}, ("leaf",))
    assert [(fault.value.where, fault.value.read) for fault in (caught, missing)] == [
        ("a.yaml:5:5", "«x]»"),
        ("a.yaml:3:10", "«title: {zh: 叶}»"),
    ]
