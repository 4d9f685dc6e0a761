"""The Word template filled in by docxtpl: everything escaped, what XML forbids shown as codes, compiled once a run."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined, Template
from lxml import etree

from mrvaudit.report.office.texts import seen
from mrvaudit.report.page.printing import Lookup

TEMPLATE = Path(__file__).parents[1] / "templates" / "report.docx"


def shown(value: Any) -> Any:
    """Text for a paragraph: on one line, with nothing hidden."""
    return seen(value.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")) if isinstance(value, str) else value


class Filling:
    """The template, read once; each report is a fresh copy."""

    def __init__(self) -> None:
        """Read the template and prepare the escaping."""
        self._bytes = TEMPLATE.read_bytes()
        self._environment = Lookup(autoescape=True, undefined=StrictUndefined, finalize=shown)
        self._compiled: dict[str, Template] = {}

    def filled(self, values: Mapping[str, Any]) -> DocxTemplate:
        """A document of these values, to be saved."""
        document = _Document(io.BytesIO(self._bytes), self._compiled)
        document.render(dict(values), self._environment, autoescape=True)
        return document


class _Document(DocxTemplate):  # type: ignore[misc]
    """docxtpl with its templates compiled once, and strict about what it makes."""

    def __init__(self, file: io.BytesIO, compiled: dict[str, Template]) -> None:
        super().__init__(file)
        self._compiled = compiled

    def patch_xml(self, src_xml: str) -> str:
        """The part as a template; the work on it is done where it is compiled."""
        return src_xml

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Environment) -> str:
        """The part filled in."""
        del part
        if src_xml not in self._compiled:
            self._compiled[src_xml] = jinja_env.from_string(super().patch_xml(src_xml))
        return self._compiled[src_xml].render(context)

    def fix_tables(self, xml: str) -> Any:
        """The document with this body as a tree; what is not well formed is our own fault and raises."""
        empty = etree.tostring(self.docx._element, encoding="unicode")
        head, tail = empty[: empty.index("<w:body")], empty[empty.rindex("</w:body>") + len("</w:body>") :]
        return parse_xml(f"{head}<w:body{xml[xml.index('>') :]}{tail}")

    def fix_docpr_ids(self, tree: Any) -> None:
        """Pictures numbered one after another."""
        for picture in tree.xpath("//wp:docPr"):
            self.docx_ids_index += 1
            picture.attrib["id"] = str(self.docx_ids_index)

    def map_tree(self, tree: Any) -> None:
        """The tree in place of the template's: to move a body of twenty thousand nodes takes five times its parsing."""
        self.docx._element = self.docx._part._element = tree
