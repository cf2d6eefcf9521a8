"""Resources: where things are, the clock, the store, the engine, what users configure. Only here is the environment read."""

import os
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import dagster as dg
from filelock import FileLock, Timeout

from pipeline import codebook as codebooks
from pipeline import training
from pipeline.corpus import configuration, sandbox
from pipeline.corpus.fetch import Fetcher
from pipeline.corpus.politeness import Clock, Settings
from pipeline.corpus.sources import ConfigurationError, Web
from pipeline.engine import Engine, Progress
from pipeline.features import estimative, outcomes
from pipeline.lineage import VERSION
from pipeline.store import RawBodies, Store

ROOT: Final = Path(__file__).resolve().parent.parent
# A terminal that wants to draw a progress bar puts itself here; the run log is told in any case.
TERMINAL: ContextVar[Progress | None] = ContextVar("terminal", default=None)


@dataclass(frozen=True)
class Folders:
    """The data folder and its rooms."""

    data: Path

    @property
    def corpus(self) -> Path:
        """Sources, essays, inbox, sample."""
        return self.data / "corpus"

    @property
    def store(self) -> Path:
        """Tables."""
        return self.data / "store"

    @property
    def dataset(self) -> Path:
        """What the user takes away."""
        return self.data / "dataset"

    @property
    def pronunciation(self) -> Path:
        """The CMU pronouncing dictionary, where textstat looks for it."""
        return self.data / "store" / "pronunciation"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own history."""
        return Path(os.environ.get("DAGSTER_HOME") or self.data / "dagster").resolve()

    @property
    def build_lock(self) -> Path:
        """Held by the one build that runs."""
        return self.store / "build.lock"


def folders() -> Folders:
    """The data folder: PARLEY_DATA where it is set, else `data/` of the repository, whatever the working directory."""
    return Folders(Path(os.environ.get("PARLEY_DATA") or ROOT / "data").resolve())


def clock() -> Callable[[], datetime]:
    """The time in UTC; SOURCE_DATE_EPOCH (seconds, as reproducible builds use it) stops it at one moment."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(fixed), UTC) if fixed else None
    return lambda: moment or datetime.now(UTC)


def configured_sources() -> list[str]:
    """Ids of the sources as they stand when the code location loads; none where sources.toml has a mistake, which a
    run then tells."""
    try:
        return [source.id for source in configuration.load(folders().corpus).sources.source]
    except ConfigurationError:
        return []


@dataclass(frozen=True)
class Internet:
    """The web: how a round of fetching is started, and the user's key for Media Cloud."""

    mediacloud_key: str

    def open(self, web: Web) -> Fetcher:
        """A round of fetching within the bounds of sources.toml."""
        settings = Settings(
            VERSION, web.contact, web.hosts_at_once, web.spacing_seconds, source_seconds=web.source_seconds
        )
        return Fetcher(settings, Clock(lambda: datetime.now(UTC)), web.allow)


def internet() -> Internet:
    """The web with the key that the environment holds (MEDIACLOUD_API_KEY), where it holds one."""
    return Internet(dg.EnvVar("MEDIACLOUD_API_KEY").get_value() or "")


def open_store(run_id: str = "") -> Store:
    """The store, for reading at any time; a build writes through the `store` resource, which waits for its turn."""
    return Store(str(folders().store), run_id)


@dg.resource(description="Where files are.")
def folders_resource(_: dg.InitResourceContext) -> Folders:
    """Folders of this run."""
    return folders()


@dg.resource(description="The time.")
def clock_resource(_: dg.InitResourceContext) -> Callable[[], datetime]:
    """Clock of this run."""
    return clock()


@dg.resource(description="Tables in Delta Lake. One build writes at a time: a later one waits here and says so.")
def store_resource(context: dg.InitResourceContext) -> Iterator[Store]:
    """The store, held for the whole run: a second build waits until the first has ended, or was killed."""
    path = folders().build_lock
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        message = "Another build is running; this one waits for it to end."
        (context.log or dg.get_dagster_logger()).warning(message)
        progress = TERMINAL.get()
        if progress:
            progress("waiting for another build to end", 0, 1)
        lock.acquire()
    try:
        yield open_store(context.run_id or "")
    finally:
        lock.release()


@dg.resource(description="Bytes as they were read, by content hash.")
def bodies_resource(_: dg.InitResourceContext) -> RawBodies:
    """Raw bodies under data/raw."""
    return RawBodies(folders().data / "raw")


@dg.resource(description="Sources, overrides and aliases, as they stand when the run starts.")
def configuration_resource(_: dg.InitResourceContext) -> configuration.Configuration:
    """Read anew for each run, so that an edit needs no restart."""
    return configuration.load(folders().corpus)


@dg.resource(description="Targets and frames, as they stand when the run starts.")
def codebook_resource(_: dg.InitResourceContext) -> codebooks.Codebook:
    """Read anew for each run, so that an edit needs no restart."""
    return codebooks.load(folders().data / "codebook")


@dg.resource(description="The classifier's labels and, once it is needed, the classifier.")
def training_resource(_: dg.InitResourceContext) -> training.Training:
    """Trained at most once a run, and only where something is to be coded."""
    folder = folders().data / "codebook"
    return training.load(folder, codebooks.load(folder))


@dg.resource(description="Words of estimative probability and their ranges.")
def estimative_resource(_: dg.InitResourceContext) -> estimative.Estimative:
    """Read anew for each run, so that an edit needs no restart."""
    return estimative.load(folders().data / "codebook" / "estimative.toml")


@dg.resource(description="What became of forecasts, as users record it.")
def outcomes_resource(_: dg.InitResourceContext) -> outcomes.Outcomes:
    """Read anew for each run, so that an edit needs no restart."""
    return outcomes.read(folders().data / "codebook" / "outcomes.csv")


@dg.resource(description="A process for parsers that can be killed when a file is made to be slow or large.")
def sandbox_resource(_: dg.InitResourceContext) -> Iterator[sandbox.Sandbox]:
    """The sandbox of this run; its process starts with the first file that needs it."""
    with sandbox.Sandbox() as box:
        yield box


@dg.resource(description="The web, as sources.toml says how to visit it; none where PARLEY_OFFLINE is set.")
def internet_resource(_: dg.InitResourceContext) -> Internet | None:
    """The web of this run."""
    return None if os.environ.get("PARLEY_OFFLINE") else internet()


@dg.resource(description="Maps measures over batches of documents; PARLEY_WORKERS sets the number of processes.")
def engine_resource(context: dg.InitResourceContext) -> Engine:
    """The engine of this run; it tells the run log, and a terminal where one listens, how far it is."""
    return Engine(workers=int(os.environ.get("PARLEY_WORKERS") or 0), progress=_announcer(context))


def _announcer(context: dg.InitResourceContext) -> Progress:
    log = context.log or dg.get_dagster_logger()
    terminal = TERMINAL.get()

    def announce(task: str, done: int, total: int) -> None:
        if terminal:
            terminal(task, done, total)
        # Ten lines a task tell enough; a line a document would bury the log.
        if total > 1 and done and (done == total or done % max(1, total // 10) == 0):
            log.info(f"{task}: {done} of {total}")

    return announce


RESOURCES: Final[dict[str, Any]] = {
    "folders": folders_resource,
    "clock": clock_resource,
    "store": store_resource,
    "bodies": bodies_resource,
    "configuration": configuration_resource,
    "codebook": codebook_resource,
    "training": training_resource,
    "estimative": estimative_resource,
    "outcomes": outcomes_resource,
    "sandbox": sandbox_resource,
    "internet": internet_resource,
    "engine": engine_resource,
}
