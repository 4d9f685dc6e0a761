"""great-expectations as it is used here: one context in memory, one suite per subject, positions of what fails.

Nothing is sent anywhere and nothing is written unless Data Docs are asked for.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit.gate.subjects import ROOM, Expectation, Subject

SITE = "mrvaudit"


def load() -> None:
    """Import the library: seven seconds that only a run with the gate pays; apart, so that they can be told apart."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations.expectations  # noqa: F401


class Engine:
    """A context of great-expectations; `docs` is where Data Docs go, if anywhere."""

    def __init__(self, docs: Path | None = None) -> None:
        load()
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        self._gx = gx
        self._docs = docs
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._source = self._context.data_sources.add_pandas("mrvaudit")
        if docs is not None:
            backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs.resolve())}
            site = {"class_name": "SiteBuilder", "store_backend": backend}
            self._context.add_data_docs_site(site_name=SITE, site_config=site)

    def failures(self, subject: Subject) -> dict[Expectation, list[int]]:
        """Expectation -> positions of the rows that do not meet it, for every expectation of the subject."""
        columns = dict.fromkeys([*subject.key, *(one.column for one in subject.expectations)])
        rows = subject.frame.select([name for name in columns if name in subject.frame.columns])
        if rows.is_empty():
            return {one: [] for one in subject.expectations}
        outcome = self._validate(subject, rows)
        found: dict[Expectation, list[int]] = {}
        for one, result in zip(subject.expectations, outcome, strict=True):
            if result["exception_info"].get("raised_exception"):
                raise RuntimeError(f"{subject.name}.{one.column}: {result['exception_info']['exception_message']}")
            found[one] = sorted(result["result"].get("unexpected_index_list") or [])
        return found

    def _validate(self, subject: Subject, rows: pl.DataFrame) -> list[dict[str, Any]]:
        """Results in the order of the subject's expectations, told apart by their number."""
        suite = self._gx.ExpectationSuite(name=subject.name)
        for number, one in enumerate(subject.expectations):
            suite.add_expectation(_expectation(one, subject, number))
        asset = self._source.add_dataframe_asset(subject.name)
        batch = asset.add_batch_definition_whole_dataframe("whole")
        definition = self._context.validation_definitions.add(
            self._gx.ValidationDefinition(name=subject.name, data=batch, suite=self._context.suites.add(suite))
        )
        outcome = self._run(subject.name, definition, rows).to_json_dict()["results"]
        by_number = {one["expectation_config"]["meta"]["number"]: one for one in outcome}
        return [by_number[number] for number in range(len(subject.expectations))]

    def _run(self, name: str, definition: Any, rows: pl.DataFrame) -> Any:
        given = {"dataframe": rows.to_pandas()}
        if self._docs is None:
            return definition.run(batch_parameters=given, result_format={"result_format": "COMPLETE"})
        update = self._gx.checkpoint.UpdateDataDocsAction(name="docs", site_names=[SITE])
        checkpoint = self._gx.Checkpoint(
            name=name,
            validation_definitions=[definition],
            actions=[update],
            result_format={"result_format": "COMPLETE"},
        )
        ran = self._context.checkpoints.add(checkpoint).run(batch_parameters=given)
        return next(iter(ran.run_results.values()))


def _expectation(one: Expectation, subject: Subject, number: int) -> Any:
    import great_expectations.expectations as expect

    meta = {"number": number}
    if one.kind == "range":
        low = None if one.min is None else one.min - ROOM * max(1.0, abs(one.min))
        high = None if one.max is None else one.max + ROOM * max(1.0, abs(one.max))
        return expect.ExpectColumnValuesToBeBetween(column=one.column, min_value=low, max_value=high, meta=meta)
    if one.kind == "code":
        return expect.ExpectColumnValuesToBeInSet(column=one.column, value_set=list(one.words), meta=meta)
    if one.kind == "required":
        return expect.ExpectColumnValuesToNotBeNull(column=one.column, meta=meta)
    if len(subject.key) == 1:
        return expect.ExpectColumnValuesToBeUnique(column=subject.key[0], meta=meta)
    return expect.ExpectCompoundColumnsToBeUnique(column_list=list(subject.key), meta=meta)
