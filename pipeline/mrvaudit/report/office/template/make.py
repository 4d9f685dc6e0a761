"""The package around the template: parts, relationships, properties without a clock, fixed bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from mrvaudit import zip_bytes
from mrvaudit.report.office.template import annexes, chapters, front, styles
from mrvaudit.report.office.template.parts import NAMESPACES

PATH = Path(__file__).parents[2] / "templates" / "report.docx"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELATED = "application/vnd.openxmlformats-package"
HEADER, FOOTER = "rIdHeader", "rIdFooter"
PARTS = (
    ("styles", "rIdStyles", "styles.xml"),
    ("settings", "rIdSettings", "settings.xml"),
    ("header", HEADER, "header1.xml"),
    ("footer", FOOTER, "footer1.xml"),
)


def made() -> bytes:
    """The template as a file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in _parts().items():
            package.writestr(zipfile.ZipInfo(name, zip_bytes.TIME), text.encode())
    return zip_bytes.fixed(out.getvalue())


def _parts() -> dict[str, str]:
    body = (
        (front.front() + chapters.chapters() + annexes.annexes())
        .replace("{header}", HEADER)
        .replace("{footer}", FOOTER)
    )
    overrides = "".join(
        f'<Override PartName="/word/{file}" ContentType="{WORD}.{kind}+xml"/>' for kind, _, file in PARTS
    )
    links = "".join(f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{file}"/>' for kind, name, file in PARTS)
    return {
        "[Content_Types].xml": (
            f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{RELATED}.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>{overrides}'
            f'<Override PartName="/docProps/core.xml" ContentType="{RELATED}.core-properties+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
            f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" '
            'Target="docProps/core.xml"/></Relationships>'
        ),
        "docProps/core.xml": (
            f'{DECLARATION}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{{ r.title }}</dc:title>'
            "<dc:subject>{{ r.subject }}</dc:subject><dc:creator>mrvaudit</dc:creator></cp:coreProperties>"
        ),
        "word/document.xml": f"{DECLARATION}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": (
            f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
        ),
        "word/styles.xml": styles.styles_xml(),
        "word/settings.xml": (
            f'{DECLARATION}<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
            '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
            '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
            '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
        ),
        "word/header1.xml": f"{DECLARATION}<w:hdr {NAMESPACES}>{front.header()}</w:hdr>",
        "word/footer1.xml": f"{DECLARATION}<w:ftr {NAMESPACES}>{front.footer()}</w:ftr>",
    }
