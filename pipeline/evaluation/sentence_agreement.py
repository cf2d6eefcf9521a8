"""Sentence agreement: how far stance, frames and voice agree with labelled sentences that nobody read while building.

A unit is a sentence and a target (or frame, or voice); what is counted are positions, favor or against: *there* in the
labels, *found* by the measure, *right* where both agree in sign. A mention is no position.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from pipeline.contracts import conform
from pipeline.evaluation.agreement import ALL, SEED, f1_of_resamples, ratio, tier
from pipeline.intervals import bootstrap_interval
from pipeline.tables.evaluation import LABEL_AGREEMENT

FROZEN: Final = "frozen"
SIGNS: Final = ("favor", "against")
# The voices whose words are not the author's.
OTHERS: Final = ("quoted", "reported")
Marks = pd.DataFrame


def agreement(sentences: pd.DataFrame, labelled: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """Rows of LABEL_AGREEMENT for the split "frozen", by family and target and for `all` of a family.

    Args:
        sentences: sentence_id, passage_id of every labelled sentence; the bootstrap draws passages.
        labelled, coded: measure_family, target_id, sentence_id, label: positions (favor, against), frames and voices
            (there). Rows that are no position must be left out. A voice's target_id is quoted, reported, or "others" for
            either.
    """
    keys = ["measure_family", "target_id", "sentence_id"]
    both = labelled.merge(coded, on=keys, how="outer", suffixes=("_there", "_found"))
    both = both.merge(sentences[["sentence_id", "passage_id"]], on="sentence_id")
    marks = both.assign(
        there=both["label_there"].notna(),
        found=both["label_found"].notna(),
        right=both["label_there"].notna() & (both["label_there"] == both["label_found"]),
    )
    rows = [_row(family, target, chosen, sentences) for family, target, chosen in _cells(marks)]
    return conform(pd.DataFrame(rows), LABEL_AGREEMENT) if rows else LABEL_AGREEMENT.empty()


def _cells(marks: Marks) -> Iterator[tuple[str, str, Marks]]:
    for family, rows in marks.groupby("measure_family"):
        if family != "voice":
            yield str(family), ALL, rows
        for target_id, chosen in rows.groupby("target_id"):
            yield str(family), ALL if target_id == "others" else str(target_id), chosen


def _row(family: str, target_id: str, marks: Marks, sentences: pd.DataFrame) -> dict[str, object]:
    right, found, there = (float(marks[name].sum()) for name in ("right", "found", "there"))
    passages = pd.Index(sentences["passage_id"].unique())
    by_passage = marks.groupby("passage_id")[["right", "found", "there"]].sum().reindex(passages, fill_value=0)
    f1_low, f1_high = bootstrap_interval(by_passage.to_numpy(dtype=float), f1_of_resamples, SEED)
    met = marks["there"] & marks["found"]
    f1 = ratio(2 * right, found + there)
    return {
        "measure_family": family,
        "target_id": target_id,
        "split": FROZEN,
        "n": len(sentences),
        "precision": ratio(right, found),
        "recall": ratio(right, there),
        "f1": f1,
        "f1_low": f1_low,
        "f1_high": f1_high,
        "sign_accuracy": ratio(right, float(met.sum())) if family == "stance" else np.nan,
        "label_accuracy": np.nan,
        "baseline_f1": _baseline(marks, len(sentences)),
        "tier": tier(FROZEN, f1, f1_low, len(passages)),
    }


def _baseline(marks: Marks, n: int) -> float:
    """F1 of giving every sentence, for each target, the position that is there most often."""
    there = marks.loc[marks["there"]]
    commonest = there.groupby("target_id")["label_there"].agg(lambda labels: labels.value_counts().iloc[0])
    targets = there["target_id"].nunique()
    return ratio(2 * float(commonest.sum()), n * targets + len(there))
