"""Engine: map a function over batches, in this process or in local ones, with results in the order of the batches."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from joblib import Parallel, delayed

Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]

# Starting a worker costs seconds of imports; below this many batches one process is sooner done.
_BATCHES_WORTH_A_POOL: Final = 12


def silent(task: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Engine:
    """`workers` processes (0: one a core), `batch_size` documents a batch; `progress(task, done, total)` is told."""

    workers: int = 0
    batch_size: int = 16
    progress: Progress = field(default=silent)

    def map(
        self, task: str, function: Callable[..., Result], batches: Iterable[tuple[Any, ...]], total: int
    ) -> Iterator[Result]:
        """`function(*batch)` for each of `total` batches, in order; a batch is drawn only when its turn comes near.

        Results do not depend on the number of workers, because each batch is computed by the same function on its own.
        """
        workers = self.workers or os.cpu_count() or 1
        if workers == 1 or total < _BATCHES_WORTH_A_POOL:
            results: Iterator[Result] = (function(*batch) for batch in batches)
        else:
            # A task is a batch already: left to itself, joblib would bundle quick ones and draw far ahead.
            pool = Parallel(n_jobs=workers, return_as="generator", pre_dispatch=2 * workers, batch_size=1)
            results = pool(delayed(function)(*batch) for batch in batches)
        self.progress(task, 0, total)
        for done, result in enumerate(results, start=1):
            self.progress(task, done, total)
            yield result
