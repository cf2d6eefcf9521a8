"""Accounting: that every input ended in exactly one state, and that every piece of evidence is where it says."""

import pandas as pd


def latest(fetches: pd.DataFrame, source_health: pd.DataFrame) -> pd.DataFrame:
    """The fetches of each source's latest round."""
    rounds = source_health[["source_id", "last_round_id"]].rename(columns={"last_round_id": "round_id"})
    return fetches.merge(rounds, on=["source_id", "round_id"])


def unaccounted(fetches: pd.DataFrame, source_health: pd.DataFrame) -> list[str]:
    """Sources whose latest round has other than as many states as its reader counted, and inputs with two states."""
    rows = latest(fetches, source_health)
    states = rows.groupby("source_id").size()
    found = []
    for source in source_health.dropna(subset=["last_round_id", "items_seen_count"]).itertuples(index=False):
        ended = int(states.get(source.source_id, 0))
        if ended != source.items_seen_count:
            found.append(
                f"{source.source_id}: its reader counted {source.items_seen_count} inputs, {ended} ended in a state"
            )
    twice = rows.loc[rows.duplicated(["source_id", "input"]), ["source_id", "input"]]
    return found + [f"{row.source_id}: {row.input} ended in more than one state" for row in twice.itertuples()]


def refusals(latest_fetches: pd.DataFrame, most: int = 5) -> list[str]:
    """A line for each input that was rejected or waits; of a source with many of a kind, the first and their number."""
    refused = latest_fetches.loc[latest_fetches["state_label"].isin(("rejected", "retry_after"))]
    found = []
    for (source, state), rows in refused.groupby(["source_id", "state_label"], sort=True):
        first = [f"{state} {row.input}: {row.reason}" for row in rows.head(most).itertuples()]
        if len(rows) > most:
            first = [*first[:1], f"{state}: {len(rows) - 1} more of {source}; fetches.csv tells why each"]
        found += first
    return found


def foldings(documents: pd.DataFrame, most: int = 5) -> list[str]:
    """A line for each document that repeats another, and of many the first and their number."""
    folded = documents.dropna(subset=["duplicate_of_document_id"])
    names = documents.set_index("document_id")["input"]
    told = [f"{row.input} repeats {names.get(row.duplicate_of_document_id)}" for row in folded.head(most).itertuples()]
    more = [f"{len(folded) - most} more; documents.csv has them all"] if len(folded) > most else []
    return [f"folded together: {line}" for line in told + more]


def troubles(source_health: pd.DataFrame, most: int = 3) -> list[str]:
    """A line for each source that could not be read in its latest round; where there are many, their number and why."""
    down = source_health.dropna(subset=["last_error"])
    told = [f"source {row.source_id} could not be read: {row.last_error}" for row in down.itertuples()]
    if len(told) > most:
        names = ", ".join(down["source_id"].head(8)) + (", ..." if len(down) > 8 else "")
        why = "Is there no network? " if (down["source_kind"] != "file").all() else ""
        return [
            f"{len(told)} sources could not be read ({names}); what they gave before is kept. "
            f"{why}source_health.csv tells more."
        ]
    return told


def not_verbatim(rows: pd.DataFrame, document_texts: pd.DataFrame) -> list[str]:
    """Rows whose text is not the current one, whose offsets leave it, or whose `terms` are not words of their span.

    `rows`: `sentence_id`, `document_id`, `text_sha256`, `start_offset`, `end_offset`, `terms` (joined by "; ").
    """
    texts = document_texts[["document_id", "text_sha256", "text"]].itertuples(index=False, name=None)
    bodies = {document: (version, text) for document, version, text in texts}
    found = []
    columns = ["sentence_id", "document_id", "text_sha256", "start_offset", "end_offset", "terms"]
    for sentence, document, sha256, start, end, joined in rows[columns].itertuples(index=False, name=None):
        version, text = bodies.get(document, ("", ""))
        span = text[start:end]
        terms = joined.split("; ") if isinstance(joined, str) else []
        if version != sha256:
            found.append(f"{sentence}: computed from a text that is not current")
        elif start < 0 or len(span) != end - start or not span.strip():
            found.append(f"{sentence}: offsets {start}-{end} leave the text")
        elif not all(term.casefold() in span.casefold() for term in terms):
            found.append(f"{sentence}: {joined!r} is not in its sentence")
    return found
