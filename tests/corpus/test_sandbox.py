"""Sandbox: parsers that hang, devour memory or die cost one file and nothing else."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.corpus import files
from pipeline.corpus.article import Article, NotYet, Rejected
from pipeline.corpus.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
HOSTILE = '''
import ctypes, os, signal, time
from pathlib import Path

from pipeline.corpus.article import Article, NotYet, Rejected


def parse(suffix, body):
    """Do what the suffix says; the body is a path or text."""
    match suffix:
        case "sleep":
            time.sleep(600)
        case "deaf":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            time.sleep(600)
        case "pid and sleep":
            Path(body.decode()).write_text(str(os.getpid()))
            time.sleep(600)
        case "allocate":
            hoard = []
            while True:
                hoard.append(bytearray(50_000_000))
        case "exit":
            os._exit(3)
        case "exit politely":
            raise SystemExit(3)
        case "segfault":
            ctypes.string_at(0)
        case "raise":
            raise ZeroDivisionError("nothing")
        case "reject":
            raise Rejected("is odd")
        case "wait":
            raise NotYet("is half")
        case "unpicklable":
            return lambda: None
    return Article(f"{suffix} {os.getpid()}")
'''


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[files.Parse]:
    """A parser in a module of its own, which the child can import."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "parley_hostile_parser.py").write_text(HOSTILE)
    sys.path.insert(0, str(folder))
    import parley_hostile_parser  # type: ignore[import-not-found]

    parse: Callable[[str, bytes], Article] = parley_hostile_parser.parse
    yield parse
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def box(hostile: files.Parse) -> Iterator[Sandbox]:
    # The deadline is far off, so that a busy machine does not turn one reason for a refusal into another.
    with Sandbox(deadline_seconds=60, memory_bytes=300_000_000, parser=hostile) as sandbox:
        yield sandbox


@pytest.mark.parametrize("deed", ["sleep", pytest.param("deaf", marks=pytest.mark.slow)])
def test_a_parse_past_its_deadline_is_stopped_and_its_child_replaced(hostile: files.Parse, deed: str) -> None:
    with Sandbox(deadline_seconds=2, parser=hostile) as box:
        child = int(box.parse("fine", b"x").text.split()[1])
        with pytest.raises(Rejected, match="took over 2 s"):
            box.parse(deed, b"x")
        assert int(box.parse("fine", b"x").text.split()[1]) != child and is_gone(child)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        pytest.param(
            "allocate", "memory", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has the cap")
        ),
        ("exit", "crashed its parser .exit code 3"),
        ("segfault", "crashed its parser"),
        ("exit politely", "the parser left with 3"),
        ("raise", "ZeroDivisionError: nothing"),
        ("reject", "^is odd$"),
    ],
)
def test_a_hostile_parse_is_refused_and_the_next_file_is_read(box: Sandbox, deed: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        box.parse(deed, b"x")
    assert box.parse("fine", b"x").text.startswith("fine")


def test_a_file_that_is_not_whole_stays_one_that_is_waited_for(box: Sandbox) -> None:
    with pytest.raises(NotYet, match="is half"):
        box.parse("wait", b"x")


def test_a_result_that_cannot_be_sent_is_refused(box: Sandbox) -> None:
    with pytest.raises(Rejected):
        box.parse("unpicklable", b"x")


def test_parsing_happens_in_another_process_which_is_used_again(box: Sandbox) -> None:
    first, second = box.parse("fine", b"x").text, box.parse("fine", b"x").text
    assert first == second != f"fine {os.getpid()}"


def test_a_child_that_dies_between_two_files_is_replaced(box: Sandbox) -> None:
    child = int(box.parse("fine", b"x").text.split()[1])
    os.kill(child, signal.SIGKILL)
    assert int(box.parse("fine", b"x").text.split()[1]) != child


def test_a_file_over_the_limit_is_refused_before_it_is_sent(hostile: files.Parse) -> None:
    box = Sandbox(parser=hostile)
    with pytest.raises(Rejected, match="over the limit"):
        box.parse("fine", bytes(files.DOCUMENT_BYTES + 1))
    assert box._pool is None


def test_no_child_outlives_the_sandbox(hostile: files.Parse) -> None:
    with Sandbox(parser=hostile) as box:
        child = int(box.parse("fine", b"x").text.split()[1])
    assert is_gone(child)


def test_files_from_several_threads_each_get_their_own_outcome(hostile: files.Parse) -> None:
    def outcome(deed: str) -> str:
        try:
            return box.parse(deed, b"x").text.split()[0]
        except Rejected as reason:
            return str(reason).split(";")[0]

    deeds = ["fine", "exit", "fine", "raise", "fine", "exit"]
    with Sandbox(workers=2, parser=hostile) as box, ThreadPoolExecutor(4) as threads:
        found = list(threads.map(outcome, deeds))
    crash, failure = "crashed its parser (exit code 3)", "cannot be read (ZeroDivisionError: nothing)"
    assert found == ["fine", crash, "fine", failure, "fine", crash]


def test_a_closed_sandbox_starts_again(hostile: files.Parse) -> None:
    with Sandbox(parser=hostile) as box:
        box.parse("fine", b"x")
        box.close()
        assert box.parse("fine", b"x").text.startswith("fine")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the alarm that ends an orphan is POSIX's")
def test_a_child_whose_parent_was_killed_ends_itself(tmp_path: Path, hostile: files.Parse) -> None:
    told = tmp_path / "pid"
    script = f"""
        import sys
        sys.path[:0] = [{str(ROOT)!r}, {str(Path(sys.modules[hostile.__module__].__file__ or "").parent)!r}]
        from parley_hostile_parser import parse
        from pipeline.corpus import sandbox
        sandbox._ORPHAN_SECONDS = 1
        if __name__ == "__main__":
            sandbox.Sandbox(deadline_seconds=2, parser=parse).parse("pid and sleep", {str(told).encode()!r})
    """
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(script))
    parent = subprocess.Popen([sys.executable, str(program)])
    while not told.exists() or not told.read_text():
        assert parent.poll() is None
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    for _ in range(1_200):
        if is_gone(int(told.read_text())):
            break
        time.sleep(0.05)
    assert is_gone(int(told.read_text()))


def test_a_real_document_is_read_in_the_child() -> None:
    sentence = "The talks will fail, because neither side can afford to lose them in public. "
    article = f"<article><p>{sentence * 30}</p></article>"
    body = f"<html><head><title>The Plan</title></head><body>{article}</body></html>".encode()
    with Sandbox() as box:
        assert files.read("a.html", body, parse=box.parse) == files.read("a.html", body)


def is_gone(process: int) -> bool:
    """Whether the process has ended; one that only waits to be collected has."""
    status = Path(f"/proc/{process}/stat")
    if status.parent.parent.joinpath("self").exists():
        try:
            return status.read_text().rpartition(")")[2].split()[0] in "ZX"
        except (FileNotFoundError, ProcessLookupError):
            return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False
