"""Store: only what differs is written, no two writers and no killed one spoil a table, and what is removed is gone."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable
from pandas.testing import assert_frame_equal

from pipeline.contracts import Column, Table, conform
from pipeline.store import RawBodies, Store, Written, table_versions

TABLE = Table(
    name="specimens",
    stage="corpus",
    grain="one specimen",
    key=("specimen_id", "part"),
    columns=(
        Column("specimen_id", "text", "Id"),
        Column("part", "integer", "Part"),
        Column("text", "text", "Words"),
        Column("share", "number", "Share"),
    ),
)
WIDER = Table(TABLE.name, TABLE.stage, TABLE.grain, TABLE.key, (*TABLE.columns, Column("is_new", "boolean", "Later")))
SECRET = "Halbmondbruecke"

# What a writing process does first; it waits for a line, so that imports are over when writing starts.
WRITER = """
import sys
import pandas as pd
from pipeline.contracts import conform
from pipeline.store import Store
sys.path.insert(0, "tests")
from test_store import TABLE, generation
store, who, count = Store(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
"""
MERGES = """
for number in range(count):
    row = {"specimen_id": f"{who}-{number}", "part": 0, "text": who, "share": 0.5}
    shared = {"specimen_id": "shared", "part": number, "text": who, "share": 0.5}
    store.upsert(TABLE, conform(pd.DataFrame([row, shared]), TABLE))
"""
REPLACES = """
store.replace(TABLE, generation(who, count), fingerprint=who)
"""


def frame(**texts: str) -> pd.DataFrame:
    found = [{"specimen_id": name, "part": 0, "text": text, "share": 0.25} for name, text in texts.items()]
    return conform(pd.DataFrame(found, columns=["specimen_id", "part", "text", "share"]), TABLE)


def generation(word: str, count: int) -> pd.DataFrame:
    ids = [f"s{number}" for number in range(count)]
    return conform(pd.DataFrame({"specimen_id": ids, "part": 0, "text": f"{word} " * 50, "share": 0.5}), TABLE)


def writer(script: str, root: Path, who: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER + script, str(root), who, str(count)]
    here, pipe = Path(__file__).parents[1], subprocess.PIPE
    started = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=here)
    assert started.stdout and started.stdout.readline() == "ready\n"
    return started


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def ended(process: subprocess.Popen[str]) -> int:
    """The exit code, with the pipes read empty and closed: a conflict is logged to them."""
    process.communicate(timeout=60)
    return process.returncode


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"), run_id="run-1")


def test_a_table_that_was_never_written_is_empty(store: Store) -> None:
    assert_frame_equal(store.read(TABLE), TABLE.empty())


def test_what_was_written_is_read_in_key_order(store: Store) -> None:
    store.replace(TABLE, frame(b="two", a="one"))
    assert store.read(TABLE)["text"].tolist() == ["one", "two"]


def test_rows_keep_key_order_when_the_key_is_not_asked_for(store: Store) -> None:
    store.upsert(TABLE, frame(c="three"))
    store.upsert(TABLE, frame(a="one"))
    store.upsert(TABLE, frame(b="two"))
    assert store.read(TABLE, ["text"])["text"].tolist() == ["one", "two", "three"]


def test_replace_counts_what_it_added_changed_and_removed(store: Store) -> None:
    store.replace(TABLE, frame(a="one", b="two"))
    assert store.replace(TABLE, frame(b="TWO", c="three", d="four")) == Written(added=2, changed=1, removed=1)


def test_after_replace_the_table_holds_exactly_the_rows_given(store: Store) -> None:
    store.replace(TABLE, frame(a="one", b="two"))
    store.replace(TABLE, frame(b="TWO", c="three"))
    assert_frame_equal(store.read(TABLE), frame(b="TWO", c="three"))


def test_replacing_all_rows_by_none_leaves_none(store: Store) -> None:
    store.replace(TABLE, frame(a="one"))
    store.replace(TABLE, TABLE.empty())
    assert store.read(TABLE).empty


def test_equal_rows_are_not_written_again(store: Store) -> None:
    store.replace(TABLE, frame(a="one"), "f1")
    version = store.version(TABLE)
    assert store.replace(TABLE, frame(a="one"), "f1").is_nothing
    assert store.version(TABLE) == version


def test_rows_untouched_by_a_merge_stay_in_their_place(store: Store) -> None:
    store.upsert(TABLE, frame(a="one"))
    store.upsert(TABLE, frame(b="two"))
    before = set(DeltaTable(f"{store.root}/specimens").file_uris())
    store.replace(TABLE, frame(a="one", b="two", c="three"))
    assert before <= set(DeltaTable(f"{store.root}/specimens").file_uris())


def test_a_new_fingerprint_over_equal_rows_is_an_empty_commit(store: Store) -> None:
    store.replace(TABLE, frame(a="one"), "f1")
    before = store.version(TABLE)
    assert store.replace(TABLE, frame(a="one"), "f2").is_nothing
    assert before is not None and store.version(TABLE) == before + 1
    assert store.fingerprint(TABLE) == "f2"
    assert_frame_equal(store.read(TABLE), frame(a="one"))


def test_the_fingerprint_goes_with_its_rows(store: Store) -> None:
    store.replace(TABLE, frame(a="one"), "f1")
    store.replace(TABLE, frame(a="two"), "f2")
    assert (store.fingerprint(TABLE), store.read(TABLE)["text"].tolist()) == ("f2", ["two"])


def test_rows_merged_in_from_elsewhere_take_the_fingerprint_away(store: Store) -> None:
    store.replace(TABLE, frame(a="one"), "f1")
    store.upsert(TABLE, frame(b="two"))
    assert store.fingerprint(TABLE) == ""


def test_the_content_hash_follows_the_rows_and_not_the_way_there(store: Store, tmp_path: Path) -> None:
    other = Store(str(tmp_path / "other"))
    store.replace(TABLE, frame(a="one", b="two"))
    other.replace(TABLE, frame(b="old"))
    other.replace(TABLE, frame(b="two", a="one"))
    assert store.content_sha256(TABLE) == other.content_sha256(TABLE) != ""


def test_a_table_made_anew_never_bears_the_mark_of_the_old_one(store: Store, tmp_path: Path) -> None:
    other = Store(str(tmp_path / "other"))
    store.upsert(TABLE, frame(a="one"))
    other.upsert(TABLE, frame(a="another"))
    assert store.content_sha256(TABLE) != other.content_sha256(TABLE)


def test_commits_bear_the_id_of_their_run(store: Store) -> None:
    store.replace(TABLE, frame(a="one"))
    assert DeltaTable(f"{store.root}/specimens").history(1)[0]["run_id"] == "run-1"


def test_a_commit_from_another_process_in_between_is_reloaded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows seem equal when they are read, and another writer changes them before the fingerprint is set."""
    store.replace(TABLE, frame(a="one"), "f1")
    stale, opened = DeltaTable(f"{store.root}/specimens"), []
    store.replace(TABLE, frame(a="changed"), "other")
    fresh = Store._open_or_create

    def open_stale_once(self: Store, table: Table) -> DeltaTable:
        opened.append(table)
        return stale if len(opened) == 1 else fresh(self, table)

    monkeypatch.setattr(Store, "_open_or_create", open_stale_once)
    store.replace(TABLE, frame(a="one"), "f2")
    assert (store.fingerprint(TABLE), store.read(TABLE)["text"].tolist()) == ("f2", ["one"])
    assert len(opened) > 1


def test_upsert_keeps_the_other_rows(store: Store) -> None:
    store.replace(TABLE, frame(a="one", b="two"))
    assert store.upsert(TABLE, frame(b="TWO", c="three")) == Written(added=1, changed=1)
    assert_frame_equal(store.read(TABLE), frame(a="one", b="TWO", c="three"))


def test_upsert_of_rows_that_are_held_commits_nothing(store: Store) -> None:
    store.upsert(TABLE, frame(a="one", b="two"))
    version = store.version(TABLE)
    assert store.upsert(TABLE, frame(b="two")).is_nothing
    assert store.version(TABLE) == version


def test_a_repeated_key_is_refused_and_named(store: Store) -> None:
    with pytest.raises(ValueError, match=r"specimens: 1 rows repeat a key.*'a'"):
        store.replace(TABLE, pd.concat([frame(a="one"), frame(a="two")]))


def test_only_the_rows_asked_for_are_read(store: Store) -> None:
    store.upsert(TABLE, frame(a="one", b="two"))
    store.upsert(TABLE, frame(c="three"))
    assert store.read(TABLE, ["specimen_id"], {"text": ["two", "three"]})["specimen_id"].tolist() == ["b", "c"]


def test_no_value_asked_for_means_no_row(store: Store) -> None:
    store.replace(TABLE, frame(a="one"))
    assert store.read(TABLE, where={"text": []}).empty


def test_a_stream_gives_the_rows_of_read_in_frames_of_the_size_asked_for(store: Store) -> None:
    store.replace(TABLE, generation("word", 2500))
    pieces = list(store.stream(TABLE, ["specimen_id"], {"part": [0]}, 1000))
    assert [len(piece) for piece in pieces] == [1000, 1000, 500]
    assert sorted(pd.concat(pieces)["specimen_id"]) == sorted(store.read(TABLE)["specimen_id"])


def test_a_column_declared_later_is_missing_in_the_rows_from_before(store: Store) -> None:
    store.replace(TABLE, frame(a="one"))
    assert store.read(WIDER)["is_new"].isna().tolist() == [True]


def test_a_condition_on_a_column_declared_later_meets_no_row_from_before(store: Store) -> None:
    store.replace(TABLE, frame(a="one"))
    assert store.read(WIDER, where={"is_new": [True]}).empty
    assert list(store.stream(WIDER, ["text"], {"is_new": [True]}, 10)) == []


def test_a_column_declared_later_is_written_beside_the_rows_from_before(store: Store) -> None:
    store.replace(TABLE, frame(a="one"))
    store.upsert(WIDER, conform(frame(b="two").assign(is_new=True), WIDER))
    assert store.read(WIDER)["is_new"].fillna(False).tolist() == [False, True]


def test_a_column_no_longer_declared_is_read_over(store: Store) -> None:
    store.replace(WIDER, conform(frame(a="one").assign(is_new=True), WIDER))
    store.upsert(TABLE, frame(b="two"))
    assert_frame_equal(store.read(TABLE), frame(a="one", b="two"))


def test_a_past_version_is_read_by_its_number(store: Store) -> None:
    store.replace(TABLE, frame(a="one"))
    version = json.loads(table_versions(store, {"specimens": TABLE, "unwritten": Table("unwritten", "x", "", (), ())}))
    store.replace(TABLE, frame(a="two"))
    assert store.read(TABLE, version=version["specimens"])["text"].tolist() == ["one"]
    assert list(version) == ["specimens"]


def files_with(word: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def test_what_is_removed_and_purged_is_in_no_file(store: Store, tmp_path: Path) -> None:
    store.replace(TABLE, frame(a=SECRET, b="two"))
    store.upsert(TABLE, frame(a=f"{SECRET} again"))
    assert files_with(SECRET, tmp_path)
    store.remove(TABLE, "specimen_id", "a")
    store.purge(TABLE)
    assert files_with(SECRET, tmp_path) == []
    assert_frame_equal(store.read(TABLE), frame(b="two"))


def test_a_purge_takes_what_a_killed_writer_left(store: Store, tmp_path: Path) -> None:
    store.replace(TABLE, frame(a="one"))
    (tmp_path / "store" / "specimens" / "part-00000-left-behind.snappy.parquet").write_text(SECRET)
    store.purge(TABLE)
    assert files_with(SECRET, tmp_path) == []


def test_a_purge_leaves_the_marks_of_the_last_write(store: Store) -> None:
    store.replace(TABLE, frame(a="one"), "f1")
    marks = store.fingerprint(TABLE), store.content_sha256(TABLE)
    store.purge(TABLE)
    assert (store.fingerprint(TABLE), store.content_sha256(TABLE)) == marks


def test_removing_another_row_changes_the_mark_of_the_content(store: Store) -> None:
    store.replace(TABLE, frame(a="one", b="two", c="three"))
    marks = {store.content_sha256(TABLE)}
    for name in ("a", "b"):
        store.remove(TABLE, "specimen_id", name)
        store.purge(TABLE)
        marks.add(store.content_sha256(TABLE))
    assert len(marks) == 3


def test_removing_what_is_not_there_commits_nothing(store: Store) -> None:
    store.replace(TABLE, frame(a="one"), "f1")
    store.remove(TABLE, "specimen_id", "it's not there")
    assert store.fingerprint(TABLE) == "f1"


def test_two_processes_that_merge_at_once_lose_nothing(store: Store, tmp_path: Path) -> None:
    processes = [writer(MERGES, tmp_path / "store", who, 12) for who in ("left", "right")]
    for process in processes:
        go(process)
    assert [ended(process) for process in processes] == [0, 0]
    held = store.read(TABLE)
    assert sorted(held["specimen_id"]) == sorted(
        ["shared"] * 12 + [f"{w}-{n}" for w in ("left", "right") for n in range(12)]
    )
    assert not held.duplicated(list(TABLE.key)).any()


def kill_while_merging(root: Path, seconds: float) -> bool:
    process = writer(REPLACES, root, "new", 3000)
    go(process)
    time.sleep(seconds)
    is_running = process.poll() is None
    if is_running:
        os.kill(process.pid, signal.SIGKILL)
    ended(process)
    return is_running


def survives_kills(tmp_path: Path, count: int) -> None:
    old, new = generation("old", 3000), generation("new", 3000)
    kills = 0
    for moment in random.Random(20250422).sample([number / 100 for number in range(1, 41)], count):
        store = Store(str(tmp_path / f"store-{moment}"))
        store.replace(TABLE, old, "old")
        kills += kill_while_merging(Path(store.root), moment)
        held, mark = store.read(TABLE), store.fingerprint(TABLE)
        assert mark in ("old", "new")
        assert_frame_equal(held, old if mark == "old" else new)
        store.replace(TABLE, new, "new")
        assert store.fingerprint(TABLE) == "new"
        assert_frame_equal(store.read(TABLE), new)
    assert kills


def test_a_writer_killed_while_merging_leaves_the_old_rows_or_the_new(tmp_path: Path) -> None:
    survives_kills(tmp_path, 3)


@pytest.mark.slow
def test_a_writer_killed_at_many_moments_leaves_the_old_rows_or_the_new(tmp_path: Path) -> None:
    survives_kills(tmp_path, 20)


def test_bytes_are_kept_under_their_hash_once(tmp_path: Path) -> None:
    bodies = RawBodies(tmp_path)
    name = bodies.put(b"words")
    assert bodies.put(b"words") == name
    assert bodies.path(name).read_bytes() == b"words"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [bodies.path(name)]


def test_removed_bytes_are_gone_with_the_drafts_of_a_killed_writer(tmp_path: Path) -> None:
    bodies = RawBodies(tmp_path)
    name = bodies.put(SECRET.encode())
    bodies.path(name).with_name(f"{name}.draft").write_text(SECRET)
    bodies.remove(name)
    assert files_with(SECRET, tmp_path) == []


def test_removing_bytes_that_are_not_held_is_no_error(tmp_path: Path) -> None:
    RawBodies(tmp_path).remove("0" * 64)
