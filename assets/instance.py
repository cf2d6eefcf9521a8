"""Instance: Dagster's home, made for the user, and runs whose process has died."""

import os
import platform
import shutil
from pathlib import Path
from typing import Final

import dagster as dg

from assets.resources import ROOT, folders

# A run started from the command line is its own process; this tag tells which, so that a kill can be noticed.
PROCESS_TAG: Final = "parley/process"


def prepare_home() -> Path:
    """Make DAGSTER_HOME (`data/dagster` unless it is set), give it the shipped dagster.yaml, and put it in the environment."""
    home = folders().dagster_home
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        shutil.copyfile(ROOT / "dagster.yaml", home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def process_tag() -> str:
    """This machine and process."""
    return f"{platform.node()}:{os.getpid()}"


def retire_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark runs as failed that a command line started here and whose process is gone; else they would block the queue."""
    active = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]))
    dead = [run for run in active if PROCESS_TAG in run.tags and not _is_alive(run.tags[PROCESS_TAG])]
    for run in dead:
        instance.report_run_failed(run, "The process of this run was killed. What it had written is kept; build again.")
    return [run.run_id for run in dead]


def _is_alive(process: str) -> bool:
    node, _, number = process.rpartition(":")
    if node != platform.node():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
