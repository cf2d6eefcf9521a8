"""Recovery: whether the comparison finds again the differences that were planted in the sample.

Three scores (reading level, frames, topics), each with the probability of reaching it when desks are shuffled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial.distance import jensenshannon

from pipeline.intervals import Numbers

# Flesch-Kincaid grades that the desks were asked to write at (data/corpus/sample), lowest and highest.
PLANTED_GRADES: Final[Mapping[str, tuple[float, float]]] = {
    "Restraint desk": (11, 12.5),
    "Kyiv desk": (6.5, 8),
    "Moscow desk": (16, 18.5),
    "Dealmaker desk": (6.5, 8.5),
    "Atlantic desk": (13, 14.5),
    "Southern desk": (9.5, 11),
    "Brussels desk": (14.5, 16),
    "Archive desk": (8.5, 10.5),
}
GRADE: Final = "author_flesch_kincaid_grade"
# Each desk has two main frames, looked for among this many frames with the highest lift.
MAIN_FRAMES: Final = 2
LEADING_FRAMES: Final = 3
# Added to both shares of a lift, so that a frame which the rest never uses does not always come first.
LIFT_OFFSET: Final = 0.01
PERMUTATIONS: Final = 2_000
SEED: Final = 20250422


@dataclass(frozen=True)
class Score:
    """A recovery score, its mean over shuffled labels, and the share of shuffles that reach it (one added to both)."""

    value: float
    chance: float
    p_value: float


@dataclass(frozen=True)
class Recovery:
    """The three scores.

    `reading_level` is Spearman's correlation of the desks' grades with the planted ones, `frames` the share of planted
    main frames among the desk's leading frames, and `topics` the mean Jensen-Shannon distance of topic profiles between
    documents of different desks less that between documents of one desk.
    """

    reading_level: Score
    frames: Score
    topics: Score


def recovery(
    profiles: pd.DataFrame,
    planted_frames: pd.DataFrame,
    document_topics: pd.DataFrame,
    document_analysts: pd.DataFrame,
    planted_grades: Mapping[str, tuple[float, float]] = PLANTED_GRADES,
    seed: int = SEED,
) -> Recovery:
    """All three scores from conformed tables; `planted_frames` comes from `main_frames`.

    Raises:
        ValueError: a planted desk is not among the analysts in `profiles`.
    """
    analysts = profiles[profiles["group_kind"] == "analyst"]
    planted_desks = [*planted_grades, *planted_frames["analyst"]]
    lost = sorted(set(planted_desks) - set(analysts["group_name"]))
    if lost:
        raise ValueError(f"recovery: {', '.join(lost)} not in analyst_profiles; build with the sample compared")
    generator = np.random.default_rng(seed)
    return Recovery(
        reading_level=reading_level(analysts, planted_grades, generator),
        frames=frames(analysts, planted_frames, generator),
        topics=topics(document_topics, document_analysts, set(planted_desks), generator),
    )


def main_frames(hand_coding: pd.DataFrame, documents: pd.DataFrame, document_analysts: pd.DataFrame) -> pd.DataFrame:
    """The two frames that each desk's pieces were most often coded `main` for: `analyst`, `frame_id`; from `coding`.

    Ties go to the frame that is more often there at all, then to the first id.
    """
    sample = documents.loc[documents["origin_label"] == "sample", ["input", "document_id"]]
    coded = hand_coding[hand_coding["kind"] == "frame"].merge(sample, left_on="document_input", right_on="input")
    coded = coded.merge(document_analysts[["document_id", "analyst"]], on="document_id")
    marks = coded.assign(main=coded["labels"] == "main", there=coded["labels"].isin(["main", "present"]))
    counts = marks.groupby(["analyst", "id"], as_index=False)[["main", "there"]].sum()
    counts = counts[counts["main"] > 0]
    ranked = counts.sort_values(["analyst", "main", "there", "id"], ascending=[True, False, False, True])
    chosen = ranked.groupby("analyst").head(MAIN_FRAMES)
    return chosen.rename(columns={"id": "frame_id"})[["analyst", "frame_id"]].reset_index(drop=True)


def reading_level(
    analysts: pd.DataFrame, planted_grades: Mapping[str, tuple[float, float]], generator: np.random.Generator
) -> Score:
    """Spearman's rank correlation of the desks' estimated grades with the middle of the planted ranges."""
    grades = analysts[analysts["measure"] == GRADE].set_index("group_name")["estimate"]
    estimated = stats.rankdata(grades.reindex(list(planted_grades)).to_numpy(dtype=float))
    planted = stats.rankdata([(low + high) / 2 for low, high in planted_grades.values()])
    shuffled = [_correlation(estimated, generator.permutation(planted)) for _ in range(PERMUTATIONS)]
    return _score(_correlation(estimated, planted), np.array(shuffled))


def frames(analysts: pd.DataFrame, planted_frames: pd.DataFrame, generator: np.random.Generator) -> Score:
    """Share of planted main frames among each desk's three frames with the highest lift over the rest.

    Lift = (estimate + 0.01) / (rest_estimate + 0.01). Under chance it is about 3 over the number of frames.
    """
    shares = analysts[(analysts["measure_family"] == "frames") & analysts["group_name"].isin(planted_frames["analyst"])]
    lift = (shares["estimate"] + LIFT_OFFSET) / (shares["rest_estimate"] + LIFT_OFFSET)
    frame_ids = shares["measure"].str.removeprefix("frames.")
    table = shares.assign(lift=lift, frame_id=frame_ids).pivot(index="group_name", columns="frame_id", values="lift")
    is_leading = table.rank(axis=1, ascending=False, method="first") <= LEADING_FRAMES
    planted = pd.crosstab(planted_frames["analyst"], planted_frames["frame_id"]).reindex(
        index=table.index, columns=table.columns, fill_value=0
    )
    leading, wanted = is_leading.to_numpy(dtype=float), planted.to_numpy(dtype=float)
    total = max(len(planted_frames), 1)
    shuffled = [(leading * generator.permutation(wanted)).sum() / total for _ in range(PERMUTATIONS)]
    return _score(float((leading * wanted).sum() / total), np.array(shuffled))


def topics(
    document_topics: pd.DataFrame, document_analysts: pd.DataFrame, desks: set[str], generator: np.random.Generator
) -> Score:
    """Mean topic distance between desks less that within desks, against shuffles of the documents' desks."""
    table = document_topics.pivot(index="document_id", columns="topic_id", values="topic_share").fillna(0.0)
    table = table[table.sum(axis=1) > 0]
    named = document_analysts[document_analysts["analyst"].isin(desks)].drop_duplicates("document_id")
    desk = named.set_index("document_id")["analyst"].reindex(table.index)
    codes = pd.factorize(desk[desk.notna()], sort=True)[0]
    pairs = _pair_distances(table[desk.notna()].to_numpy(dtype=float))
    shuffled = [_separation(pairs, generator.permutation(codes)) for _ in range(PERMUTATIONS)]
    return _score(_separation(pairs, codes), np.array(shuffled))


def _pair_distances(profiles: Numbers) -> Numbers:
    # For profiles that are all but equal, rounding can put the root of a number just under 0.
    with np.errstate(invalid="ignore"):
        distances = jensenshannon(profiles[:, None, :], profiles[None, :, :], base=2, axis=2)
    return np.asarray(np.nan_to_num(distances), dtype=float)


def _separation(pairs: Numbers, codes: np.ndarray) -> float:
    is_pair = np.triu(np.ones(pairs.shape, dtype=bool), k=1)
    is_within = codes[:, None] == codes[None, :]
    within, between = pairs[is_pair & is_within], pairs[is_pair & ~is_within]
    return float(between.mean() - within.mean()) if len(within) and len(between) else float("nan")


def _correlation(first: Numbers, second: Numbers) -> float:
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def _score(value: float, shuffled: Numbers) -> Score:
    if np.isnan(value):
        return Score(value, float("nan"), float("nan"))
    # Rounding must not decide whether a shuffle that gives the same score has reached it.
    reached = int((shuffled >= value - 1e-12).sum())
    return Score(value, float(shuffled.mean()), (reached + 1) / (len(shuffled) + 1))
