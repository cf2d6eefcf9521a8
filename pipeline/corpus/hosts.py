"""Hosts side by side: gives every host a turn in a round, so that one with many or slow addresses holds up no other."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final, Generic, TypeVar

from pipeline.corpus.politeness import Clock, Deadline

Asked = TypeVar("Asked")
Result = TypeVar("Result")

# A turn ends at the deadline by itself; only a call that the system does not return from is given up this much later.
_GRACE_SECONDS: Final = 5.0
# Results wait for their reader in this number and no more, because each may hold a body of several megabytes.
_WAITING_RESULTS: Final = 8
_POLL_SECONDS: Final = 0.1


@dataclass
class Round(Generic[Asked, Result]):
    """One result for each of `asked`, as they come.

    Each host is served by one thread at a time, one turn and then the next host; `at_once` hosts side by side.

    Attributes:
        host: the host that an item belongs to.
        ready_at: monotonic time of a host's next free turn.
        serve: does one item's work and does not raise.
        late: the result for an item whose turn did not come before the deadline.
    """

    asked: Sequence[Asked]
    host: Callable[[Asked], str]
    ready_at: Callable[[str], float]
    serve: Callable[[Asked], Result]
    late: Callable[[Asked], Result]
    clock: Clock
    deadline: Deadline
    at_once: int
    _queues: dict[str, deque[int]] = field(default_factory=dict)
    _free: list[tuple[float, int, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def results(self) -> Iterator[Result]:
        """Every item's result, once. A reader that stops early ends the round."""
        for index, item in enumerate(self.asked):
            self._queues.setdefault(self.host(item), deque()).append(index)
        for host, indices in self._queues.items():
            heappush(self._free, (self.ready_at(host), indices[0], host))
        done: queue.Queue[tuple[int, Result]] = queue.Queue(_WAITING_RESULTS)
        # Daemons, because a name lookup that hangs must not keep the interpreter from ending.
        for number in range(min(self.at_once, len(self._queues))):
            threading.Thread(target=self._work, args=(done,), name=f"fetch-{number}", daemon=True).start()
        try:
            yield from self._collect(done)
        finally:
            self.deadline.cancel()

    def _collect(self, done: queue.Queue[tuple[int, Result]]) -> Iterator[Result]:
        unanswered = dict(enumerate(self.asked))
        while unanswered:
            try:
                index, result = done.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                if self.deadline.left() < -_GRACE_SECONDS:
                    break
                continue
            if unanswered.pop(index, None) is not None:
                yield result
        yield from map(self.late, unanswered.values())

    def _work(self, done: queue.Queue[tuple[int, Result]]) -> None:
        while (taken := self._take()) is not None:
            host, wait = taken
            if wait > 0:
                self.clock.sleep(min(wait, _POLL_SECONDS))
                continue
            index = self._queues[host].popleft()
            item = self.asked[index]
            self._hand_over(done, index, self.serve(item) if self.deadline.left() > 0 else self.late(item))
            self._give_back(host)

    def _take(self) -> tuple[str, float] | None:
        """The host whose turn comes first, taken if it has come, and seconds until then; None where no host is free.

        A thread that finds none may end: a host in service is given back by the thread that serves it, which goes on.
        """
        with self._lock:
            if not self._free:
                return None
            ready_at, _, host = self._free[0]
            wait = ready_at - self.clock.monotonic()
            # A turn that comes too late is taken at once: to be told so, with the host's reason, nobody need wait.
            if wait <= 0 or wait > self.deadline.left():
                heappop(self._free)
                return host, 0.0
            return host, wait

    def _give_back(self, host: str) -> None:
        with self._lock:
            if self._queues[host]:
                heappush(self._free, (self.ready_at(host), self._queues[host][0], host))

    def _hand_over(self, done: queue.Queue[tuple[int, Result]], index: int, result: Result) -> None:
        # Once the reader is gone nobody makes room.
        while not self.deadline.is_cancelled:
            with suppress(queue.Full):
                done.put((index, result), timeout=_POLL_SECONDS)
                return
