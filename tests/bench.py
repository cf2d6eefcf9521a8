"""Bench: what a build costs, as ratios of things run side by side on the same machine; `make bench`.

Machines are noisy, so nothing here passes or fails, and no absolute time is worth quoting. Each round runs every case once,
in turn; a ratio is taken within its round, and the median of the rounds is printed with the smallest and the largest.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
ROUNDS: Final = 3


def seconds(data: Path, *arguments: str) -> float:
    """Wall time of one `parley` command on a data folder."""
    settings = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "assets.cli", *arguments],
        env={**settings, "PARLEY_DATA": str(data)}, cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - started


def one_round(folder: Path) -> dict[str, float]:
    """Seconds of each case on a fresh copy of the committed inputs."""
    data = folder / "data"
    shutil.copytree(ROOT / "data" / "codebook", data / "codebook")
    shutil.copytree(ROOT / "data" / "corpus", data / "corpus", ignore=shutil.ignore_patterns("inbox"))
    (data / "corpus" / "inbox").mkdir()
    found = {"nothing but starting up": seconds(data, "export", "--table", "builds")}
    found["first build"] = seconds(data, "build")
    found["nothing new"] = seconds(data, "build")
    piece = min((data / "corpus" / "sample" / "kyiv-desk").glob("*.md"))
    piece.write_text(piece.read_text(encoding="utf-8") + "\nWe will refuse every map they draw.\n", encoding="utf-8")
    found["one text of 33 edited"] = seconds(data, "build")
    return found


def main() -> None:
    """Print each case as a share of the first build."""
    rounds = []
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(one_round(Path(folder)))
    print(f"{'case':28}  median  smallest  largest   (1 = first build)")
    for case in rounds[0]:
        ratios = sorted(found[case] / found["first build"] for found in rounds)
        print(f"{case:28}  {statistics.median(ratios):6.2f}  {ratios[0]:8.2f}  {ratios[-1]:7.2f}")


if __name__ == "__main__":
    main()
