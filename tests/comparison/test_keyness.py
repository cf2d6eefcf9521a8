"""Keyness against an independent reading of the paper, on planted terms, and against one long document."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from pipeline.comparison import keyness as key
from pipeline.contracts import conform, violations
from pipeline.tables.comparison import KEYNESS
from pipeline.tables.corpus import DOCUMENT_ANALYSTS, DOCUMENTS, SENTENCES

Corpus = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]


def corpus_of(written: list[tuple[str, str]], voice: str = "author") -> Corpus:
    """Texts, sentences, documents and analysts of (analyst, text); each line of a text is a sentence."""
    ids = [f"doc_{number:03d}" for number in range(len(written))]
    texts = pd.DataFrame({"document_id": ids, "text_sha256": ids, "text": [text for _, text in written]})
    sentences = []
    for document_id, (_, text) in zip(ids, written, strict=True):
        start = 0
        for position, line in enumerate(text.split("\n")):
            end = start + len(line)
            sentences.append((f"s_{document_id}_{position}", document_id, position, start, end, voice, document_id))
            start = end + 1
    names = ["sentence_id", "document_id", "position", "start_offset", "end_offset", "voice_label", "text_sha256"]
    documents = pd.DataFrame({"document_id": ids, "is_compared": True})
    analysts = pd.DataFrame({"document_id": ids, "analyst": [name for name, _ in written]})
    return (
        texts,
        conform(pd.DataFrame(sentences, columns=names), SENTENCES),
        conform(documents, DOCUMENTS),
        conform(analysts.assign(analyst_id="analyst_" + analysts["analyst"]), DOCUMENT_ANALYSTS),
    )


def random_text(generator: np.random.Generator, vocabulary: list[str], lines: int = 12) -> str:
    return "\n".join(" ".join(generator.choice(vocabulary, 9)) for _ in range(lines))


VOCABULARY = [
    f"{first}{second}" for first in ("bar", "kol", "mev", "tus", "rin") for second in ("dan", "fel", "gos", "pim")
]


def terms_of(rows: pd.DataFrame, analyst: str) -> list[str]:
    return rows.loc[rows["group_name"] == analyst, "term"].tolist()


def slow_log_odds(group: Counter[str], rest: Counter[str], term: str) -> tuple[float, float]:
    """Monroe et al. 2008 term by term, from odds: equation 16 for the difference, 20 for its variance, 22 for z."""
    whole = group + rest
    strength = key.PRIOR_TOTAL * whole[term] / whole.total()
    odds = [
        (counts[term] + strength) / ((counts.total() + key.PRIOR_TOTAL) - (counts[term] + strength))
        for counts in (group, rest)
    ]
    delta = math.log(odds[0] / odds[1])
    variance = sum(1 / (counts[term] + strength) for counts in (group, rest))
    return delta, delta / math.sqrt(variance)


def slow_counts(written: list[tuple[str, str]], analyst: str, *, is_rest: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, text in written:
        if (name == analyst) is is_rest:
            continue
        for line in text.split("\n"):
            words = line.split(" ")
            counts.update(words)
            counts.update(f"{one} {two}" for one, two in pairwise(words))
    return counts


def test_the_scores_are_those_of_the_papers_equations() -> None:
    generator = np.random.default_rng(7)
    # Analyst a writes from the first half of the vocabulary far more often.
    written = [("a", random_text(generator, VOCABULARY + VOCABULARY[:10] * 3)) for _ in range(4)]
    written += [("b", random_text(generator, VOCABULARY)) for _ in range(5)]
    counts = {is_rest: slow_counts(written, "a", is_rest=is_rest) for is_rest in (False, True)}
    terms = sorted(counts[False])
    group, rest = (np.array([counts[is_rest][term] for term in terms], dtype=float) for is_rest in (False, True))
    totals = (counts[False].total(), counts[True].total(), key.PRIOR_TOTAL)
    prior = key.PRIOR_TOTAL * (group + rest) / (totals[0] + totals[1])
    delta, error = key.log_odds_ratio(group, rest, prior, totals)
    expected = np.array([slow_log_odds(counts[False], counts[True], term) for term in terms])
    np.testing.assert_allclose(np.stack([delta, delta / error], axis=1), expected, rtol=0, atol=1e-9)
    rows = key.keyness(*corpus_of(written))
    marked = rows[rows["group_name"] == "a"]
    assert len(marked) > 3
    published = [slow_log_odds(counts[False], counts[True], term) for term in marked["term"]]
    np.testing.assert_allclose(marked[["log_odds", "z_score"]].to_numpy(), published, atol=6e-5)


def planted(generator: np.random.Generator) -> list[tuple[str, str]]:
    marked = [("a", random_text(generator, VOCABULARY) + "\nprincipled armistice" * 3) for _ in range(4)]
    return marked + [(name, random_text(generator, VOCABULARY)) for name in "bcbcbc"]


def test_a_planted_term_and_phrase_are_found_for_their_analyst_alone() -> None:
    rows = key.keyness(*corpus_of(planted(np.random.default_rng(1))))
    assert {"principled", "armistice", "principled armistice"} <= set(terms_of(rows, "a"))
    assert "armistice" not in terms_of(rows, "b") + terms_of(rows, "c")


def test_a_planted_term_is_lost_when_the_labels_are_dealt_out_anew() -> None:
    written = planted(np.random.default_rng(1))
    dealt = [(name, text) for name, (_, text) in zip("abcabcabca", written, strict=True)]
    assert "armistice" not in terms_of(key.keyness(*corpus_of(dealt)), "a")


@pytest.mark.parametrize("elsewhere", [0, 1])
def test_one_long_document_makes_no_keyword(elsewhere: int) -> None:
    generator = np.random.default_rng(2)
    base = [random_text(generator, VOCABULARY) for _ in range(8)]
    written = [("a", base[0] + "\nquagmire" * 200), ("a", base[1] + "\nquagmire" * elsewhere), ("a", base[2])]
    written += [("b", text + "\nquagmire" * 2) for text in base[3:]]
    assert "quagmire" not in terms_of(key.keyness(*corpus_of(written)), "a")


def test_a_group_of_one_document_keeps_its_terms_with_a_dispersion_of_one() -> None:
    generator = np.random.default_rng(3)
    written = [("a", random_text(generator, VOCABULARY) + "\nquagmire" * 12)]
    written += [("b", random_text(generator, VOCABULARY)) for _ in range(4)]
    rows = key.keyness(*corpus_of(written)).set_index(["group_name", "term"])
    assert rows.loc[("a", "quagmire"), ["dispersion_score", "document_count"]].tolist() == [1, 1]


def test_terms_below_the_minimum_count_are_no_keywords() -> None:
    written = [("a", "quagmire\nquagmire"), ("b", random_text(np.random.default_rng(4), VOCABULARY, 80))]
    assert key.keyness(*corpus_of(written)).empty


def test_quoted_words_are_not_the_authors() -> None:
    assert key.keyness(*corpus_of(planted(np.random.default_rng(1)), voice="quoted")).empty


@pytest.mark.parametrize(
    ("sentence", "terms"),
    [
        ("The peace of Westphalia", ["peace", "westphalia"]),
        (
            "Security guarantees matter",
            ["security", "security guarantees", "guarantees", "guarantees matter", "matter"],
        ),
        ("Moscow, Kyiv", ["moscow", "kyiv"]),
        ("Putin's talks don't end", ["putin", "putin talks", "talks", "end"]),
        ("U.S. troops", ["u.s.", "u.s. troops", "troops"]),
        ("cease-fire\u2019s terms in 2025", ["cease-fire", "cease-fire terms", "terms"]),
    ],
)
def test_terms_are_words_and_phrases_without_stop_words(sentence: str, terms: list[str]) -> None:
    assert sorted(key.terms_of([sentence])) == sorted(terms)


def test_a_phrase_stays_within_its_sentence() -> None:
    assert "talks ceasefire" not in key.terms_of(["Talks", "Ceasefire"])


def test_sentences_without_their_text_are_an_error() -> None:
    texts, sentences, documents, analysts = corpus_of([("a", "quagmire talks"), ("b", "peace talks")])
    with pytest.raises(ValueError, match="doc_001 were cut from was not given"):
        key.keyness(texts[:1], sentences, documents, analysts)


def test_the_order_of_the_rows_changes_nothing() -> None:
    frames = corpus_of(planted(np.random.default_rng(1)))
    shuffled = (frame.sample(frac=1, random_state=2) for frame in frames)
    pd.testing.assert_frame_equal(key.keyness(*frames), key.keyness(*shuffled))


def test_keyness_meets_its_contract() -> None:
    rows = key.keyness(*corpus_of(planted(np.random.default_rng(1))))
    assert violations(rows, KEYNESS) == []
    assert rows.groupby("group_id").size().max() <= key.TERMS_PER_GROUP
    assert (rows["z_score"] >= key.MINIMUM_Z).all()
