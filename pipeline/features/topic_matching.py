"""Topic matching: topics keep the ids that they had in the previous build, by what their terms weigh."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from pipeline.features.topic_terms import Floats, Names

KEPT_TERMS: Final = 50  # Terms of a topic that are remembered for the next build.
LEAST_SIMILARITY: Final = 0.5

Weights = Mapping[str, float]


def spelled(terms: Names, component: Floats) -> str:
    """A topic's KEPT_TERMS strongest terms and their weights: "oil=0.412; russian oil=0.2031; ..."."""
    order = [column for column in np.argsort(-component, kind="stable")[:KEPT_TERMS] if component[column] > 0]
    return "; ".join(f"{terms[column]}={round(float(component[column]), 4):g}" for column in order)


def weights_of(spelling: str) -> Weights:
    """Terms and weights that `spelled` wrote.

    Raises:
        ValueError: it was not `spelled` that wrote them.
    """
    try:
        return {term: float(weight) for term, weight in (part.rsplit("=", 1) for part in spelling.split("; "))}
    except ValueError as error:
        raise ValueError(
            f"topics: term_weights {spelling[:60]!r} is not 'term=weight; ...'; remove the table topics and build again"
        ) from error


def similarity(first: Weights, second: Weights) -> float:
    """Cosine of two topics' term weights: 1 the same, 0 no term in common."""
    lengths = [np.sqrt(sum(weight**2 for weight in weights.values())) for weights in (first, second)]
    shared = sum(weight * second[term] for term, weight in first.items() if term in second)
    return float(shared / (lengths[0] * lengths[1])) if min(lengths) > 0 else 0.0


def remembered(previous: pd.DataFrame | None) -> pd.DataFrame:
    """The topics of earlier builds: `topic_id`, `topic_name`, `terms`, `term_weights`, `is_current`; those with weights.

    A table that was stored before weights were kept has nothing to match, and is as good as none.
    """
    columns = ["topic_id", "topic_name", "terms", "term_weights", "is_current"]
    if previous is None or "term_weights" not in previous.columns:
        return pd.DataFrame(columns=columns).astype({"is_current": "bool"})
    held = previous.reindex(columns=columns)
    held = held[held["term_weights"].notna()].sort_values("topic_id", ignore_index=True)
    return held.assign(is_current=held["is_current"].fillna(True).astype(bool))


def matched_ids(spellings: Sequence[str], held: pd.DataFrame) -> list[str]:
    """An id for each topic, in the order given.

    Topics are first assigned to those of the previous build, then what is left on both sides to topics that had vanished
    before it: one to one, at the greatest sum of similarities (Kuhn 1955), pairs below LEAST_SIMILARITY left out. A
    topic without a match gets the next number that no topic ever had.
    """
    weights = [weights_of(spelling) for spelling in spellings]
    found: dict[int, str] = {}
    for group in (held[held["is_current"]], held[~held["is_current"]]):
        waiting = [position for position in range(len(weights)) if position not in found]
        found |= _assigned(weights, waiting, [str(value) for value in group["topic_id"]], list(group["term_weights"]))
    number = max((int(str(topic_id).rsplit("_", 1)[-1]) for topic_id in held["topic_id"]), default=0)
    for position in range(len(weights)):
        if position not in found:
            number += 1
            found[position] = f"topic_{number:02d}"
    return [found[position] for position in range(len(weights))]


def _assigned(
    weights: Sequence[Weights], waiting: Sequence[int], ids: Sequence[str], spellings: Sequence[str]
) -> dict[int, str]:
    earlier = [weights_of(spelling) for spelling in spellings]
    if not waiting or not earlier:
        return {}
    alike = np.array([[similarity(weights[position], other) for other in earlier] for position in waiting])
    # What is too unlike counts nothing: two poor matches must not outweigh a good one.
    alike = np.where(alike >= LEAST_SIMILARITY, alike, 0.0)
    rows, columns = linear_sum_assignment(alike, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {waiting[row]: ids[column] for row, column in pairs if alike[row, column] > 0}


def vanished(held: pd.DataFrame, present: Sequence[str]) -> pd.DataFrame:
    """The remembered topics that are none of the present: kept, so that their ids are given to no other topic."""
    return held[~held["topic_id"].isin(list(present))].assign(is_current=False)
