"""Frames by cues: the codebook's examples, the essay, and what a batch gives."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import codebook
from pipeline.codebook import Codebook
from pipeline.contracts import violations
from pipeline.corpus import files
from pipeline.cues import Reading
from pipeline.features import frames
from pipeline.intervals import wilson
from pipeline.tables.features import DOCUMENT_FRAMES, SENTENCE_FRAMES
from pipeline.text import sentence_spans, sha256

DATA = Path(__file__).parents[2] / "data"
COLUMNS = "sentence_id document_id position paragraph start_offset end_offset voice_label speaker".split()
ESSAY = DATA / "corpus" / "essays" / "friedman-the-trump-putin-negotiations.txt"
CROWDED = (
    "Sanctions, tariffs, oil, banks and budgets weighed on the talks, the truce, the summit and the draft, on NATO, "
    "the alliance and European security, and on voters."
)


@cache
def book() -> Codebook:
    return codebook.load(DATA / "codebook")


def batch(texts: dict[str, str], voice: str = "author") -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [
        [f"{document_id}_{position}", document_id, position, span.paragraph, span.start, span.end, voice, None]
        for document_id, text in texts.items()
        for position, span in enumerate(sentence_spans(text))
    ]
    held = [[document_id, sha256(text), text] for document_id, text in texts.items()]
    return pd.DataFrame(held, columns=["document_id", "text_sha256", "text"]), pd.DataFrame(rows, columns=COLUMNS)


@cache
def essay() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    texts, sentences = batch({"essay": files.read(ESSAY.name, ESSAY.read_bytes()).text})
    rows = frames.code_sentences(texts, sentences, codebook=book())
    return texts, rows, frames.summarize(texts, rows, sentences, codebook=book()).set_index("frame_id")


def test_every_example_of_the_codebook_is_coded_as_it_says() -> None:
    assert frames.misses(book()) == []


def test_an_example_that_is_not_met_is_named(tmp_path: Path) -> None:
    for name in codebook.FILES:
        text = (DATA / "codebook" / name).read_text(encoding="utf-8")
        changed = text.replace('"The talks resumed on Monday."', '"It rained."')
        changed = changed.replace('"The ruble fell again."', '"The truce fell."')
        (tmp_path / name).write_text(changed, encoding="utf-8")
    told = frames.misses(codebook.load(tmp_path))
    assert [line.split(":")[0] for line in told] == ["frame process", "frame process"]


@pytest.mark.parametrize(
    "frame",
    ["history", "power", "credibility", "personality", "domestic", "process", "existential", "economics", "order"],
)
def test_the_essay_uses_the_frames_of_its_hand_coding(frame: str) -> None:
    assert essay()[2].loc[frame, "frame_sentence_count"] > 0


def test_the_essays_rows_keep_their_contracts() -> None:
    _, rows, whole = essay()
    assert violations(rows.assign(feature_version="v")[list(SENTENCE_FRAMES.column_names)], SENTENCE_FRAMES) == []
    summary = whole.reset_index().assign(feature_version="v")[list(DOCUMENT_FRAMES.column_names)]
    assert violations(summary, DOCUMENT_FRAMES) == []


def test_terms_stand_in_the_sentence_that_they_are_evidence_for() -> None:
    texts, rows, _ = essay()
    for row in rows.to_dict("records"):
        words = texts.loc[0, "text"][row["start_offset"] : row["end_offset"]]
        assert row["terms"]
        assert all(term in words for term in row["terms"].split("; "))


def test_a_sentence_has_three_frames_at_most_and_those_with_the_most_cues() -> None:
    rows = frames.code_sentences(*batch({"doc": CROWDED}), codebook=book())
    assert set(rows["frame_id"]) == {"economics", "process", "order"}


def test_of_frames_with_as_many_cues_the_codebooks_first_stand() -> None:
    reading = Reading("Voters, sanctions, NATO and talks.")
    order = [frame.id for frame in book().frames]
    found = [frame.id for frame, _ in frames.used(reading, book())]
    assert found == sorted(found, key=order.index)
    assert len(found) == 3


def test_one_weak_cue_is_not_enough_however_often_it_stands() -> None:
    assert not frames.used(Reading("The price is the price."), book())


def test_boilerplate_is_never_coded() -> None:
    texts, sentences = batch({"doc": "The talks resumed."}, voice="boilerplate")
    assert frames.code_sentences(texts, sentences, codebook=book()).empty


def test_a_quoted_sentence_does_not_count_for_the_document() -> None:
    texts, sentences = batch({"doc": "The talks resumed. It rained."})
    sentences = sentences.assign(voice_label=["quoted", "author"])
    rows = frames.code_sentences(texts, sentences, codebook=book())
    row = frames.summarize(texts, rows, sentences, codebook=book()).set_index("frame_id").loc["process"]
    assert len(rows) == 1
    assert (row["frame_sentence_count"], row["sentence_count"], row["frame_share"]) == (0, 1, 0.0)


def test_a_share_without_sentences_of_the_author_is_missing() -> None:
    texts, sentences = batch({"doc": "The talks resumed."}, voice="quoted")
    rows = frames.code_sentences(texts, sentences, codebook=book())
    whole = frames.summarize(texts, rows, sentences, codebook=book())
    assert len(whole) == len(book().frames)
    assert whole[["frame_share", "frame_share_low", "frame_share_high"]].isna().all(axis=None)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=8))
def test_a_share_is_that_of_the_authors_sentences_with_its_wilson_interval(coding: list[tuple[bool, bool]]) -> None:
    frame = book().frames[0].id
    ids = [f"s{number}" for number in range(len(coding))]
    voices = ["author" if is_author else "reported" for is_author, _ in coding]
    sentences = pd.DataFrame({"sentence_id": pd.Series(ids, dtype="str"), "document_id": "doc",
                              "voice_label": pd.Series(voices, dtype="str")})  # fmt: skip
    using = [number for number, (_, is_using) in zip(ids, coding, strict=True) if is_using]
    rows = pd.DataFrame({"sentence_id": pd.Series(using, dtype="str"), "document_id": "doc", "frame_id": frame})
    texts = pd.DataFrame({"document_id": ["doc"], "text_sha256": ["x"], "text": [""]})
    row = frames.summarize(texts, rows, sentences, codebook=book()).set_index("frame_id").loc[frame]
    trials = sum(is_author for is_author, _ in coding)
    successes = sum(is_author and is_using for is_author, is_using in coding)
    low, high = wilson(successes, trials)
    share = successes / trials if trials else np.nan
    found = row[["frame_share", "frame_share_low", "frame_share_high"]].to_numpy(dtype=float)
    assert np.allclose(found, [share, low, high], atol=1e-4, equal_nan=True)


def test_an_empty_batch_gives_empty_tables_with_their_columns() -> None:
    texts, sentences = batch({})
    rows = frames.code_sentences(texts, sentences, codebook=book())
    whole = frames.summarize(texts, rows, sentences, codebook=book())
    assert (list(rows.columns), len(rows)) == ([c for c in SENTENCE_FRAMES.column_names if c != "feature_version"], 0)
    assert (list(whole.columns), len(whole)) == ([c for c in DOCUMENT_FRAMES.column_names if c != "feature_version"], 0)


def test_the_order_of_documents_and_sentences_changes_nothing() -> None:
    texts, sentences = batch({"a": "The talks resumed. Munich failed.", "b": CROWDED, "c": "It rained."})
    turned_texts, turned = texts.iloc[[2, 0, 1]], sentences.iloc[::-1]
    straight = frames.code_sentences(texts, sentences, codebook=book())
    pd.testing.assert_frame_equal(straight, frames.code_sentences(turned_texts, turned, codebook=book()))
    pd.testing.assert_frame_equal(
        frames.summarize(texts, straight, sentences, codebook=book()),
        frames.summarize(turned_texts, straight.iloc[::-1], turned, codebook=book()),
    )
