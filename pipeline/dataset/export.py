"""Export: tables as CSV, Parquet and Excel files that open without a wrong cell. A file is rewritten only when it differs."""

import csv
import io
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow.parquet as parquet
import xlsxwriter

from pipeline.contracts import Column, Table, to_arrow

# What a spreadsheet takes for a formula when a cell begins with it (OWASP, CSV injection), full-width twins included.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SHEET_NAME_LENGTH: Final = 31
_CELL_LENGTH: Final = 32_767


def guarded(value: str) -> str:
    """A text cell that a spreadsheet shows and does not run: an apostrophe stands before what would begin a formula."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA_STARTS) else value


def _cell(value: object, column: Column) -> str:
    if pd.isna(value):  # type: ignore[call-overload]  # cells are scalars; pandas types the call for arrays too
        return ""
    if column.kind == "text":
        return guarded(str(value))
    if column.kind == "boolean":
        return "true" if value else "false"
    if column.kind == "date":
        return pd.Timestamp(str(value)).strftime("%Y-%m-%d")
    if column.kind == "timestamp":
        return pd.Timestamp(str(value)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return repr(float(str(value))) if column.kind == "number" else str(value)


def csv_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A conformed frame in the house's CSV dialect.

    UTF-8 without a byte-order mark, LF, a header, fields quoted where needed, empty for missing, ISO dates, UTC times,
    true and false, text guarded against formulas (numbers never: -1.5 stays a number), rows in key order.
    """
    cells = [[_cell(value, column) for value in frame[column.name]] for column in table.columns]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows(zip(*cells, strict=True))
    return buffer.getvalue().encode()


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A conformed frame as Parquet under the table's Arrow schema, texts as they are, with descriptions as metadata."""
    schema = table.arrow_schema.with_metadata({"table": table.name, "grain": table.grain})
    for column in table.columns:
        index = schema.get_field_index(column.name)
        schema = schema.set(index, schema.field(index).with_metadata({"description": column.description, "unit": column.unit}))
    buffer = io.BytesIO()
    parquet.write_table(to_arrow(frame, table).cast(schema), buffer, compression="zstd")
    return buffer.getvalue()


def excel_bytes(frames: Mapping[Table, pd.DataFrame]) -> bytes:
    """One workbook with a sheet a table; text is written as text, so nothing in it runs or becomes a link."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        heading = book.add_format({"bold": True, "bottom": 1})
        formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "timestamp": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        for table, frame in frames.items():
            sheet = book.add_worksheet(table.name[:_SHEET_NAME_LENGTH])
            sheet.write_row(0, 0, table.column_names, heading)
            sheet.freeze_panes(1, 0)
            for number, column in enumerate(table.columns):
                sheet.set_column(number, number, min(max(len(column.name), 10), 40))
                for row, value in enumerate(frame[column.name], start=1):
                    _write_cell(sheet, row, number, value, column, formats.get(column.kind))
    return buffer.getvalue()


def _write_cell(sheet: object, row: int, number: int, value: object, column: Column, style: object) -> None:
    if pd.isna(value):  # type: ignore[call-overload]
        return
    if column.kind in ("date", "timestamp"):
        # Excel knows no time zones; the column's unit says that it is UTC.
        sheet.write_datetime(row, number, pd.Timestamp(str(value)).tz_localize(None).to_pydatetime(), style)  # type: ignore[attr-defined]
    elif column.kind in ("integer", "number"):
        sheet.write_number(row, number, float(str(value)))  # type: ignore[attr-defined]
    elif column.kind == "boolean":
        sheet.write_boolean(row, number, bool(value))  # type: ignore[attr-defined]
    else:
        sheet.write_string(row, number, str(value)[:_CELL_LENGTH])  # type: ignore[attr-defined]


def write(path: Path, content: bytes) -> bool:
    """Put a file in place whole or not at all; a file that already holds the content is not touched. True if written."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    # mkstemp makes files that only their owner reads; a dataset is there to be shared.
    os.chmod(draft, 0o644)
    Path(draft).replace(path)
    return True


FORMATS: Final[Mapping[str, Callable[[pd.DataFrame, Table], bytes]]] = {"csv": csv_bytes, "parquet": parquet_bytes}
