"""Lineage: a fingerprint moves with what a number depends on, with nothing else, and is the same in every process."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipeline.lineage import code_version, files_sha256, frame_sha256, package_versions, row_hashes, source_version

ROOT = Path(__file__).parents[1]


def in_another_process(expression: str, folder: Path = ROOT) -> str:
    path = f"import sys, pandas as pd; sys.path.insert(0, {str(folder)!r})"
    code = f"{path}; from pipeline import lineage; print({expression})"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package whose modules may be changed."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "pipeline", tmp_path / "pipeline", ignore=ignored)
    return tmp_path


def version_after(copy: Path, changed: str, module: str = "pipeline.features.readability") -> str:
    if changed:
        path = copy / changed
        path.write_text(path.read_text() + "\n# changed\n")
    return in_another_process(f"lineage.source_version({module!r})", copy)


def test_a_code_version_is_the_same_in_every_process() -> None:
    here = code_version("pipeline.features.readability")
    assert in_another_process("lineage.code_version('pipeline.features.readability')") == here


def test_a_change_in_what_a_module_imports_moves_the_version(copy: Path) -> None:
    assert version_after(copy, "pipeline/text.py") != source_version("pipeline.features.readability")


def test_a_change_two_imports_away_moves_the_version(copy: Path) -> None:
    (copy / "pipeline" / "far.py").write_text("FAR = 1\n")
    (copy / "pipeline" / "near.py").write_text("def near():\n    from pipeline import far\n    return far.FAR\n")
    (copy / "pipeline" / "top.py").write_text("from pipeline.near import near\n")
    before = version_after(copy, "", "pipeline.top")
    assert version_after(copy, "pipeline/far.py", "pipeline.top") != before


def test_a_change_reached_by_a_relative_import_moves_the_version(copy: Path) -> None:
    (copy / "pipeline" / "far.py").write_text("FAR = 1\n")
    (copy / "pipeline" / "top.py").write_text("from . import far\nfrom .far import FAR\n")
    before = version_after(copy, "", "pipeline.top")
    assert version_after(copy, "pipeline/far.py", "pipeline.top") != before


def test_a_change_in_an_unrelated_module_leaves_the_version(copy: Path) -> None:
    assert version_after(copy, "pipeline/features/stance.py") == source_version("pipeline.features.readability")


def test_modules_that_import_each_other_have_a_version(copy: Path) -> None:
    (copy / "pipeline" / "one.py").write_text("from pipeline import two\n")
    (copy / "pipeline" / "two.py").write_text("from pipeline import one\n")
    assert version_after(copy, "", "pipeline.one")


def test_a_module_without_source_is_an_error() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such"):
        source_version("pipeline.no_such")


def test_the_packages_that_a_module_reaches_are_told() -> None:
    versions = package_versions("pipeline.features.readability")
    assert {"textstat", "pandas", "nupunkt"} <= set(versions)
    assert "trafilatura" not in versions


FRAME = pd.DataFrame(
    {
        "text": pd.Series(["a", None, ""], dtype="str"),
        "count": pd.array([1, None, 3], dtype="Int64"),
        "share": [0.5, float("nan"), 1.0],
        "is_kept": pd.array([True, None, False], dtype="boolean"),
        "day": pd.to_datetime(["2025-04-22", None, "2025-04-23"]).astype("datetime64[us]"),
    }
)


def test_row_hashes_are_the_same_in_every_process() -> None:
    made = "lineage.frame_sha256(pd.DataFrame({'text': ['a', None], 'count': pd.array([1, None], dtype='Int64')}))"
    here = pd.DataFrame({"text": ["a", None], "count": pd.array([1, None], dtype="Int64")})
    assert in_another_process(made) == frame_sha256(here)


def test_equal_rows_have_equal_hashes_wherever_they_stand() -> None:
    again = pd.concat([FRAME.iloc[::-1], FRAME], ignore_index=True)
    hashes = row_hashes(again)
    assert hashes[:3].tolist() == hashes[3:].tolist()[::-1]


@pytest.mark.parametrize(("column", "value"), [("text", "b"), ("count", 2), ("share", 0.25), ("is_kept", False)])
def test_a_changed_cell_changes_the_hash_of_its_row_alone(column: str, value: object) -> None:
    changed = FRAME.copy()
    changed.loc[0, column] = value
    assert (row_hashes(changed) != row_hashes(FRAME)).tolist() == [True, False, False]


def test_a_missing_cell_is_no_value() -> None:
    zero = FRAME.copy()
    zero.loc[1, "count"] = 0
    zero.loc[1, "is_kept"] = False
    assert row_hashes(zero)[1] != row_hashes(FRAME)[1]


def test_the_name_of_a_column_is_part_of_a_frames_fingerprint() -> None:
    assert frame_sha256(FRAME.rename(columns={"text": "words"})) != frame_sha256(FRAME)


def test_the_order_of_rows_is_part_of_a_frames_fingerprint() -> None:
    assert frame_sha256(FRAME.iloc[::-1]) != frame_sha256(FRAME)


def test_files_are_told_apart_by_name_and_content(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("words")
    two.write_text("")
    first = files_sha256([one, two])
    assert files_sha256([two, one]) == first
    one.write_text("")
    two.write_text("words")
    assert files_sha256([one, two]) != first


def test_a_missing_file_counts_as_empty(tmp_path: Path) -> None:
    before = files_sha256([tmp_path / "one"])
    (tmp_path / "one").touch()
    assert files_sha256([tmp_path / "one"]) == before
