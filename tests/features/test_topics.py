"""Topics: planted themes are found, named and shared out; the same input gives the same bits; few texts are safe."""

import random
from collections.abc import Sequence
from math import log

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contracts import conform, violations
from pipeline.features import topics
from pipeline.features.topics import Topics, learn, topic_count_for, topic_name
from pipeline.tables.features import DOCUMENT_TOPICS, TOPICS
from pipeline.text import sentence_spans, sha256

THEMES = {
    "oil": "oil tanker price cap refinery crude barrel revenue insurer shipping export pipeline".split(),
    "law": "court treaty tribunal amnesty crime judge warrant charter justice evidence verdict statute".split(),
    "arms": "missile battery interceptor drone artillery launcher shell brigade rocket radar bomber stockpile".split(),
}  # fmt: skip
FILLER = "ukraine talks envoy winter summit letter table morning paper door".split()


def _paragraph(theme: str, generator: random.Random) -> str:
    chosen = generator.choices(THEMES[theme], k=14) + generator.choices(FILLER, k=6)
    generator.shuffle(chosen)
    return f"The {' '.join(chosen)} held."


def _texts(count: int, paragraphs: int = 6) -> dict[str, str]:
    """Documents that each keep to one theme, turn by turn."""
    generator = random.Random(7)
    names = list(THEMES)
    return {
        f"doc_{number:04d}": "\n\n".join(_paragraph(names[number % 3], generator) for _ in range(paragraphs))
        for number in range(count)
    }


def _frames(pieces: dict[str, str], voice: str = "author") -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    hashes = {name: sha256(text) for name, text in pieces.items()}
    rows = [(name, hashes[name], text) for name, text in pieces.items()]
    texts = pd.DataFrame(rows, columns=["document_id", "text_sha256", "text"], dtype="str")
    cut = [
        (name, span.paragraph, span.start, span.end, voice, hashes[name])
        for name, text in pieces.items()
        for span in sentence_spans(text)
    ]
    columns = ["document_id", "paragraph", "start_offset", "end_offset", "voice_label", "text_sha256"]
    documents = pd.DataFrame({"document_id": list(pieces), "is_compared": pd.array([True] * len(pieces), "boolean")})
    return texts, pd.DataFrame(cut, columns=columns), documents


def _learn(pieces: dict[str, str], topic_count: int | None = None, seed: int = 0) -> Topics:
    return learn(*_frames(pieces), topic_count=topic_count, seed=seed)


@pytest.fixture(scope="module")
def planted() -> Topics:
    return _learn(_texts(18), topic_count=3)


def _themes_of(terms: str) -> set[str]:
    return {theme for theme, own in THEMES.items() for word in own if word in terms.replace(";", "").split()}


def test_each_planted_theme_is_one_topic(planted: Topics) -> None:
    assert sorted(theme for terms in planted.topics["terms"] for theme in _themes_of(terms)) == sorted(THEMES)


def test_a_document_gets_the_topic_that_was_planted_in_it(planted: Topics) -> None:
    wide = planted.document_topics.pivot(index="document_id", columns="topic_id", values="topic_share")
    assert wide.idxmax(axis=1).groupby(range(18) % pd.Series([3] * 18).to_numpy()).nunique().tolist() == [1, 1, 1]


def test_words_that_nearly_every_document_uses_are_no_terms(planted: Topics) -> None:
    assert not set(FILLER) & set("; ".join(planted.topics["terms"]).replace(";", "").split())


def test_planted_topics_are_stable_and_coherent(planted: Topics) -> None:
    assert planted.topics["stability_score"].min() > 0.5 and planted.topics["coherence_score"].min() > 0.2


def test_stability_falls_where_there_is_nothing_to_find(planted: Topics) -> None:
    generator = random.Random(3)
    every = [word for own in THEMES.values() for word in own]
    noise = {
        f"doc_{number:04d}": "\n\n".join(f"The {' '.join(generator.choices(every, k=12))} held." for _ in range(6))
        for number in range(18)
    }
    shapeless = _learn(noise, topic_count=3)
    assert shapeless.topics["stability_score"].mean() < planted.topics["stability_score"].mean() - 0.2


def test_topics_stand_by_falling_share(planted: Topics) -> None:
    assert planted.topics["topic_share"].is_monotonic_decreasing
    assert planted.topics["topic_id"].tolist() == ["topic_01", "topic_02", "topic_03"]


def test_the_shares_of_all_topics_sum_to_one(planted: Topics) -> None:
    assert planted.topics["topic_share"].sum() == pytest.approx(1)


def test_the_shares_of_each_document_sum_to_one(planted: Topics) -> None:
    assert planted.document_topics.groupby("document_id")["topic_share"].sum().tolist() == pytest.approx([1.0] * 18)


def test_topics_meet_their_contract(planted: Topics) -> None:
    assert violations(conform(planted.topics, TOPICS), TOPICS) == []


def test_document_topics_meet_their_contract(planted: Topics) -> None:
    assert violations(conform(planted.document_topics, DOCUMENT_TOPICS), DOCUMENT_TOPICS) == []


def test_a_second_run_gives_the_same_bits(planted: Topics) -> None:
    again = _learn(_texts(18), topic_count=3)
    pd.testing.assert_frame_equal(again.topics, planted.topics, check_exact=True)
    pd.testing.assert_frame_equal(again.document_topics, planted.document_topics, check_exact=True)


def test_the_order_of_rows_changes_no_bit(planted: Topics) -> None:
    texts, sentences, documents = (frame.sample(frac=1, random_state=5) for frame in _frames(_texts(18)))
    again = learn(texts, sentences, documents, topic_count=3)
    pd.testing.assert_frame_equal(again.topics, planted.topics, check_exact=True)
    pd.testing.assert_frame_equal(again.document_topics, planted.document_topics, check_exact=True)


def test_another_seed_resamples_other_paragraphs() -> None:
    first, second = (_learn(_texts(9, paragraphs=3), seed=seed).topics["stability_score"] for seed in (0, 1))
    assert first.tolist() != second.tolist()


def _without(pieces: dict[str, str], left_out: str) -> dict[str, str]:
    return {name: text for name, text in pieces.items() if name != left_out}


def test_a_document_that_is_not_compared_is_not_learned_from() -> None:
    pieces = _texts(12)
    texts, sentences, documents = _frames(pieces)
    documents.loc[documents["document_id"] == "doc_0003", "is_compared"] = False
    expected = _learn(_without(pieces, "doc_0003"))
    pd.testing.assert_frame_equal(learn(texts, sentences, documents).topics, expected.topics)


def test_quotations_are_not_learned_from() -> None:
    assert learn(*_frames(_texts(12), voice="quoted")).topics.empty


def test_reported_positions_are_learned_from() -> None:
    assert len(learn(*_frames(_texts(12), voice="reported")).topics) > 0


def test_a_document_that_no_topic_fits_has_missing_shares() -> None:
    pieces = _texts(12) | {"doc_alone": "Violets grow beside streams."}
    rows = _learn(pieces).document_topics.query("document_id == 'doc_alone'")
    assert len(rows) > 0 and rows["topic_share"].isna().all()


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_paragraphs_give_no_topics_and_no_shares(count: int) -> None:
    learned = _learn(_texts(count))
    assert (len(learned.topics), len(learned.document_topics)) == (0, 0)


@pytest.mark.parametrize("count", [4, 5])
def test_a_small_corpus_has_two_or_three_topics(count: int) -> None:
    assert 2 <= len(_learn(_texts(count)).topics) <= 3


def test_copies_of_one_text_raise_no_warning_when_more_topics_are_asked_for_than_it_holds() -> None:
    text = next(iter(_texts(1).values()))
    assert len(_learn({f"doc_{number}": text for number in range(5)}, topic_count=12).topics) >= 2


def test_five_hundred_short_texts_converge() -> None:
    learned = _learn(_texts(500, paragraphs=1))
    assert len(learned.topics) == topic_count_for(500)


def test_a_text_of_stop_words_alone_gives_no_topics() -> None:
    assert _learn({f"doc_{number}": "It is what it is." for number in range(20)}).topics.empty


def test_fewer_than_two_topics_are_refused() -> None:
    with pytest.raises(ValueError, match="topic_count is 1; give 2 or more"):
        _learn(_texts(5), topic_count=1)


def test_sentences_of_another_version_are_refused() -> None:
    texts, sentences, documents = _frames(_texts(12))
    with pytest.raises(ValueError, match="doc_0000: its sentences were cut from another version"):
        learn(texts.assign(text_sha256="other"), sentences, documents)


@pytest.mark.parametrize(
    ("terms", "name"),
    [
        (["peace", "peace talks", "talks", "oil", "law"], "peace, talks, oil"),
        (["guarantees", "guarantee", "security", "nato"], "guarantees, security, nato"),
        (["ukraine", "ukrainian", "russia", "russians", "map"], "ukraine, russia, map"),
        (["war", "warsaw", "army"], "war, warsaw, army"),
        (["peace talks", "peace", "talks"], "peace talks, peace, talks"),
    ],
)
def test_a_name_has_three_terms_that_do_not_repeat_one_another(terms: list[str], name: str) -> None:
    assert topic_name(terms) == name


@given(st.lists(st.sampled_from([word for own in THEMES.values() for word in own]), min_size=3, unique=True))
def test_a_name_holds_three_of_the_terms(terms: list[str]) -> None:
    assert set(topic_name(terms).split(", ")) <= set(terms) and topic_name(terms).count(", ") == 2


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_paragraphs_never_mean_fewer_topics(first: int, second: int) -> None:
    fewer, more = sorted((first, second))
    assert 2 <= topic_count_for(fewer) <= topic_count_for(more) <= 12


def _npmi_by_hand(paragraphs: Sequence[set[str]], terms: Sequence[str]) -> float:
    scores = []
    for first in range(len(terms)):
        for second in range(first + 1, len(terms)):
            a, b = terms[first], terms[second]
            both = sum(1 for words in paragraphs if a in words and b in words) / len(paragraphs)
            alone = [sum(1 for words in paragraphs if term in words) / len(paragraphs) for term in (a, b)]
            scores.append(log(both / (alone[0] * alone[1])) / -log(both) if both else -1.0)
    return sum(scores) / len(scores)


def test_coherence_equals_a_count_by_hand(planted: Topics) -> None:
    paragraphs = [set(part.lower().strip(".").split()) for text in _texts(18).values() for part in text.split("\n\n")]
    checked = 0
    for terms, score in zip(planted.topics["terms"], planted.topics["coherence_score"], strict=True):
        listed = terms.split("; ")
        pairs = any(topics._repeats(a, b) for a in listed for b in listed if a != b)
        if not pairs and " " not in terms.replace("; ", ""):
            assert score == pytest.approx(_npmi_by_hand(paragraphs, listed))
            checked += 1
    assert checked > 0
