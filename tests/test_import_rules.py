"""The import rules: the tree keeps them, and each is seen to fail on a deliberate breach."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
BREACHES: Final = {
    "pipeline imports neither Dagster nor assets": ("pipeline/comparison/groups.py", "import dagster"),
    "stages never import each other": ("pipeline/features/topics.py", "from pipeline.corpus import voice"),
    "the assets of one stage never import those of another": ("assets/features.py", "from assets import corpus"),
    "feature modules are blind to each other": ("pipeline/features/topics.py", "from pipeline.features import frames"),
    "assets never import scikit-learn or textstat directly": ("assets/features.py", "import sklearn"),
    "what the stages share knows no stage": ("pipeline/text.py", "from pipeline.features import frames"),
    "features, comparison and evaluation never open the store": (
        "pipeline/features/topics.py", "from pipeline.store import Store",
    ),
    "one module alone opens sockets": ("pipeline/dataset/report.py", "import socket"),
}  # fmt: skip


def lint(tree: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("pipeline", "assets"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_tree_keeps_every_rule(tree: Path) -> None:
    result = lint(tree)
    assert result.returncode == 0, result.stdout
    assert all(f"{rule}" in " ".join(result.stdout.split()) for rule in BREACHES)


@pytest.mark.parametrize("rule", BREACHES)
def test_a_breach_of_the_rule_is_found(tree: Path, rule: str) -> None:
    name, line = BREACHES[rule]
    path = tree / name
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = lint(tree)
    told = " ".join(result.stdout.split())
    assert result.returncode != 0
    assert rule in told.split("Broken contracts")[-1]
