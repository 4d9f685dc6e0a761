"""styles.xml of the report: 宋体, 仿宋 and 黑体 for Chinese on every style, Times New Roman and Arial for Latin."""

from __future__ import annotations

SONG, FANGSONG, HEI = "宋体", "仿宋", "黑体"
SERIF, SANS = "Times New Roman", "Arial"


def fonts(east: str, latin: str = SERIF) -> str:
    """Fonts of a style, with those of Chinese text named."""
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:cs="{latin}" w:eastAsia="{east}"/>'


def style(
    name: str, east: str, half_points: int, *, latin: str = SERIF, bold: bool = False, colour: str = "", level: int = 0,
    before: int = 0, after: int = 0, line: int = 240, align: str = "", indent: bool = False, keep: bool = False,
    left: int = 0, based: str = "Normal",
) -> str:  # fmt: skip
    """A paragraph style; `level` makes it a heading of the outline."""
    paragraph = (
        ("<w:keepNext/>" if keep or level else "")
        + f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'
        + ('<w:ind w:firstLineChars="200" w:firstLine="480"/>' if indent else "")
        + (f'<w:ind w:left="{left}"/>' if left else "")
        + (f'<w:jc w:val="{align}"/>' if align else "")
        + (f'<w:outlineLvl w:val="{level - 1}"/>' if level else "")
    )
    text = (
        fonts(east, latin)
        + ("<w:b/><w:bCs/>" if bold else "")
        + (f'<w:color w:val="{colour}"/>' if colour else "")
        + f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    )
    shown = f"heading {level}" if level else name
    parent = f'<w:basedOn w:val="{based}"/>' if name != "Normal" else ""
    default = ' w:default="1"' if name == "Normal" else ""
    following = '<w:next w:val="Body"/>' if level else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{name}"><w:name w:val="{shown}"/>{parent}{following}'
        f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{text}</w:rPr></w:style>"
    )


def character(name: str, east: str, colour: str = "", half_points: int = 0) -> str:
    """A style of runs."""
    tint = f'<w:color w:val="{colour}"/>' if colour else ""
    size = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if half_points else ""
    return (
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/>'
        f"<w:rPr>{fonts(east)}{tint}{size}</w:rPr></w:style>"
    )


STYLES = (
    style("Normal", FANGSONG, 24),
    style("Body", FANGSONG, 24, line=336, after=60, indent=True),
    style("Plain", FANGSONG, 24, line=336, after=60),
    style("Note", FANGSONG, 21, line=300, after=60, colour="454C54"),
    style("Title", SONG, 44, bold=True, align="center", before=2000, after=200),
    style("Subtitle", HEI, 30, latin=SANS, align="center", before=120, after=900),
    style("PageTitle", HEI, 32, latin=SANS, align="center", before=120, after=240, keep=True),
    style("Heading1", HEI, 32, latin=SANS, level=1, before=360, after=160),
    style("Heading2", HEI, 28, latin=SANS, level=2, before=280, after=120),
    style("Heading3", HEI, 24, latin=SANS, level=3, before=240, after=100),
    style("Lead", HEI, 24, latin=SANS, before=200, after=80, keep=True),
    style("Contents1", FANGSONG, 24, line=300, before=80),
    style("Contents2", FANGSONG, 24, line=300, left=480),
    style("Cell", SONG, 18, line=264, before=20, after=20),
    style("CellFigure", SONG, 18, line=264, before=20, after=20, align="right"),
    style("CellHead", HEI, 18, latin=SANS, line=252, before=30, after=30, align="center", keep=True),
    style("CellLabel", HEI, 18, latin=SANS, line=264, before=20, after=20),
    style("Small", SONG, 14, line=228),
    style("SmallFigure", SONG, 12, line=228, align="right"),
    style("SmallHead", HEI, 14, latin=SANS, line=228, align="center", keep=True),
    style("CoverLabel", HEI, 24, latin=SANS, before=90, after=90),
    style("CoverValue", FANGSONG, 24, before=90, after=90),
    style("Header", SONG, 18, align="center"),
    style("Footer", SONG, 18, align="center"),
    style("Gap", SONG, 12),
)
CHARACTERS = (
    character("Placeholder", FANGSONG, "8A4600"),
    character("Id", SONG, "5D656E", 13),
    character("Mark", SONG, "8A4600"),
)


def styles_xml() -> str:
    """The whole part."""
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANGSONG)}"
        '<w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    table = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        f'<w:rPr>{fonts(SONG)}</w:rPr><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"{defaults}{''.join(STYLES)}{''.join(CHARACTERS)}{table}</w:styles>"
    )
