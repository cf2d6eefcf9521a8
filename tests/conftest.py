"""What tests share: a refused network, a clock that moves when told, and a data folder of their own to ingest from."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings as hypothesis_settings

from pipeline.corpus import configuration, files
from pipeline.corpus.ingest import Ingestion
from pipeline.store import RawBodies, Store
from pipeline.tables.catalog import PUBLISHED

DATA: Final = Path(__file__).parents[1] / "data"
# The shipped sources name real outlets; tests read those of this machine alone, whichever process they start.
os.environ["PARLEY_OFFLINE"] = "1"
# These machines are noisy: how long an example takes says nothing.
hypothesis_settings.register_profile("parley", deadline=None)
hypothesis_settings.load_profile("parley")

SMALL_SAMPLE: Final = ("kyiv-desk", "moscow-desk")


class NetworkRefusedError(RuntimeError):
    """A test tried to leave the machine."""


def _is_here(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    try:
        return ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return text == "localhost"


@pytest.fixture(scope="session", autouse=True)
def refused_network() -> Iterator[None]:
    """Every connection and every look-up of a name is refused, but for this machine's own."""
    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, method, _guarded(getattr(socket.socket, method)))
        look_up = socket.getaddrinfo

        def look_up_here(host: Any, *arguments: Any, **options: Any) -> Any:
            if not _is_here(host):
                raise NetworkRefusedError(f"a test looked up {host!r}; tests reach this machine alone")
            return look_up(host, *arguments, **options)

        patch.setattr(socket, "getaddrinfo", look_up_here)
        yield


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise NetworkRefusedError(f"a test tried to reach {address!r}; tests reach this machine alone")
        return method(self, *arguments)

    return guarded


@dataclass
class Clock:
    """A clock that stands still until it is told to move."""

    moment: datetime = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **amount: float) -> None:
        """Move on by a timedelta's arguments."""
        self.moment += timedelta(**amount)


@pytest.fixture
def clock() -> Clock:
    """A stopped clock; `clock.advance(days=1)` moves it."""
    return Clock()


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A data folder with the codebook, the essay, eight sample pieces, an empty inbox, and nothing ingested yet."""
    folder = tmp_path / "data"
    shutil.copytree(DATA / "codebook", folder / "codebook")
    shutil.copytree(DATA / "corpus" / "essays", folder / "corpus" / "essays")
    for desk in SMALL_SAMPLE:
        shutil.copytree(DATA / "corpus" / "sample" / desk, folder / "corpus" / "sample" / desk)
    for name in ("sources.toml", "reading_list.csv", "overrides.csv", "aliases.csv"):
        shutil.copy(DATA / "corpus" / name, folder / "corpus" / name)
    (folder / "corpus" / "inbox").mkdir()
    return folder


@pytest.fixture
def make_ingestion(data_folder: Path, clock: Clock) -> Callable[..., Ingestion]:
    """`make_ingestion(**changes)`: an Ingestion over `data_folder`, reading the configuration as it now stands."""

    def make(**changes: Any) -> Ingestion:
        settings: dict[str, Any] = {
            "configuration": configuration.load(data_folder / "corpus"),
            "data_folder": data_folder,
            "store": Store(str(data_folder / "store")),
            "bodies": RawBodies(data_folder / "raw"),
            "parse": files.parse_here,
            "now": clock,
            "code_version": "code-1",
        }
        return Ingestion(**(settings | changes))

    return make


Parley = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def parley() -> Parley:
    """`parley(data, *arguments)`: the command as a user runs it, in a process of its own, on a data folder of its own."""

    def run(data: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        settings = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
        return subprocess.run(
            [sys.executable, "-m", "assets.cli", *arguments],
            env={**settings, "PARLEY_DATA": str(data), **environment},
            cwd=DATA.parent, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    return run


def copy_inputs(folder: Path) -> Path:
    """A data folder as a fresh clone has it: everything that is committed, and nothing built."""
    shutil.copytree(DATA / "codebook", folder / "codebook")
    shutil.copytree(DATA / "corpus", folder / "corpus", ignore=shutil.ignore_patterns("inbox"))
    (folder / "corpus" / "inbox").mkdir()
    return folder


@pytest.fixture(scope="session")
def copied_inputs() -> Callable[[Path], Path]:
    """`copied_inputs(folder)`, for fixtures that make a data folder of their own."""
    return copy_inputs


@pytest.fixture
def fresh_data(tmp_path: Path) -> Path:
    """The whole committed input, nothing built."""
    return copy_inputs(tmp_path / "data")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, parley: Parley) -> Path:
    """A data folder in which the whole dataset was built once; tests read it and never change it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built"
    # Tests run in several processes; the first that needs the build makes it for all.
    with FileLock(f"{shared}.lock"):
        if not (shared / "is-built").exists():
            result = parley(copy_inputs(shared / "data"), "build")
            assert result.returncode == 0, result.stdout + result.stderr
            (shared / "is-built").touch()
    return shared / "data"


@pytest.fixture(scope="session")
def sample_dataset(built: Path) -> Mapping[str, pd.DataFrame]:
    """Every published table of the build, by name."""
    store = Store(str(built / "store"))
    return {table.name: store.read(table) for table in PUBLISHED}
