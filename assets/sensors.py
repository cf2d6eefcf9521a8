"""Sensors: what is dropped into the inbox is ingested without being asked for."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import dagster as dg

from assets.instance import retire_dead_runs
from assets.jobs import reingest
from assets.resources import clock, folders, open_store
from pipeline.tables.dataset import BUILDS
from pipeline.text import sha256

# Files touched within this many seconds may still be on their way.
_SETTLING_SECONDS: Final = 3.0


@dataclass(frozen=True)
class Look:
    """The inbox at one moment: a fingerprint of names, sizes and times of change, and the latest time of change."""

    listing: str
    changed_at: float


def look(inbox: Path) -> Look:
    """List the folder's files; hidden files do not count."""
    states = {
        str(path.relative_to(inbox)): path.stat()
        for path in sorted(inbox.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(inbox).parts)
    }
    listing = sha256(repr([(name, state.st_size, state.st_mtime_ns) for name, state in states.items()]))
    return Look(listing if states else "", max((state.st_mtime for state in states.values()), default=0.0))


@dg.sensor(
    job=reingest,
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reads the inbox again once its files have changed and no longer do.",
)
def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Ask for one run a change. A file that is still being copied is noticed by its reader too, and comes with the next."""
    retire_dead_runs(context.instance)
    now = look(folders().corpus / "inbox")
    before: dict[str, Any] = json.loads(context.cursor) if context.cursor else {"asked": "", "runs": 0}
    if now.listing == before["asked"]:
        return _skip("The inbox is as it was when it was last read.", before)
    if clock()().timestamp() - now.changed_at < _SETTLING_SECONDS:
        return _skip("The inbox is changing; it is read once it has stood still.", before)
    # Numbered, because the same files may come, go and come again, and each time is worth a run.
    number = before["runs"] + 1
    # Before the first build there is no essay to compare with: then everything is read.
    sources = ["inbox"] if open_store().version(BUILDS) is not None else []
    request = dg.RunRequest(run_key=f"inbox-{number}-{now.listing[:12]}", run_config={"sources": sources})
    return dg.SensorResult(run_requests=[request], cursor=json.dumps({"asked": now.listing, "runs": number}))


def _skip(reason: str, state: dict[str, object]) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=reason, cursor=json.dumps(state))


SENSORS = [inbox_sensor]
