"""Paragraphs, tables and fields of a Word document as text, with marks of docxtpl where a report fills them in."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

PORTRAIT, LANDSCAPE = 9070, 14570
"""Width of the text in twentieths of a point: A4 with margins of 2.5 cm, across with 2 cm."""
BAND, LINE = "DBE7E6", "9AA0A6"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def run(text: str, style: str | None = None) -> str:
    """A run of text, which may hold {{ marks }}."""
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(style: str, *runs: str, keep: bool = False) -> str:
    """A paragraph of a style from runs or plain text; `keep` holds it together with what follows."""
    inner = "".join(one if one.startswith("<w:") else run(one) for one in runs)
    kept = "<w:keepNext/>" if keep else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}</w:pPr>{inner}</w:p>'


def mark(text: str, kind: str = "p") -> str:
    """A paragraph that vanishes: a loop or a condition around whole paragraphs and tables."""
    return paragraph("Body", f"{{%{kind} {text} %}}")


def each(loop: str, *inner: str) -> str:
    """Paragraphs and tables once for every turn of a loop."""
    return mark(f"for {loop}") + "".join(inner) + mark("endfor")


def when(condition: str, *inner: str, other: Sequence[str] = ()) -> str:
    """Paragraphs and tables where a condition holds, others where it does not."""
    without = (mark("else") + "".join(other)) if other else ""
    return mark(f"if {condition}") + "".join(inner) + without + mark("endif")


def word(key: str) -> str:
    """A word of the report's language."""
    return f"{{{{ w.{key} }}}}"


def choice(tag: str, keys: Sequence[str]) -> str:
    """A drop-down that nobody has chosen from yet."""
    entries = "".join(
        f'<w:listItem w:displayText={quoteattr(word(key))} w:value="{key.removeprefix("doc_choice_")}"/>'
        for key in keys
    )
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{tag}"/><w:tag w:val="{tag}"/><w:showingPlcHdr/>'
        f"<w:dropDownList>{entries}</w:dropDownList></w:sdtPr><w:sdtContent>"
        f"{run('{{ w.doc_choose }}', 'Placeholder')}</w:sdtContent></w:sdt>"
    )


def blank(tag: str, text: str | None = None) -> str:
    """A field to fill in; `text` is shown in its place."""
    shown = text or word("doc_fill")
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{tag}"/><w:tag w:val="{tag}"/><w:showingPlcHdr/><w:text w:multiLine="1"/>'
        f"</w:sdtPr><w:sdtContent>{run(shown, 'Placeholder')}</w:sdtContent></w:sdt>"
    )


def cell(width: int, *content: str, style: str = "Cell", span: int = 1, shade: bool = False, keep: bool = False) -> str:
    """A cell of paragraphs; plain text and runs become one paragraph of `style`."""
    written = bool(content) and content[0].startswith("<w:p>")
    blocks = "".join(content) if written else paragraph(style, *(content or ("",)), keep=keep)
    merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{BAND}"/>' if shade else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}{fill}</w:tcPr>{blocks}</w:tc>'


def row(*cells: str, head: bool = False, height: int = 0) -> str:
    """A row that does not break over pages; a head is repeated on every page; `height` is the least it takes."""
    repeated = "<w:tblHeader/>" if head else ""
    tall = f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{tall}{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def row_mark(text: str, columns: int) -> str:
    """A row that vanishes: a loop or a condition around whole rows."""
    return row(*(cell(100, f"{{%tr {text} %}}" if place == 0 else "") for place in range(columns)))


def table(widths: Sequence[int], *rows: str, margin: int = 70, keep: bool = False) -> str:
    """A bordered table of fixed widths; `margin` stands left and right of the text of a cell.

    `keep` holds the gap below it together with what follows.
    """
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = f'<w:left w:w="{margin}" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/>'
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>" + paragraph("Gap", keep=keep)
    )


def heads(widths: Sequence[int], *keys: str) -> str:
    """The head of a table."""
    return row(
        *(cell(width, word(key), style="CellHead", shade=True) for width, key in zip(widths, keys, strict=True)),
        head=True,
    )


def rows(widths: Sequence[int], loop: str, *contents: str | tuple[str, str], keep: bool = False) -> str:
    """One row per turn of a loop; a content is text, runs, or (style, text)."""
    cells = [
        cell(width, content[1], style=content[0], keep=keep)
        if isinstance(content, tuple)
        else cell(width, content, keep=keep)
        for width, content in zip(widths, contents, strict=True)
    ]
    return row_mark(f"for {loop}", len(widths)) + row(*cells) + row_mark("endfor", len(widths))


def field(instruction: str, shown: str = "1") -> str:
    """A field such as the page number."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(shown)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def section_end(across: bool, title_page: bool = False, last: bool = False) -> str:
    """Page size, margins, header and footer of the section that ends here."""
    size = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>' if across else '<w:pgSz w:w="11906" w:h="16838"/>'
    sides = 1134 if across else 1418
    inner = (
        '<w:headerReference w:type="default" r:id="{header}"/><w:footerReference w:type="default" r:id="{footer}"/>'
        '<w:type w:val="nextPage"/>'
        f'{size}<w:pgMar w:top="1418" w:right="{sides}" w:bottom="1247" w:left="{sides}" w:header="720" w:footer="600" '
        f'w:gutter="0"/>{"<w:titlePg/>" if title_page else ""}'
    )
    properties = f"<w:sectPr>{inner}</w:sectPr>"
    return properties if last else f'<w:p><w:pPr><w:pStyle w:val="Gap"/>{properties}</w:pPr></w:p>'


def page_break() -> str:
    """The next page."""
    return '<w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>'
