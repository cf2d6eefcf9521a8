"""Topic model: coherence and stability are what they say, against planted topics and shuffled words."""

import random
from collections.abc import Sequence
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline.features import topic_model
from pipeline.features.topic_model import Trial, coherence, most_topics, repeats, shuffled, stability
from pipeline.features.topic_terms import TermCounts, term_counts

WORDS = [
    f"{start}{vowel}{end}" for start in ("bral", "drost", "flim") for vowel in "aeou" for end in ("ck", "mp", "nt")
]


def corpus(is_planted: bool) -> TermCounts:
    """Sixteen documents of five paragraphs: on one third of the words each, or on all of them."""
    generator = random.Random(5)
    said = {}
    for number in range(16):
        own = WORDS[12 * (number % 3) :][:12] if is_planted else WORDS
        for paragraph in range(5):
            said[f"doc_{number:02d}", paragraph] = " ".join(generator.choices(own, k=15))
    counts = term_counts(said)
    assert counts is not None
    return counts


def trial(is_planted: bool, topic_count: int = 3) -> Trial:
    found = topic_model.chosen_trial(corpus(is_planted), 0, topic_count)
    assert found is not None
    return found


def test_planted_topics_agree_far_above_chance() -> None:
    found = trial(is_planted=True)
    assert found.agreement > 0.8 > 0.6 > found.null_agreement


def test_words_without_topics_agree_no_more_than_shuffled_ones() -> None:
    found = trial(is_planted=False)
    assert found.agreement == pytest.approx(found.null_agreement, abs=0.15)


def test_the_planted_number_of_topics_is_chosen() -> None:
    chosen = topic_model.chosen_trial(corpus(is_planted=True), 0)
    assert chosen is not None and chosen.topic_count == 3


def test_no_number_is_chosen_where_there_is_nothing_to_find() -> None:
    assert topic_model.chosen_trial(corpus(is_planted=False), 0) is None


def test_shuffled_words_keep_their_counts_in_paragraphs_and_terms() -> None:
    held = corpus(is_planted=True)
    dealt = shuffled(held, 1)
    assert (dealt.counts.sum(axis=1) == held.counts.sum(axis=1)).all()
    assert (dealt.counts.sum(axis=0) == held.counts.sum(axis=0)).all()
    assert (dealt.counts != held.counts).nnz > 0


def test_a_large_corpus_is_tried_on_whole_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_model, "TRIAL_PARAGRAPHS", 42)
    held = corpus(is_planted=True)
    drawn = topic_model._trial_corpus(held, 0)
    assert len(drawn.owners) == 40
    assert set(np.unique(drawn.owners, return_counts=True)[1]) == {5}


def test_planted_topics_are_found_in_the_part_that_a_large_corpus_is_tried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_model, "TRIAL_PARAGRAPHS", 60)
    chosen = topic_model.chosen_trial(corpus(is_planted=True), 0)
    assert chosen is not None and chosen.topic_count == 3


@pytest.mark.parametrize(
    ("models", "floor", "score"),
    [
        ([[["a", "b"]], [["a", "b"]]], 0.5, 1.0),
        ([[["a", "b"]], [["c", "d"]]], 0.5, 0.0),
        ([[["a", "b"]], [["c", "d"]]], 0.25, 1 / 3),
        ([[["c", "d"]], [["c", "d"]]], 0.0, 0.0),
    ],
)
def test_stability_is_the_overlap_above_chance(models: list[topic_model.Terms], floor: float, score: float) -> None:
    made = Trial(1, models, agreement=0, coherence=0, null_agreement=0, floor=floor)
    assert stability([["a", "b"]], made).tolist() == pytest.approx([score])


def test_a_topic_is_matched_with_one_topic_of_each_model() -> None:
    made = Trial(2, [[["a", "b"], ["x", "y"]]], agreement=0, coherence=0, null_agreement=0, floor=0)
    assert stability([["a", "b"], ["a", "c"]], made).tolist() == [1.0, 0.0]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5))
def test_more_paragraphs_never_bear_fewer_topics(first: int, second: int, documents: int) -> None:
    fewer, more = sorted((first, second))
    assert 2 <= most_topics(fewer, documents) <= most_topics(more, documents) <= 20


@pytest.mark.parametrize(("paragraphs", "documents", "most"), [(50, 5, 2), (280, 33, 8), (60_000, 5_000, 20)])
def test_a_corpus_bears_as_many_topics_as_its_size_allows(paragraphs: int, documents: int, most: int) -> None:
    assert most_topics(paragraphs, documents) == most


def by_hand(paragraphs: Sequence[set[str]], terms: Sequence[str]) -> float:
    scores = []
    for first in range(len(terms)):
        for second in range(first + 1, len(terms)):
            a, b = terms[first], terms[second]
            both = sum(1 for words in paragraphs if a in words and b in words) / len(paragraphs)
            alone = [sum(1 for words in paragraphs if term in words) / len(paragraphs) for term in (a, b)]
            scores.append(log(both / (alone[0] * alone[1])) / -log(both) if both else -1.0)
    return sum(scores) / len(scores)


def test_coherence_equals_a_count_by_hand() -> None:
    held = corpus(is_planted=True)
    paragraphs = [set(text.split()) for text in held.texts]
    terms = [WORDS[0], WORDS[20], WORDS[30]]
    assert coherence(held, [terms])[0] == pytest.approx(by_hand(paragraphs, terms))


def test_coherence_of_terms_that_never_stand_together_is_minus_one() -> None:
    assert coherence(corpus(is_planted=True), [[WORDS[0], WORDS[20]]]) == [-1.0]


def test_coherence_of_terms_that_stand_in_every_paragraph_is_one() -> None:
    held = corpus(is_planted=True)
    everywhere = held._replace(counts=csr_matrix(np.ones(held.counts.shape)))
    assert coherence(everywhere, [[WORDS[0], WORDS[20]]]) == [1.0]


def test_terms_that_share_a_word_do_not_count_for_coherence() -> None:
    held = corpus(is_planted=True)
    assert np.isnan(coherence(held, [[WORDS[0]]])[0])


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("guarantees", "guarantee", True),
        ("ukraine", "ukrainian", True),
        ("peace talks", "talks", True),
        ("war", "warsaw", False),
        ("oil", "law", False),
    ],
)
def test_terms_repeat_one_another_when_they_share_a_word_or_its_forms(one: str, other: str, alike: bool) -> None:
    assert repeats(one, other) is alike
