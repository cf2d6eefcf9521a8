"""Store: tables on disk in Delta Lake, and raw bodies by content hash. Writes are merges by key, no blind overwrites.

Each commit carries the id of the run that made it, a fingerprint of what the rows were computed from, and one of the
rows themselves, so that rows and their lineage can never come apart, even when a writer is killed between two commits.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as arrow
import stamina
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from pipeline.contracts import Table, conform, from_arrow, to_arrow
from pipeline.lineage import frame_sha256, row_hashes
from pipeline.scans import Where, read_whole, scan
from pipeline.text import sha256

_CONFLICT_ATTEMPTS: Final = 60
_CONFLICT_SECONDS: Final = 120.0
_GONE: Final = "is_gone_from_table"
# Statistics would copy the first words of every text into the log, where no removal reaches them.
_CONFIGURATION: Final = {"delta.dataSkippingNumIndexedCols": "0"}


@dataclass(frozen=True)
class Written:
    """What one write did: rows added, changed and removed. All zero when the table held the same rows already."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether the table was left as it was."""
        return not (self.added or self.changed or self.removed)


# What was read before a conflict is stale, so everything is done again from the reading on.
_redone_on_conflict: Final = stamina.retry(
    on=CommitFailedError,
    attempts=_CONFLICT_ATTEMPTS,
    timeout=_CONFLICT_SECONDS,
    wait_initial=0.02,
    wait_max=1.0,
    wait_jitter=0.1,
)


@dataclass(frozen=True)
class Store:
    """Tables under `root`, a folder or an object-store address; `run_id` signs every commit."""

    root: str
    run_id: str = ""
    storage_options: Mapping[str, str] = field(default_factory=dict)

    def _open(self, table: Table, version: int | None = None) -> DeltaTable | None:
        try:
            return DeltaTable(f"{self.root}/{table.name}", version, dict(self.storage_options) or None)
        except TableNotFoundError:
            return None

    def _open_or_create(self, table: Table) -> DeltaTable:
        return self._open(table) or DeltaTable.create(
            f"{self.root}/{table.name}",
            schema=table.arrow_schema,
            mode="ignore",
            configuration=_CONFIGURATION,
            storage_options=dict(self.storage_options) or None,
        )

    def read(
        self,
        table: Table,
        columns: list[str] | None = None,
        where: Where | None = None,
        version: int | None = None,
    ) -> pd.DataFrame:
        """Rows of a table in key order, an empty frame where it was never written; any subset of columns and rows.

        `where` keeps the rows whose cell is among the values given for its column. Columns declared since the table was
        written are missing throughout.
        """
        stored = self._open(table, version)
        wanted = list(columns or table.column_names)
        if stored is None:
            return table.empty()[wanted]
        # The key is read in any case, because rows are in its order.
        needed = list(dict.fromkeys([*wanted, *table.key]))
        pieces = scan(stored, needed, where or {}, table)
        empty = table.arrow_schema.empty_table().select(needed)
        return from_arrow(arrow.concat_tables([empty, *pieces], promote_options="permissive"), table)[wanted]

    def stream(self, table: Table, columns: list[str], where: Where, size: int) -> Iterator[pd.DataFrame]:
        """The rows that `read` would give, in frames of at most `size` rows, in one pass and any order."""
        stored = self._open(table)
        waiting = pd.DataFrame(columns=columns)
        for piece in scan(stored, columns, where, table) if stored is not None else ():
            rows = from_arrow(piece, table)
            waiting = pd.concat([waiting, rows], ignore_index=True) if len(waiting) else rows
            while len(waiting) >= size:
                yield waiting.iloc[:size].reset_index(drop=True)
                waiting = waiting.iloc[size:].reset_index(drop=True)
        if len(waiting):
            yield waiting

    def version(self, table: Table) -> int | None:
        """Number of the table's latest commit, from 0; None where it was never written."""
        stored = self._open(table)
        return None if stored is None else stored.version()

    def _signature(self, table: Table, key: str) -> str:
        stored = self._open(table)
        # A vacuum is logged as two commits of its own, which leave the rows as they were.
        commits = (
            entry for entry in (stored.history() if stored else ()) if not entry["operation"].startswith("VACUUM")
        )
        return str(next(commits, {}).get(key, ""))

    def fingerprint(self, table: Table) -> str:
        """Fingerprint of what the table's rows were last computed from; empty where unknown."""
        return self._signature(table, "fingerprint")

    def content_sha256(self, table: Table) -> str:
        """Fingerprint of the table's rows; empty where it was never written."""
        return self._signature(table, "content_sha256")

    def replace(self, table: Table, frame: pd.DataFrame, fingerprint: str = "") -> Written:
        """Make the table hold exactly these conformed rows, by merging only what differs; one atomic commit.

        A conflict with another writer is reloaded and redone. Raises ValueError where two rows have the same key.
        """
        return self._merge(table, frame, fingerprint, remove_others=True)

    def upsert(self, table: Table, frame: pd.DataFrame) -> Written:
        """Add these conformed rows, or put them in place of the rows with the same key; other rows stay."""
        return self._merge(table, frame, "", remove_others=False)

    @_redone_on_conflict
    def _merge(self, table: Table, frame: pd.DataFrame, fingerprint: str, *, remove_others: bool) -> Written:
        _check_key(frame, table)
        stored = self._with_declared_columns(self._open_or_create(table), table)
        held = read_whole(stored, table, {} if remove_others else {table.key[0]: set(frame[table.key[0]])})
        added, changed, removed = differences(held, frame, table)
        if not remove_others:
            removed = removed.iloc[:0]
        written = Written(len(added), len(changed), len(removed))
        # A table merged in part has no one fingerprint, and reading it whole to hash it would cost more than it tells.
        signature = self._signed(stored, fingerprint, frame_sha256(frame) if remove_others else "")
        if len(changed) or len(removed):
            source = _with_flag(pd.concat([added, changed]), table, gone=False)
            source = arrow.concat_tables([source, _with_flag(removed, table, gone=True)])
            values = {name: f"s.{name}" for name in table.column_names}
            (
                stored.merge(
                    source,
                    predicate=" AND ".join(f"t.{name} = s.{name}" for name in table.key),
                    source_alias="s",
                    target_alias="t",
                    commit_properties=signature,
                )
                .when_matched_delete(f"s.{_GONE}")
                .when_matched_update(values)
                .when_not_matched_insert(values, predicate=f"NOT s.{_GONE}")
                .execute()
            )
        elif len(added) or (remove_others and self.fingerprint(table) != fingerprint):
            # New rows alone need no merge, which would read the table whole. Where no row is new, an empty commit says
            # that the same rows now follow from other inputs.
            rows = to_arrow(added, table)
            write_deltalake(stored, rows, mode="append", schema_mode="merge", commit_properties=signature)
        return written

    def _signed(self, stored: DeltaTable, fingerprint: str, content_sha256: str) -> CommitProperties:
        """Marks of a commit that holds only if no other comes first: what it writes follows from these rows."""
        content = content_sha256 or f"commit {stored.metadata().id} {stored.version() + 1}"
        marks = {"run_id": self.run_id, "fingerprint": fingerprint, "content_sha256": content}
        return CommitProperties(custom_metadata=marks, max_commit_retries=0)

    @_redone_on_conflict
    def remove(self, table: Table, column: str, value: str) -> None:
        """Delete the rows with this value in this column."""
        stored = self._open(table)
        if stored is not None and next(scan(stored, [column], {column: [value]}, table), None) is not None:
            literal = value.replace("'", "''")
            stored.delete(f"{column} = '{literal}'", commit_properties=self._signed(stored, "", ""))

    def purge(self, table: Table) -> None:
        """Delete every file that holds no row of the present version, so that removed rows are on disk no more.

        Files that a killed writer left behind go as well; so nobody else may write to the table meanwhile.
        """
        stored = self._open(table)
        if stored is not None:
            stored.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)

    def _with_declared_columns(self, stored: DeltaTable, table: Table) -> DeltaTable:
        held = {column.name for column in stored.schema().fields}
        if set(table.column_names) <= held:
            return stored
        signature = self._signed(stored, "", "")
        empty = to_arrow(table.empty(), table)
        write_deltalake(stored, empty, mode="append", schema_mode="merge", commit_properties=signature)
        return self._open_or_create(table)


def _check_key(frame: pd.DataFrame, table: Table) -> None:
    twice = frame.loc[frame.duplicated(list(table.key)), list(table.key)]
    if len(twice):
        raise ValueError(
            f"table {table.name}: {len(twice)} rows repeat a key, the first {twice.iloc[0].to_dict()}; keys are unique"
        )


def differences(
    held: pd.DataFrame, frame: pd.DataFrame, table: Table
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Rows added, changed (as they now are) and removed (as they were), by key, between two conformed frames."""
    if held.empty or frame.empty:
        return frame, frame.iloc[:0], held
    key = list(table.key)
    old = held[key].assign(old=row_hashes(held).astype("str"))
    new = frame[key].assign(new=row_hashes(frame).astype("str"))
    both = old.merge(new, on=key, how="outer", indicator=True)
    added = both.loc[both["_merge"] == "right_only", key]
    removed = both.loc[both["_merge"] == "left_only", key]
    changed = both.loc[(both["_merge"] == "both") & (both["old"] != both["new"]), key]
    return frame.merge(added, on=key), frame.merge(changed, on=key), held.merge(removed, on=key)


def _with_flag(frame: pd.DataFrame, table: Table, *, gone: bool) -> arrow.Table:
    rows = to_arrow(conform(frame, table), table)
    return rows.append_column(_GONE, arrow.array([gone] * len(frame), arrow.bool_()))


@dataclass(frozen=True)
class RawBodies:
    """Bytes as they were read, each in a file named by its SHA-256, under `root`."""

    root: Path

    def path(self, body_sha256: str) -> Path:
        """Where the bytes with this hash are, or would be."""
        return self.root / body_sha256[:2] / body_sha256

    def put(self, body: bytes) -> str:
        """Keep bytes and return their SHA-256; a file appears whole or not at all, even when the writer is killed."""
        name = sha256(body)
        path = self.path(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{name}.")
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)
            Path(draft).replace(path)
        return name

    def remove(self, body_sha256: str) -> None:
        """Forget the bytes with this hash, if they are held, and drafts of them that a killed writer left."""
        path = self.path(body_sha256)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink(missing_ok=True)


def table_versions(store: Store, tables: Mapping[str, Table]) -> str:
    """The store's present version of each table, as JSON: what a build is compared with by the next one."""
    versions = {name: store.version(table) for name, table in tables.items()}
    return json.dumps({name: number for name, number in versions.items() if number is not None}, sort_keys=True)
