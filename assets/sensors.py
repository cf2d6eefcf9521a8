"""Sensors: what is dropped into the inbox is ingested without being asked for."""

import json
from pathlib import Path

import dagster as dg

from assets.instance import retire_dead_runs
from assets.jobs import reingest
from assets.resources import folders
from pipeline.text import sha256


def listing(inbox: Path) -> str:
    """Fingerprint of the folder's files: names, sizes and times of change; hidden files do not count."""
    files = sorted(
        path for path in inbox.rglob("*") if path.is_file() and not any(part.startswith(".") for part in path.relative_to(inbox).parts)
    )
    states = [(str(path.relative_to(inbox)), path.stat()) for path in files]
    return sha256(repr([(name, state.st_size, state.st_mtime_ns) for name, state in states])) if states else ""


@dg.sensor(
    job=reingest,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reads the inbox again once its files have changed and then stood still for one look.",
)
def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for one run a change: a folder that is still being copied into is left until two looks agree."""
    retire_dead_runs(context.instance)
    seen = listing(folders().corpus / "inbox")
    before = json.loads(context.cursor) if context.cursor else {"seen": "", "asked": ""}
    context.update_cursor(json.dumps({"seen": seen, "asked": before["asked"]}))
    if seen == before["asked"]:
        return dg.SkipReason("The inbox is as it was when it was last read.")
    if seen != before["seen"]:
        return dg.SkipReason("The inbox is changing; looking again before it is read.")
    cursor = json.dumps({"seen": seen, "asked": seen})
    request = dg.RunRequest(run_key=f"inbox-{seen[:16]}-{sha256(context.cursor or '')[:8]}", run_config={"sources": ["inbox"]})
    return dg.SensorResult(run_requests=[request], cursor=cursor)


SENSORS = [inbox_sensor]
