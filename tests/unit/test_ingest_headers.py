"""Headers as people write them: name, title, alias, with or without a unit."""

from __future__ import annotations

import polars as pl
import pytest

from mrvaudit.ingest.block import Block, from_grid
from mrvaudit.ingest.header_rows import relocate, units_row
from mrvaudit.ingest.headers import Doubt, Heading, lexicon, meaning, nearest
from mrvaudit.packfile import Words
from mrvaudit.tables import Field, Table, UnitByState
from mrvaudit.units import Unit

UNITS = {
    "MJ/kg": Unit(dimension="heat", to="MJ/kg", factor=1),
    "kcal/kg": Unit(dimension="heat", to="MJ/kg", factor=0.0041868, aliases=("大卡/千克",)),
    "GJ/10^4 Nm3": Unit(dimension="heat_volume", to="GJ/10^4 Nm3", factor=1, aliases=("GJ/10⁴Nm³", "gj_per_1e4nm3")),
    "t": Unit(dimension="mass", to="t", factor=1, aliases=("吨",)),
    "kt": Unit(dimension="mass", to="t", factor=1000),
    "10^4 Nm3": Unit(dimension="volume", to="10^4 Nm3", factor=1, aliases=("万Nm3", "万m³")),
    "MWh": Unit(dimension="power", to="MWh", factor=1),
    "MPa": Unit(dimension="pressure", to="MPa", factor=1, aliases=("MPa(g)",)),
}


def field(name: str, zh: str, unit: str | UnitByState | None = None, kind: str = "f64", *aliases: str) -> Field:
    """A field by its essentials."""
    values = {"name": name, "type": kind, "unit": unit, "title": Words(zh=zh, en=name.title()), "aliases": aliases}
    return Field.model_validate(values)


TABLE = Table(
    name="day",
    title=Words(zh="日报", en="Day"),
    key=("unit_id",),
    owner="unit",
    fields={
        one.name: one
        for one in (
            field("entity_id", "单位", None, "str"),
            field("unit_id", "机组编号", None, "str", "机组"),
            field("qnet_mj_per_kg", "低位发热量", "MJ/kg", "f64", "发热量", "Qnet,ar"),
            field("ncv_gj_per_1e4nm3", "气体低位发热量", "GJ/10^4 Nm3", "f64", "发热量"),
            field("used", "消耗量", UnitByState(by="fuel", solid="t", gas="10^4 Nm3")),
            field("pressure_mpa", "压力", "MPa"),
            field("note", "备注", None, "str"),
            field("self_use", "厂用电量", "MWh", "f64", "厂用电量(生产)"),
        )
    },
)
LEXICON = lexicon(TABLE, UNITS)


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [
        ("unit_id", "unit_id", None),
        ("Unit ID", "unit_id", None),
        ("机组编号*", "unit_id", None),
        (" 机组 编号\n", "unit_id", None),
        ("机组编号（必填）", "unit_id", None),
        ("机组编号(如1#)", "unit_id", None),
        ("低位发热量", "qnet_mj_per_kg", None),
        ("低位发热量（MJ/kg）", "qnet_mj_per_kg", "MJ/kg"),
        ("低位发热量【大卡/千克】", "qnet_mj_per_kg", "kcal/kg"),
        ("低位发热量 kcal/kg", "qnet_mj_per_kg", "kcal/kg"),
        ("低位发热量，ＭＪ／ｋｇ", "qnet_mj_per_kg", "MJ/kg"),
        ("低位发热量(Qnet,ar)(kcal/kg)", "qnet_mj_per_kg", "kcal/kg"),
        ("qnet_kcal_per_kg", "qnet_mj_per_kg", "kcal/kg"),
        ("qnet_mj_per_kg", "qnet_mj_per_kg", None),
        ("发热量(kcal/kg)", "qnet_mj_per_kg", "kcal/kg"),
        ("发热量(GJ/10⁴Nm³)", "ncv_gj_per_1e4nm3", "GJ/10^4 Nm3"),
        ("used_kt", "used", "kt"),
        ("消耗量（吨）", "used", "t"),
        ("消耗量（t或万Nm3）", "used", None),
        ("压力(MPa(g))", "pressure_mpa", "MPa"),
        ("厂用电量(生产)", "self_use", None),
        ("厂用电量(生产)(MWh)", "self_use", "MWh"),
    ],
)
def test_headers_that_are_understood(text: str, name: str, unit: str | None) -> None:
    """Width, case, space, marks, brackets, symbols and unit suffixes."""
    found = meaning(text, LEXICON)
    assert isinstance(found, Heading)
    assert (found.field, found.unit) == (name, unit)


@pytest.mark.parametrize(
    ("text", "reason", "fields"),
    [
        ("发热量", "several_fields", ("qnet_mj_per_kg", "ncv_gj_per_1e4nm3")),
        ("低位发热量(MWh)", "unit_does_not_fit", ("qnet_mj_per_kg",)),
        ("低位发热量(BTU/lb)", "unit_unknown", ("qnet_mj_per_kg",)),
    ],
)
def test_headers_that_are_not_guessed(text: str, reason: str, fields: tuple[str, ...]) -> None:
    """Several fields, a unit of another kind, a unit nobody knows."""
    assert meaning(text, LEXICON) == Doubt(reason, fields)


@pytest.mark.parametrize("text", ["", "天气", "低位", "(MJ/kg)", "机组编号h", "MJ/kg"])
def test_headers_of_no_field(text: str) -> None:
    """They mean nothing here."""
    assert meaning(text, LEXICON) is None


def grid(*rows: tuple[str | None, ...]) -> Block:
    """A block of these rows, the first non-empty one taken for the header."""
    columns = {f"c{at + 1}": [row[at] for row in rows] for at in range(len(rows[0]))}
    return from_grid(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), "Sheet1")


def test_a_header_below_a_title_is_found() -> None:
    """Within ten rows, where two cells are headers of the table."""
    block = relocate(grid(("某电厂日报", None), (None, None), ("机组编号", "消耗量(t)"), ("1#", "5")), LEXICON)
    assert (block.header_row, block.headers, block.frame.rows()) == (3, ("机组编号", "消耗量(t)"), [(4, "1#", "5")])


def test_a_first_row_that_is_a_header_stays() -> None:
    """And so does a block without any."""
    assert relocate(grid(("机组编号", "消耗量"), ("unit_id", "used")), LEXICON).header_row == 1
    assert relocate(grid(("a", "b"), ("1", "2")), LEXICON).header_row == 1


def test_a_row_of_units_belongs_to_the_header() -> None:
    """Its units count as if they stood in the brackets; a row with anything else is a record."""
    block, line = units_row(grid(("机组编号", "消耗量", "压力"), ("—", "kt", "(MPa)"), ("1#", "5", "9")), LEXICON)
    assert (block.headers, line) == (("机组编号", "消耗量(kt)", "压力(MPa)"), 2)
    assert units_row(grid(("机组编号", "消耗量"), ("t", "5")), LEXICON)[1] is None
    assert units_row(grid(("机组编号", "消耗量"), ("—", "/")), LEXICON)[1] is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("燃料消耗数量", ("used",)),
        ("低位发热值(MJ/kg)", ("qnet_mj_per_kg", "ncv_gj_per_1e4nm3")),
        ("发热量", ("qnet_mj_per_kg", "ncv_gj_per_1e4nm3")),
        ("机组编码", ("unit_id",)),
        ("天气", ()),
        ("x", ()),
    ],
)
def test_the_nearest_names_are_proposed(text: str, names: tuple[str, ...]) -> None:
    """What is spelled alike or may be meant, best first; nothing where nothing is."""
    assert names == nearest(text, LEXICON)


def test_a_name_with_brackets_takes_the_unit_of_the_units_row() -> None:
    """The brackets of 厂用电量(生产) are no unit."""
    block, _ = units_row(grid(("机组编号", "厂用电量(生产)"), ("—", "MWh"), ("1#", "5")), LEXICON)
    assert ("机组编号", "厂用电量(生产)(MWh)") == block.headers
