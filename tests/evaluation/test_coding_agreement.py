"""Tests of pipeline.evaluation.coding_agreement: alpha against hand-worked values, on toy passes and on the shipped ones."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline import codebook
from pipeline.evaluation.coding_agreement import agreement

DATA = Path(__file__).parents[2] / "data" / "codebook"
COLUMNS = ["sentence_id", "coder", "voice_label", "modality_label", "strength", "frames", "stances"]


def passes(*pairs: tuple[str, str]) -> pd.DataFrame:
    """Two passes over sentences that differ in their frames alone."""
    rows = [
        (f"s{number}", coder, "author", "describes", 2, frames, "")
        for number, pair in enumerate(pairs)
        for coder, frames in zip(("one", "two"), pair, strict=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def alpha(frame: pd.DataFrame, name: str = "power") -> float:
    return float(agreement(frame, ("a",), ("power",)).set_index("variable_id").loc[name, "alpha"])


def test_full_agreement_is_one() -> None:
    assert alpha(passes(("power", "power"), ("", ""), ("power; history", "power"))) == 1


def test_alpha_agrees_with_the_worked_formula() -> None:
    # Four sentences, one disputed: observed disagreement 2/8, expected 2*3*5/(8*7) of the 3 "there" and 5 "absent" values.
    frame = passes(("power", "power"), ("power", ""), ("", ""), ("", ""))
    assert alpha(frame) == pytest.approx(1 - (2 / 8) / (2 * 3 * 5 / (8 * 7)), abs=1e-4)


def test_where_nothing_varies_there_is_no_alpha() -> None:
    assert pd.isna(alpha(passes(("", ""), ("", ""))))


def test_a_target_is_not_taken_for_one_whose_name_it_ends_with() -> None:
    frame = passes(("", ""), ("", "")).assign(stances=["big_a:favor:describes", "", "", ""])
    found = agreement(frame, ("a", "big_a"), ()).set_index("variable_id")
    assert found.loc["a", "used_count"] == 0 and found.loc["big_a", "used_count"] == 1


def test_the_shipped_passes_cover_every_labelled_sentence_and_agree_well_beyond_chance() -> None:
    book = codebook.load(DATA)
    shipped = pd.read_csv(DATA / "labels" / "coding" / "passes.csv", keep_default_na=False)
    found = agreement(shipped, book.codes["target"], book.codes["frame"])
    assert (found["n"] == 4_788).all()
    assert found["alpha"].min() > 0.55 and found.query("variable_family == 'stance'")["alpha"].min() > 0.65
