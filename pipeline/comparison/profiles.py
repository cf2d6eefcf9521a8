"""Analyst profiles: each group's mean of each measure, its interval, and what may be said of it against the rest."""

from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import betaln

from pipeline.comparison.groups import memberships
from pipeline.comparison.measures import WORDS_PER_SENTENCE
from pipeline.contracts import conform
from pipeline.intervals import Moments, Numbers, difference_interval_of, mean_interval_of, sentence_bootstrap
from pipeline.tables.comparison import ANALYST_PROFILES, VERDICTS

# Below this many documents, in the group or in the rest, no verdict is given.
MINIMUM_DOCUMENTS: Final = 3
SIGNIFICANCE: Final = 0.05
SEED: Final = 20250422

HIGHER, LOWER, ALIKE, TOO_LITTLE = VERDICTS


def profile(
    values: pd.DataFrame, documents: pd.DataFrame, document_analysts: pd.DataFrame, sentences: pd.DataFrame
) -> pd.DataFrame:
    """The table `analyst_profiles`: a row for every group and every measure, those without a value included.

    `values` comes from `measures.long_values`; the others are conformed tables. Each document counts once.

    - The estimate is the mean over the group's documents with a value. From two documents on, its interval is Student's
      t over documents (missing where all are equal). A single document has an interval over its own sentences where the
      measure is a share over sentences (frames: Wilson; stance: Wilson of the share in favor, put through codebook rule
      7) or their mean length (seeded bootstrap); otherwise none.
      Interval ends stay within the measure's scale.
    - The rest is every document in other groups of the same kind, without the group's own: co-authored texts are no
      part of their authors' rest.
    - The verdict is "higher" or "lower" where the 95 % interval of the difference of means (`difference_interval_of`)
      leaves out 0. Two sides without any spread are judged by the exact permutation test. Below three documents on
      either side it is "too little evidence". Verdicts are not corrected for their number: one in twenty is chance.
    """
    groups = memberships(documents, document_analysts)
    names = groups.drop_duplicates(["group_kind", "group_id"])[["group_kind", "group_id", "group_name"]]
    if values.empty or groups.empty:
        return ANALYST_PROFILES.empty()
    parts = [_kind(members, values) for _, members in groups.groupby("group_kind")]
    rows = pd.concat(parts, ignore_index=True).merge(names, on=["group_kind", "group_id"])
    rows = _with_sentence_intervals(rows, values, groups, sentences)
    return conform(_within_scale(rows), ANALYST_PROFILES)


def _within_scale(rows: pd.DataFrame) -> pd.DataFrame:
    """Interval ends brought back to the ends of their measure's scale: no share is below 0, however wide the t interval."""
    least = rows["measure_family"].map({"stance": -1.0, "frames": 0.0, "topics": 0.0}).astype("float64")
    most = least.notna().map({True: 1.0, False: np.nan})
    return rows.assign(
        estimate_low=rows["estimate_low"].mask(rows["estimate_low"] < least, least),
        estimate_high=rows["estimate_high"].mask(rows["estimate_high"] > most, most),
    )


def _kind(members: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Rows of one kind of group, with intervals over documents."""
    document_ids = pd.Index(sorted(members["document_id"].unique()))
    membership, group_ids = _membership(members, document_ids)
    table = values.pivot(index="document_id", columns="measure", values="value").reindex(document_ids)
    counts = values.pivot(index="document_id", columns="measure", values="sentence_count").reindex(document_ids)
    families = values.drop_duplicates("measure").set_index("measure")["measure_family"].reindex(table.columns)
    group, rest = _moments(membership, table.to_numpy())
    low, high = mean_interval_of(group)
    cells = {
        "document_count": group.count,
        "sentence_count": _sums_of_known(membership, counts.astype("float64").to_numpy()),
        "estimate": group.mean,
        "estimate_low": low,
        "estimate_high": high,
        "interval_basis": np.where(np.isnan(low), "none", "documents"),
        "rest_estimate": rest.mean,
        "verdict": _verdicts(group, rest),
    }
    rows = pd.DataFrame({name: cell.ravel() for name, cell in cells.items()})
    rows["group_kind"] = members["group_kind"].iloc[0]
    rows["group_id"] = np.repeat(group_ids, len(families))
    rows["measure"] = np.tile(table.columns.to_numpy(dtype=object), len(group_ids))
    rows["measure_family"] = np.tile(families.to_numpy(dtype=object), len(group_ids))
    return rows


def _sums_of_known(membership: sparse.csr_array, counts: Numbers) -> Numbers:
    known = ~np.isnan(counts)
    sums = membership @ np.where(known, counts, 0.0)
    return np.asarray(np.where(membership @ known.astype(float) > 0, sums, np.nan), dtype=float)


def _membership(members: pd.DataFrame, document_ids: pd.Index) -> tuple[sparse.csr_array, list[str]]:
    """Groups by documents, 1 where the document is in the group; and the groups' ids in the order of the rows."""
    rows, group_ids = pd.factorize(members["group_id"], sort=True)
    columns = document_ids.get_indexer(pd.Index(members["document_id"]))
    ones = np.ones(len(members))
    return sparse.csr_array((ones, (rows, columns)), shape=(len(group_ids), len(document_ids))), list(group_ids)


def _moments(membership: sparse.csr_array, table: Numbers) -> tuple[Moments, Moments]:
    """Moments of each group and of its rest, both groups by measures, from sums, so that no group is visited twice."""
    known = ~np.isnan(table)
    center = np.where(known, table, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centered = np.where(known, table - center, 0.0)
    powers = np.stack([known.astype(float), centered, np.square(centered)])
    own = np.stack([membership @ power for power in powers])
    whole = powers.sum(axis=1)
    return _from_sums(own, center, whole[2]), _from_sums(whole[:, None, :] - own, center, whole[2])


def _from_sums(sums: Numbers, center: Numbers, scale: Numbers) -> Moments:
    """Moments from the count, the sum and the sum of squares of centered values."""
    count, total, squares = sums
    mean = np.divide(total, count, where=count > 0, out=np.full(count.shape, np.nan))
    spread = squares - count * np.square(np.nan_to_num(mean))
    # What is left of equal values is rounding, about 1e-16 of the sum of squares.
    spread = np.where(spread <= 1e-12 * scale, 0.0, spread)
    variance = np.divide(spread, count - 1, where=count > 1, out=np.full(count.shape, np.nan))
    return Moments(count, mean + center, variance)


def _verdicts(group: Moments, rest: Moments) -> np.ndarray:
    low, high = difference_interval_of(group, rest)
    difference = group.mean - rest.mean
    # Means of equal values may differ by rounding.
    differs = np.abs(difference) > 1e-9
    is_constant = (group.variance == 0) & (rest.variance == 0)
    is_certain = is_constant & differs & (_split_probability(group.count, rest.count) < SIGNIFICANCE)
    verdict = np.full(group.count.shape, ALIKE, dtype=object)
    verdict[(low > 0) | (is_certain & (difference > 0))] = HIGHER
    verdict[(high < 0) | (is_certain & (difference < 0))] = LOWER
    verdict[np.minimum(group.count, rest.count) < MINIMUM_DOCUMENTS] = TOO_LITTLE
    return verdict


def _split_probability(first: Numbers, second: Numbers) -> Numbers:
    """Two-sided probability that a random split of two unlike sets of equal values parts them as cleanly.

    One over the binomial coefficient of first + second over first; twice that where the sides are of one size.
    """
    log_ways = -np.log(first + second + 1) - betaln(first + 1, second + 1)
    return np.asarray(np.where(first == second, 2.0, 1.0) * np.exp(-log_ways), dtype=float)


def _with_sentence_intervals(
    rows: pd.DataFrame, values: pd.DataFrame, groups: pd.DataFrame, sentences: pd.DataFrame
) -> pd.DataFrame:
    """Fill the intervals of groups with one document from that document's own sentences."""
    members = values.merge(groups[["group_kind", "group_id", "document_id"]], on="document_id")
    lone = members[~members.duplicated(["group_kind", "group_id", "measure"], keep=False)]
    lone = lone[["group_kind", "group_id", "measure", "document_id", "value_low", "value_high"]]
    rows = rows.merge(lone, on=["group_kind", "group_id", "measure"], how="left")
    is_length = rows["document_id"].notna() & (rows["measure"] == WORDS_PER_SENTENCE)
    ends = _length_intervals(set(rows.loc[is_length, "document_id"]), sentences)
    for position, side in enumerate(("low", "high")):
        bootstrapped = rows["document_id"].map({key: pair[position] for key, pair in ends.items()}).astype("float64")
        end = rows[f"value_{side}"].where(~is_length, bootstrapped)
        rows[f"estimate_{side}"] = rows[f"estimate_{side}"].fillna(end)
    over_sentences = rows["document_id"].notna() & rows["estimate_low"].notna()
    rows["interval_basis"] = rows["interval_basis"].mask(over_sentences, "sentences")
    return rows.drop(columns=["document_id", "value_low", "value_high"])


def _length_intervals(document_ids: set[str], sentences: pd.DataFrame) -> dict[str, tuple[float, float]]:
    own = sentences[sentences["document_id"].isin(document_ids) & (sentences["voice_label"] == "author")]
    own = own.sort_values(["document_id", "position"])
    return {
        str(document_id): sentence_bootstrap(counts.to_numpy(dtype=float), SEED)
        for document_id, counts in own.groupby("document_id")["word_count"]
    }
