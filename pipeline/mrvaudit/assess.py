"""From findings to a picture of each unit: order, counts, tonnes, risk, the folder of its report."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date

import polars as pl

from mrvaudit import macros
from mrvaudit.checks.lineage import Lineage
from mrvaudit.effects import tonnes
from mrvaudit.effects.result import UNITS
from mrvaudit.ingest.frames import schema
from mrvaudit.model import FINDINGS, SCORES, SEVERITIES, Work
from mrvaudit.parameters import value_at
from mrvaudit.sector import Sector
from mrvaudit.store import connect, empty

SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(1, 10))}
)
LONGEST = 80
MATERIALITY = "materiality"
HALF_A_TONNE = 0.5
ORDER = ("entity_id", "unit_id", "month", "table", "row_key", "rule_id", "result", "field")


def sort_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings in the order of the contract; ties by id."""
    return findings.sort(*ORDER, "finding_id", nulls_last=False)


def without_internal(findings: pl.DataFrame) -> pl.DataFrame:
    """The columns of the output contract."""
    return findings.select(*FINDINGS)


def scores(
    sector: Sector,
    work: Work,
    partitions: int,
    units: pl.DataFrame,
    findings: pl.DataFrame,
    checks: pl.DataFrame,
    as_of: date,
    stakes: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row per reporting unit, ranked by risk; findings of the whole entity count for each of its units.

    `stakes` is what the replay says of each unit (`effects.result.UNITS`).
    """
    stakes = empty(UNITS) if stakes is None else stakes
    frame = units.filter(pl.col("reporting")).select(
        "unit_key", "entity_id", "unit_id", "entity_name", "unit_name", "province", "city"
    )
    frame = frame.join(counts(frame, findings), on="unit_key", how="left")
    frame = frame.join(coverage(frame, checks), on="unit_key", how="left")
    frame = frame.join(_tonnes(sector, work, partitions, findings, stakes), on="unit_key", how="left")
    frame = _material(sector, frame, as_of)
    frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("anomaly"), _risk(sector, as_of).alias("risk"))
    frame = frame.sort(
        [pl.col("risk"), pl.col("at_stake_tco2").abs().fill_null(0.0), pl.col("entity_id"), pl.col("unit_id")],
        descending=[True, True, False, False],
    ).with_row_index("rank", offset=1)
    frame = frame.with_columns(
        pl.Series("report_dir", report_dirs(list(frame.select("entity_id", "unit_id").iter_rows())))
    )
    return frame.select(pl.col(name).cast(kind) for name, kind in schema(SCORES).items())


def counts(units: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Open findings of each unit by severity; those of its whole entity count for it too."""
    open_ones = findings.filter(pl.col("status") == "open")
    own = open_ones.filter(pl.col("unit_id").is_not_null()).join(
        units.select("unit_key", "entity_id", "unit_id"), on=["entity_id", "unit_id"], suffix="_of"
    )
    shared = open_ones.filter(pl.col("unit_id").is_null()).join(
        units.select("unit_key", "entity_id"), on="entity_id", suffix="_of"
    )
    names = [one.select(pl.col("unit_key_of").alias("unit_key"), "severity") for one in (own, shared)]
    counted = (
        pl.concat(names)
        .group_by("unit_key")
        .agg([(pl.col("severity") == severity).sum().alias(severity) for severity in SEVERITIES])
    )
    return (
        units.select("unit_key")
        .join(counted, on="unit_key", how="left")
        .with_columns(pl.col(severity).fill_null(0) for severity in SEVERITIES)
    )


def coverage(units: pl.DataFrame, checks: pl.DataFrame) -> pl.DataFrame:
    """How many checks apply to the unit, were made, could not be made (entity-wide ones count for each unit)."""
    own = checks.filter(pl.col("unit_id").is_not_null()).join(
        units.select("unit_key", "entity_id", "unit_id"), on=["entity_id", "unit_id"]
    )
    shared = checks.filter(pl.col("unit_id").is_null()).join(units.select("unit_key", "entity_id"), on="entity_id")
    rows = pl.concat([one.select("unit_key", "rule_id", "status") for one in (own, shared)])
    made = pl.col("status").is_in(["passed", "found"])
    return rows.group_by("unit_key").agg(
        made.sum().alias("checks_made"),
        (pl.col("status") != "not_applicable").sum().alias("checks_apply"),
        (pl.col("status") == "not_assessable").sum().alias("not_assessable"),
    )


def _tonnes(sector: Sector, work: Work, partitions: int, findings: pl.DataFrame, stakes: pl.DataFrame) -> pl.DataFrame:
    """Declared and recalculated tonnes, and those at stake: what the joint scenario of all corrections adds.

    Where a rule gives tonnes of a figure behind the totals and no scenario can, its month counts with recalculated
    minus declared: the recalculation has every correction in it at once, so that two findings are never added.
    """
    totals = sector.settings.totals
    figures = ("declared_tco2", "recalculated_tco2", "at_stake_tco2", "months_declared", "months_recalculated")
    more = ("if_default_tco2", "scenarios", "scenarios_left")
    if totals is None:
        return empty({name: SCORES[name] for name in ("unit_key", *figures, *more)})
    paths = [work.part(work.m(totals.view), part) for part in range(partitions)]
    rows = pl.concat([pl.read_parquet(path) for path in paths]).select(
        "unit_key",
        "month",
        pl.col(totals.declared).alias("declared"),
        pl.col(totals.recalculated).alias("recalculated"),
    )
    touched = _without_scenario(sector, findings)
    rows = rows.join(touched.with_columns(touched=pl.lit(True)), on=["unit_key", "month"], how="left")
    gap = (pl.col("recalculated") - pl.col("declared")).filter(pl.col("touched").fill_null(False))
    sums = (
        rows.sort("unit_key", "month")
        .group_by("unit_key", maintain_order=True)
        .agg(
            _total("declared").alias("declared_tco2"),
            _total("recalculated").alias("recalculated_tco2"),
            _exact(gap).alias("gap_tco2"),
            _months("declared").alias("months_declared"),
            _months("recalculated").alias("months_recalculated"),
        )
    )
    found = sums.join(stakes.rename({"at_stake_tco2": "joint_tco2"}), on="unit_key", how="left")
    joint = pl.col("joint_tco2").fill_null(0.0) + pl.col("gap_tco2")
    return found.with_columns(
        pl.when(~pl.col("unknown").fill_null(False)).then(joint).alias("at_stake_tco2"),
        pl.col("scenarios", "scenarios_left").fill_null(0),
    ).select("unit_key", *figures, *more)


def _without_scenario(sector: Sector, findings: pl.DataFrame) -> pl.DataFrame:
    """Unit-months in which a rule gives tonnes of its own to a figure behind the totals, and no scenario has any."""
    totals = sector.settings.totals
    assert totals is not None
    reach = tonnes.reach(Lineage(sector), totals)
    behind = pl.DataFrame(
        sorted(reach.declared | reach.restated | reach.recalculated),
        {"table": pl.String, "field": pl.String},
        orient="row",
    )
    counted = findings.filter(
        (pl.col("status") == "open")
        & pl.col("impact_tco2").is_not_null()
        & pl.col("cause_id").is_null()
        & (pl.col("impact_kind").fill_null("recalculated") == "recalculated")
    )
    own = counted.filter(pl.col("corrects").is_null()).join(behind, on=["table", "field"], how="semi")
    replayed = counted.filter(pl.col("corrects").is_not_null())
    months = own.select("unit_key", "month").unique()
    return months.join(replayed, on=["unit_key", "month"], how="anti")


def _material(sector: Sector, frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Share of the unit's total, direction, and whether the tonnes at stake reach the limit of materiality."""
    whole = pl.coalesce("declared_tco2", "recalculated_tco2")
    limits = _limits(sector, frame.select(whole.alias("whole"))["whole"], as_of)
    stake = pl.col("at_stake_tco2")
    share = pl.when(whole != 0).then(stake / whole * 100)
    # Below half a tonne there is no direction: the forms print whole tonnes.
    way = pl.when(stake.abs() < HALF_A_TONNE).then(pl.lit("none")).when(stake > 0).then(pl.lit("low"))
    frame = frame.with_columns(limits.alias("materiality_tco2"))
    room = 1e-9 * pl.max_horizontal(pl.lit(1.0), stake.abs())
    return frame.with_columns(
        share.round(8).alias("at_stake_pct"),
        pl.when(stake.is_null()).then(pl.lit("unknown")).otherwise(way.otherwise(pl.lit("high"))).alias("direction"),
        (stake.abs() >= pl.col("materiality_tco2") - room).alias("material"),
    )


def _limits(sector: Sector, emissions: pl.Series, as_of: date) -> pl.Series:
    """The formula `materiality` of the packs for each emission; null where there is none."""
    if MATERIALITY not in sector.formulas:
        return pl.Series([None] * len(emissions), dtype=pl.Float64)
    con = connect("256MB", None)
    try:
        con.register("given", pl.DataFrame({"place": range(len(emissions)), "tco2": emissions}).to_arrow())
        query = f"SELECT {MATERIALITY}(tco2, as_of()) AS tco2 FROM given ORDER BY place"
        macros.install(con, sector, as_of, [query])
        return pl.DataFrame(con.sql(query).to_arrow_table())["tco2"].cast(pl.Float64)
    finally:
        con.close()


def _total(name: str) -> pl.Expr:
    column = pl.col(name)
    return pl.when(column.count() > 0).then(_exact(column))


def _months(name: str) -> pl.Expr:
    return pl.col("month").filter(pl.col(name).is_not_null()).n_unique().cast(pl.Int64)


def _exact(values: pl.Expr) -> pl.Expr:
    """A sum that does not depend on the order of its terms; unknown where one is beyond all measure."""
    terms = values.cast(pl.Decimal(28, 8), strict=False)
    return pl.when(terms.count() == values.count()).then(terms.sum().cast(pl.Float64))


def _risk(sector: Sector, as_of: date) -> pl.Expr:
    """Weighted counts of open findings; the weights are parameters of the pack."""
    parameter = sector.parameters.get("risk_weight")
    month = f"{as_of:%Y-%m}"
    risk = pl.lit(0.0)
    for severity in SEVERITIES:
        value = value_at(parameter, severity, month) if parameter is not None else None
        risk = risk + pl.col(severity) * (value.value if value is not None else 0.0)
    return risk


def report_dirs(units: list[tuple[str, str]]) -> list[str]:
    """A folder name for each (entity, unit): safe on every system, unique without regard to case."""
    ids = Counter(unit.casefold() for _, unit in units)
    names: list[str] = []
    used: set[str] = set()
    for entity, unit in units:
        plain = unit if ids[unit.casefold()] == 1 else f"{entity}__{unit}"
        name = _encode(plain)
        digest = hashlib.sha256(f"{entity}\x1f{unit}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
        if len(name) > LONGEST:
            name = f"{name[:LONGEST]}{digest}"
        if name.casefold() in used:
            name = f"{name[: LONGEST - 9]}-{digest}"
        used.add(name.casefold())
        names.append(name)
    return names


def _encode(text: str) -> str:
    """Percent-encoded except letters, digits, `_`, `-` and non-ASCII letters; Windows' reserved names prefixed."""
    parts = [
        character
        if character in SAFE or (ord(character) > 127 and character.isalpha())
        else "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
        for character in text
    ]
    name = "".join(parts) or "%00"
    return f"_{name}" if name.casefold() in RESERVED else name
