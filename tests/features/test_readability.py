"""Readability: the anchor essay's figures, scores that follow from their counts, and what is missing rather than 0."""

import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import textstat
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contracts import conform, violations
from pipeline.features import readability
from pipeline.tables.features import DOCUMENT_READABILITY, READABILITY_COUNTS, READABILITY_SCORES
from pipeline.text import sentence_spans, sha256

REPOSITORY = Path(__file__).resolve().parents[2]
ESSAY = REPOSITORY / "data/corpus/essays/friedman-the-trump-putin-negotiations.txt"
WORDS = ["talks", "Ukraine", "negotiation", "the", "a", "settlement", "U.S.", "don't", "unpredictability", "peace"]


def _essay() -> str:
    blocks = [block.strip() for block in ESSAY.read_text(encoding="utf-8").split("\n\n") if block.strip()]
    paragraphs: list[str] = []
    for block in blocks[2:-2]:
        if paragraphs and block[0].islower() and not re.search(r"[.!?:]$", paragraphs[-1]):
            paragraphs[-1] += f" {block}"
        else:
            paragraphs.append(block)
    assert len(paragraphs) == 7
    return "\n\n".join(paragraphs)


def _cut(document_id: str, text: str, voices: list[str] | None = None) -> pd.DataFrame:
    spans = sentence_spans(text)
    return pd.DataFrame(
        {
            "document_id": document_id,
            "position": range(len(spans)),
            "start_offset": [span.start for span in spans],
            "end_offset": [span.end for span in spans],
            "voice_label": voices or ["author"] * len(spans),
            "text_sha256": sha256(text),
        }
    )


def _measure(folder: Path, text: str, voices: list[str] | None = None) -> dict[str, Any]:
    texts = pd.DataFrame({"document_id": ["doc_a"], "text_sha256": [sha256(text)], "text": [text]})
    frame = readability.measure(texts, _cut("doc_a", text, voices), dictionary_folder=folder)
    return {str(name): value for name, value in frame.iloc[0].items()}


@pytest.fixture(scope="session")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nltk")


@pytest.fixture(scope="session")
def essay(dictionary: Path) -> dict[str, Any]:
    return _measure(dictionary, _essay())


def test_the_essay_has_56_sentences(essay: dict[str, Any]) -> None:
    assert essay["sentence_count"] == 56


def test_the_essay_reads_at_flesch_kincaid_grade_10_88(essay: dict[str, Any]) -> None:
    assert essay["flesch_kincaid_grade"] == pytest.approx(10.878, abs=0.05)


def test_bare_textstat_ends_a_sentence_at_every_full_stop(essay: dict[str, Any]) -> None:
    assert textstat.sentence_count(_essay()) == 62


def test_bare_textstat_reads_the_essay_too_easily(essay: dict[str, Any]) -> None:
    assert textstat.flesch_kincaid_grade(_essay()) == pytest.approx(10.20, abs=0.05)


def test_a_frame_meets_the_contract_of_its_table(essay: dict[str, Any]) -> None:
    frame = pd.DataFrame([essay]).assign(feature_version="v")
    assert violations(conform(frame, DOCUMENT_READABILITY), DOCUMENT_READABILITY) == []


def test_the_columns_are_those_of_the_table_without_the_feature_version(essay: dict[str, Any]) -> None:
    assert [*essay, "feature_version"] == list(DOCUMENT_READABILITY.column_names)


def _expected(row: dict[str, Any]) -> dict[str, float]:
    """The formulas as their authors print them, over the published counts."""
    words, sentences, syllables = row["lexicon_count"], row["sentence_count"], row["syllable_count"]
    return {
        "flesch_reading_ease": 206.835 - 1.015 * words / sentences - 84.6 * syllables / words,
        "flesch_kincaid_grade": 0.39 * words / sentences + 11.8 * syllables / words - 15.59,
        "smog_index": 3.1291 + 1.043 * math.sqrt(row["polysyllabcount"] * 30 / sentences),
        "coleman_liau_index": 5.8 * row["letter_count"] / words - 29.6 * sentences / words - 15.8,
        "automated_readability_index": 4.71 * row["char_count"] / words + 0.5 * words / sentences - 21.43,
        "spache_readability": 0.141 * words / sentences + 8.6 * row["difficult_words"] / words + 0.839,
        "mcalpine_eflaw": (words + row["miniword_count"]) / sentences,
        "lix": words / sentences + 100 * row["long_word_count"] / words,
        "rix": row["long_word_count"] / sentences,
        "reading_time": 14.69 * row["char_count"] / 1000,
    }


@pytest.mark.parametrize("score", _expected(dict.fromkeys(READABILITY_COUNTS, 1)))
def test_a_score_follows_from_the_published_counts(essay: dict[str, Any], score: str) -> None:
    assert essay[score] == pytest.approx(_expected(essay)[score], rel=1e-9)


sentences = st.lists(st.sampled_from(WORDS), min_size=3, max_size=25).map(lambda words: " ".join([*words, "held."]))


@settings(max_examples=25, deadline=None)
@given(st.lists(sentences, min_size=30, max_size=40))
def test_every_score_of_any_text_follows_from_its_counts(dictionary: Path, chosen: list[str]) -> None:
    text = "\n\n".join(chosen)
    row = _measure(dictionary, text)
    assert {name: row[name] for name in _expected(row)} == pytest.approx(_expected(row), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(sentences, min_size=1, max_size=12))
def test_textstat_finds_the_sentences_that_we_found(dictionary: Path, chosen: list[str]) -> None:
    text = "\n\n".join(chosen)
    assert _measure(dictionary, text)["sentence_count"] == len(sentence_spans(text))


def test_a_text_under_the_minimum_has_no_score_at_all(dictionary: Path) -> None:
    row = _measure(dictionary, "The talks failed again. " * 24)
    assert row["lexicon_count"] == 96 and all(pd.isna(row[name]) for name in READABILITY_SCORES)


def test_a_text_at_the_minimum_has_every_score(dictionary: Path) -> None:
    row = _measure(dictionary, "The talks failed again. " * 25)
    assert not any(pd.isna(row[name]) for name in READABILITY_SCORES)


def test_a_text_under_the_minimum_keeps_its_counts(dictionary: Path) -> None:
    assert _measure(dictionary, "The talks failed again. ")["sentence_count"] == 1


def test_smog_is_missing_under_three_sentences(dictionary: Path) -> None:
    row = _measure(dictionary, f"{'talks about peace ' * 30}ended. The {'settlement held ' * 30}then.")
    assert row["sentence_count"] == 2 and pd.isna(row["smog_index"]) and not pd.isna(row["lix"])


def test_a_text_of_nothing_but_two_word_sentences_has_no_score(dictionary: Path) -> None:
    assert pd.isna(_measure(dictionary, "\n\n".join(["It held."] * 80))["flesch_kincaid_grade"])


def test_author_columns_leave_out_what_others_said(dictionary: Path) -> None:
    text = "The talks failed again. Moscow said that the negotiations were going well. " * 30
    row = _measure(dictionary, text, ["author", "reported"] * 30)
    assert (row["sentence_count"], row["author_sentence_count"], row["author_lexicon_count"]) == (60, 30, 120)


def test_boilerplate_counts_for_neither(dictionary: Path) -> None:
    text = "The talks failed again.\n\nRead more from this author."
    row = _measure(dictionary, text, ["author", "boilerplate"])
    assert (row["lexicon_count"], row["author_lexicon_count"]) == (4, 4)


def test_typographic_apostrophes_and_dashes_leave_every_measure_as_it_is(dictionary: Path) -> None:
    straight = "Russia's army didn't leave -- the talks weren't over. " * 20
    typographic = straight.replace("'", "\u2019").replace(" -- ", "\u2014")
    first, second = _measure(dictionary, typographic), _measure(dictionary, straight)
    assert first | {"text_sha256": ""} == second | {"text_sha256": ""}


def test_the_shared_language_of_textstat_does_not_reach_our_scores(dictionary: Path, essay: dict[str, Any]) -> None:
    textstat.set_lang("de")
    try:
        row = _measure(dictionary, _essay())
    finally:
        textstat.set_lang("en_US")
    assert row == essay


def test_rows_do_not_depend_on_the_order_of_sentences(dictionary: Path, essay: dict[str, Any]) -> None:
    text = _essay()
    texts = pd.DataFrame({"document_id": ["doc_a"], "text_sha256": [sha256(text)], "text": [text]})
    shuffled = _cut("doc_a", text).sample(frac=1, random_state=1)
    assert readability.measure(texts, shuffled, dictionary_folder=dictionary).iloc[0].to_dict() == essay


def test_each_document_is_measured_by_its_own_sentences(dictionary: Path) -> None:
    pair = {"doc_a": "The talks failed again.", "doc_b": "They met. The envoys left the city at noon."}
    hashes = [sha256(text) for text in pair.values()]
    texts = pd.DataFrame({"document_id": list(pair), "text_sha256": hashes, "text": list(pair.values())})
    cut = pd.concat([_cut(name, text) for name, text in pair.items()])
    assert readability.measure(texts, cut, dictionary_folder=dictionary)["lexicon_count"].tolist() == [4, 9]


def test_no_texts_give_no_rows(dictionary: Path) -> None:
    texts = pd.DataFrame({"document_id": [], "text_sha256": [], "text": []}, dtype="str")
    assert len(readability.measure(texts, _cut("doc_a", "")[:0], dictionary_folder=dictionary)) == 0


def test_a_document_without_sentences_has_counts_of_zero_and_no_scores(dictionary: Path) -> None:
    row = _measure(dictionary, "")
    assert row["sentence_count"] == 0 and pd.isna(row["reading_time"])


def test_sentences_of_another_version_are_refused(dictionary: Path) -> None:
    texts = pd.DataFrame({"document_id": ["doc_a"], "text_sha256": ["other"], "text": ["The talks failed again."]})
    with pytest.raises(ValueError, match="doc_a: its sentences were cut from another version"):
        readability.measure(texts, _cut("doc_a", "The talks failed again."), dictionary_folder=dictionary)
