"""Scans: rows of a stored table in pieces, so that no more of it is in memory than was asked for."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import pandas as pd
import pyarrow as arrow
import pyarrow.compute as compute
from deltalake import DeltaTable

from pipeline.contracts import Table, from_arrow

Where = Mapping[str, Collection[str | bool]]

_SCAN_ROWS: Final = 1024


def scan(stored: DeltaTable, columns: list[str], where: Where, table: Table) -> Iterator[arrow.Table]:
    """Columns of the rows that meet the condition: each cell named in `where` is among the values given for it.

    The condition is applied here and not by Arrow's scanner: Delta's merges write strings as string views, and Arrow 26
    cannot compare the statistics of such files with strings. A column declared since the table was written is missing.
    """
    held = {column.name for column in stored.schema().fields}
    needed = [name for name in dict.fromkeys([*columns, *where]) if name in held]
    for batch in stored.to_pyarrow_dataset().to_batches(columns=needed, batch_size=_SCAN_ROWS):
        rows = arrow.Table.from_batches([batch])
        for name in set(columns + list(where)) - held:
            field = table.arrow_schema.field(name)
            rows = rows.append_column(field, arrow.nulls(rows.num_rows, field.type))
        for name, values in where.items():
            column = rows[name]
            rows = rows.filter(compute.is_in(column, value_set=arrow.array(list(values), column.type)))
        if rows.num_rows:
            yield rows.select(columns)


def read_whole(stored: DeltaTable, table: Table, where: Where) -> pd.DataFrame:
    """Whole rows. Their keys alone are looked at first: most rows that are put are new, and texts are long."""
    is_held = not where or next(scan(stored, list(where), where, table), None) is not None
    pieces = scan(stored, list(table.column_names), where, table) if is_held else ()
    return from_arrow(
        arrow.concat_tables([table.arrow_schema.empty_table(), *pieces], promote_options="permissive"), table
    )
