"""Topic matching: ids go with the terms' weights, one to one, and never to another topic."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.features.topic_matching import matched_ids, remembered, similarity, spelled, vanished, weights_of

OIL, LAW, ARMS = "oil=0.8; tanker=0.6", "court=0.8; treaty=0.6", "missile=0.8; drone=0.6"


def held(*rows: tuple[str, str, bool]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["topic_id", "term_weights", "is_current"])
    return remembered(frame.assign(topic_name="Name", terms="a; b"))


def test_without_a_build_before_ids_are_numbers_in_order() -> None:
    assert matched_ids([OIL, LAW], remembered(None)) == ["topic_01", "topic_02"]


def test_topics_keep_their_ids_in_any_order() -> None:
    before = held(("topic_01", OIL, True), ("topic_02", LAW, True))
    assert matched_ids([LAW, OIL], before) == ["topic_02", "topic_01"]


def test_a_new_topic_gets_a_number_that_was_never_given() -> None:
    before = held(("topic_01", OIL, True), ("topic_07", LAW, False))
    assert matched_ids([ARMS, OIL], before) == ["topic_08", "topic_01"]


def test_a_topic_that_vanished_earlier_returns() -> None:
    assert matched_ids([LAW], held(("topic_01", OIL, True), ("topic_02", LAW, False))) == ["topic_02"]


def test_the_present_go_before_those_that_vanished() -> None:
    close = "court=0.7; treaty=0.7"
    assert matched_ids([LAW], held(("topic_01", LAW, False), ("topic_02", close, True))) == ["topic_02"]


def test_an_unlike_topic_takes_no_id_though_it_is_the_only_one_left() -> None:
    assert matched_ids(["oil=0.3; court=0.95"], held(("topic_01", OIL, True))) == ["topic_02"]


def test_two_topics_never_share_an_id() -> None:
    assert matched_ids([OIL, "oil=0.7; tanker=0.7"], held(("topic_01", OIL, True))) == ["topic_01", "topic_02"]


def test_the_best_assignment_of_all_wins_over_the_first_come() -> None:
    # The first topic is like both, the second like topic_01 alone.
    between = "oil=0.7; court=0.7"
    before = held(("topic_01", "oil=1", True), ("topic_02", "court=1", True))
    assert matched_ids([between, "oil=0.9; tanker=0.4"], before) == ["topic_02", "topic_01"]


def test_what_vanished_is_kept_and_marked() -> None:
    gone = vanished(held(("topic_01", OIL, True), ("topic_02", LAW, True)), ["topic_02"])
    assert gone[["topic_id", "is_current"]].to_numpy().tolist() == [["topic_01", False]]


def test_a_spelling_holds_the_fifty_strongest_terms_by_weight() -> None:
    terms = np.array([f"t{number:03d}" for number in range(80)])
    told = weights_of(spelled(terms, np.linspace(0, 1, 80)))
    assert len(told) == 50 and next(iter(told.items())) == ("t079", 1.0) and min(told) == "t030"


def test_terms_of_two_words_are_read_back() -> None:
    assert weights_of(spelled(np.array(["oil", "russian oil"]), np.array([0.25, 0.5]))) == {
        "russian oil": 0.5,
        "oil": 0.25,
    }


def test_a_spelling_that_nobody_wrote_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="remove the table topics and build again"):
        weights_of("oil; tanker")


def test_similarity_is_the_cosine() -> None:
    assert similarity({"a": 3.0, "b": 4.0}, {"a": 1.0}) == pytest.approx(0.6)


WEIGHTS = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.01, 1), min_size=1)


@given(WEIGHTS, WEIGHTS)
def test_similarity_is_the_same_both_ways_and_one_with_itself(
    first: dict[str, float], second: dict[str, float]
) -> None:
    assert similarity(first, second) == pytest.approx(similarity(second, first))
    assert similarity(first, first) == pytest.approx(1) and 0 <= similarity(first, second) <= 1 + 1e-9


@given(st.lists(WEIGHTS, max_size=5), st.lists(WEIGHTS, max_size=5))
def test_ids_are_unique_and_a_second_build_changes_none(
    now: list[dict[str, float]], then: list[dict[str, float]]
) -> None:
    spellings = [
        ["; ".join(f"{term}={weight:.4f}" for term, weight in one.items()) for one in some] for some in (now, then)
    ]
    before = held(*((f"topic_{number:02d}", text, number % 2 == 0) for number, text in enumerate(spellings[1])))
    ids = matched_ids(spellings[0], before)
    assert len(set(ids)) == len(ids)
