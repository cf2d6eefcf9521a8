"""The web through the whole pipeline: an outlet on this machine, `parley build` and `parley reingest` as users run them."""

import json
import runpy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pandas as pd
import pytest

from pipeline.store import Store
from pipeline.tables.catalog import PUBLISHED
from pipeline.tables.corpus import DOCUMENTS, FETCHES, SOURCE_HEALTH
from pipeline.tables.dataset import BUILDS, CHANGES

PRESS: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "corpus" / "press.py")))
HOST: Final = "127.0.0.1"
# Every step is a build in a process of its own.
pytestmark = pytest.mark.slow
RECORDS: Final = {"fetches", "source_health", "builds", "changes"}


@pytest.fixture
def press() -> Iterator[Any]:
    with PRESS.Press() as press:
        yield press


@pytest.fixture
def data(fresh_data: Path, press: Any) -> Path:
    """A user's data folder with one feed of three articles in place of the shipped sources of the web."""
    stories = [press.publish(PRESS.story(HOST, number)) for number in range(3)]
    for desk in list((fresh_data / "corpus" / "sample").iterdir())[2:]:
        shutil.rmtree(desk)
    toml = fresh_data / "corpus" / "sources.toml"
    before = toml.read_text(encoding="utf-8")
    local = (
        before[: before.index('[[source]]\nid = "reading-list"')]
        .replace("allow = []", f'allow = ["{HOST}:{press.server.port}"]')
        .replace("spacing_seconds = 1 ", "spacing_seconds = 0 ")
    )
    feed = press.rss(HOST, stories)
    toml.write_text(f'{local}\n[[source]]\nid = "daily"\nkind = "feed"\nlocation = "{feed}"\noutlet = "The Daily"\n')
    return fresh_data


def test_articles_of_a_feed_become_rows_and_a_second_build_recomputes_nothing(
    data: Path, press: Any, parley: Callable[..., Any]
) -> None:
    first = parley(data, "build", PARLEY_OFFLINE="")
    assert first.returncode == 0, first.stdout + first.stderr
    store = Store(str(data / "store"))
    daily = store.read(DOCUMENTS).query("source_id == 'daily'")
    assert len(daily) == 3 and daily["is_compared"].all() and set(daily["outlet"]) == {"The Daily"}
    stance = pd.read_csv(data / "dataset" / "document_stance.csv")
    assert set(daily["document_id"]) <= set(stance["document_id"])
    before = {table.name: store.version(table) for table in PUBLISHED}
    asked = len(press.seen)
    second = parley(data, "build", PARLEY_OFFLINE="")
    assert "Nothing new" in second.stdout, second.stdout + second.stderr
    moved = {table.name for table in PUBLISHED if store.version(table) != before[table.name]}
    assert moved <= RECORDS
    assert all("if-none-match" in seen.headers for seen in press.seen[asked:] if "robots" not in seen.path)


def test_an_edit_at_the_outlet_reaches_the_scores_and_is_named_as_their_cause(
    data: Path, press: Any, parley: Callable[..., Any]
) -> None:
    assert parley(data, "build", PARLEY_OFFLINE="").returncode == 0
    printed = press.stories[0]
    press.publish(replace(printed, body=printed.body.replace(b"a ceasefire", b"a ceasefire that nobody wants")))
    again = parley(data, "reingest", "daily", PARLEY_OFFLINE="")
    assert again.returncode == 0, again.stdout + again.stderr
    store = Store(str(data / "store"))
    assert store.read(DOCUMENTS).query("source_id == 'daily'")["version"].tolist().count(2) == 1
    last = str(store.read(BUILDS)["build_id"].iloc[-1])
    changed = store.read(CHANGES)
    causes = changed.loc[(changed["build_id"] == last) & (changed["table_name"] == "documents"), "cause"]
    assert "text edited" in set(causes), sorted(set(causes))


def test_an_unreachable_outlet_fails_nothing_and_no_article_text_leaves_the_machine(
    data: Path, press: Any, parley: Callable[..., Any]
) -> None:
    toml = data / "corpus" / "sources.toml"
    toml.write_text(
        toml.read_text() + '\n[[source]]\nid = "dead"\nkind = "feed"\nlocation = "http://127.0.0.1:9/feed"\n'
    )
    result = parley(data, "build", PARLEY_OFFLINE="")
    assert result.returncode == 0 and "source dead could not be read" in result.stdout, result.stdout + result.stderr
    store = Store(str(data / "store"))
    health = store.read(SOURCE_HEALTH).set_index("source_id")
    assert pd.notna(health.loc["dead", "last_error"]) and pd.isna(health.loc["daily", "last_error"])
    assert len(store.read(FETCHES).query("source_id == 'daily' and state_label == 'stored'")) == 3
    for path in (data / "dataset").iterdir():
        if path.suffix in (".csv", ".json", ".html"):
            assert path.read_text(encoding="utf-8").count(PRESS.TALKS) <= 3, path.name
    assert json.loads((data / "dataset" / "datapackage.json").read_text())["name"]
