"""The table `coding_agreement`: how far two independent passes over the labelled sentences agree, before adjudication.

Both passes were made by language models of one maker, in sessions that did not see each other: their agreement tells how
clear the codebook is, and is no agreement between people.
"""

from collections.abc import Iterator
from typing import Final, Literal

import krippendorff
import numpy as np
import pandas as pd

from pipeline.contracts import conform
from pipeline.tables.evaluation import CODING_AGREEMENT

Level = Literal["nominal", "ordinal"]
_ABSENT: Final = "absent"


def agreement(passes: pd.DataFrame, targets: tuple[str, ...], frames: tuple[str, ...]) -> pd.DataFrame:
    """One row a coded variable: Krippendorff's alpha (2011; nominal, for strength ordinal) over the sentences.

    `passes`: sentence_id, coder, voice_label, modality_label, strength, frames and stances ("; "-joined), a row a sentence
    and coder. A target's values are favor, against, mentioned, absent; a frame's are there or not. Alpha is missing where
    every value is the same.
    """
    first, second = (rows.set_index("sentence_id").sort_index() for _, rows in passes.groupby("coder", sort=True))
    shared = first.index.intersection(second.index)
    one, two = first.loc[shared], second.loc[shared]
    rows = []
    for family, name, left, right in _variables(one, two, targets, frames):
        level: Level = "ordinal" if name == "strength" else "nominal"
        is_there = (left != _ABSENT) | (right != _ABSENT)
        rows.append(
            {
                "variable_family": family,
                "variable_id": name,
                "n": len(shared),
                "used_count": int(is_there.sum()) if family in ("stance", "frames") else len(shared),
                "alpha": _alpha(left, right, level),
                "same_share": float((left == right).mean()) if len(shared) else None,
            }
        )
    return conform(pd.DataFrame(rows), CODING_AGREEMENT)


def _variables(
    one: pd.DataFrame, two: pd.DataFrame, targets: tuple[str, ...], frames: tuple[str, ...]
) -> Iterator[tuple[str, str, pd.Series, pd.Series]]:
    for column in ("voice_label", "modality_label", "strength"):
        yield "sentence", column.removesuffix("_label"), one[column].astype(str), two[column].astype(str)
    for target in targets:
        yield "stance", target, _polarity(one["stances"], target), _polarity(two["stances"], target)
    for frame in frames:
        yield "frames", frame, _presence(one["frames"], frame), _presence(two["frames"], frame)


def _polarity(stances: pd.Series, target: str) -> pd.Series:
    found = stances.fillna("").str.extract(rf"(?:^|; ){target}:(\w+):", expand=False)
    return found.fillna(_ABSENT)


def _presence(frames: pd.Series, frame: str) -> pd.Series:
    there = frames.fillna("").str.split("; ").map(lambda found: frame in found)
    return there.map({True: "there", False: _ABSENT})


def _alpha(left: pd.Series, right: pd.Series, level: Level) -> float | None:
    values = sorted(set(left) | set(right))
    if len(values) < 2:
        return None
    codes = {value: number for number, value in enumerate(values)}
    units = np.array([[codes[value] for value in left], [codes[value] for value in right]], dtype=float)
    return round(float(krippendorff.alpha(reliability_data=units, level_of_measurement=level)), 6)
