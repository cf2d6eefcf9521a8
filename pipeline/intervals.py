"""Intervals: the Wilson score interval of a share, Student's and Welch's t over documents, the percentile bootstrap.

All are two-sided. Where an interval cannot be computed its ends are missing (NaN), never 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 2_000

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Count, mean and variance (denominator n - 1) of independent values; arrays of one shape."""

    count: Numbers
    mean: Numbers
    variance: Numbers


def wilson(successes: ArrayLike, trials: ArrayLike, confidence: float = CONFIDENCE) -> tuple[Numbers, Numbers]:
    """Wilson score interval of a share (Wilson 1927, JASA 22: 209-212): its ends, NaN where `trials` is 0 or missing.

    With p = successes / trials and z the normal quantile:
    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). Arguments broadcast; the ends have the broadcast shape.

    Raises:
        ValueError: successes below 0 or above trials.
    """
    hits, count = np.broadcast_arrays(_numbers(successes), _numbers(trials))
    if np.any((hits < 0) | (hits > count)):
        raise ValueError("wilson: successes must lie between 0 and trials; check the order of the two arguments")
    count = np.where(count > 0, count, np.nan)
    z = stats.norm.ppf((1 + confidence) / 2)
    share = hits / count
    middle = share + z**2 / (2 * count)
    reach = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    scale = 1 + z**2 / count
    # At shares of 0 and 1 the exact end is 0 or 1, which rounding in the last place would miss.
    low = np.where(share == 0, 0.0, (middle - reach) / scale)
    high = np.where(share == 1, 1.0, (middle + reach) / scale)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def moments(values: ArrayLike) -> Moments:
    """Moments of one set of values; missing values are left out."""
    known = _known(values)
    mean = known.mean() if len(known) else np.nan
    variance = known.var(ddof=1) if len(known) > 1 else np.nan
    constant = len(known) > 1 and np.ptp(known) == 0
    return Moments(np.array(float(len(known))), np.array(mean), np.array(0.0 if constant else variance))


def mean_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Student's t interval of the mean of independent values (documents); missing values are left out.

    NaN below two values, and where all are equal: no spread was seen, and a width of 0 would claim certainty.
    """
    low, high = mean_interval_of(moments(values), confidence)
    return float(low), float(high)


def mean_interval_of(sample: Moments, confidence: float = CONFIDENCE) -> tuple[Numbers, Numbers]:
    """`mean_interval` for many samples at once, from their moments."""
    usable = (sample.count >= 2) & (sample.variance > 0)
    count = np.where(usable, sample.count, 2.0)
    reach = stats.t.ppf((1 + confidence) / 2, count - 1) * np.sqrt(np.where(usable, sample.variance, np.nan) / count)
    return sample.mean - reach, sample.mean + reach


def difference_interval(first: ArrayLike, second: ArrayLike, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of mean(first) - mean(second), as in `difference_interval_of`; missing values are left out."""
    low, high = difference_interval_of(moments(first), moments(second), confidence)
    return float(low), float(high)


def difference_interval_of(first: Moments, second: Moments, confidence: float = CONFIDENCE) -> tuple[Numbers, Numbers]:
    """Welch's t interval of first.mean - second.mean, variances unequal (Welch 1947, Biometrika 34: 28-35).

    Where one side is constant, Welch would take its mean for known exactly: there we use the pooled variance (Student).
    NaN below two values on either side, and where both sides are constant.
    """
    usable = (np.minimum(first.count, second.count) >= 2) & (np.fmax(first.variance, second.variance) > 0)
    one, two = (np.where(usable, side.count, 2.0) for side in (first, second))
    spread_one, spread_two = (np.where(usable, side.variance, 1.0) for side in (first, second))
    is_pooled = np.minimum(spread_one, spread_two) == 0
    pooled = ((one - 1) * spread_one + (two - 1) * spread_two) / (one + two - 2)
    part_one, part_two = (
        np.where(is_pooled, pooled, spread) / count for spread, count in ((spread_one, one), (spread_two, two))
    )
    welch = (part_one + part_two) ** 2 / (part_one**2 / (one - 1) + part_two**2 / (two - 1))
    freedom = np.where(is_pooled, one + two - 2, welch)
    reach = stats.t.ppf((1 + confidence) / 2, freedom) * np.sqrt(part_one + part_two)
    difference = np.where(usable, first.mean - second.mean, np.nan)
    return difference - reach, difference + reach


def bootstrap_interval(
    values: ArrayLike,
    statistic: Callable[[Numbers], Numbers],
    seed: int | np.random.Generator,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
) -> tuple[float, float]:
    """Percentile bootstrap interval (Efron 1979, Annals of Statistics 7: 1-26) over the first axis of `values`.

    `statistic` maps (resamples, units, ...) to one number a resample; resamples where it is NaN are left out.
    The same integer seed gives the same ends. NaN below two units.
    """
    units = np.asarray(values, dtype=float)
    if len(units) < 2:
        return float("nan"), float("nan")
    generator = np.random.default_rng(seed)
    scores = statistic(units[generator.integers(0, len(units), size=(resamples, len(units)))])
    scores = scores[~np.isnan(scores)]
    if len(scores) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(scores, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def sentence_bootstrap(
    values: ArrayLike, seed: int | np.random.Generator, confidence: float = CONFIDENCE, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Bootstrap interval of the mean over the sentences of one document, one number a sentence.

    It speaks of other sentences that the same text might have held, not of other documents. Missing values are left
    out; NaN below two sentences.
    """

    def means(drawn: Numbers) -> Numbers:
        return np.asarray(drawn.mean(axis=1), dtype=float)

    return bootstrap_interval(_known(values), means, seed, confidence, resamples)


def _numbers(values: ArrayLike) -> Numbers:
    # pandas keeps missing integers as NA, which NumPy alone does not turn into NaN.
    if isinstance(values, pd.Series):
        return np.asarray(values.to_numpy(dtype=float, na_value=np.nan), dtype=float)
    return np.asarray(values, dtype=float)


def _known(values: ArrayLike) -> Numbers:
    numbers = _numbers(values)
    return np.asarray(numbers[~np.isnan(numbers)], dtype=float)
