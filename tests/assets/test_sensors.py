"""The inbox sensor: one run a change, none while files still move, and none when nothing does."""

import json
import os
from pathlib import Path

import dagster as dg
import pytest

from assets.sensors import inbox_sensor


class Inbox:
    """An inbox and the sensor's memory, driven look by look."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance) -> None:
        self.folder = folder
        self.instance = instance
        self.cursor: str | None = None

    def put(self, name: str, content: str = "words", *, age: float = 60.0) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        moment = path.stat().st_mtime - age
        os.utime(path, (moment, moment))
        return path

    def look(self) -> list[dg.RunRequest]:
        with dg.build_sensor_context(instance=self.instance, cursor=self.cursor) as context:
            result = inbox_sensor.evaluate_tick(context)
        self.cursor = result.cursor
        return list(result.run_requests or [])


@pytest.fixture
def inbox(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    monkeypatch.setenv("PARLEY_DATA", str(data_folder))
    return Inbox(data_folder / "corpus" / "inbox", dg.DagsterInstance.ephemeral())


def test_an_empty_inbox_asks_for_nothing(inbox: Inbox) -> None:
    assert inbox.look() == []


def test_a_new_file_asks_for_one_run_and_not_for_a_second(inbox: Inbox) -> None:
    inbox.put("piece.txt")
    assert len(inbox.look()) == 1
    assert inbox.look() == []


def test_a_file_that_was_touched_just_now_waits(inbox: Inbox) -> None:
    inbox.put("piece.txt", age=0)
    assert inbox.look() == []
    inbox.put("piece.txt", age=10)
    assert len(inbox.look()) == 1


def test_before_the_first_build_everything_is_read(inbox: Inbox) -> None:
    inbox.put("piece.txt")
    assert inbox.look()[0].run_config == {"sources": []}


@pytest.mark.parametrize("change", ["edit", "delete", "rename"])
def test_any_change_asks_for_a_run(inbox: Inbox, change: str) -> None:
    path = inbox.put("piece.txt")
    inbox.look()
    if change == "edit":
        inbox.put("piece.txt", "other words")
    elif change == "delete":
        path.unlink()
    else:
        path.rename(path.with_name("other.txt"))
    assert len(inbox.look()) == 1


def test_the_same_files_coming_back_are_another_run_with_another_key(inbox: Inbox) -> None:
    moment = inbox.put("piece.txt").stat().st_mtime
    first = inbox.look()[0].run_key
    (inbox.folder / "piece.txt").unlink()
    inbox.look()
    path = inbox.put("piece.txt")
    os.utime(path, (moment, moment))
    assert inbox.look()[0].run_key not in (None, first)


def test_hidden_files_do_not_count(inbox: Inbox) -> None:
    inbox.put(".gitignore")
    assert inbox.look() == []


def test_the_cursor_is_json_that_the_next_look_reads(inbox: Inbox) -> None:
    inbox.put("piece.txt")
    inbox.look()
    assert json.loads(inbox.cursor or "")["runs"] == 1
