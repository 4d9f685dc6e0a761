"""Cover, page of conclusions, contents, overview, process: what stands before the findings."""

from __future__ import annotations

from mrvaudit.report.office.template.parts import (
    PORTRAIT,
    blank,
    cell,
    choice,
    each,
    field,
    heads,
    page_break,
    paragraph,
    row,
    row_mark,
    run,
    section_end,
    table,
    when,
    word,
)

CONFORMITY = ("doc_choice_conform", "doc_choice_conform_after", "doc_choice_not_conform")
HALF = (3000, PORTRAIT - 3000)
UNITS = (3400, 1890, 1890, 1890)
COMPARED = (2200, 900, 1650, 1650, 1120, 1550)
SIGNED = (2200, 2670, 2400, 1800)
TEAM = (1900, 2300, 3170, 1700)
VISIT = (1600, 2000, 2300, 3170)
CONTENTS = (
    ("Contents1", "doc_conclusion"), ("Contents1", "doc_1"), ("Contents2", "doc_1_1"), ("Contents2", "doc_1_2"),
    ("Contents2", "doc_1_3"), ("Contents1", "doc_2"), ("Contents2", "doc_2_1"), ("Contents2", "doc_2_2"),
    ("Contents2", "doc_2_3"), ("Contents2", "doc_2_4"), ("Contents1", "doc_3"), ("Contents2", "doc_3_1"),
    ("Contents2", "doc_3_2"), ("Contents2", "doc_3_3"), ("Contents2", "doc_3_4"), ("Contents2", "doc_3_5"),
    ("Contents2", "doc_3_6"), ("Contents2", "doc_3_7"), ("Contents1", "doc_4"), ("Contents2", "doc_4_1"),
    ("Contents2", "doc_4_2"), ("Contents2", "doc_4_3"), ("Contents2", "doc_4_4"), ("Contents1", "doc_annex_1"),
    ("Contents1", "doc_annex_2"), ("Contents1", "doc_annex_3"), ("Contents1", "doc_annex_4"),
)  # fmt: skip


def labelled(label: str, *value: str) -> str:
    """A line of the cover."""
    return row(cell(HALF[0], word(label), style="CoverLabel", shade=True), cell(HALF[1], *value, style="CoverValue"))


def cover() -> str:
    """Title, report number, names; the number leaves the body and the version to fill in."""
    number = (
        run("{{ r.province }}-"), blank("body_short", word("doc_body_short")), run("-{{ r.code }}-{{ r.year }}-"),
        blank("version", word("doc_version")),
    )  # fmt: skip
    return (
        paragraph("Title", "{{ r.title }}")
        + paragraph("Subtitle", "{{ r.part }}")
        + table(
            HALF,
            labelled("doc_number", *number),
            labelled("doc_entity_name", "{{ r.entity_name }}"),
            labelled("entity_id", "{{ r.entity_id }}"),
            labelled("unit", "{{ r.unit }}"),
            labelled("data_years", "{{ r.years }}"),
            labelled("doc_body", blank("body")),
            labelled("doc_issued", blank("issued")),
        )
        + paragraph("Note", word("doc_draft"))
        + paragraph("Note", "{{ r.rests_on }}")
        + section_end(across=False, title_page=True)
    )


def emission_table() -> str:
    """Emissions of every unit of the entity: declared, recalculated, verified (to fill in)."""
    return table(
        UNITS,
        heads(UNITS, "unit", "head_declared", "head_recalculated", "doc_verified"),
        row_mark("for one in r.units", 4),
        row(
            cell(UNITS[0], "{{ one.name }}"),
            cell(UNITS[1], "{{ one.declared }}", style="CellFigure"),
            cell(UNITS[2], "{{ one.recalculated }}", style="CellFigure"),
            cell(UNITS[3], blank("verified"), style="CellFigure"),
        ),
        row_mark("endfor", 4),
        row(
            cell(UNITS[0], word("doc_sum"), style="CellLabel"),
            cell(UNITS[1], "{{ r.units_sum.declared }}", style="CellFigure"),
            cell(UNITS[2], "{{ r.units_sum.recalculated }}", style="CellFigure"),
            cell(UNITS[3], blank("verified_sum"), style="CellFigure"),
        ),
    )


def compared_table() -> str:
    """This year beside the year before; what was not submitted is to fill in."""
    previous = when_inline("one.previous", "{{ one.previous }}", blank("previous"))
    change = when_inline("one.change", "{{ one.change }}", blank("change"))
    return table(
        COMPARED,
        heads(
            COMPARED, "doc_item", "doc_figures_unit", "doc_previous_year", "doc_this_year", "doc_change", "doc_reason"
        ),
        row_mark("for one in r.compared", 6),
        row(
            cell(COMPARED[0], "{{ one.title }}"),
            cell(COMPARED[1], "{{ one.unit }}"),
            cell(COMPARED[2], *previous, style="CellFigure"),
            cell(COMPARED[3], "{{ one.this }}", style="CellFigure"),
            cell(COMPARED[4], *change, style="CellFigure"),
            cell(COMPARED[5], blank("reason")),
        ),
        row_mark("endfor", 6),
    )


def when_inline(condition: str, shown: str, other: str) -> tuple[str, ...]:
    """A figure where there is one, else a field to fill in, inside one paragraph."""
    return (run(f"{{%r if {condition} %}}"), run(shown), run("{%r else %}"), other, run("{%r endif %}"))


def signed_table() -> str:
    """Boxes of the team leader, the technical review and the approval."""
    lines = [
        row(
            cell(SIGNED[0], word(key), style="CellLabel", shade=True),
            cell(SIGNED[1], blank(f"{key}_name")),
            cell(SIGNED[2], ""),
            cell(SIGNED[3], blank(f"{key}_date")),
            height=620,
        )
        for key in ("doc_leader", "doc_member", "doc_reviewer", "doc_approver")
    ]
    return table(SIGNED, heads(SIGNED, "doc_role", "doc_name", "doc_sign", "doc_date"), *lines)


def conclusion_page() -> str:
    """What the report concludes, for the verifier to choose and to sign."""
    return (
        paragraph("PageTitle", word("doc_conclusion"))
        + paragraph("Lead", word("doc_conformity"))
        + paragraph("Body", run(word("doc_conformity_lead")), choice("conformity", CONFORMITY))
        + paragraph("Lead", word("doc_emission"))
        + emission_table()
        + paragraph("Lead", word("doc_compared"))
        + compared_table()
        + paragraph("Lead", word("doc_not_covered"))
        + paragraph("Body", "{{ r.missing_short }}")
        + paragraph("Body", blank("not_covered"))
        + signed_table()
        + page_break()
    )


def contents() -> str:
    """Chapters as a field: names at once, page numbers after it has been updated."""
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'  # noqa: E501
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    lines = [
        paragraph(
            style, *([begin] if place == 0 else []), run(word(key)), *([end] if place == len(CONTENTS) - 1 else [])
        )
        for place, (style, key) in enumerate(CONTENTS)
    ]
    return (
        paragraph("PageTitle", word("doc_contents"))
        + "".join(lines)
        + paragraph("Note", word("doc_contents_hint"))
        + page_break()
    )


def overview() -> str:
    """Purpose, scope, criteria."""
    return (
        paragraph("Heading1", word("doc_1"))
        + paragraph("Heading2", word("doc_1_1"))
        + paragraph("Body", word("doc_purpose"))
        + paragraph("Heading2", word("doc_1_2"))
        + paragraph("Body", "{{ r.scope }}")
        + paragraph("Heading2", word("doc_1_3"))
        + each("one in r.criteria", paragraph("Body", "{{ loop.index }}. {{ one }}"))
        + when("not r.criteria", paragraph("Body", blank("criteria")))
    )


def process() -> str:
    """Team, document review, site visit, drafting and review: tables to fill in."""
    team = [
        row(cell(TEAM[0], word(role)), *(cell(width, blank(f"team_{nth}")) for nth, width in enumerate(TEAM[1:])))
        for role in ("doc_leader", "doc_member", "doc_member", "doc_reviewer")
    ]
    visit = [row(*(cell(width, blank(f"visit_{nth}")) for nth, width in enumerate(VISIT))) for _ in range(3)]
    dates = (3000, PORTRAIT - 3000)
    review = [
        row(cell(dates[0], word(key), style="CellLabel", shade=True), cell(dates[1], blank(key)))
        for key in ("doc_drafted", "doc_reviewed_on", "doc_review_notes")
    ]
    return (
        paragraph("Heading1", word("doc_2"))
        + paragraph("Heading2", word("doc_2_1"))
        + table(TEAM, heads(TEAM, "doc_role", "doc_name", "doc_task", "doc_sign"), *team)
        + paragraph("Heading2", word("doc_2_2"))
        + paragraph("Body", "{{ r.reviewed }}")
        + paragraph("Body", run(word("doc_review_date") + word("colon")), blank("review_date"))
        + paragraph("Heading2", word("doc_2_3"))
        + table(VISIT, heads(VISIT, "doc_time", "doc_place", "doc_person", "doc_content"), *visit)
        + paragraph("Heading2", word("doc_2_4"))
        + table(dates, *review)
    )


def header() -> str:
    """The running header, with a line below."""
    line = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="9AA0A6"/></w:pBdr>'
    return f'<w:p><w:pPr><w:pStyle w:val="Header"/>{line}</w:pPr>{run("{{ r.header }}")}</w:p>'


def footer() -> str:
    """第 x 页，共 y 页."""
    parts = (
        run("{{ w.doc_page }} "),
        field("PAGE"),
        run(" {{ w.doc_of_pages }} "),
        field("NUMPAGES"),
        run(" {{ w.doc_page_end }}"),
    )
    return paragraph("Footer", *parts)


def front() -> str:
    """Everything before the findings."""
    return cover() + conclusion_page() + contents() + overview() + process()
