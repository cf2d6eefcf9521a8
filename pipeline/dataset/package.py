"""Package: the data dictionary and the Frictionless data package that describe the exported tables."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from pipeline.contracts import Column, Kind, Table
from pipeline.dataset.export import guarded

PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
_FIELD_TYPES: Final[Mapping[Kind, str]] = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
}
_LICENCE: Final = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
DICTIONARY_COLUMNS: Final = (
    "table_name", "stage", "column_name", "position", "kind", "unit", "is_key", "is_required", "allowed", "minimum",
    "maximum", "places", "description", "table_grain",
)  # fmt: skip


def dictionary(tables: tuple[Table, ...]) -> bytes:
    """`data_dictionary.csv`: one row a column of a published table, in table and column order."""
    rows = [
        (
            table.name, table.stage, column.name, position, column.kind, guarded(column.unit),
            "true" if column.name in table.key else "false",
            "true" if column.is_required or column.name in table.key else "false",
            guarded("; ".join(column.allowed)), column.minimum, column.maximum,
            column.places if column.kind == "number" else None, guarded(column.description), guarded(table.grain),
        )
        for table in tables
        for position, column in enumerate(table.columns, start=1)
    ]  # fmt: skip
    # As objects, or a column with missing cells would write 4 as 4.0.
    frame = pd.DataFrame(rows, columns=list(DICTIONARY_COLUMNS), dtype="object")
    return frame.to_csv(index=False, lineterminator="\n").encode()


def datapackage(tables: tuple[Table, ...], files: Mapping[str, bytes], version: str) -> bytes:
    """`datapackage.json` (Frictionless Data Package v2) over the CSV files given by name.

    It holds no time of day, so that the same tables always give the same bytes.
    """
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": "parley",
        "title": "How analysts framed the Ukraine peace talks",
        "description": "Readability, stance, frames and topics of commentary on the talks, and how analysts compare. "
        "Holds features and short evidence excerpts, never whole texts.",
        "version": version,
        "licenses": [_LICENCE],
        "resources": [_resource(table, files[f"{table.name}.csv"]) for table in tables],
    }
    return (json.dumps(package, indent=2, ensure_ascii=False) + "\n").encode()


def _resource(table: Table, content: bytes) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "title": table.grain,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "schema": {
            "fields": [_field(column, is_key=column.name in table.key) for column in table.columns],
            "primaryKey": list(table.key),
            "missingValues": [""],
        },
    }


def _field(column: Column, *, is_key: bool) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _FIELD_TYPES[column.kind],
        "description": column.description + (f" ({column.unit})" if column.unit else ""),
    }
    if column.kind == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.kind == "timestamp":
        field["format"] = "%Y-%m-%dT%H:%M:%S.%fZ"
    constraints: dict[str, Any] = {"required": True} if column.is_required or is_key else {}
    if column.allowed:
        # The values as the CSV holds them.
        constraints["enum"] = [guarded(value) for value in column.allowed]
    for bound in ("minimum", "maximum"):
        value = getattr(column, bound)
        if value is not None:
            constraints[bound] = value
    return field | ({"constraints": constraints} if constraints else {})
