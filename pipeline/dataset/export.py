"""Export: tables as CSV, Parquet and Excel files that open without a wrong cell; only what differs is rewritten."""

import csv
import io
import math
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow.parquet as parquet
import xlsxwriter

from pipeline.contracts import Column, Table, to_arrow

# What a spreadsheet takes for a formula when a cell begins with it (OWASP, CSV injection), full-width twins included.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# `changes` holds numbers as text: a plain negative number runs nothing, and -1.5 stays -1.5.
_NEGATIVE_NUMBER: Final = re.compile(r"-([0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?|inf)")
_SHEET_NAME_LENGTH: Final = 31
_SHEET_ROWS: Final = 1_048_576
_CELL_LENGTH: Final = 32_767
# Excel counts days from 1900.
_FIRST_YEAR: Final = 1900
# The workbook's own date would otherwise be that of the clock, and no two exports would be equal.
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC)


def guarded(value: str) -> str:
    """A text cell that a spreadsheet shows and does not run: an apostrophe stands before what would begin a formula."""
    runs = value.lstrip(" ").startswith(_FORMULA_STARTS) or value.lstrip().startswith(_FORMULA_STARTS)
    return f"'{value}" if runs and not _NEGATIVE_NUMBER.fullmatch(value) else value


def as_text(value: Any, column: Column) -> str:
    """A conformed cell as the CSV spells it, text unguarded; empty where missing."""
    if pd.isna(value):
        return ""
    if column.kind == "boolean":
        return "true" if value else "false"
    if column.kind == "date":
        # strftime would write the year 999 with three digits.
        return pd.Timestamp(value).date().isoformat()
    if column.kind == "timestamp":
        moment = pd.Timestamp(value).tz_convert("UTC").tz_localize(None).to_pydatetime()
        return f"{moment.isoformat(timespec='microseconds')}Z"
    return repr(float(value)) if column.kind == "number" else str(value)


def _cell(value: Any, column: Column) -> str:
    text = as_text(value, column)
    return guarded(text) if column.kind == "text" else text


class _Lines(list[str]):
    """Lines as csv.writer hands them over under the line end CR LF, kept with LF.

    The writer quotes the characters of its line end, and before Python 3.13 those alone: with LF for a line end, a cell
    that holds a CR would stay unquoted and break its row.
    """

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


def csv_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A conformed frame in the house's CSV dialect.

    UTF-8 without a byte-order mark, LF, a header, fields quoted where needed, empty for missing, ISO dates, UTC times,
    true and false, text guarded against formulas (numbers never: -1.5 stays a number), rows in key order.
    """
    cells = [[_cell(value, column) for value in frame[column.name]] for column in table.columns]
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(table.column_names)
    writer.writerows(zip(*cells, strict=True))
    return "".join(lines).encode()


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A conformed frame as Parquet under the table's Arrow schema, texts as they are, with descriptions as metadata."""
    schema = table.arrow_schema.with_metadata({"table": table.name, "grain": table.grain})
    for column in table.columns:
        index = schema.get_field_index(column.name)
        told = {"description": column.description, "unit": column.unit}
        schema = schema.set(index, schema.field(index).with_metadata(told))
    buffer = io.BytesIO()
    parquet.write_table(to_arrow(frame, table).cast(schema), buffer, compression="zstd")
    return buffer.getvalue()


def excel_bytes(frames: Mapping[Table, pd.DataFrame]) -> bytes:
    """One workbook with a sheet a table; text is written as text, so nothing in it runs or becomes a link.

    Excel's own limits: a text is cut after 32,767 UTF-16 units, a sheet's name after 31 characters.

    Raises:
        ValueError: a table has more rows than a sheet holds.
    """
    for table, frame in frames.items():
        if len(frame) >= _SHEET_ROWS:
            raise ValueError(
                f"table {table.name}: {len(frame)} rows, and an Excel sheet holds {_SHEET_ROWS - 1} under its heading; "
                "export it as csv or parquet, or name the other tables with --table"
            )
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _CREATED})
        heading = book.add_format({"bold": True, "bottom": 1})
        formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "timestamp": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        for name, (table, frame) in zip(_sheet_names([t.name for t in frames]), frames.items(), strict=True):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, table.column_names, heading)
            sheet.freeze_panes(1, 0)
            for number, column in enumerate(table.columns):
                sheet.set_column(number, number, min(max(len(column.name), 10), 40))
                for row, value in enumerate(frame[column.name], start=1):
                    _write_cell(sheet, row, number, value, column, formats.get(column.kind))
    return buffer.getvalue()


def _sheet_names(tables: list[str]) -> list[str]:
    """The tables' names cut to length, numbered where the cut makes two alike; Excel takes no notice of case."""
    names: list[str] = []
    for table in tables:
        name, number = table[:_SHEET_NAME_LENGTH], 1
        while name.lower() in [other.lower() for other in names]:
            number += 1
            name = f"{table[: _SHEET_NAME_LENGTH - len(str(number)) - 1]}_{number}"
        names.append(name)
    return names


def _write_cell(sheet: Any, row: int, number: int, value: Any, column: Column, style: object) -> None:
    if pd.isna(value):
        return
    if column.kind in ("date", "timestamp") and pd.Timestamp(value).year >= _FIRST_YEAR:
        # Excel knows no time zones; the column's unit says that it is UTC.
        sheet.write_datetime(row, number, pd.Timestamp(value).tz_localize(None).to_pydatetime(), style)
    elif column.kind in ("integer", "number") and math.isfinite(value):
        sheet.write_number(row, number, float(value))
    elif column.kind == "boolean":
        sheet.write_boolean(row, number, bool(value))
    else:
        sheet.write_string(row, number, _sheet_text(as_text(value, column)))


def _sheet_text(text: str) -> str:
    """The text as far as a cell holds it; Excel counts UTF-16 units, two for a character past the basic plane."""
    held = text.encode("utf-16-le")[: 2 * _CELL_LENGTH].decode("utf-16-le", errors="ignore")
    # xlsxwriter takes such a text for markup of its own and would write it into the file unescaped.
    return f"{held[: _CELL_LENGTH - 1]} " if held.startswith("<r>") and held.endswith("</r>") else held


def write(path: Path, content: bytes) -> bool:
    """Put a file in place whole or not at all; one that already holds the content is not touched. True if written."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        # mkstemp makes files that only their owner reads; a dataset is there to be shared.
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return True


FORMATS: Final[Mapping[str, Callable[[pd.DataFrame, Table], bytes]]] = {"csv": csv_bytes, "parquet": parquet_bytes}
