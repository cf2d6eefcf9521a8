"""Package: what describes the tables is true of the files, and the frictionless validator agrees and can disagree."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest

from pipeline.contracts import Column, Table, conform
from pipeline.dataset import package
from pipeline.dataset.export import csv_bytes
from pipeline.tables.catalog import PUBLISHED

TABLE = Table(
    name="specimens",
    stage="corpus",
    grain="one specimen",
    key=("specimen_id",),
    columns=(
        Column("specimen_id", "text", "Id"),
        Column("label", "text", "=Label", allowed=("yes", "-no")),
        Column("count", "integer", "Count", unit="words", minimum=1, maximum=9),
        Column("score", "number", "Score", minimum=-1.5, maximum=1, places=2),
        Column("is_new", "boolean", "New", is_required=True),
        Column("seen_date", "date", "Day"),
        Column("seen_at", "timestamp", "Moment"),
        Column("words", "text", "Words"),
    ),
)
ROWS = {
    "specimen_id": ["a", "b", "c"],
    "label": ["yes", "-no", None],
    "count": [1, 9, None],
    "score": [-1.5, 1.0, None],
    "is_new": [True, False, True],
    "seen_date": ["2025-04-22", "0999-12-31", None],
    "seen_at": ["2025-04-22T10:00:00Z", "2025-04-23T10:00:00Z", None],
    "words": ['=1+"2",\n3', "a\rb\r\n", None],
}


def report(folder: Path, content: bytes, described: bytes | None = None) -> Any:
    """The validator's report on a package with this CSV, described as it is or as the bytes given."""
    (folder / "specimens.csv").write_bytes(content)
    description = package.datapackage((TABLE,), {"specimens.csv": described or content}, "1.0")
    (folder / "datapackage.json").write_bytes(description)
    return frictionless.validate(str(folder / "datapackage.json"))


def content() -> bytes:
    return csv_bytes(conform(pd.DataFrame(ROWS), TABLE), TABLE)


def test_the_validator_accepts_every_kind_of_column(tmp_path: Path) -> None:
    found = report(tmp_path, content())
    assert found.valid, found.flatten(["rowNumber", "fieldName", "note"])
    assert found.stats["errors"] == 0


def test_the_validator_accepts_every_published_table_without_rows(tmp_path: Path) -> None:
    files = {f"{table.name}.csv": csv_bytes(table.empty(), table) for table in PUBLISHED}
    for name, file in files.items():
        (tmp_path / name).write_bytes(file)
    (tmp_path / "datapackage.json").write_bytes(package.datapackage(PUBLISHED, files, "1.0"))
    found = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert found.valid, found.flatten(["type", "note"])
    assert len(found.tasks) == len(PUBLISHED)


@pytest.mark.parametrize(
    ("whole", "broken", "kind", "field"),
    [
        (b"a,yes,1,", b"a,yes,one,", "type-error", "count"),
        (b"a,yes,1,", b"a,yes,0,", "constraint-error", "count"),
        (b"a,yes,1,", b"a,no,1,", "constraint-error", "label"),
        (b"'-no", b"-no", "constraint-error", "label"),
        (b"a,yes", b",yes", "constraint-error", "specimen_id"),
        (b",-1.5,", b",-1.6,", "constraint-error", "score"),
        (b",-1.5,", b",'-1.5,", "type-error", "score"),
        (b",true,", b",TRUE,", "type-error", "is_new"),
        (b",true,", b",,", "constraint-error", "is_new"),
        (b"2025-04-22,", b"22.04.2025,", "type-error", "seen_date"),
        (b"10:00:00.000000Z", b"10:00:00", "type-error", "seen_at"),
    ],
)
def test_the_validator_rejects_a_broken_cell(
    tmp_path: Path, whole: bytes, broken: bytes, kind: str, field: str
) -> None:
    assert whole in content()
    found = report(tmp_path, content().replace(whole, broken, 1))
    assert [kind, field] in found.flatten(["type", "fieldName"])


def test_the_validator_rejects_a_repeated_key(tmp_path: Path) -> None:
    found = report(tmp_path, content().replace(b"\nb,", b"\na,", 1))
    assert ["primary-key"] in found.flatten(["type"])


def test_the_validator_rejects_a_file_that_is_not_the_one_described(tmp_path: Path) -> None:
    found = report(tmp_path, content() + b"d,yes,1,1.0,true,,,x\n", described=content())
    assert {"hash-count", "byte-count"} <= {kind for (kind,) in found.flatten(["type"])}


def test_the_package_is_the_same_at_any_time() -> None:
    made = package.datapackage((TABLE,), {"specimens.csv": b"x"}, "1.0")
    assert made == package.datapackage((TABLE,), {"specimens.csv": b"x"}, "1.0")
    assert set(json.loads(made)) == {"$schema", "name", "title", "description", "version", "licenses", "resources"}


def dictionary(*tables: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(package.dictionary(tables).decode(), newline="")))


def test_the_dictionary_has_a_row_for_each_published_column_in_order() -> None:
    found = [(row["table_name"], row["column_name"], int(row["position"])) for row in dictionary(*PUBLISHED)]
    assert found == [
        (table.name, name, position) for table in PUBLISHED for position, name in enumerate(table.column_names, 1)
    ]


def test_the_dictionary_says_what_the_declaration_says() -> None:
    rows = {row["column_name"]: row for row in dictionary(TABLE)}
    assert rows["score"] | {} == {
        "table_name": "specimens", "stage": "corpus", "column_name": "score", "position": "4", "kind": "number",
        "unit": "", "is_key": "false", "is_required": "false", "allowed": "", "minimum": "-1.5", "maximum": "1",
        "places": "2", "description": "Score", "table_grain": "one specimen",
    }  # fmt: skip
    assert (rows["specimen_id"]["is_key"], rows["specimen_id"]["is_required"]) == ("true", "true")
    assert rows["label"]["allowed"] == "yes; -no"
    assert rows["count"]["places"] == ""


def test_whole_numbers_in_the_dictionary_have_no_decimals() -> None:
    assert {row["places"] for row in dictionary(*PUBLISHED) if row["kind"] == "number"} >= {"4"}


def test_no_cell_of_the_dictionary_begins_a_formula() -> None:
    hostile = Table(
        "specimens", "corpus", "=grain", ("x",), (Column("x", "text", "=d", unit="+u", allowed=("-a", "b")),)
    )
    row = dictionary(hostile)[0]
    assert [row[name] for name in ("table_grain", "description", "unit", "allowed")] == [
        "'=grain",
        "'=d",
        "'+u",
        "'-a; b",
    ]
