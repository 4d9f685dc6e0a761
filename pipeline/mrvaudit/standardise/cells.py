"""The cells of one field: read by its type, converted to its unit, its printed decimals counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from mrvaudit import units
from mrvaudit.ingest import values
from mrvaudit.ingest.frames import POLARS_TYPES
from mrvaudit.ingest.headers import factors
from mrvaudit.ingest.sheets import faults
from mrvaudit.ingest.values import Column
from mrvaudit.sector import Sector
from mrvaudit.standardise.layout import Placed
from mrvaudit.tables import Field, Table, UnitByState

BEYOND_MEASURE = 1e15
REASONS = {
    "f64": "not_a_number",
    "i64": "not_a_whole_number",
    "date": "not_a_date",
    "month": "not_a_month",
    "bool": "not_yes_or_no",
    "str": "unknown_word",
}


@dataclass(frozen=True)
class Reading:
    """One field of a block: values in the field's unit, and per cell what could not be read, why, and the text.

    `reason` is one word where it is that of all cells. `printed` are the decimals of each cell in the field's unit
    (numbers only).
    """

    values: pl.Series
    bad: pl.Series
    reason: str | pl.Series
    odd: pl.Series
    text: pl.Series
    printed: pl.Series | None

    def reasons(self) -> pl.Series:
        """The reason of each cell."""
        if isinstance(self.reason, str):
            return pl.repeat(self.reason, self.values.len(), dtype=pl.String, eager=True)
        return self.reason


def read_placed(
    table: Table,
    placed: Placed,
    cells: pl.Series,
    others: Mapping[str, pl.Series],
    sector: Sector,
    spelled: pl.Series | None = None,
) -> Reading:
    """Read a column; `others` are the fields of the rows that were read before (a unit may depend on one), `spelled`
    the unit that each row names."""
    field, cells = placed.field, faults.unquoted(cells)
    own = field.unit if isinstance(field.unit, str) else None
    solid = placed.factors[0]
    percent = 1.0 / solid if own == "%" and solid else None
    column = _column(field, cells, percent, sector, placed.mapped.words if placed.mapped is not None else {})
    reading = _without_faults(Reading(column.values, column.bad, REASONS[field.type], column.odd, column.text, None))
    if field.type != "f64":
        return reading
    reading = replace(reading, printed=values.decimals_of(replace(column, values=reading.values)))
    if spelled is not None:
        return _within_measure(_converted(*_by_row(table, placed, reading, spelled, others, sector)))
    return _within_measure(_converted(reading, _factor(table, field, placed, others, sector)))


def _without_faults(reading: Reading) -> Reading:
    """Cells with the error of a formula, or with a formula and no result, are lost and say why."""
    why = faults.why(reading.text)
    if why is None:
        return reading
    lost = why.is_not_null()
    return replace(
        reading,
        values=reading.values.set(lost, None),
        reason=pl.select(pl.coalesce(why, reading.reasons())).to_series(),
        odd=reading.odd | lost,
        bad=reading.bad | lost,
    )


def read_constant(field: Field, constant: str | None, height: int, sector: Sector) -> Reading:
    """A field without a column: one value for all rows, or none. Raises ValueError for a constant it cannot be."""
    kind = POLARS_TYPES[field.type]
    value = pl.Series([None], dtype=kind)
    if constant is not None:
        column = _column(field, pl.Series([constant], dtype=pl.String), 1.0, sector, {})
        if column.bad[0] or column.values[0] is None:
            raise ValueError(constant)
        value = column.values.cast(kind)
    nothing, text = values.nothing(height), pl.Series([constant], dtype=pl.String)
    return Reading(value.new_from_index(0, height), nothing, "", nothing, text.new_from_index(0, height), None)


def _column(
    field: Field, cells: pl.Series, percent: float | None, sector: Sector, own_words: Mapping[str, str]
) -> Column:
    if field.codes is not None:
        also = {word: entry.code for word, entry in sector.also.get(field.codes, {}).items()} | dict(own_words)
        return values.read_codes(cells, sector.codes.get(field.codes, {}), also)
    if field.type == "f64":
        return values.read_numbers(cells, percent)
    readers = {
        "str": values.read_texts,
        "i64": values.read_whole,
        "date": values.read_days,
        "month": values.read_months,
        "bool": values.read_truths,
    }
    return readers[field.type](cells)


def _factor(
    table: Table, field: Field, placed: Placed, others: Mapping[str, pl.Series], sector: Sector
) -> pl.Series | float | None:
    """The factor of the column, or of each row where the unit depends on another field; null: cannot be converted."""
    if not isinstance(field.unit, UnitByState) or placed.factors[0] == placed.factors[1]:
        return placed.factors[0]
    codes = sector.codes.get(table.fields[field.unit.by].codes or "", {})
    states = {name: code.state for name, code in codes.items() if code.state is not None}
    by = others[field.unit.by]
    state = by.replace_strict(list(states), list(states.values()), default=None, return_dtype=pl.String)
    solid, gas = (pl.lit(factor, dtype=pl.Float64) for factor in placed.factors)
    return pl.select(pl.when(state == "gas").then(gas).when(state == "solid").then(solid)).to_series()


def _by_row(
    table: Table,
    placed: Placed,
    reading: Reading,
    spelled: pl.Series,
    others: Mapping[str, pl.Series],
    sector: Sector,
) -> tuple[Reading, pl.Series]:
    """The factor of each row by the unit that it names; a value without a known unit is put aside with that unit."""
    own = {units.fold(word): unit for word, unit in (placed.mapped.units if placed.mapped is not None else {}).items()}
    known = units.index(sector.units)
    bare = spelled.fill_null("").str.strip_chars()
    unit_of = {word: own.get(units.fold(word), known.get(units.fold(word))) for word in bare.unique().to_list()}
    factor = none = pl.repeat(None, bare.len(), dtype=pl.Float64, eager=True)
    for word, unit in sorted(unit_of.items()):
        asked = replace(placed, factors=(unit and factors(placed.field, unit, sector.units)) or (None, None))
        mine = _factor(table, placed.field, asked, others, sector)
        mine = mine if isinstance(mine, pl.Series) else none.fill_null(mine) if mine is not None else none
        factor = pl.select(pl.when(bare == word).then(mine).otherwise(factor)).to_series()
    unknown = bare.is_in(pl.Series([word for word, unit in unit_of.items() if unit is None], dtype=pl.String).implode())
    unknown = unknown & reading.values.is_not_null()
    text = pl.select(pl.when(unknown).then(pl.concat_str(reading.text, pl.lit(" "), bare)).otherwise(reading.text))
    aside = replace(
        reading,
        values=reading.values.set(unknown, None),
        bad=reading.bad | unknown,
        reason=reading.reasons().set(unknown, "unit_unknown"),
        # The block has no one factor from which the text could be printed again.
        odd=reading.odd | (factor != 1.0).fill_null(True),
        text=text.to_series().str.strip_chars_end(),
    )
    return aside, factor


def _within_measure(reading: Reading) -> Reading:
    """Figures that no quantity in any unit can have are put aside: exact sums have no room for them."""
    huge = (reading.values.abs() > BEYOND_MEASURE).fill_null(False)
    if not huge.any():
        return reading
    assert reading.printed is not None
    return replace(
        reading,
        values=reading.values.set(huge, None),
        printed=reading.printed.set(huge, None),
        reason=reading.reasons().set(huge, "beyond_measure"),
        bad=reading.bad | huge,
    )


def _converted(reading: Reading, factor: pl.Series | float | None) -> Reading:
    """Values times the factor, back at sensible decimals; a value that cannot be converted is put aside."""
    if isinstance(factor, float) and factor == 1.0:
        return reading
    factors = (
        factor
        if isinstance(factor, pl.Series)
        else pl.repeat(factor, reading.values.len(), dtype=pl.Float64, eager=True)
    )
    unfit = reading.values.is_not_null() & factors.is_null()
    # Factors that are powers of ten move the point and change nothing else; others cost part of a decimal.
    shift = (-factors.log10() + 1e-9).floor().cast(pl.Int16)
    frame = pl.DataFrame({"v": reading.values, "f": factors, "p": reading.printed, "s": shift, "u": unfit})
    done = frame.select(
        pl.when(pl.col("f") == 1.0).then("v").otherwise((pl.col("v") * pl.col("f")).round_sig_figs(14)).alias("v"),
        (pl.col("p").cast(pl.Int16) + pl.col("s")).clip(-18, 18).cast(pl.Int8).alias("p"),
    )
    converted = replace(reading, values=done["v"], printed=done["p"])
    if not unfit.any():
        return converted
    return replace(converted, reason=reading.reasons().set(unfit, "unit_does_not_fit"), bad=reading.bad | unfit)
