"""Table assets: what breaks its contract is not stored, and what has not changed is not computed again."""

from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from assets.io_managers import StoredTables
from assets.table_assets import table_asset
from pipeline.contracts import Column, Table
from pipeline.engine import Engine
from pipeline.store import Store
from pipeline.tables import catalog

NUMBERS = Table(
    "numbers", "features", "one number", ("number_id",),
    (Column("number_id", "text", "Id of the number"), Column("value_share", "number", "Value", minimum=0, maximum=1)),
)  # fmt: skip
DOUBLES = Table(
    "doubles", "features", "one number, doubled", ("number_id",),
    (Column("number_id", "text", "Id of the number"), Column("double", "number", "Twice the value")),
)  # fmt: skip


class Bench:
    """Two assets over a store of their own; `values` is what the first one returns, `computed` what ran."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.values: Any = [0.25]
        self.computed: list[str] = []
        self.fingerprint = "one"

        @table_asset(NUMBERS, code="pipeline.text", kinds={"python"})
        def numbers(knob: Any) -> pd.DataFrame:
            """Numbers."""
            self.computed.append("numbers")
            return pd.DataFrame({"number_id": [f"n{i}" for i in range(len(self.values))], "value_share": self.values})

        @table_asset(DOUBLES, code="pipeline.text", kinds={"python"})
        def doubles(numbers: pd.DataFrame) -> pd.DataFrame:
            """Doubles."""
            self.computed.append("doubles")
            return pd.DataFrame({"number_id": numbers["number_id"], "double": numbers["value_share"] * 2})

        self.assets = [numbers, doubles]

    def materialize(self) -> dg.ExecuteInProcessResult:
        self.computed.clear()

        @dg.io_manager(required_resource_keys={"store"})
        def stored(_: dg.InitResourceContext) -> StoredTables:
            return StoredTables()

        resources = {"store": self.store, "engine": Engine(workers=1), "knob": self, "tables": stored}
        return dg.materialize(self.assets, resources=resources, raise_on_error=False)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr("assets.table_assets.TABLES", {**catalog.TABLES, "numbers": NUMBERS, "doubles": DOUBLES})
    return Bench(Store(str(tmp_path / "store"), "run"))


def test_rows_go_into_the_store(bench: Bench) -> None:
    assert bench.materialize().success
    assert bench.store.read(DOUBLES)["double"].tolist() == [0.5]


def test_nothing_is_computed_again_when_nothing_changed(bench: Bench) -> None:
    bench.materialize()
    result = bench.materialize()
    assert result.success and bench.computed == []
    assert bench.store.version(DOUBLES) == 1


def test_a_resource_whose_fingerprint_moved_computes_again_and_stops_where_rows_are_the_same(bench: Bench) -> None:
    bench.materialize()
    bench.fingerprint = "two"
    bench.materialize()
    assert bench.computed == ["numbers"]


def test_rows_that_break_the_contract_are_not_stored_and_stop_what_follows(bench: Bench) -> None:
    bench.materialize()
    bench.fingerprint, bench.values = "two", [0.5, 7.0]
    result = bench.materialize()
    assert not result.success
    assert bench.store.read(NUMBERS)["value_share"].tolist() == [0.25]
    assert bench.computed == ["numbers"]


def test_the_failed_check_names_the_row_the_column_and_the_rule(bench: Bench) -> None:
    bench.values = [0.5, 7.0]
    check = next(iter(bench.materialize().get_asset_check_evaluations()))
    told = str(check.metadata["violations"].value)
    assert not check.passed
    assert "numbers.value_share" in told and "number_id=n1" in told and "7.0" in told


def test_the_ui_is_told_of_rows_and_of_what_was_written(bench: Bench) -> None:
    metadata = bench.materialize().asset_materializations_for_node("numbers")[0].metadata
    assert metadata["dagster/row_count"].value == 1
    assert metadata["rows added"].value == 1
    assert "n0" in str(metadata["preview"].value)
