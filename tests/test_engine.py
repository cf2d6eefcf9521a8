"""Engine: results are equal and in order whatever the number of workers, and progress is told as it goes."""

import time
from collections.abc import Callable, Iterator

import pytest

from pipeline.engine import Engine


def slow_square() -> Callable[[int], int]:
    """Later batches are done sooner, so that an engine that did not wait would give them first."""

    # Made within a function, because workers cannot import a test module.
    def square(number: int) -> int:
        time.sleep(0.02 if number < 3 else 0.0)
        return number * number

    return square


def batches(count: int) -> Iterator[tuple[int]]:
    return ((number,) for number in range(count))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 5, 30])
def test_results_come_in_the_order_of_the_batches(workers: int, count: int) -> None:
    assert list(Engine(workers=workers).map("squares", slow_square(), batches(count), count)) == [
        n * n for n in range(count)
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_is_told_from_nothing_to_all(workers: int) -> None:
    told: list[tuple[str, int, int]] = []
    engine = Engine(workers=workers, progress=lambda *message: told.append(message))
    list(engine.map("squares", slow_square(), batches(20), 20))
    assert told == [("squares", done, 20) for done in range(21)]


def test_a_batch_is_drawn_only_when_its_turn_comes() -> None:
    drawn: list[int] = []

    def watched() -> Iterator[tuple[int]]:
        for (number,) in batches(20):
            drawn.append(number)
            yield (number,)

    results = Engine(workers=1).map("squares", slow_square(), watched(), 20)
    next(results)
    assert drawn == [0]


def test_processes_draw_no_more_than_a_few_batches_ahead() -> None:
    drawn: list[int] = []

    def watched() -> Iterator[tuple[float]]:
        for (number,) in batches(60):
            drawn.append(number)
            yield (0.02,)

    results = Engine(workers=2).map("naps", time.sleep, watched(), 60)
    next(results)
    assert len(drawn) < 30
    assert sum(1 for _ in results) == 59


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_a_batch_is_raised(workers: int) -> None:
    with pytest.raises(ValueError, match="seven"):
        list(Engine(workers=workers).map("numbers", int, iter([("1",)] * 19 + [("seven",)]), 20))
