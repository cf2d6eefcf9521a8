"""The `parley` command, in a process of its own, as a user runs it."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline.store import Store
from pipeline.tables import corpus

Run = Callable[..., "subprocess.CompletedProcess[str]"]
PIECE = (
    "# A Piece of My Own\n\nby Ada Tester - May 2, 2025\n\n"
    + "Russia must feel more pressure before any ceasefire in Ukraine can hold. " * 12
    + "\n\n"
    + "Kyiv should not be asked to give up land that its soldiers still hold. " * 10
)


@pytest.fixture
def small(data_folder: Path) -> Path:
    return data_folder


def test_what_is_put_into_the_inbox_is_taken_in_or_rejected_with_a_reason(small: Path, parley: Run) -> None:
    (small / "corpus" / "inbox" / "piece.md").write_text(PIECE, encoding="utf-8")
    (small / "corpus" / "inbox" / "empty.txt").write_text("", encoding="utf-8")
    (small / "corpus" / "inbox" / "wrong.txt").write_bytes(b"caf\xe9 talks " * 50)
    result = parley(small, "build")
    assert result.returncode == 0, result.stderr
    assert str(small / "dataset") in result.stdout
    assert "stand in" in result.stdout
    assert "rejected inbox/empty.txt: " in result.stdout
    assert "rejected inbox/wrong.txt: " in result.stdout
    documents = pd.read_csv(small / "dataset" / "documents.csv").set_index("input")
    assert documents.loc["inbox/piece.md", "analyst"] == "Ada Tester"


@pytest.mark.slow
def test_a_document_that_is_removed_leaves_no_word_behind(small: Path, parley: Run) -> None:
    path = small / "corpus" / "inbox" / "piece.md"
    path.write_text(PIECE + "\nThe heliotrope clause was never mentioned by anybody else.\n", encoding="utf-8")
    assert parley(small, "reingest", "inbox").returncode == 0
    documents = pd.read_csv(small / "dataset" / "documents.csv").set_index("input")
    document = str(documents.loc["inbox/piece.md", "document_id"])
    result = parley(small, "remove", document, "--reason", "the publisher asked")
    assert result.returncode == 0, result.stderr
    assert document not in set(pd.read_csv(small / "dataset" / "documents.csv")["document_id"])
    for place in ("store", "raw", "dataset"):
        for file in (small / place).rglob("*"):
            assert not file.is_file() or b"heliotrope" not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("reingest", "nowhere"), "no source ['nowhere'] in sources.toml"),
        (("remove", "doc_nothing"), "no document doc_nothing is held"),
        (("export", "--table", "nothing"), "no published table ['nothing']"),
        (("export", "--format", "doc"), "there are csv, parquet and xlsx"),
    ],
)
def test_a_mistake_is_answered_in_a_line_without_a_traceback(
    small: Path, parley: Run, arguments: tuple[str, ...], said: str
) -> None:
    result = parley(small, *arguments)
    assert result.returncode == 2
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_a_mistake_in_the_sources_names_entry_and_field(small: Path, parley: Run) -> None:
    path = small / "corpus" / "sources.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('kind = "file"', 'kind = "flie"', 1), encoding="utf-8")
    result = parley(small, "build")
    assert result.returncode != 0
    told = " ".join((result.stdout + result.stderr).split())
    assert "essays" in told and "kind" in told and "Traceback" not in told


def test_chosen_tables_are_exported_to_a_chosen_folder(built: Path, parley: Run, tmp_path: Path) -> None:
    parley(built, "export", "--table", "documents", "--table", "keyness", "--format", "parquet", "--to", str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["documents.parquet", "keyness.parquet"]


@pytest.mark.slow
def test_a_build_waits_for_the_one_that_runs(small: Path, parley: Run) -> None:
    lock = small / "store" / "build.lock"
    lock.parent.mkdir()
    holder = subprocess.Popen(
        ["python3", "-c", f"import fcntl,time; f=open({str(lock)!r},'w'); fcntl.flock(f,fcntl.LOCK_EX); time.sleep(14)"]
    )
    time.sleep(1)
    started = time.monotonic()
    result = parley(small, "build")
    held_for = time.monotonic() - started
    holder.wait()
    assert result.returncode == 0
    assert held_for > 10
    log = (small / "dagster" / "last-build.log").read_text(encoding="utf-8")
    assert "Another build is running; this one waits" in log


def test_the_ledger_of_the_store_accounts_for_every_input(built: Path) -> None:
    fetches = Store(str(built / "store")).read(corpus.FETCHES)
    assert json.loads(fetches["state_label"].value_counts().to_json()) == {"stored": 33}
