"""IO managers: how an asset's table gets into the store and out of it."""

from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import pandas as pd

from assets.resources import open_store
from pipeline.contracts import Table
from pipeline.store import Written
from pipeline.tables.catalog import DERIVATIONS, TABLES


@dataclass(frozen=True)
class Rows:
    """A conformed and checked frame on its way into the store.

    `mode`: replace (the table holds exactly these rows), append (it keeps the others), or none (it holds them already).
    """

    table: Table
    frame: pd.DataFrame
    mode: str = "replace"
    fingerprint: str = ""
    ledger: pd.DataFrame = field(default_factory=DERIVATIONS.empty)


class StoredTables(dg.IOManager):
    """Writes `Rows` by merging what differs; reads a table as a frame, so that `load_asset_value` works in a notebook."""

    def handle_output(self, context: dg.OutputContext, obj: Rows) -> None:
        """Store the rows, then the ledger of the documents that they came from: a kill between leaves only work to redo."""
        store = context.resources.store
        written = Written()
        if obj.mode == "replace":
            written = store.replace(obj.table, obj.frame, obj.fingerprint)
        elif obj.mode == "append":
            written = store.upsert(obj.table, obj.frame)
        if len(obj.ledger):
            store.upsert(DERIVATIONS, obj.ledger)
        context.add_output_metadata(
            {"rows added": written.added, "rows changed": written.changed, "rows removed": written.removed}
        )

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        """The table as it stands."""
        return open_store().read(TABLES[context.asset_key.path[-1]])


@dg.io_manager(required_resource_keys={"store"}, description="Tables in Delta Lake, merged by key.")
def stored_tables(_: dg.InitResourceContext) -> StoredTables:
    """The IO manager of every table."""
    return StoredTables()


IO_MANAGERS: dict[str, Any] = {"tables": stored_tables}
