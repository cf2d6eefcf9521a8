"""The Dagster UI in a real Chromium: the graph turns green, previews and plots are seen, the inbox is watched."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from pipeline.tables.catalog import PUBLISHED

ROOT: Final = Path(__file__).parents[1]
CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
STARTING_SECONDS: Final = 120
BUILD_SECONDS: Final = 240
INBOX_SECONDS: Final = 120

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; install it with: apt-get install chromium"),
]


@dataclass
class Dagster:
    """A running `parley ui` on a data folder of its own."""

    address: str
    data: Path

    def ask(self, query: str) -> Any:
        body = json.dumps({"query": query}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]


def wait(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(1)


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory, copied_inputs: Callable[[Path], Path]) -> Iterator[Dagster]:
    data = copied_inputs(tmp_path_factory.mktemp("ui") / "data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    log = (data / "ui.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "assets.cli", "ui", "--port", str(port)],
        env={**settings, "PARLEY_DATA": str(data)}, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    here = Dagster(f"http://127.0.0.1:{port}", data)

    def is_up() -> bool:
        assert server.poll() is None, (data / "ui.log").read_text(encoding="utf-8")
        try:
            return bool(here.ask("{version}"))
        except OSError:
            return False

    try:
        wait(is_up, STARTING_SECONDS, "the UI")
        yield here
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
        log.close()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 1600, "height": 1000})
        browser.close()


def picture(page: Page, dagster: Dagster, name: str) -> None:
    """Keep a screenshot beside the data; the folder is printed when a test fails, and with `-rP` always."""
    path = dagster.data.parent / f"{name}.png"
    page.screenshot(path=path)
    print(path)


def runs(dagster: Dagster) -> list[str]:
    found = dagster.ask("{runsOrError{... on Runs{results{status}}}}")["runsOrError"]["results"]
    return [run["status"] for run in found]


def test_the_schedule_and_the_sensor_are_on(dagster: Dagster, page: Page) -> None:
    page.goto(f"{dagster.address}/automation")
    expect(page.get_by_text("daily_reingest").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("inbox_sensor").first).to_be_visible()
    picture(page, dagster, "automation")
    query = (
        "{repositoriesOrError{... on RepositoryConnection{nodes{schedules{scheduleState{status}} "
        "sensors{sensorState{status}}}}}}"
    )
    node = dagster.ask(query)["repositoriesOrError"]["nodes"][0]
    assert node["schedules"][0]["scheduleState"]["status"] == "RUNNING"
    assert node["sensors"][0]["sensorState"]["status"] == "RUNNING"


def test_a_build_from_the_ui_turns_the_graph_green(dagster: Dagster, page: Page) -> None:
    page.goto(f"{dagster.address}/asset-groups")
    page.get_by_role("button", name="Materialize all").click(timeout=60_000)
    wait(lambda: runs(dagster) == ["SUCCESS"], BUILD_SECONDS, "the build")
    page.goto(f"{dagster.address}/asset-groups")
    expect(page.get_by_text("features").first).to_be_visible(timeout=60_000)
    page.wait_for_timeout(5_000)
    picture(page, dagster, "graph")
    assets = dagster.ask("{assetNodes{assetKey{path} assetMaterializations(limit:1){runId}}}")["assetNodes"]
    assert len(assets) == len(PUBLISHED) + 2
    assert all(node["assetMaterializations"] for node in assets)


def test_no_check_of_a_contract_failed(dagster: Dagster) -> None:
    query = (
        "{assetNodes{assetKey{path} assetChecksOrError{... on AssetChecks{checks{name "
        "executionForLatestMaterialization{status}}}}}}"
    )
    checks = [
        check for node in dagster.ask(query)["assetNodes"] for check in node["assetChecksOrError"].get("checks", [])
        if check["name"] == "contract"
    ]  # fmt: skip
    assert len(checks) == len(PUBLISHED)
    assert {check["executionForLatestMaterialization"]["status"] for check in checks} == {"SUCCEEDED"}


def test_a_table_preview_and_a_plot_are_seen_in_an_assets_metadata(dagster: Dagster, page: Page) -> None:
    page.goto(f"{dagster.address}/assets/analyst_profiles?view=events")
    # Long Markdown hides behind a button; the plot is one click away.
    shown = page.get_by_text("Show Markdown")
    expect(shown.first).to_be_visible(timeout=60_000)
    picture(page, dagster, "events")
    for number in range(shown.count()):
        shown.nth(number).click()
        plot = page.locator("img[alt^='Reading level']")
        if plot.count() or page.wait_for_timeout(1_500) or plot.count():
            break
        page.keyboard.press("Escape")
        page.wait_for_timeout(500)
    expect(page.locator("img[alt^='Reading level']").first).to_be_visible()
    picture(page, dagster, "plot")
    assert page.evaluate("document.querySelector(\"img[alt^='Reading level']\").naturalWidth") > 300


def test_a_file_dropped_into_the_inbox_becomes_a_row_untouched(dagster: Dagster) -> None:
    piece = (
        "# What the Talks Leave Out\n\nby Ada Tester - May 2, 2025\n\n"
        + "The ceasefire that Washington wants from Russia and Ukraine leaves out the prisoners. " * 12
    )
    (dagster.data / "corpus" / "inbox" / "dropped.md").write_text(piece, encoding="utf-8")

    def is_there() -> bool:
        documents = pd.read_csv(dagster.data / "dataset" / "documents.csv")
        return "inbox/dropped.md" in set(documents["input"])

    wait(is_there, INBOX_SECONDS, "the row of the dropped file")
