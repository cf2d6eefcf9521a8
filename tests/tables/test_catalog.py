"""Catalog: the declarations of all tables keep the conventions that readers of the dataset rely on."""

import re

import pytest

from pipeline.contracts import Column, Table, violations
from pipeline.tables.catalog import DERIVATIONS, PUBLISHED, STAGES, TABLES
from pipeline.tables.corpus import DOCUMENT_TEXTS, WEB_VISITS

PRIVATE = (DOCUMENT_TEXTS, DERIVATIONS, WEB_VISITS)
COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]
BOUNDS = {"_share": (0, 1), "_probability": (0, 1), "_count": (0, None), "_score_low": (-1, 1)}


def named(value: object) -> str:
    return f"{value[0].name}.{value[1].name}" if isinstance(value, tuple) else getattr(value, "name", str(value))


def test_every_table_is_found_under_its_name() -> None:
    assert all(name == table.name for name, table in TABLES.items())
    assert len({table.name for table in (*PUBLISHED, *PRIVATE)}) == len(TABLES) == len(PUBLISHED) + len(PRIVATE)


def test_published_tables_stand_in_the_order_of_their_stages() -> None:
    stages = [STAGES.index(table.stage) for table in PUBLISHED]
    assert stages == sorted(stages)


def test_no_published_table_is_private_or_holds_a_text() -> None:
    assert not any(table.is_private or "text" in table.column_names for table in PUBLISHED)


@pytest.mark.parametrize("table", TABLES.values(), ids=named)
def test_an_empty_table_keeps_its_contract(table: Table) -> None:
    assert violations(table.empty(), table) == []


@pytest.mark.parametrize("table", TABLES.values(), ids=named)
def test_column_names_are_unique_and_in_snake_case(table: Table) -> None:
    assert len(set(table.column_names)) == len(table.columns)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in table.column_names)


@pytest.mark.parametrize("table", TABLES.values(), ids=named)
def test_a_table_says_what_a_row_is_and_what_each_column_holds(table: Table) -> None:
    assert table.grain and table.key and all(column.description for column in table.columns)


@pytest.mark.parametrize("entry", COLUMNS, ids=named)
def test_a_suffix_tells_the_kind(entry: tuple[Table, Column]) -> None:
    name, kind = entry[1].name, entry[1].kind
    suffixes = {
        "_id": "text",
        "_count": "integer",
        "_share": "number",
        "_date": "date",
        "_at": "timestamp",
        "_label": "text",
        "_sha256": "text",
        "_url": "text",
    }
    expected = {wanted for suffix, wanted in suffixes.items() if name.endswith(suffix)} - (
        {"integer"} if entry[1].kind == "number" else set()
    )
    assert not expected or expected == {kind}
    assert name.startswith(("is_", "has_")) == (kind == "boolean")


@pytest.mark.parametrize(
    "entry", [entry for entry in COLUMNS if entry[1].name.endswith(("_share", "_probability"))], ids=named
)
def test_a_share_lies_between_nought_and_one(entry: tuple[Table, Column]) -> None:
    assert (entry[1].minimum, entry[1].maximum) == (0, 1)


@pytest.mark.parametrize("entry", [entry for entry in COLUMNS if entry[1].name.endswith("_label")], ids=named)
def test_a_label_comes_from_a_closed_vocabulary(entry: tuple[Table, Column]) -> None:
    assert entry[1].allowed


def test_a_name_that_tables_share_means_one_kind_everywhere() -> None:
    kinds: dict[str, set[str]] = {}
    for _, column in COLUMNS:
        kinds.setdefault(column.name, set()).add(column.kind)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}
