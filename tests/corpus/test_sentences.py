"""Sentences: each sentence of a document once, at its place, under an id that edits elsewhere leave alone."""

import pandas as pd
import pytest

from pipeline.contracts import conform, violations
from pipeline.corpus import sentences
from pipeline.tables.corpus import SENTENCES
from pipeline.text import sha256

TEXT = 'The talks failed. "We shall be back," said Peter Marsh. The talks failed.\n\nNobody was surprised.'


def split(**texts: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        [{"document_id": name, "text_sha256": sha256(text), "text": text} for name, text in texts.items()],
        columns=["document_id", "text_sha256", "text"],
    )
    return conform(sentences.split(frame, frame[["document_id"]]), SENTENCES).sort_values(["document_id", "position"])


def test_sentences_keep_their_contract() -> None:
    assert violations(conform(split(doc_a=TEXT), SENTENCES), SENTENCES) == []


def test_offsets_lead_back_to_the_words() -> None:
    rows = split(doc_a=TEXT)
    found = [TEXT[start:end] for start, end in zip(rows["start_offset"], rows["end_offset"], strict=True)]
    assert found == [
        "The talks failed.",
        '"We shall be back," said Peter Marsh.',
        "The talks failed.",
        "Nobody was surprised.",
    ]


def test_positions_and_paragraphs_count_from_nought() -> None:
    rows = split(doc_a=TEXT)
    assert rows["position"].tolist() == [0, 1, 2, 3]
    assert rows["paragraph"].tolist() == [0, 0, 0, 1]


def test_the_same_words_twice_have_two_ids() -> None:
    assert split(doc_a=TEXT)["sentence_id"].is_unique


def test_the_same_words_in_two_documents_have_two_ids() -> None:
    assert split(doc_a=TEXT, doc_b=TEXT)["sentence_id"].is_unique


def test_an_edit_elsewhere_leaves_the_ids_of_the_other_sentences() -> None:
    before, after = split(doc_a=TEXT), split(doc_a=f"A new opening.\n\n{TEXT}")
    assert after["sentence_id"].tolist()[1:] == before["sentence_id"].tolist()


def test_only_the_documents_asked_for_are_split() -> None:
    texts = pd.DataFrame([{"document_id": name, "text_sha256": "x", "text": TEXT} for name in ("doc_a", "doc_b")])
    rows = sentences.split(texts, pd.DataFrame({"document_id": ["doc_b"]}))
    assert set(rows["document_id"]) == {"doc_b"}


def test_no_texts_give_no_sentences() -> None:
    assert split().empty


@pytest.mark.parametrize("text", ["…", "One", "¿?", "A.\n\n\n\nB."])
def test_a_text_without_ordinary_sentences_is_still_covered(text: str) -> None:
    assert len(split(doc_a=text)) >= 1
