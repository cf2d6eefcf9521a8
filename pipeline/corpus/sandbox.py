"""Sandbox: parses documents in a child process that can be killed, with a deadline and a cap on memory.

A small file can cost dearly (a 15 KB PDF: 24 s; a 1.4 MB .docx: 1.6 GB) or crash a C library: here it costs one row.
"""

import logging
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from pipeline.corpus import feeds, files, pages, sitemaps
from pipeline.corpus.article import Article, NotYet, Rejected

Result = TypeVar("Result")
DEADLINE_SECONDS: Final = 20.0
MEMORY_BYTES: Final = 1_500_000_000
# Seconds behind the deadline at which a child whose parent was killed ends itself.
_ORPHAN_SECONDS: Final = 10.0
STOPPED: Final = "was stopped"
_REMEDY: Final = "save the article alone as plain text"


class Sandbox:
    """A reusable pool of one or more parsing processes, started at the first file. Use it as a context manager.

    The children are forked from a fresh server process, or spawned where the system has none, and never forked from
    this one, because Dagster's processes hold threads. A child that was killed is replaced for the next file. `parse`
    may be called from several threads.

    Args:
        deadline_seconds: wall time that one file may take, without the start of the child.
        memory_bytes: address space that parsing may take beside the loaded libraries; Linux alone keeps this limit.
        workers: files parsed at once.
        parser: what is run in the child; it must be importable there.
    """

    def __init__(
        self,
        deadline_seconds: float = DEADLINE_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
        workers: int = 1,
        parser: files.Parse = files.parse_here,
    ) -> None:
        self.deadline_seconds = deadline_seconds
        self.memory_bytes = memory_bytes
        self.workers = workers
        self.parser = parser
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children. The next file would start new ones."""
        if self._pool:
            self._discard(self._pool)

    def parse(self, suffix: str, body: bytes) -> Article:
        """The article in the bytes of a file with this suffix. Raises Rejected or NotYet for every bad file.

        Raises RuntimeError where no child can be started at all: that is this machine's trouble and not the file's.
        """
        if len(body) > files.DOCUMENT_BYTES:
            raise Rejected(f"has {len(body):,} bytes, over the limit of {files.DOCUMENT_BYTES:,}; {_REMEDY}")
        return self.run(self.parser, suffix, body)

    def run(self, task: Callable[..., Result], *arguments: Any) -> Result:
        """What an importable function makes of picklable arguments. Raises Rejected or NotYet, as `parse` does."""
        # A child that dies between two files, as by the system's memory guard, takes the pool along: forgiven once.
        for _ in range(2):
            pool = self._started()
            try:
                return self._in_child(pool, task, arguments)
            except BrokenProcessPool as error:
                broken = error
                self._discard(pool)
        raise RuntimeError("the parsing process cannot be started; is there memory left on this machine?") from broken

    def _in_child(self, pool: ProcessPool, task: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        try:
            future = pool.schedule(
                _run_limited, args=(task, arguments, self.deadline_seconds), timeout=self.deadline_seconds
            )
        except RuntimeError as error:  # so pebble says that the pool broke before
            raise BrokenProcessPool from error
        try:
            result: Result = future.result()
            return result
        except (Rejected, NotYet, BrokenProcessPool):
            raise
        except DeadlineError as error:
            raise Rejected(f"took over {self.deadline_seconds:g} s to read and {STOPPED}; {_REMEDY}") from error
        except ProcessExpired as error:
            raise Rejected(f"crashed its parser (exit code {error.exitcode}); {_REMEDY}") from error
        except MemoryError as error:
            raise Rejected(f"takes more than {self.memory_bytes:,} bytes of memory to read; {_REMEDY}") from error
        except Exception as error:  # whatever the parser raises is about the file
            raise Rejected(f"cannot be read ({type(error).__name__}: {str(error)[:200]}); {_REMEDY}") from error

    def _discard(self, pool: ProcessPool) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.stop()  # type: ignore[no-untyped-call]  # pebble is typed in part
        pool.join()

    def _started(self) -> ProcessPool:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self.workers,
                    initializer=_limit_memory,
                    initargs=(self.memory_bytes,),
                    context=_context(),
                )
            return self._pool


def _context() -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # The libraries are imported once, by the server: a new child is then ready in hundredths of a second, not in two.
    context.set_forkserver_preload([module.__name__ for module in (files, pages, feeds, sitemaps)])
    return context


def _limit_memory(memory_bytes: int) -> None:
    """Run in the child before its first file: cap the address space above what the imported libraries hold already."""
    logging.disable(logging.CRITICAL)  # parsers log what they dislike about a file; its row says what matters
    if sys.platform == "linux":
        import resource  # Windows has no such module

        pages_held = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages_held * resource.getpagesize() + memory_bytes
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _run_limited(task: Callable[..., Result], arguments: tuple[Any, ...], deadline_seconds: float) -> Result:
    """Run in the child. The alarm ends it even if the parent, whose clock it is under, was killed meanwhile."""
    has_alarm = hasattr(signal, "setitimer")
    if has_alarm:
        signal.setitimer(signal.ITIMER_REAL, deadline_seconds + _ORPHAN_SECONDS)
    try:
        return task(*arguments)
    except SystemExit as error:  # sent to the parent as it is, this would end the parent
        raise RuntimeError(f"the parser left with {error}") from error
    finally:
        if has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
