"""Submissions as standard tables: values, places, quarantine, repeated rows; nothing lost, nothing depends on order."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from mrvaudit.errors import NothingError, PackError
from mrvaudit.ingest import discover
from mrvaudit.ingest.values import plain_number
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise import Standardised, standardise

PLANT = "91110000000000001H"
UNITS = f"统一社会信用代码,机组编号,燃料类别,铭牌容量(万千瓦)\n{PLANT},1#,燃煤,35\n{PLANT},2#,燃煤,35\n"
DAYS = "机组编号,燃料品种,日期,消耗量(kg),收到基低位发热量(kcal/kg),全水分\n"


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


class Taken:
    """One submission standardised."""

    def __init__(self, work: Work, result: Standardised) -> None:
        self.work, self.result = work, result

    def table(self, name: str) -> pl.DataFrame:
        """A standard table, all partitions."""
        paths = [self.work.part(self.work.t(name), number) for number in range(self.result.partitions)]
        return pl.concat([pl.read_parquet(path) for path in paths])

    def rows(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of a standard table."""
        return self.table(name).select(columns).rows()

    def notices(self, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of what was said, after the rule and the result."""
        return self.result.notices.select("rule_id", "result", *columns).rows()

    def quarantine(self, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of the quarantine."""
        return self.result.quarantine.select(columns).rows()


Take = Callable[..., Taken]


@pytest.fixture
def take(tmp_path: Path, power: Sector) -> Take:
    """Standardise a folder of these files (name -> text or bytes)."""
    count = iter(range(100))

    def run(files: dict[str, str | bytes], name: str = "plant", **options: Any) -> Taken:
        nth = next(count)
        folder = tmp_path / str(nth) / name
        for file, content in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        work = Work(tmp_path / f"work{nth}")
        return Taken(work, standardise(discover([folder]), power, work, **options))

    return run


def test_words_units_dates_and_places(take: Take) -> None:
    """Chinese headers with units in GB18030: canonical values, the cell of each, printed decimals, the kept text."""
    days = DAYS + '1#,烟煤,2025/3/1,"3,000,500",5000,12.30\n1#,烟煤,2025年3月2日,2000000,5010.5,—\n'
    taken = take({"units.csv": UNITS.encode("gb18030"), "fuel_use.csv": days.encode("gb18030")})
    assert taken.rows(
        "fuel_use", "entity_id", "unit_id", "fuel", "date", "consumption", "qnet_ar_mj_per_kg", "m_ar_pct"
    ) == [
        (PLANT, "1#", "coal", date(2025, 3, 1), 3000.5, 20.934, 12.3),
        (PLANT, "1#", "coal", date(2025, 3, 2), 2000.0, 20.9779614, None),
    ]
    decimals = (
        "consumption_decimals",
        "qnet_ar_mj_per_kg_decimals",
        "m_ar_pct_decimals",
        "unit_key",
        "_block",
        "_line",
    )
    assert taken.rows("fuel_use", *decimals) == [(3, 3, 2, 0, 0, 2), (3, 3, 2, 0, 0, 3)]
    assert taken.rows("units", "unit_id", "fuel_category", "capacity_mw", "sector") == [
        ("1#", "coal", 350.0, "power"),
        ("2#", "coal", 350.0, "power"),
    ]
    block = taken.result.blocks.row(0, named=True)
    assert (block["path"], block["table"], block["header_row"], block["by"]) == (
        "plant/fuel_use.csv",
        "fuel_use",
        1,
        "rows",
    )
    assert json.loads(block["field_columns"]) == {
        "unit_id": 1,
        "fuel": 2,
        "date": 3,
        "consumption": 4,
        "qnet_ar_mj_per_kg": 5,
        "m_ar_pct": 6,
    }
    assert json.loads(block["units"]) == {
        "consumption": ["kg", 0.001],
        "qnet_ar_mj_per_kg": ["kcal/kg", 0.0041868],
        "m_ar_pct": [None, 1.0],
    }
    assert json.loads(block["decimals"]) == {"consumption": 3, "qnet_ar_mj_per_kg": 3, "m_ar_pct": 2}
    raw = pl.read_parquet(taken.work.file("raw.parquet")).filter(pl.col("block") == 0).sort("line", "field")
    assert raw.select("line", "field", "text").rows() == [
        (2, "consumption", "3,000,500"),
        (2, "date", "2025/3/1"),
        (2, "fuel", "烟煤"),
        (2, "m_ar_pct", "12.30"),
        (3, "date", "2025年3月2日"),
        (3, "fuel", "烟煤"),
        (3, "m_ar_pct", "—"),
    ]
    assert plain_number(2000.0, 0.001) == "2000000"
    assert taken.result.sources.select("path", "encoding", "kind").rows() == [
        ("plant/fuel_use.csv", "gb18030", "csv"),
        ("plant/units.csv", "gb18030", "csv"),
    ]
    assert taken.notices() == []


def test_a_word_may_settle_a_second_column(take: Take) -> None:
    """It fills an empty one and overrules nothing."""
    declared = "机组编号,月份,燃料品种,煤种,消耗量\n1#,2025-03,褐煤,,1\n1#,2025-04,褐煤,烟煤,1\n1#,2025-05,天然气,,1\n"
    taken = take({"units.csv": UNITS, "declarations.csv": declared})
    assert taken.rows("declarations", "month", "fuel", "coal_rank", "version") == [
        (date(2025, 3, 1), "coal", "lignite", 1),
        (date(2025, 4, 1), "coal", "bituminous", 1),
        (date(2025, 5, 1), "natural_gas", None, 1),
    ]


def test_the_unit_may_depend_on_the_row(take: Take) -> None:
    """A column in kt serves solid rows; a gas row in it cannot be converted and says so."""
    days = "unit_id,fuel,date,消耗量(kt)\n1#,coal,2025-03-01,1.234\n1#,natural_gas,2025-03-01,5\n"
    days += "1#,natural_gas,2025-03-02,\n"
    taken = take({"units.csv": UNITS, "fuel_use.csv": days})
    assert taken.rows("fuel_use", "fuel", "date", "consumption") == [
        ("coal", date(2025, 3, 1), 1234.0),
        ("natural_gas", date(2025, 3, 1), None),
        ("natural_gas", date(2025, 3, 2), None),
    ]
    assert taken.quarantine("row", "column", "value", "reason") == [(3, "消耗量(kt)", "5", "unit_does_not_fit")]


def test_nothing_is_lost(take: Take) -> None:
    """Rows in = rows used + rows quarantined; every row and cell not used stands in the quarantine as it was read."""
    days = DAYS + (
        "1#,烟煤,2025-03-01,1,5000,12\n"  # 2
        "\n"
        "1#,烟煤,,1,2,3\n"  # 4: no date
        "1#,木头,2025-03-02,1,2,3\n"  # 5: no such fuel
        "1#,烟煤,2025-03-03,abc,2,3\n"  # 6: no number, used
        "合计,,,3,,\n"  # 7
        "1#,烟煤,2025-03-01,1,5000,12\n"  # 8: again
        "1#,烟煤,2025-03-03,7,2,3\n"  # 9: another row of the same key
        "注：数据来自台账,,,,,\n"  # 10
    )
    taken = take({"units.csv": UNITS, "fuel_use.csv": days, "天气.csv": "a,b\n1,2\n", "photo.jpg": b"x"})
    assert taken.result.blocks.select("path", "table", "rows_in", "rows_used", "rows_quarantined").rows() == [
        ("plant/fuel_use.csv", "fuel_use", 8, 2, 6),
        ("plant/photo.jpg", None, 0, 0, 0),
        ("plant/units.csv", "units", 2, 2, 0),
        ("plant/天气.csv", None, 1, 0, 1),
    ]
    assert taken.quarantine("table", "row", "column", "value", "reason") == [
        ("fuel_use", 4, None, "1# | 烟煤 | 1 | 2 | 3", "no_key:date"),
        ("fuel_use", 5, None, "1# | 木头 | 2025-03-02 | 1 | 2 | 3", "no_key:fuel"),
        ("fuel_use", 5, "燃料品种", "木头", "unknown_word"),
        ("fuel_use", 6, None, "1# | 烟煤 | 2025-03-03 | abc | 2 | 3", "duplicate_key"),
        ("fuel_use", 6, "消耗量(kg)", "abc", "not_a_number"),
        ("fuel_use", 7, None, "合计 | 3", "total_row"),
        ("fuel_use", 8, None, "1# | 烟煤 | 2025-03-01 | 1 | 5000 | 12", "duplicate_row"),
        ("fuel_use", 10, None, "注：数据来自台账", "note"),
        (None, 2, None, "1 | 2", "no_table"),
    ]
    assert taken.notices("severity", "unit_id", "month", "row_key", "field", "_block", "_line") == [
        ("INT-SHEET", "kind_not_read", "info", None, None, "plant/photo.jpg", None, 1, None),
        ("INT-SHEET", "no_table", "info", None, None, "plant/天气.csv", None, 3, 1),
        ("INT-ROW", "no_key", "minor", "1#", None, "1#|coal|", "date", 0, 4),
        ("INT-ROW", "no_key", "minor", "1#", date(2025, 3, 1), "1#||2025-03-02", "fuel", 0, 5),
        ("REC-KEY", "differs", "major", "1#", date(2025, 3, 1), "1#|coal|2025-03-03", "consumption", 0, 6),
        ("INT-DUP", "repeated", "info", None, None, "", "unit_id", 0, 8),
    ]
    related = taken.result.notices.filter(pl.col("rule_id") == "REC-KEY")["related"].to_list()
    assert [json.loads(text) for text in related] == [
        [{"_block": 0, "_line": 9, "field": "consumption", "row_key": "1#|coal|2025-03-03", "table": "fuel_use"}]
    ]


def test_a_table_without_a_key_column_is_one_finding(take: Take) -> None:
    """All its rows are quarantined."""
    taken = take({"units.csv": UNITS, "fuel_use.csv": "机组编号,日期,消耗量\n1#,2025-03-01,1\n1#,2025-03-02,1\n"})
    assert taken.quarantine("row", "column", "reason") == [(2, None, "no_column:fuel"), (3, None, "no_column:fuel")]
    assert taken.notices("table", "field", "message_en") == [
        (
            "INT-ROW",
            "no_column",
            "fuel_use",
            "fuel",
            "“Fuel use by day”: 2 row(s) without a readable “Fuel” were not used.",
        )
    ]


def test_like_findings_are_counted_after_twenty(take: Take) -> None:
    """Twenty by their keys, and one for the rest."""
    days = DAYS + "".join(f"1#,烟煤,2025-03-{day:02},x,,\n" for day in range(1, 31))
    taken = take({"units.csv": UNITS, "fuel_use.csv": days})
    said = taken.result.notices.filter(pl.col("rule_id") == "INT-CELL")
    assert said.group_by("result").len().sort("result").rows() == [("not_a_number", 20), ("not_a_number:more", 1)]
    assert said.filter(pl.col("row_key") == "").select("_line", "message_zh").rows() == [
        (22, "「化石燃料消耗」的「消耗量」有 10 个单元格不能识别为数字，读到「x」；该值按缺失处理。")
    ]


def test_columns_left_aside_are_named(take: Take) -> None:
    """Unknown, without a header, twice, with a unit that does not fit: in the block and in one notice each."""
    days = "机组编号,燃料品种,日期,消耗量,消耗量,天气,收到基低位发热量(MWh),\n1#,燃煤,2025-03-01,1,2,晴,3,4\n"
    taken = take({"units.csv": UNITS, "fuel_use.csv": days})
    assert json.loads(taken.result.blocks["ignored"][0]) == ["天气", "收到基低位发热量(MWh)", "#8", "消耗量", "消耗量"]
    assert taken.notices("severity", "message_en") == [
        ("INT-HEADER", "no_header", "info", "Columns of “Fuel use by day” not used (1, without a header): #8."),
        (
            "INT-HEADER",
            "second_column",
            "minor",
            "Columns of “Fuel use by day” not used "
            "(1, standing for a field that another column already gives): 消耗量.",
        ),
        (
            "INT-HEADER",
            "unit_does_not_fit",
            "minor",
            "Columns of “Fuel use by day” not used "
            "(1, carrying a unit that does not fit the field): 收到基低位发热量(MWh).",
        ),
        ("INT-HEADER", "unknown", "info", "Columns of “Fuel use by day” not used (1, not a field of the table): 天气."),
    ]


def test_a_workbook_says_what_the_folder_says(take: Take, tmp_path: Path) -> None:
    """Sheets by their Chinese names, typed cells, a title above and units below the header."""
    days = DAYS + "1#,烟煤,2025-03-01,3000500,5000,12.3\n"
    folder = take({"units.csv": UNITS, "fuel_use.csv": days})
    path = tmp_path / "甲厂.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("机组信息")
        for line, row in enumerate(UNITS.splitlines()):
            sheet.write_row(line, 0, row.split(","))
        sheet = book.add_worksheet("化石燃料消耗")
        sheet.write(0, 0, "甲厂 2025 年 3 月")
        sheet.write_row(2, 0, ["机组编号", "燃料品种", "日期", "消耗量", "收到基低位发热量", "全水分"])
        sheet.write_row(3, 0, ["", "", "", "kg", "kcal/kg", "%"])
        sheet.write_row(4, 0, ["1#", "烟煤", 45717, 3000500, 5000, 12.3])
        book.add_worksheet("说明")
    book_taken = take({"book.xlsx": path.read_bytes()})
    apart = pl.selectors.starts_with("_")
    for name in ("units", "fuel_use", "unit_index"):
        assert book_taken.table(name).select(~apart).rows() == folder.table(name).select(~apart).rows()
    assert book_taken.rows("fuel_use", "_block", "_line") == [(1, 5)]
    assert book_taken.quarantine("sheet", "row", "reason") == [("化石燃料消耗", 4, "unit_row")]
    assert book_taken.notices() == []


def test_thousand_tonnes_by_mapping(take: Take) -> None:
    """Columns, units, a month in two columns and constants from a mapping file; kt become exact tonnes."""
    ledger = "station,year,month,opening_kt,consumption_kt,closing_kt,capacity\nKAWAI,2023,7,167.8,305.829,1.1,9\n"
    mapping = """files:
  ledger.csv:
    table: energy_use
    columns:
      station: unit_id
      opening_kt: {field: stock_begin, unit: kt}
      consumption_kt: {field: consumed, unit: kt}
      closing_kt: {field: stock_end, unit: kt}
      capacity: null
    joined: {month: [year, month]}
    constants: {source: stock_ledger, fuel: coal}
"""
    taken = take({"ledger.csv": ledger, "mapping.yaml": mapping}, name="india")
    columns = ("entity_id", "unit_id", "scope", "scope_id", "month", "fuel", "source", "period")
    assert taken.rows("energy_use", *columns) == [
        ("india", "KAWAI", "unit", "KAWAI", date(2023, 7, 1), "coal", "stock_ledger", "month")
    ]
    assert taken.rows("energy_use", "stock_begin", "consumed", "stock_end") == [(167800.0, 305829.0, 1100.0)]
    assert json.loads(taken.result.blocks["decimals"][0]) == {"stock_begin": -2, "consumed": 0, "stock_end": -2}
    assert taken.notices("entity_id") == [("INT-NOUNITS", "no_units", "india")]
    assert taken.result.sources["kind"].to_list() == ["mapping", "csv"]


def test_a_broken_mapping_beside_the_data_does_not_stop_the_rest(take: Take, tmp_path: Path) -> None:
    """One named by the option does."""
    files: dict[str, str | bytes] = {"units.csv": UNITS, "mapping.yaml": "files: {a.csv: {table: nothing}}"}
    taken = take(files)
    assert [fault.where for fault in taken.result.unreadable] == ["plant/mapping.yaml:1:24"]
    own = tmp_path / "own.yaml"
    own.write_text("files: {a.csv: {table: energy_use, constants: {fuel: 木头}}}", encoding="utf-8")
    with pytest.raises(PackError, match="木头"):
        take({"units.csv": UNITS}, mapping=own)


def test_an_unreadable_file_is_listed_and_the_rest_goes_on(take: Take) -> None:
    """Nothing at all is another matter."""
    taken = take({"units.csv": UNITS, "fuel_use.xlsx": b"no workbook"})
    assert [fault.where for fault in taken.result.unreadable] == ["plant/fuel_use.xlsx"]
    assert taken.notices("row_key") == [("INT-SHEET", "unreadable", "plant/fuel_use.xlsx")]
    with pytest.raises(NothingError):
        take({"fuel_use.xlsx": b"no workbook"})
    with pytest.raises(NothingError):
        take({"天气.csv": "a,b\n1,2\n"})


def many_days() -> list[str]:
    """Rows of two units with everything that can go wrong in them."""
    rows = [f"{unit}#,烟煤,2025-03-{day:02},{day * 1000},5000,12.{day}" for unit in (1, 2, 3) for day in range(1, 29)]
    wrong = ["1#,烟煤,,1,2,3", "2#,烟煤,2025-03-30,x,2,3", "2#,烟煤,2025-03-31,—,2,3", "合计,,,9,,", rows[0], rows[40]]
    return [
        *rows,
        *wrong,
        "1#,烟煤,2025-03-05,77,5000,12.5",
        "1#,烟煤,2025-03-05,66,5000,12.5",
        "2#,烟煤,2025-03-30,y,2,3",
    ]


def test_the_order_of_rows_and_files_changes_nothing_but_places(take: Take) -> None:
    """Shuffled, and split into two files: the same tables, notices and units."""
    rows = many_days()
    plain = take({"units.csv": UNITS, "fuel_use.csv": DAYS + "\n".join(rows) + "\n"})
    random.Random(7).shuffle(rows)
    first, second = DAYS + "\n".join(rows[::2]) + "\n", DAYS + "\n".join(rows[1::2]) + "\n"
    for files in (
        {"fuel_use.csv": DAYS + "\n".join(rows) + "\n"},
        {"fuel_use_1.csv": first, "fuel_use_2.csv": second},
        {"fuel_use/a.csv": first, "fuel_use/b.csv": second},
        {"fuel_use.csv": first, "more/fuel_use.csv": second},
    ):
        other = take({"units.csv": UNITS, **files})
        apart = pl.selectors.by_name("_block", "_line", "related", require_all=False)
        assert other.table("fuel_use").select(~apart).rows() == plain.table("fuel_use").select(~apart).rows()
        assert other.result.notices.select(~apart).rows() == plain.result.notices.select(~apart).rows()
        assert other.result.units.select(~apart).rows() == plain.result.units.select(~apart).rows()
        counts = pl.col("reason").value_counts(sort=True)
        assert sorted(other.result.quarantine.select(counts).unnest("reason").rows()) == sorted(
            plain.result.quarantine.select(counts).unnest("reason").rows()
        )


def test_the_same_input_gives_the_same_bytes(take: Take) -> None:
    """Every file of the work folder."""
    files: dict[str, str | bytes] = {"units.csv": UNITS, "fuel_use.csv": DAYS + "\n".join(many_days()) + "\n"}
    first, second = take(files), take(files)
    written = [sorted(path for path in one.work.root.rglob("*") if path.is_file()) for one in (first, second)]
    assert [path.read_bytes() for path in written[0]] == [path.read_bytes() for path in written[1]]
    assert len(written[0]) > 30


def test_partitions_hold_whole_entities(take: Take) -> None:
    """Their number follows from the rows; every table has every partition, and together they are the same."""
    entities = [f"E{number}" for number in range(8)]
    units = "entity_id,unit_id,fuel_category,capacity_mw\n" + "".join(f"{one},1#,coal,300\n" for one in entities)
    days = "entity_id,unit_id,fuel,date,consumption\n" + "".join(
        f"{one},1#,coal,2025-03-{day:02},{day}\n" for day in range(1, 11) for one in entities
    )
    one, several = (
        take({"units.csv": units, "fuel_use.csv": days}),
        take({"units.csv": units, "fuel_use.csv": days}, partition_rows=20),
    )
    assert (one.result.partitions, several.result.partitions) == (1, 5)
    for name in ("units", "fuel_use", "unit_index"):
        assert several.table(name).sort(pl.all()).rows() == one.table(name).sort(pl.all()).rows()
    parts = [pl.read_parquet(path)["entity_id"].unique() for path in several.work.t("fuel_use").glob("*.parquet")]
    assert sum(part.len() for part in parts) == 8
    assert [len(list(several.work.t(name).glob("p=*.parquet"))) for name in ("units", "electricity", "unit_index")] == [
        5
    ] * 3
    assert not several.work.file("staged").exists()
