"""Tests of pipeline.corpus.relevance: how far a text is about the talks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.relevance import Relevance

QUERY = Relevance(parts=(("ukrain*",), ("russia*",), ("met", "talks")), words_per_mention=10)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Ukraine and Russia.", 2 / 3),
        ("UKRAINIAN talks with Russians", 1.0),
        ("The U.S. met nobody", 1 / 3),
        ("A Trumpukraine", 0.0),
        ("", 0.0),
    ],
)
def test_a_short_text_meets_a_part_by_naming_it_once(text: str, score: float) -> None:
    assert QUERY.judge("", text).score == pytest.approx(score, abs=1e-6)


def test_a_long_text_that_names_a_part_in_passing_meets_it_in_proportion() -> None:
    text = "Ukraine Russia talks " + "and then some other thing entirely " * 10
    assert QUERY.judge("", text).score == pytest.approx(10 / 63, abs=1e-6)


def test_a_title_that_names_a_part_meets_it_whole() -> None:
    assert QUERY.judge("Russia's garden", "word " * 500).score == pytest.approx(1 / 3, abs=1e-6)


def test_the_reason_names_the_parts_that_are_missed() -> None:
    assert QUERY.judge("", "Ukraine talks").reason == "relevance 0.67: too seldom anything like 'russia'"


def test_without_a_query_everything_is_admitted() -> None:
    judgement = Relevance().judge("", "Roses")
    assert judgement.score is None and Relevance().admits(judgement.score) and Relevance().may_concern("Roses")


def test_a_heading_concerns_the_talks_if_it_meets_any_part() -> None:
    assert QUERY.may_concern("What Russians read") and not QUERY.may_concern("What gardeners read")


@given(st.text(), st.text())
def test_a_score_is_a_share(title: str, text: str) -> None:
    score = QUERY.judge(title, text).score
    assert score is not None and 0 <= score <= 1


def test_a_changed_query_has_another_fingerprint() -> None:
    assert QUERY.fingerprint != Relevance(parts=QUERY.parts, words_per_mention=10, threshold=0.5).fingerprint
