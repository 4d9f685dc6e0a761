"""The two forms to print, fill in and sign: document review (portrait) and checklist on site (landscape)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from mrvaudit import __version__
from mrvaudit.visit import lines
from mrvaudit.visit.lines import Table, say
from mrvaudit.zip_bytes import fixed

REVIEW, CHECKLIST = "document_review.docx", "onsite_checklist.docx"
FONTS = {"zh": ("Times New Roman", "宋体", "黑体"), "en": ("Times New Roman", "宋体", "黑体")}
BAND = "DBE7E6"
WIDTH_MM, MARGIN_MM = {"portrait": 210, "landscape": 297}, 15


def write(pack: Mapping[str, Any], folder: Path, lang: str) -> None:
    """Write both forms of one unit."""
    review = _opened(pack, lang, "review_title", "portrait")
    _table(review, lines.review(pack, lang), "portrait", titled=False)
    _table(review, lines.documents(pack, lang), "portrait")
    _close(review, pack, lang, ("prepared_by", "signed"), folder / REVIEW)
    checklist = _opened(pack, lang, "checklist_title", "landscape")
    _table(checklist, lines.checklist(pack, lang), "landscape", titled=False)
    for table in (*lines.draws(pack, lang), *lines.recomputations(pack, lang)):
        _table(checklist, table, "landscape")
    _close(checklist, pack, lang, ("visited_on", "present", "signed"), folder / CHECKLIST)


def _opened(pack: Mapping[str, Any], lang: str, title: str, way: str) -> Any:
    """A document with its fonts, page, title and the block that says whose form it is."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if way == "landscape" else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if way == "landscape" else (Mm(210), Mm(297))
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(MARGIN_MM))
    section.top_margin, section.header_distance, section.footer_distance = Mm(18), Mm(9), Mm(8)
    latin, song, hei = FONTS[lang]
    for name, size, chinese in (("Normal", 9, song), ("Heading 1", 16, hei), ("Heading 2", 11, hei)):
        style = document.styles[name]
        style.font.name, style.font.size = latin, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for part in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(_w(part), None)
        fonts.set(_w("eastAsia"), chinese)
        if name != "Normal":
            style.font.color.rgb = docx.shared.RGBColor(0x1A, 0x1F, 0x24)
    day = datetime.fromisoformat(pack["as_of"])
    said = document.core_properties
    said.title, said.author, said.comments = say(title, lang), f"mrvaudit {__version__}", f"digest {pack['digest']}"
    said.created = said.modified = day
    said.last_modified_by, said.revision = "", 1
    document.add_heading(say(title, lang), 1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _facts(document, lines.head(pack, lang), way)
    _running(document, pack, lang, title)
    return document


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))


def _facts(document: Any, pairs: Sequence[tuple[str, str]], way: str) -> None:
    """Name and value, two or three pairs a row."""
    across = 3 if way == "landscape" else 2
    table = document.add_table(rows=-(-len(pairs) // across), cols=2 * across)
    table.style = "Table Grid"
    _padded(table)
    for number, row in enumerate(table.rows):
        cells = row.cells
        for place, (name, value) in enumerate(pairs[number * across : (number + 1) * across]):
            _fill(cells[2 * place], name, shaded=True)
            _fill(cells[2 * place + 1], value)
    document.add_paragraph()


def _running(document: Any, pack: Mapping[str, Any], lang: str, title: str) -> None:
    """Header with the unit, footer with the page number."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    section, unit = document.sections[0], pack["unit"]
    name = " · ".join(
        part for part in (unit["entity_name"] or unit["entity_id"], unit["unit_id"], say(title, lang)) if part
    )
    section.header.paragraphs[0].text = lines.shown(name)[:200]
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, _, after = say("page", lang).partition("{page}")
    paragraph.add_run(before)
    _field(paragraph, "PAGE")
    paragraph.add_run(after)


def _field(paragraph: Any, instruction: str) -> None:
    from docx.oxml import OxmlElement

    run = paragraph.add_run()._r
    for kind, text in (("begin", None), (None, instruction), ("end", None)):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(_w("fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run.append(mark)


def _table(document: Any, table: Table, way: str, *, titled: bool = True) -> None:
    """Title, sentences, and the table with its head repeated on every page; without rows the sentences alone."""
    if titled:
        document.add_heading(table.title, 2)
    for note in table.notes:
        document.add_paragraph(note)
    if not table.rows:
        return
    made = document.add_table(rows=1 + len(table.rows), cols=len(table.heads))
    made.style = "Table Grid"
    made.autofit = False
    widths = _widths(table, way)
    _padded(made)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for number, (row, texts) in enumerate(zip(made.rows, (table.heads, *table.rows), strict=True)):
        _row_rules(row, head=number == 0)
        for place, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width = width
            _fill(cell, text, shaded=number == 0, right=number > 0 and place > 0 and lines.is_figure(text))
    document.add_paragraph()


def _padded(table: Any) -> None:
    """Room above and below the text of every cell."""
    from docx.oxml import OxmlElement

    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", 40), ("left", 80), ("bottom", 40), ("right", 80)):
        margin = OxmlElement(f"w:{side}")
        margin.set(_w("w"), str(twips))
        margin.set(_w("type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _widths(table: Table, way: str) -> list[Any]:
    from docx.shared import Mm

    whole = WIDTH_MM[way] - 2 * MARGIN_MM
    return [Mm(round(whole * width / sum(table.widths), 2)) for width in table.widths]


def _row_rules(row: Any, *, head: bool) -> None:
    from docx.oxml import OxmlElement

    rules = row._tr.get_or_add_trPr()
    for name in ("cantSplit", "tblHeader") if head else ("cantSplit",):
        mark = OxmlElement(f"w:{name}")
        mark.set(_w("val"), "true")
        rules.append(mark)


def _fill(cell: Any, text: str, *, shaded: bool = False, right: bool = False) -> None:
    """Text of a cell, its lines as lines."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(text)
    run.font.size = Pt(8.5)
    if shaded:
        run.bold = True
        mark = OxmlElement("w:shd")
        mark.set(_w("val"), "clear")
        mark.set(_w("fill"), BAND)
        cell._tc.get_or_add_tcPr().append(mark)


def _close(document: Any, pack: Mapping[str, Any], lang: str, signs: Sequence[str], path: Path) -> None:
    """Notes, the lines to sign on, and the file with one fixed time in it."""
    for note in lines.foot(pack, lang):
        document.add_paragraph(note)
    colon = "：" if lang == "zh" else ": "
    document.add_paragraph("        ".join(f"{say(sign, lang)}{colon}______________" for sign in signs))
    package = io.BytesIO()
    document.save(package)
    path.write_bytes(fixed(package.getvalue()))
