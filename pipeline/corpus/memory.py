"""Memory: what is remembered of every web address from one round to the next: validators, outcome, when to ask again."""

from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from pipeline.contracts import conform
from pipeline.corpus.answers import Fetched, Request
from pipeline.store import RawBodies, Store
from pipeline.tables.corpus import WEB_VISITS

Visit = dict[str, Any]
# Whoever refused a page, or has none, is not asked every day.
AFTER_A_REFUSAL: Final = timedelta(days=7)
# Articles are corrected in their first days; later a look a week is enough.
YOUNG: Final = timedelta(days=14)
WHEN_OLD: Final = timedelta(days=7)
# A host may ask for rest, and not for ever.
LONGEST_REST: Final = timedelta(days=30)


class Memory:
    """The rows of `web_visits`, read at the start of a round and written at its end."""

    def __init__(self, store: Store, bodies: RawBodies, now: datetime) -> None:
        self._store, self._bodies, self._now = store, bodies, now
        rows = store.read(WEB_VISITS).astype(object)
        self._visits: dict[tuple[str, str], Visit] = {}
        for row in rows.where(rows.notna(), None).to_dict("records"):
            visit = {str(name): value for name, value in row.items()}
            self._visits[visit["source_id"], visit["url"]] = visit
        self._changed: dict[tuple[str, str], Visit] = {}

    def of(self, source_id: str, url: str) -> Visit | None:
        """What is remembered of an address."""
        return self._visits.get((source_id, url))

    def waiting(self, source_id: str) -> list[Visit]:
        """Addresses of a source that did not fit into an earlier round."""
        return [
            visit
            for visit in self._visits.values()
            if visit["source_id"] == source_id and visit["state_label"] == "retry_after"
        ]

    def conditional(self, request: Request) -> Request:
        """The request with the validators of the copy that is held, where one is."""
        visit = self.of(request.source_id, request.url)
        if not visit or not self.body(visit):
            return request
        return Request(
            request.url, request.source_id, visit["etag"] or "", visit["last_modified"] or "",
            request.kind, request.authorization, request.spacing_seconds,
        )  # fmt: skip

    def body(self, visit: Visit | None) -> bytes:
        """The bytes of the copy that is held; none where it is gone."""
        name = visit["body_sha256"] if visit else None
        path = self._bodies.path(name) if name else None
        return path.read_bytes() if path and path.is_file() else b""

    def note(self, source_id: str, url: str, **seen: Any) -> None:
        """Remember of an address what was seen of it now; what is not named stays as it was."""
        before = self.of(source_id, url) or dict.fromkeys(WEB_VISITS.column_names) | {"first_seen_at": self._now}
        visit = before | {"source_id": source_id, "url": url} | seen
        self._visits[source_id, url] = self._changed[source_id, url] = visit

    def note_copy(self, fetched: Fetched, body_sha256: str) -> dict[str, Any]:
        """What is to be remembered of an answer that brought a copy."""
        return {
            "etag": fetched.etag or None,
            "last_modified": fetched.last_modified or None,
            "content_type": content_type(fetched) or None,
            "final_url": fetched.final_url,
            "body_sha256": body_sha256,
        }

    def next_look(self, visit: Visit | None, state_label: str, wait_seconds: float | None) -> datetime | None:
        """When an address is to be asked again at the earliest; None for the next round."""
        if state_label == "retry_after":
            rest = min(wait_seconds or 0.0, LONGEST_REST.total_seconds())
            return self._now + timedelta(seconds=rest) if rest > 0 else None
        if state_label == "rejected":
            return self._now + AFTER_A_REFUSAL
        is_old = visit is not None and self._now - visit["first_seen_at"] > YOUNG
        return self._now + WHEN_OLD if is_old else None

    def flush(self) -> None:
        """Write what changed."""
        if self._changed:
            self._store.upsert(WEB_VISITS, conform(pd.DataFrame(list(self._changed.values())), WEB_VISITS))
            self._changed.clear()


def content_type(fetched: Fetched) -> str:
    """The Content-Type header as it was, in short."""
    return f"{fetched.content_type}; charset={fetched.charset}" if fetched.charset else fetched.content_type
