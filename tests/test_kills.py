"""A build that is killed at any moment, and then run again, gives the same exports as one that was not."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from pipeline.tables.catalog import PUBLISHED

ROOT: Final = Path(__file__).parents[1]
KILLS: Final = 20
SEED: Final = 20250422
RUN_RECORDS: Final = {f"{table.name}.{kind}" for table in PUBLISHED if table.records_run for kind in ("csv", "parquet")}


def exports(data: Path) -> dict[str, bytes]:
    """Every exported file that does not record the runs themselves."""
    left_out = RUN_RECORDS | {"datapackage.json"}
    files = sorted((data / "dataset").iterdir())
    return {path.name: path.read_bytes() for path in files if path.name not in left_out}


def start(data: Path) -> "subprocess.Popen[bytes]":
    settings = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    return subprocess.Popen(
        [sys.executable, "-m", "assets.cli", "build"],
        env={**settings, "PARLEY_DATA": str(data)}, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def commits(data: Path) -> int:
    """Commits in the store so far: what tells how far a build has come, whatever the speed of the machine."""
    return len(list((data / "store").glob("*/_delta_log/*.json")))


def kill_at(data: Path, commit: int, delay: float) -> bool:
    """Start a build and SIGKILL it and its children `delay` seconds after its n-th commit; False if it ended before."""
    build = start(data)
    deadline = time.monotonic() + 240
    while build.poll() is None and commits(data) < commit and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(delay)
    if build.poll() is not None:
        return False
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    return True


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_build_killed_at_seeded_moments_and_run_again_gives_the_same_exports(
    built: Path, fresh_data: Path, parley: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    chance = random.Random(SEED)
    killed = 0
    for _ in range(KILLS):
        # A round commits its ledger first, so the n-th commit after that falls ever farther along as the tables fill; a
        # delay of some milliseconds falls into the merge that follows a commit as often as between two.
        killed += kill_at(fresh_data, commits(fresh_data) + chance.randrange(1, 9), chance.uniform(0, 0.2))
    assert killed >= KILLS // 2
    result = parley(fresh_data, "build")
    assert result.returncode == 0, result.stdout + result.stderr
    assert exports(fresh_data) == exports(built)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_an_edit_whose_build_is_killed_ends_in_the_same_exports(
    built: Path, tmp_path: Path, parley: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    chance = random.Random(SEED + 1)
    calm, shaken = tmp_path / "calm", tmp_path / "shaken"
    for data in (calm, shaken):
        shutil.copytree(built, data)
        piece = next((data / "corpus" / "sample" / "kyiv-desk").glob("*.md"))
        piece.write_text(
            piece.read_text(encoding="utf-8") + "\nWe will refuse every map they draw.\n", encoding="utf-8"
        )
    assert parley(calm, "build").returncode == 0
    for _ in range(5):
        kill_at(shaken, commits(shaken) + chance.randrange(1, 6), chance.uniform(0, 0.1))
    assert parley(shaken, "build").returncode == 0
    assert exports(shaken) == exports(calm)
