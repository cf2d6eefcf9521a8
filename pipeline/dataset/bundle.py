"""Bundle: the folder to take away: a CSV and a Parquet file a table, the data dictionary, the data package."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.contracts import Table
from pipeline.dataset import export, package
from pipeline.tables.catalog import PUBLISHED


def write(folder: Path, frames: Mapping[str, pd.DataFrame], version: str) -> list[str]:
    """Write every published table into the folder; returns the names of the files that differ from before.

    Files that the bundle no longer has are left alone: they may be the user's own.
    """
    csvs = {f"{table.name}.csv": export.csv_bytes(frames[table.name], table) for table in PUBLISHED}
    files = {
        **csvs,
        **{f"{table.name}.parquet": export.parquet_bytes(frames[table.name], table) for table in PUBLISHED},
        "data_dictionary.csv": package.dictionary(PUBLISHED),
        "datapackage.json": package.datapackage(PUBLISHED, csvs, version),
    }
    return [name for name, content in files.items() if export.write(folder / name, content)]


def selected(names: list[str]) -> tuple[Table, ...]:
    """The published tables of these names, all where none is named.

    Raises:
        ValueError: names a table that is not published, with the names there are.
    """
    known = {table.name: table for table in PUBLISHED}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no published table {unknown}; there are {', '.join(known)}")
    return tuple(known[name] for name in names) if names else PUBLISHED
