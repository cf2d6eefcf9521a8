"""Health: how each source fared in its latest round, over what was known of it before."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from pipeline.contracts import conform
from pipeline.corpus.sources import Source
from pipeline.tables.corpus import SOURCE_HEALTH

State = dict[str, Any]


def counts(labels: list[str]) -> State:
    """How many inputs of a round ended in each kind of state."""
    return {
        "items_held_count": sum(label in ("stored", "unchanged", "duplicate") for label in labels),
        "items_rejected_count": labels.count("rejected"),
        "items_irrelevant_count": labels.count("irrelevant"),
        "items_waiting_count": labels.count("retry_after"),
    }


def table(entries: Iterable[Source], states: list[State], before: pd.DataFrame) -> pd.DataFrame:
    """`source_health`: one row an entry of sources.toml, this round's state over the last one's."""
    known = {row["source_id"]: row for row in before.to_dict("records")}
    now = {state["source_id"]: state for state in states}
    rows = []
    for source in entries:
        old: State = {str(name): value for name, value in known.get(source.id, {}).items()}
        state = now.get(source.id, {})
        if state:
            failed_before = old.get("failures_in_a_row_count", 0)
            failures = (0 if pd.isna(failed_before) else failed_before) + 1 if state.get("last_error") else 0
            state = {"last_error": None, "warnings": None, **state, "failures_in_a_row_count": failures}
        fixed = {
            "source_id": source.id,
            "source_kind": source.kind,
            "location": source.location or source.query,
            "is_enabled": source.enabled,
        }
        rows.append({**old, **state, **fixed})
    return conform(pd.DataFrame(rows), SOURCE_HEALTH)
