"""The annexes, across the page: data table, data for allocation, list of non-conformities, supporting files."""

from __future__ import annotations

from mrvaudit.report.office.template.parts import (
    LANDSCAPE,
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

YEAR = (800, 2900, 1400, 1850, 1850, 1850, 1300, 1200, 1420)
MONTHS = (500, 1700, 730, *([970] * 12))
ALLOCATION = (1000, 4500, 1900, 2500, 2500, 2170)
LIST = (620, 1450, 4900, 2500, 1300, 2200, 1600)
ALLOWED = (1100, 3600, 1000, 2300, 2300, 4270)
DOUBTS = (700, 1500, 6300, 4270, 1800)
FILES = (6970, 3800, 1900, 1900)
ATTACHED = (3400, 1600, 6770, 1400, 1400)
NOTES = ("{{ one.message }}", "{{ one.source }}")
CLOSED = ("choice_open", "choice_closed")


def data_table() -> str:
    """The year before and after, then the months."""
    title = "{{ one.title }}"
    year = table(
        YEAR,
        heads(
            YEAR, "col_code", "doc_item", "doc_figures_unit", "col_before", "head_recalculated", "col_after",
            "col_equal", "col_change_pct", "col_reason_of_change",
        ),
        row_mark("for one in r.lines", len(YEAR)),
        row(
            cell(YEAR[0], "{{ one.code }}"),
            cell(YEAR[1], title),
            cell(YEAR[2], "{{ one.unit }}"),
            cell(YEAR[3], "{{ one.declared }}", style="CellFigure"),
            cell(YEAR[4], "{{ one.recalculated }}", style="CellFigure"),
            cell(YEAR[5], known_or("one.after", blank("after"))),
            cell(YEAR[6], known_or("one.equal", choice("equal", ("yes", "no")), "Cell")),
            cell(YEAR[7], known_or("one.change", blank("change"))),
            cell(YEAR[8], blank("reason")),
        ),
        row_mark("endfor", len(YEAR)),
    )  # fmt: skip
    names = [word(key) for key in ("col_code", "doc_item", "doc_figures_unit")]
    names += [f"{{{{ year.heads[{nth}] }}}}" for nth in range(len(MONTHS) - len(names))]
    head = row(
        *(cell(width, text, style="SmallHead", shade=True) for width, text in zip(MONTHS, names, strict=True)),
        head=True,
    )
    lines = (
        row_mark("for one in year.rows", len(MONTHS))
        + row(
            cell(MONTHS[0], "{{ one.code }}", style="Small"),
            cell(MONTHS[1], title, style="Small"),
            cell(MONTHS[2], "{{ one.unit }}", style="Small"),
            *(cell(width, f"{{{{ one.cells[{nth}] }}}}", style="SmallFigure") for nth, width in enumerate(MONTHS[3:])),
        )
        + row_mark("endfor", len(MONTHS))
    )
    months = each("year in r.months", paragraph("Lead", "{{ year.title }}"), table(MONTHS, head, lines, margin=28))
    return paragraph("Heading1", word("doc_annex_1")) + paragraph("Lead", word("doc_annex_1_year")) + year + months


def known_or(value: str, empty: str, style: str = "CellFigure") -> str:
    """A figure that the run knows, else what a person fills in."""
    return when(value, paragraph(style, f"{{{{ {value} }}}}"), other=[paragraph(style, empty)])


def allocation() -> str:
    """Facts and figures that an allocation of allowances rests on."""
    return (
        paragraph("Heading1", word("doc_annex_2"))
        + table(
            ALLOCATION,
            heads(
                ALLOCATION,
                "col_code",
                "doc_item",
                "doc_figures_unit",
                "head_declared",
                "head_recalculated",
                "doc_verified",
            ),
            row_mark("for one in r.allocation", len(ALLOCATION)),
            row(
                cell(ALLOCATION[0], "{{ one.code }}"),
                cell(ALLOCATION[1], "{{ one.title }}"),
                cell(ALLOCATION[2], "{{ one.unit }}"),
                cell(ALLOCATION[3], "{{ one.declared }}", style="CellFigure"),
                cell(ALLOCATION[4], "{{ one.recalculated }}", style="CellFigure"),
                cell(ALLOCATION[5], blank("verified"), style="CellFigure"),
            ),
            row_mark("endfor", len(ALLOCATION)),
        )
        + when("r.allowances", paragraph("Lead", word("doc_allowances")), allowed())
    )


def allowed() -> str:
    """Allowances by year, before and after."""
    line = (
        "{{ one.period }}", "{{ one.title }}", "{{ one.unit }}", ("CellFigure", "{{ one.before }}"),
        ("CellFigure", "{{ one.after }}"), ("Small", "{{ one.note }}"),
    )  # fmt: skip
    names = ("col_period", "doc_item", "doc_figures_unit", "col_before", "col_after", "doc_allowance_note")
    return table(ALLOWED, heads(ALLOWED, *names), rows(ALLOWED, "one in r.allowances", *line))


def described() -> str:
    """A finding in full: its sentence, its place, its id."""
    return (
        paragraph("Cell", "{{ one.message }}")
        + when("one.source", paragraph("Small", "{{ one.source }}"))
        + paragraph("Small", run("{{ one.finding_id }}", "Id"))
    )


def where() -> str:
    """Unit, month and data code, a line each."""
    return mark("for part in one.where") + paragraph("Cell", "{{ part }}") + mark("endfor")


def listed() -> str:
    """不符合项清单, and below it what is only to look into."""
    lines = (
        row_mark("for one in r.listed", len(LIST))
        + row(
            cell(LIST[0], "{{ one.label }}"),
            cell(
                LIST[1],
                paragraph("Cell", "{{ one.class_word }}"),
                where(),
                paragraph("Cell", run("{{ one.severity }}", "Mark")),
            ),
            cell(LIST[2], described()),
            cell(LIST[3], "{{ one.basis }}", style="Small"),
            cell(LIST[4], paragraph("CellFigure", "{{ one.impact }}") + paragraph("Small", "{{ one.condition }}")),
            cell(
                LIST[5],
                mark("for text in one.answer"), paragraph("Cell", "{{ text }}"), mark("endfor"),
                when("not one.answer", paragraph("Cell", blank("correction"))),
            ),
            cell(
                LIST[6],
                paragraph("Cell", "{{ one.status }}"), paragraph("Cell", choice("closed", CLOSED)),
                paragraph("Cell", blank("opinion")),
            ),
        )
        + row_mark("endfor", len(LIST))
    )  # fmt: skip
    return (
        paragraph("Heading1", word("doc_annex_3"))
        + when(
            "r.listed",
            table(
                LIST,
                heads(
                    LIST, "col_number", "doc_class_code", "col_description", "col_basis", "doc_effect",
                    "doc_short_correction", "doc_short_result",
                ),
                lines,
            ),
            other=[paragraph("Body", word("doc_none_listed"))],
        )
        + doubts()
    )  # fmt: skip


def doubts() -> str:
    """What is only to look into, where there is any."""
    lines = (
        row_mark("for one in r.doubts", len(DOUBTS))
        + row(
            cell(DOUBTS[0], "{{ one.label }}"),
            cell(DOUBTS[1], where()),
            cell(DOUBTS[2], described()),
            cell(DOUBTS[3], "{{ one.ask }}"),
            cell(DOUBTS[4], blank("looked")),
        )
        + row_mark("endfor", len(DOUBTS))
    )
    return when(
        "r.doubts",
        paragraph("Lead", word("doc_annex_3_doubts")),
        table(DOUBTS, heads(DOUBTS, "col_number", "col_month", "col_observation", "col_look", "col_result"), lines),
    )


def supporting() -> str:
    """Files that were read, attachments that were listed, papers that are still missing."""
    papers = (LANDSCAPE,)
    return (
        paragraph("Heading1", word("doc_annex_4"))
        + table(
            FILES,
            heads(FILES, "file", "doc_digest_short", "doc_rows", "rows_quarantined"),
            rows(
                FILES, "one in r.files", "{{ one.path }}", "{{ one.digest }}", ("CellFigure", "{{ one.rows }}"),
                ("CellFigure", "{{ one.aside }}"),
            ),
        )
        + when(
            "r.attachments",
            paragraph("Lead", word("doc_attachments")),
            table(
                ATTACHED,
                heads(ATTACHED, "col_kind", "col_month", "file", "doc_pages", "doc_stamped"),
                rows(
                    ATTACHED, "one in r.attachments", "{{ one.kind }}", "{{ one.month }}", "{{ one.file }}",
                    "{{ one.pages }}", "{{ one.stamped }}",
                ),
            ),
        )
        + when(
            "r.papers",
            paragraph("Lead", word("doc_papers")),
            table(papers, rows(papers, "one in r.papers", "{{ loop.index }}. {{ one }}")),
        )
    )  # fmt: skip


def annexes() -> str:
    """All four, and the properties of the last section."""
    return data_table() + allocation() + listed() + supporting() + section_end(across=True, last=True)
