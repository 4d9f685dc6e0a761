"""Findings by chapter, a block for every data code, conclusions."""

from __future__ import annotations

from mrvaudit.report.office.template.front import CONFORMITY, compared_table, emission_table
from mrvaudit.report.office.template.parts import (
    PORTRAIT,
    blank,
    cell,
    choice,
    each,
    heads,
    mark,
    paragraph,
    row,
    row_mark,
    rows,
    run,
    section_end,
    table,
    when,
    word,
)

JUDGED = (*CONFORMITY, "doc_choice_not_applicable")
FACTS = (3000, PORTRAIT - 3000)
FOUND = (800, 1100, 1000, 4970, 1200)
VALUES = (2900, 1170, 1650, 1650, 1700)
LABEL = 1900


def judged(tag: str) -> str:
    """The verifier's judgement of a chapter or datum, to choose and to explain."""
    return paragraph(
        "Plain", run(word("doc_judgement") + word("colon")), choice(f"judgement_{tag}", JUDGED)
    ) + paragraph("Plain", run(word("doc_explain") + word("colon")), blank(f"explain_{tag}"))


def found(name: str) -> str:
    """Non-conformities of a class by number, or that the checks made found none."""
    return when(
        f"r.sections.{name}",
        paragraph("Body", f"{{{{ r.leads.{name} }}}}", keep=True),
        table(
            FOUND,
            heads(FOUND, "col_number", "col_month", "col_code", "doc_what", "col_severity"),
            rows(
                FOUND, f"one in r.sections.{name}", "{{ one.label }}", "{{ one.month }}", "{{ one.code }}",
                "{{ one.title }}", "{{ one.severity }}",
            ),
        ),
        other=[paragraph("Body", word("doc_section_none"))],
    )  # fmt: skip


def chapter(key: str, *names: str) -> str:
    """A chapter of the findings with the classes that belong to it."""
    return paragraph("Heading2", word(key)) + "".join(found(name) + judged(name) for name in names)


def facts() -> str:
    """What was submitted about the enterprise and the unit."""
    return table(
        FACTS,
        heads(FACTS, "doc_item", "doc_value"),
        rows(FACTS, "one in r.facts", ("CellLabel", "{{ one.title }}"), "{{ one.value }}"),
    )


def several(texts: str) -> str:
    """A paragraph of a cell for each of some texts."""
    return mark(f"for text in {texts}") + paragraph("Cell", "{{ text }}", keep=True) + mark("endfor")


def data_blocks() -> str:
    """One block per data code: figures, how they come about, what was found, the judgement to make."""
    width = PORTRAIT - LABEL
    lines = (
        row_mark("for one in block.rows", 2)
        + row(cell(LABEL, "{{ one.label }}", style="CellLabel", keep=True), cell(width, several("one.texts")))
        + row_mark("endfor", 2)
    )
    said = row(cell(LABEL, word("doc_found"), style="CellLabel", keep=True), cell(width, several("block.found")))
    end = row(
        cell(LABEL, word("doc_judgement"), style="CellLabel"),
        cell(width, paragraph("Cell", choice("judgement_datum", JUDGED)) + paragraph("Cell", blank("explain_datum"))),
    )
    values = table(
        VALUES,
        heads(VALUES, "doc_item", "doc_figures_unit", "head_declared", "head_recalculated", "doc_months_differ"),
        rows(
            VALUES, "one in block.lines", "{{ one.title }}", "{{ one.unit }}", ("CellFigure", "{{ one.declared }}"),
            ("CellFigure", "{{ one.recalculated }}"), "{{ one.differs }}", keep=True,
        ),
        keep=True,
    )  # fmt: skip
    return each(
        "block in r.blocks", paragraph("Heading3", "{{ block.title }}"), values, table((LABEL, width), lines, said, end)
    )


def findings() -> str:
    """Chapter 3."""
    return (
        paragraph("Heading1", word("doc_3"))
        + paragraph("Heading2", word("doc_3_1"))
        + facts()
        + found("basic")
        + judged("basic")
        + chapter("doc_3_2", "boundary")
        + chapter("doc_3_3", "method")
        + paragraph("Heading2", word("doc_3_4"))
        + data_blocks()
        + paragraph("Heading3", word("doc_other_data"))
        + found("data")
        + judged("data")
        + chapter("doc_3_5", "quality")
        + chapter("doc_3_6", "plan")
        + chapter("doc_3_7", "other")
    )


def conclusions() -> str:
    """Chapter 4: to choose and to fill in, with the figures that a conclusion needs."""
    missing = (4535, 4535)
    return (
        paragraph("Heading1", word("doc_4"))
        + paragraph("Heading2", word("doc_4_1"))
        + paragraph("Body", run(word("doc_conformity_lead")), choice("conformity_4_1", CONFORMITY))
        + paragraph("Body", blank("conformity_explained"))
        + paragraph("Heading2", word("doc_4_2"))
        + emission_table()
        + paragraph("Heading2", word("doc_4_3"))
        + compared_table()
        + paragraph("Heading2", word("doc_4_4"))
        + paragraph("Body", blank("matters_left"))
        + paragraph("Body", "{{ r.missing_lead }}", keep=True)
        + when(
            "r.missing",
            table(
                missing,
                heads(missing, "reason", "paper"),
                rows(missing, "one in r.missing", "{{ one.reason }}", "{{ one.paper }}"),
            ),
        )
        + section_end(across=False)
    )


def chapters() -> str:
    """Chapters 3 and 4."""
    return findings() + conclusions()
