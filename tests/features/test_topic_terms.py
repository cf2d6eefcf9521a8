"""Topic terms: what counts as a word of a topic, and what documents share."""

import numpy as np
import pytest

from pipeline.features.topic_terms import TermCounts, singular, term_counts, tokens, weighted


def counted(*paragraphs: str) -> TermCounts:
    """The paragraphs, one a document and turn by turn, after others that give four documents ten words to share."""
    common = "amber basil cedar daisy elder fennel ginger hazel indigo jasmine".split()
    texts = [f"{word}. {common[number - 1]}" for number, word in enumerate(common) for _ in range(4)] + list(paragraphs)
    said = {(f"doc_{number % 4}", number): text for number, text in enumerate(texts)}
    found = term_counts(dict(sorted(said.items())))
    assert found is not None
    return found


def test_apostrophes_leave_no_letters_behind() -> None:
    assert tokens("Putin’s army won't move; they'll wait") == ["putin", "army", "move", "they", "wait"]


def test_singular_and_plural_are_one_term_in_the_commoner_form() -> None:
    found = counted("missiles fell", "missiles burned", "missiles hit", "one missile")
    assert "missiles" in found.terms and "missile" not in found.terms
    assert found.forms == {"missile": "missiles"}


def test_words_of_any_argument_are_no_terms() -> None:
    assert not {"said", "think", "year"} & set(counted(*["said think year"] * 4).terms)


def test_a_word_of_one_document_alone_is_no_term() -> None:
    assert "sapphire" not in counted(*["sapphire", "topaz", "topaz", "topaz"] * 2).terms


def test_words_are_a_pair_only_side_by_side_in_a_sentence() -> None:
    found = counted(*["peace talks; talks of war. war peace"] * 4)
    assert "peace talks" in found.terms and "war peace" in found.terms
    assert not {"talks talks", "talks war", "war war"} & set(found.terms)


def test_a_word_that_stands_in_one_pair_alone_is_told_by_the_pair() -> None:
    found = counted(*["white house"] * 4)
    assert "white house" in found.terms and not {"white", "house"} & set(found.terms)


@pytest.mark.parametrize("documents", [1, 2])
def test_one_or_two_documents_share_nothing(documents: int) -> None:
    said = {(f"doc_{number % documents}", number): "alpha beta gamma" for number in range(40)}
    assert term_counts(dict(sorted(said.items()))) is None


def test_a_paragraph_of_few_terms_weighs_less() -> None:
    found = counted(*["garnet"] * 4, *["pearl opal jade ruby topaz"] * 4)
    lengths = np.sqrt(np.asarray(weighted(found.counts).power(2).sum(axis=1))).ravel()
    alone = np.asarray(found.counts.astype(bool).sum(axis=1)).ravel() == 1
    assert (
        alone.any() and lengths[alone].max() < 0.9 and lengths[~alone].tolist() == pytest.approx([1.0] * (~alone).sum())
    )


@pytest.mark.parametrize(
    ("word", "single"),
    [("missiles", "missile"), ("allies", "ally"), ("crisis", "crisis"), ("status", "status"), ("press", "press")],
)
def test_a_plural_loses_its_ending(word: str, single: str) -> None:
    assert singular(word) == single
