"""Intervals against outside oracles, and the cases in which there is none."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline import intervals

NUMBERS = st.lists(st.integers(-50, 50), min_size=2, max_size=12).filter(lambda values: len(set(values)) > 1)


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy(case: tuple[int, int]) -> None:
    successes, trials = case
    expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    low, high = intervals.wilson(successes, trials)
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_its_share(case: tuple[int, int]) -> None:
    low, high = intervals.wilson(*case)
    assert 0 <= low <= case[0] / case[1] <= high <= 1


def test_wilson_is_missing_without_trials_and_elementwise_elsewhere() -> None:
    low, high = intervals.wilson(pd.Series([0, 3, None], dtype="Int64"), pd.Series([0, 10, None], dtype="Int64"))
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False, True]


def test_wilson_refuses_more_successes_than_trials() -> None:
    with pytest.raises(ValueError, match="between 0 and trials"):
        intervals.wilson([1, 4], [2, 3])


@settings(deadline=None)
@given(NUMBERS)
def test_mean_interval_agrees_with_scipy(values: list[int]) -> None:
    expected = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    assert intervals.mean_interval(values) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan], [0.3, 0.3, 0.3]])
def test_a_mean_has_no_interval_without_a_spread(values: list[float]) -> None:
    assert all(math.isnan(end) for end in intervals.mean_interval(values))


@settings(deadline=None)
@given(NUMBERS, NUMBERS)
def test_difference_interval_agrees_with_scipy_welch(first: list[int], second: list[int]) -> None:
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    assert intervals.difference_interval(first, second) == pytest.approx((expected.low, expected.high), abs=1e-8)


# scipy warns that its input is constant, which is the case under test.
@pytest.mark.filterwarnings("ignore:Precision loss")
@settings(deadline=None)
@given(NUMBERS, st.integers(2, 6))
def test_a_constant_side_takes_the_pooled_variance(values: list[int], count: int) -> None:
    expected = stats.ttest_ind([7] * count, values, equal_var=True).confidence_interval()
    assert intervals.difference_interval([7] * count, values) == pytest.approx((expected.low, expected.high), abs=1e-8)


def test_two_constant_sides_have_no_difference_interval() -> None:
    assert all(math.isnan(end) for end in intervals.difference_interval([1, 1, 1], [0, 0, 0]))


def test_the_bootstrap_is_the_same_for_the_same_seed() -> None:
    values = [3, 9, 14, 20, 31, 8]
    assert intervals.sentence_bootstrap(values, 5) == intervals.sentence_bootstrap(values, np.random.default_rng(5))
    assert intervals.sentence_bootstrap(values, 5) != intervals.sentence_bootstrap(values, 6)


def test_the_bootstrap_of_a_large_sample_is_close_to_the_normal_interval() -> None:
    values = np.random.default_rng(1).normal(10, 4, 400)
    assert intervals.sentence_bootstrap(values, 2) == pytest.approx(intervals.mean_interval(values), abs=0.08)


def test_one_sentence_has_no_bootstrap_interval() -> None:
    assert all(math.isnan(end) for end in intervals.sentence_bootstrap([4.0, math.nan], 1))


def test_resamples_without_a_value_are_left_out() -> None:
    def share_of_ones(drawn: np.ndarray) -> np.ndarray:
        return np.where(drawn.sum(axis=1) == 0, np.nan, drawn.mean(axis=1))

    low, _ = intervals.bootstrap_interval([1, 0], share_of_ones, seed=1)
    assert low == 0.5
