"""The table `label_agreement`: how far document stance and frames agree with coding done by hand.

Each hand-coded document and target (or frame) is one unit with three marks:

- *there*: the hand coding holds a position (favor, against, mixed), or the frame (main, present);
- *found*: the measure gave a position, or saw the frame in enough sentences;
- *right*: both, and the labels agree; a mixed document is right only where mixed is accepted.

Where the coder accepts several labels, any of them is right; a unit for which both a position and none are accepted is
there only where the measure found an accepted position. precision = right / found, recall = right / there,
F1 = 2 right / (found + there).
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from pipeline.contracts import conform
from pipeline.evaluation.coding import SEPARATOR
from pipeline.intervals import Numbers, bootstrap_interval
from pipeline.tables.evaluation import LABEL_AGREEMENT

POSITIONS: Final = ("favor", "against", "mixed")
SIGNS: Final = ("favor", "against")
FRAME_IS_THERE: Final = ("main", "present")
# A frame is found in a document from this many author-voice sentences on. The essay's coder noted every frame in play,
# so there one sentence is enough.
FRAME_SENTENCES: Final = {"sample": 2, "essay": 1}
SPLIT_OF_ORIGIN: Final = {"anchor": "essay", "sample": "sample"}
ALL: Final = "all"
# The essay and the sample were read while the measures were built: agreement with them shows that a measure works at all,
# not how it does on text that nobody saw. Whatever they score, they earn the lowest tier.
READ_WHILE_BUILDING: Final = frozenset({"essay", "sample"})
# On a split that nobody read. Tier A: the lower end of F1 and the documents reach the first pair. B: F1 and the documents
# reach the second. Else C.
TIER_A: Final = (0.7, 30)
TIER_B: Final = (0.5, 10)
SEED: Final = 20250422


def agreement(
    hand_coding: pd.DataFrame, documents: pd.DataFrame, document_stance: pd.DataFrame, document_frames: pd.DataFrame
) -> pd.DataFrame:
    """One row a family, target or frame (and `all`), and split, from `coding.read_all` and conformed tables.

    The split follows the document's origin; coded documents that are neither anchor nor sample, or that the corpus does
    not hold, are left out. A coded document without a measured row was not measured and is left out of that row.
    `all` counts every target of the family; its `n` and its bootstrap are over documents. `label_accuracy` of frames is
    over there or not there: the measure does not tell main from present. The baseline gives every unit the label that
    the coders accepted most often in the row's own units; with one unit that is the answer itself, so it is missing.
    """
    inputs = documents.assign(split=documents["origin_label"].map(SPLIT_OF_ORIGIN))
    inputs = inputs.loc[inputs["split"].notna(), ["input", "document_id", "split"]]
    coded = hand_coding.merge(inputs, left_on="document_input", right_on="input")
    units = pd.concat([_stance_units(coded, document_stance), _frame_units(coded, document_frames)], ignore_index=True)
    rows = [_row(family, target, split, chosen) for family, target, split, chosen in _cells(units)]
    return conform(pd.DataFrame(rows), LABEL_AGREEMENT) if rows else LABEL_AGREEMENT.empty()


def _stance_units(coded: pd.DataFrame, document_stance: pd.DataFrame) -> pd.DataFrame:
    hand = coded[coded["kind"] == "target"].rename(columns={"id": "target_id"})
    units = hand.merge(document_stance[["document_id", "target_id", "stance_label"]], on=["document_id", "target_id"])
    return units.assign(measure_family="stance", label=units["stance_label"])[_UNIT]


def _frame_units(coded: pd.DataFrame, document_frames: pd.DataFrame) -> pd.DataFrame:
    hand = coded[coded["kind"] == "frame"].rename(columns={"id": "target_id"})
    measured = document_frames.rename(columns={"frame_id": "target_id"})
    units = hand.merge(measured[["document_id", "target_id", "frame_sentence_count"]], on=["document_id", "target_id"])
    is_found = units["frame_sentence_count"].astype("int64") >= units["split"].map(FRAME_SENTENCES).astype("int64")
    accepted = units["labels"].map(_frame_labels)
    label = pd.Series(np.where(is_found, "present", "absent"), index=units.index, dtype="str")
    return units.assign(measure_family="frames", labels=accepted, label=label)[_UNIT]


_UNIT: Final = ["measure_family", "target_id", "split", "document_id", "labels", "label"]


def _frame_labels(labels: str) -> str:
    present = ("present" if label in FRAME_IS_THERE else label for label in labels.split(SEPARATOR))
    return SEPARATOR.join(dict.fromkeys(present))


def _cells(units: pd.DataFrame) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    for (family, split), rows in units.groupby(["measure_family", "split"]):
        yield str(family), ALL, str(split), rows
        for target_id, chosen in rows.groupby("target_id"):
            yield str(family), str(target_id), str(split), chosen


def _row(family: str, target_id: str, split: str, units: pd.DataFrame) -> dict[str, object]:
    units = units.sort_values(["document_id", "target_id"])
    marks = _marks(units["labels"], units["label"])
    right, found, there = (float(marks[name].sum()) for name in ("right", "found", "there"))
    by_document = marks[["right", "found", "there"]].groupby(units["document_id"]).sum().to_numpy(dtype=float)
    f1_low, f1_high = bootstrap_interval(by_document, f1_of_resamples, SEED)
    f1, n = ratio(2 * right, found + there), len(by_document)
    return {
        "measure_family": family,
        "target_id": target_id,
        "split": split,
        "n": n,
        "precision": ratio(right, found),
        "recall": ratio(right, there),
        "f1": f1,
        "f1_low": f1_low,
        "f1_high": f1_high,
        "sign_accuracy": ratio(float(marks["same_sign"].sum()), float(marks["both_signs"].sum())),
        "label_accuracy": float(marks["exact"].mean()),
        "baseline_f1": _baseline_f1(units["labels"]),
        "tier": tier(split, f1, f1_low, n),
    }


def _marks(labels: pd.Series, given: pd.Series) -> pd.DataFrame:
    """The marks of each unit; `both_signs` and `same_sign` are for positions in favor or against alone."""
    rows = []
    for accepted_text, label in zip(labels, given, strict=True):
        accepted = accepted_text.split(SEPARATOR)
        is_position = [name in POSITIONS or name in FRAME_IS_THERE for name in accepted]
        found = label in POSITIONS or label in FRAME_IS_THERE
        exact = label in accepted
        there = all(is_position) or (any(is_position) and found and exact)
        both_signs = there and label in SIGNS and any(name in SIGNS for name in accepted)
        rows.append((found and there and exact, found, there, exact, both_signs, both_signs and exact))
    columns = ["right", "found", "there", "exact", "both_signs", "same_sign"]
    return pd.DataFrame(rows, columns=columns, index=labels.index).astype(bool)


def _baseline_f1(labels: pd.Series) -> float:
    if len(labels) < 2:
        return float("nan")
    counts = labels.str.split(SEPARATOR, regex=False).explode().value_counts()
    commonest = min(counts.index[counts == counts.max()])
    marks = _marks(labels, pd.Series(commonest, index=labels.index))
    return ratio(2 * float(marks["right"].sum()), float(marks["found"].sum() + marks["there"].sum()))


def f1_of_resamples(drawn: Numbers) -> Numbers:
    """F1 of each resample, from right, found and there by document; NaN where nothing is found or there."""
    right, found, there = drawn.sum(axis=1).T
    scale = np.where(found + there > 0, found + there, np.nan)
    return np.asarray(2 * right / scale, dtype=float)


def ratio(part: float, whole: float) -> float:
    """Part of a whole; NaN of nothing."""
    return part / whole if whole else float("nan")


def tier(split: str, f1: float, f1_low: float, n: int) -> str:
    """How far to trust a measure: A, B or C, from its F1, the lower end of that, and the documents it was scored on."""
    if split in READ_WHILE_BUILDING:
        return "C"
    if f1_low >= TIER_A[0] and n >= TIER_A[1]:
        return "A"
    return "B" if f1 >= TIER_B[0] and n >= TIER_B[1] else "C"
