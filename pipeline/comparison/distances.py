"""How far each compared document stands from the essay, by measure family and overall."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon

from pipeline.comparison.measures import SYLLABLES_PER_WORD, WORDS_PER_SENTENCE
from pipeline.intervals import Numbers

# One score each for syntax, word length and vocabulary. The other formulas are made of the first two.
READABILITY: Final = (WORDS_PER_SENTENCE, SYLLABLES_PER_WORD, "author_dale_chall_readability_score")
Distance = Callable[[Numbers, Numbers], Numbers]
FAMILIES: Final = ("readability_distance", "stance_distance", "frames_distance", "topics_distance")


def distances(values: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Distances of every compared document from the compared documents whose origin is `anchor` (the essay).

    `values` comes from `measures.long_values`. Returns `document_id`, `readability_distance`, `stance_distance`,
    `stance_shared_target_count`, `frames_distance`, `topics_distance` and `overall_distance`, as `document_comparison`
    describes them, in order of `document_id`. Without an anchor all are missing; with several, each is the mean over
    the anchors for which it can be computed, and shared targets are those shared with any of them. An only anchor's own
    distances are 0; an anchor's overall distance is missing.
    """
    compared = documents[documents["is_compared"].fillna(False).astype(bool)].sort_values("document_id")
    ids = pd.Index(compared["document_id"], name="document_id")
    is_anchor = (compared["origin_label"] == "anchor").to_numpy()
    readability = _standardized(_wide(values, "readability", ids).reindex(columns=list(READABILITY)).to_numpy())
    stance = _wide(values, "stance", ids).to_numpy()
    result = pd.DataFrame(index=ids)
    result["readability_distance"] = _mean_over_anchors(readability, is_anchor, _root_mean_square)
    result["stance_distance"] = _mean_over_anchors(stance, is_anchor, _mean_half_difference)
    result["stance_shared_target_count"] = _shared_counts(stance, is_anchor)
    for family in ("frames", "topics"):
        shares = _wide(values, family, ids).to_numpy()
        result[f"{family}_distance"] = _mean_over_anchors(shares, is_anchor, _jensen_shannon)
    result["overall_distance"] = _overall(result[list(FAMILIES)], is_anchor)
    return result.reset_index()


def _wide(values: pd.DataFrame, family: str, ids: pd.Index) -> pd.DataFrame:
    rows = values[values["measure_family"] == family]
    return rows.pivot(index="document_id", columns="measure", values="value").reindex(ids)


def _standardized(scores: Numbers) -> Numbers:
    """Scores in standard deviations of the compared documents; a score without any spread is missing."""
    known = ~np.isnan(scores)
    count = known.sum(axis=0)
    centered = scores - np.where(known, scores, 0.0).sum(axis=0) / np.maximum(count, 1)
    deviation = np.sqrt(np.where(known, np.square(centered), 0.0).sum(axis=0) / np.maximum(count - 1, 1))
    return np.asarray(centered / np.where(deviation > 1e-9, deviation, np.nan), dtype=float)


def _mean_over_anchors(table: Numbers, is_anchor: np.ndarray, distance: Distance) -> Numbers:
    if not is_anchor.any():
        return np.full(len(table), np.nan)
    return _mean_of_known(np.stack([distance(table, anchor) for anchor in table[is_anchor]], axis=1))


def _mean_of_known(table: Numbers) -> Numbers:
    """Means over the second axis without missing values; NaN where all are missing."""
    known = ~np.isnan(table)
    sums = np.where(known, table, 0.0).sum(axis=1)
    return np.asarray(np.where(known.any(axis=1), sums / np.maximum(known.sum(axis=1), 1), np.nan), dtype=float)


def _root_mean_square(table: Numbers, anchor: Numbers) -> Numbers:
    return np.asarray(np.sqrt(_mean_of_known(np.square(table - anchor))), dtype=float)


def _mean_half_difference(table: Numbers, anchor: Numbers) -> Numbers:
    return _mean_of_known(np.abs(table - anchor) / 2)


def _jensen_shannon(table: Numbers, anchor: Numbers) -> Numbers:
    """Jensen-Shannon distance, base 2 (Lin 1991; Endres and Schindelin 2003), of profiles scaled to a sum of 1.

    A missing share counts as 0 unless the whole profile is missing; a profile without any share has no distance.
    """
    rows, base = np.nan_to_num(table), np.nan_to_num(anchor)
    result = np.full(len(rows), np.nan)
    usable = rows.sum(axis=1) > 0
    if base.sum() > 0 and usable.any():
        # For profiles that are all but equal, rounding can put the root of a number just under 0.
        with np.errstate(invalid="ignore"):
            result[usable] = np.nan_to_num(jensenshannon(rows[usable], base[None, :], base=2, axis=1))
    return result


def _shared_counts(stance: Numbers, is_anchor: np.ndarray) -> pd.arrays.IntegerArray:
    raised = ~np.isnan(stance)
    counts = (raised & raised[is_anchor].any(axis=0)).sum(axis=1)
    return pd.array(np.where(is_anchor.any(), counts, np.nan), dtype="Int64")


def _overall(by_family: pd.DataFrame, is_anchor: np.ndarray) -> Numbers:
    """Mean over the families of the document's rank among the others, 0 nearest to 1 farthest; ties share a rank."""
    others = by_family[~is_anchor].reindex(by_family.index)
    count = others.notna().sum()
    ranks = (others.round(9).rank() - 1) / (count - 1).where(count > 1)
    return _mean_of_known(ranks.to_numpy(dtype=float))
