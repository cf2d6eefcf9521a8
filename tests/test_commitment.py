"""Commitment: what withholds a position, what turns it round, its modality and its strength."""

from pathlib import Path

import pytest

from pipeline import codebook, commitment
from pipeline.cues import Cue, Reading

LANGUAGE = codebook.load(Path(__file__).parents[1] / "data" / "codebook").language
CUE = Cue(("dam", "safe"))


def is_negated(text: str, cue: Cue = CUE) -> bool:
    reading = Reading(text)
    return commitment.is_negated(reading, cue, next(reading.matches(cue)), LANGUAGE)


def is_withheld(text: str, kind: str = "describes", *, is_author: bool = True) -> bool:
    reading = Reading(text)
    return commitment.is_withheld(reading, next(reading.matches(CUE)), kind, LANGUAGE, is_author=is_author)


@pytest.mark.parametrize(
    "text",
    [
        "The dam is not safe.",
        "The dam is nowhere near safe.",
        "No dam is safe.",
        "It is doubtful that the dam is safe.",
    ],
)
def test_a_negator_shortly_before_it_negates(text: str) -> None:
    assert is_negated(text)


@pytest.mark.parametrize(
    "text",
    [
        "The dam is safe.",
        "The dam is not only safe but cheap.",
        "It never rained, and the dam is safe.",
        "There is no wind this year and the dam is safe.",
    ],
)
def test_a_negator_elsewhere_does_not_negate(text: str) -> None:
    assert not is_negated(text)


def test_a_negator_in_a_gap_of_the_match_negates() -> None:
    assert is_negated("The dam is in truth not safe.", Cue(("dam", "is ... safe")))


def test_a_negator_that_the_cue_spells_out_does_not_negate_it() -> None:
    text = "The dam is not safe."
    assert not is_negated(text, Cue(("dam", "is not safe")))


@pytest.mark.parametrize(
    "text",
    [
        "If it rains, the dam is safe.",
        "The dam is safe, unless it rains.",
        "Whether the dam is safe, nobody knows.",
        "According to the ministry, the dam is safe.",
        "We hope that the dam is safe.",
        "In 1953 the dam was thought safe.",
        "The plan says that the dam is safe.",
    ],
)
def test_a_condition_an_open_clause_a_report_a_wish_or_another_time_withholds(text: str) -> None:
    assert is_withheld(text)


@pytest.mark.parametrize(
    "text",
    [
        "The dam is safe.",
        "The dam is safe, even if it rains.",
        "The dam is safe, whatever the plan says.",
        "The dam is safe; if it rains, we stay.",
    ],
)
def test_nothing_else_withholds(text: str) -> None:
    assert not is_withheld(text)


def test_a_prescription_holds_behind_a_condition_but_not_inside_one() -> None:
    assert not is_withheld("If it rains, the dam should be kept safe.", "prescribes")
    assert is_withheld("If the dam should be kept safe, we must pay.", "prescribes")


def test_a_report_withholds_the_authors_position_and_not_its_holders() -> None:
    assert is_withheld("According to the ministry, the dam is safe.")
    assert not is_withheld("According to the ministry, the dam is safe.", is_author=False)


def test_a_judgment_on_a_plan_is_no_report_of_it() -> None:
    text = "The plan would keep the dam safe."
    assert is_withheld(text)
    assert not is_withheld(text, "evaluates")


@pytest.mark.parametrize(
    ("text", "kind", "modality"),
    [
        ("The dam is safe.", "is", "describes"),
        ("The dam will be safe.", "is", "expects"),
        ("It is wise to keep the dam safe.", "is", "evaluates"),
        ("We must keep the dam safe.", "is", "prescribes"),
        ("It will be wise to keep the dam safe.", "is", "expects"),
        ("It will be wise, and we must keep the dam safe.", "ought", "prescribes"),
        ("We will pay; the dam is safe.", "is", "describes"),
    ],
)
def test_the_propositions_kind_ranks_the_modalities(text: str, kind: str, modality: str) -> None:
    reading = Reading(text)
    assert commitment.modality(reading, set(next(reading.matches(CUE))), kind, LANGUAGE) == modality


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("Perhaps the dam is safe.", 1),
        ("The dam is safe.", 2),
        ("Certainly the dam is safe.", 3),
        ("It certainly seems safe.", 2),
    ],
)
def test_a_hedge_weakens_a_booster_strengthens_and_both_cancel(text: str, strength: int) -> None:
    assert commitment.strength(Reading(text), LANGUAGE) == strength
