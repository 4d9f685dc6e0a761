"""marked.xlsx: the submission as sent, a sheet per file or worksheet, the cells of findings coloured and commented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_cell_to_rowcol  # type: ignore[import-untyped]

from mrvaudit.ingest.block import cell_columns
from mrvaudit.model import SEVERITIES
from mrvaudit.report import formats
from mrvaudit.report.office import book, sheet_rows
from mrvaudit.report.office.book import Book, put
from mrvaudit.report.office.items import Item, Place, items
from mrvaudit.report.office.texts import LONGEST_CELL, cut, seen, sheet_names
from mrvaudit.report.writing import Writing

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

    from mrvaudit.ingest import Block

FILE = "marked.xlsx"
WIDEST, NARROWEST = 40, 7
Key = tuple[str, str | None]
"""A file, and a sheet of it (None where the file has no sheets)."""


@dataclass(frozen=True)
class Links:
    """Where the cells of the submission stand in marked.xlsx."""

    names: Mapping[Key, str]

    def of(self, place: Place) -> tuple[str, str] | None:
        """Address and words of a link from another workbook of the folder; None where there is nothing to go to."""
        name, cell = self.names.get((place.file, place.sheet)), self.cell(place)
        if name is None or cell is None:
            return None
        quoted = name.replace("'", "''")
        return f"external:{FILE}#'{quoted}'!{cell}", self.words(place)

    def words(self, place: Place) -> str:
        """Sheet and cell in short."""
        name = self.names.get((place.file, place.sheet)) or place.sheet or PurePosixPath(place.file).stem
        return seen(f"{name}!{self.cell(place) or ''}".rstrip("!"))

    @staticmethod
    def cell(place: Place) -> str | None:
        """The cell, or the first one of a row that is known alone."""
        return place.cell or (f"A{place.row}" if place.row else None)


@dataclass
class Marks:
    """What stands at one cell: the findings about it, or that it belongs to one."""

    about: list[Item] = field(default_factory=list)
    beside: list[Item] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The gravest severity, or `related`."""
        return min((one.severity for one in self.about), key=SEVERITIES.index) if self.about else "related"


def sheets(report: Mapping[str, Any], writing: Writing) -> tuple[Links, dict[Key, Block], list[str]]:
    """Every sheet of the submission by its key with the links to it, and the files that could not be read."""
    found: dict[Key, Block] = {}
    lost: list[str] = []
    for one in report["inputs"]:
        blocks = None
        if writing.submission is not None:
            blocks = writing.submission.blocks(one["path"], report["unit"]["entity_id"], one["shared"])
        if blocks is None:
            lost.append(one["path"])
        found |= {(one["path"], block.sheet): block for block in blocks or ()}
    about = writing.words["sheet_about"][writing.lang]
    wanted = [sheet or PurePosixPath(path).stem for path, sheet in found]
    names = sheet_names([about, *wanted])[1:]
    return Links(dict(zip(found, names, strict=True))), found, lost


def write(
    report: Mapping[str, Any],
    path: Path,
    writing: Writing,
    links: Links,
    found: Mapping[Key, Block],
    lost: Sequence[str],
) -> None:
    """Write the workbook; rows and columns are those of the original."""
    lang, words, unit = writing.lang, writing.words, report["unit"]
    name = " ".join(str(one) for one in (unit["entity_name"] or unit["entity_id"], unit["unit_id"]) if one)
    values = {"name": name, "years": report["period"]["years"]}
    title = formats.fill(words["marked_title"], values)[lang]
    out = BytesIO()
    made = book.opened(out, report, lang, title)
    listed, doubts = items(report, writing)
    about = made.file.add_worksheet(words["sheet_about"][lang])
    _about(made, about, report, writing, [*listed, *doubts], links, lost)
    by_sheet = _marks([*listed, *doubts])
    rows, tails = {}, sheet_rows.Tails(styles(made))
    for number, (key, block) in enumerate(found.items(), 2):
        sheet = made.file.add_worksheet(links.names[key])
        shared = any(one["shared"] for one in report["inputs"] if one["path"] == key[0])
        rows[f"xl/worksheets/sheet{number}.xml"] = _sheet(
            made, sheet, writing, block, by_sheet.get(key, {}), shared, tails
        )
    made.file.close()
    path.write_bytes(sheet_rows.filled(out.getvalue(), rows))


def _marks(found: Sequence[Item]) -> dict[Key, dict[tuple[int, int], Marks]]:
    made: dict[Key, dict[tuple[int, int], Marks]] = {}
    for item in found:
        for nth, place in enumerate(item.places):
            cell = Links.cell(place)
            if cell is not None:
                marks = made.setdefault((place.file, place.sheet), {}).setdefault(xl_cell_to_rowcol(cell), Marks())
                (marks.beside if nth else marks.about).append(item)
    return made


def _about(
    made: Book, sheet: Worksheet, report: Mapping[str, Any], writing: Writing, found: Sequence[Item], links: Links,
    lost: Sequence[str],
) -> None:  # fmt: skip
    """Legend, the findings with links into the sheets, and the files that could not be read."""
    lang, words = writing.lang, writing.words
    plain = made.format(text_wrap=True)
    for column, width in enumerate((7, 11, 10, 70, 34)):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 4, "", plain)
    sheet.set_row(0, 46)
    put(sheet, 0, 0, words["marked_how"][lang], plain)
    row = 1
    for severity in SEVERITIES:
        fill = made.format(bg_color=book.FILLS[severity], font_color=book.INKS[severity], bold=True)
        put(sheet, row, 1, words[severity][lang], fill)
        row += 1
    if any(one["shared"] for one in report["inputs"]):
        put(sheet, row, 3, words["marked_shared"][lang], plain)
        row += 1
    for path in lost:
        put(sheet, row, 3, f"{path}: {words['marked_not_read'][lang]}", plain)
        row += 1
    row += 1
    for column, key in enumerate(("col_number", "col_severity", "col_rule", "col_description", "col_place")):
        put(sheet, row, column, f"{words[key]['zh']}\n{words[key]['en']}", made.head)
    sheet.set_row(row, 2 * book.LINE_HEIGHT + 3)
    sheet.freeze_panes(row + 1, 0)
    book.one_wide(sheet)
    link = made.format(text_wrap=True, border=1, border_color=book.LINE, font_color=book.ACCENT, underline=1)
    for item in found:
        row += 1
        for column, value in enumerate((item.label, item.severity_word, item.rule_id, item.message)):
            put(sheet, row, column, value, made.text)
        sheet.set_row(row, book.tall([(item.message, 70), (item.source, 34)]))
        to = links.of(item.places[0]) if item.places else None
        if to is None:
            put(sheet, row, 4, item.source, made.text)
        else:
            sheet.write_url(row, 4, f"internal:{to[0].partition('#')[2]}", link, to[1])


def _sheet(
    made: Book, sheet: Worksheet, writing: Writing, block: Block, marks: Mapping[tuple[int, int], Marks], shared: bool,
    tails: sheet_rows.Tails,
) -> tuple[bytes, str]:  # fmt: skip
    """What surrounds the cells of one sheet and comments them; returns the rows, which are put in at the end."""
    first = block.first_column - 1
    shown = block.frame.head(50).rows()
    for column, name in enumerate(cell_columns(block.frame), first):
        nth = block.frame.get_column_index(name)
        head = block.headers[column - first] if column - first < len(block.headers) else ""
        texts = [head, *[str(row[nth]) for row in shown if row[nth] is not None]]
        wide = max([book.wide(text[:WIDEST]) for text in texts]) + 1.5
        sheet.set_column(column, column, min(WIDEST, max(NARROWEST, wide)))
    sheet.freeze_panes(block.header_row, 0)
    sheet.repeat_rows(block.header_row - 1)
    book.one_wide(sheet)
    if shared:
        sheet.set_default_row(hide_unused_rows=True)
    for (row, column), at in marks.items():
        _comment(made, sheet, writing, row, column, at)
    return sheet_rows.rows(block, {place: at.kind for place, at in marks.items()}, tails)


def styles(made: Book) -> sheet_rows.Styles:
    """Numbers of the styles of plain, head and marked cells, made in the workbook when they are first asked for."""

    @cache
    def number(kind: sheet_rows.Kind, decimals: int | None) -> int:
        properties: dict[str, Any] = {"bold": True} if kind == sheet_rows.HEAD else {}
        if kind in book.FILLS:
            properties["bg_color"] = book.FILLS[kind]
        if decimals is not None:
            properties["num_format"] = "0." + "0" * decimals if decimals else "0"
        # The number that xlsxwriter itself writes into a cell; it counts the styles in use.
        return int(made.format(**properties)._get_xf_index())

    return number


def _comment(made: Book, sheet: Worksheet, writing: Writing, row: int, column: int, at: Marks) -> None:
    """What the findings about a cell say, gravest first."""
    lines = [f"{one.label}. {one.severity_word} {one.rule_id}\n{one.message}" for one in at.about]
    also = writing.words["marked_beside"]
    lines += [f"{formats.fill(also, {'number': one.label})[writing.lang]} {one.rule_id}" for one in at.beside]
    text = cut("\n".join(lines), LONGEST_CELL)
    height = 20 + 15 * sum(1 + len(line) // 26 for line in text.split("\n"))
    options = {"x_scale": 2.4, "height": min(400, height), "font_size": 9, "font_name": book.FONT[made.lang]}
    sheet.write_comment(row, column, text, options)
    sheet.set_comments_author("mrvaudit")
