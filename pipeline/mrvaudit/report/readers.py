"""A run as its reader may see it: what the enterprise is not shown is left out of every table that is written.

The enterprise sees no integrity signal, no statistics among peers, no other enterprise by name, and no place among
others. Verifier and province see the run as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from mrvaudit import assess
from mrvaudit.model import SEVERITIES
from mrvaudit.report import formats
from mrvaudit.report.content.profiles import ENTERPRISE, STATISTICS

if TYPE_CHECKING:
    from mrvaudit.model import Audit

COVERAGE = ("checks_made", "checks_apply", "not_assessable")


def seen(audit: Audit, profile: str) -> Audit:
    """The run for a profile; the same object where the profile sees all of it."""
    if profile != ENTERPRISE:
        return audit
    findings = _findings(audit)
    checks = audit.checks.filter(~pl.col("rule_id").str.starts_with(STATISTICS))
    scores = _scores(audit.scores, findings, checks)
    return replace(audit, findings=findings, checks=checks, scores=scores, signals=audit.signals.clear())


def _findings(audit: Audit) -> pl.DataFrame:
    """Without statistics and signals; one that was found by comparing enterprises says so and names none."""
    words = formats.book()["words"]["peer_message"]
    peers = {
        name: formats.fill(words, {"title": rule.title.model_dump()})
        for name, rule in audit.sector.rules.items()
        if rule.scope == "global"
    }
    compared = pl.col("rule_id").is_in(list(peers))
    messages = [
        pl.when(compared)
        .then(
            pl.col("rule_id").replace_strict(
                {name: pair[lang] for name, pair in peers.items()}, default=None, return_dtype=pl.String
            )
        )
        .otherwise(pl.col(f"message_{lang}"))
        .alias(f"message_{lang}")
        for lang in formats.LANGUAGES
    ]
    return audit.findings.filter(~pl.col("rule_id").str.starts_with(STATISTICS)).with_columns(
        *messages,
        pl.lit(None, pl.String).alias("integrity_signal"),
        pl.when(~compared).then(pl.col("related")).alias("related"),
    )


def _scores(scores: pl.DataFrame, findings: pl.DataFrame, checks: pl.DataFrame) -> pl.DataFrame:
    """Counts without what is not shown; the rank is the one among the enterprise's own units."""
    again = assess.counts(scores, findings).join(assess.coverage(scores, checks), on="unit_key", how="left")
    return (
        scores.drop(*SEVERITIES, *COVERAGE)
        .join(again, on="unit_key", how="left")
        .with_columns(
            pl.col("rank").rank("ordinal").over("entity_id"),
            pl.lit(None, pl.Float64).alias("risk"),
            pl.lit(None, pl.Float64).alias("anomaly"),
        )
        .select(pl.col(name).cast(kind) for name, kind in scores.schema.items())
    )
