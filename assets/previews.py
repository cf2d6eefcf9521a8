"""Previews: what the UI shows of a table: its columns, its first rows, a plot. Text from the web is escaped here."""

import base64
import html
import re
from typing import Final

import dagster as dg
import pandas as pd

from pipeline.contracts import Kind, Table
from pipeline.dataset import charts

_ROWS: Final = 5
_COLUMNS: Final = 8
_CELL: Final = 60
_TYPES: Final[dict[Kind, str]] = {
    "text": "string",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "date": "date",
    "timestamp": "timestamp (UTC)",
}


def column_schema(table: Table) -> dg.TableSchema:
    """The table's declaration for the Columns tab."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                type=_TYPES[column.kind],
                description=column.description + (f" ({column.unit})" if column.unit else ""),
                constraints=dg.TableColumnConstraints(
                    nullable=not (column.is_required or column.name in table.key),
                    unique=table.key == (column.name,),
                    other=[f"one of {', '.join(column.allowed)}"] if column.allowed else None,
                ),
            )
            for column in table.columns
        ]
    )


def table_preview(frame: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """The first rows and columns as a Markdown table in which nothing from a document can act as markup."""
    shown = frame.drop(columns="text", errors="ignore").iloc[:_ROWS, :_COLUMNS]
    if shown.empty:
        return dg.MetadataValue.md("*no rows*")
    lines = ["| " + " | ".join(shown.columns) + " |", "|" + " --- |" * len(shown.columns)]
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in shown.itertuples(index=False)]
    more = len(frame.columns) - len(shown.columns)
    note = f"\n\n*{len(shown)} of {len(frame)} rows" + (f", {more} more columns" if more > 0 else "") + "*"
    return dg.MetadataValue.md("\n".join(lines) + note)


def _cell(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]  # cells are scalars
        return ""
    text = " ".join(str(value).split())
    text = text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"
    # The viewer's browser would load an image or a link that a title smuggles in.
    return re.sub(r"([\\`*_{}\[\]()#+!|~:])", r"\\\1", html.escape(text))


def profile_plots(analyst_profiles: pd.DataFrame) -> dict[str, dg.MarkdownMetadataValue]:
    """The plot of `analyst_profiles`: reading level by analyst."""
    return {"plot": plot(charts.preview(analyst_profiles), "Reading level by analyst, with intervals")}


def plot(png: bytes, alt: str) -> dg.MarkdownMetadataValue:
    """A small picture, inline: metadata is stored with every run, so it stays under 50 KB."""
    return dg.MetadataValue.md(f"![{alt}](data:image/png;base64,{base64.b64encode(png).decode()})")
