"""Passages: sentences of documents with those before them, as the classifier reads them."""

from typing import Final

import pandas as pd

# Sentences before, in the same paragraph, that a sentence is read with.
BEFORE: Final = 2


def batched(texts: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """The sentences of a batch that are coded, boilerplate left out, in reading order.

    Args:
        texts: document_id, text_sha256, text.
        sentences: rows of SENTENCES; those of other documents are passed over.

    Returns:
        sentence_id, document_id, voice_label, speaker, start_offset, end_offset, text_sha256, sentence (its words) and
        before (a tuple of at most two sentences, in reading order).
    """
    bodies = dict(zip(texts["document_id"], texts["text"], strict=True))
    versions = dict(zip(texts["document_id"], texts["text_sha256"], strict=True))
    coded = sentences[(sentences["voice_label"] != "boilerplate") & sentences["document_id"].isin(texts["document_id"])]
    coded = coded.sort_values(["document_id", "position"]).reset_index(drop=True)
    spans = coded[["document_id", "start_offset", "end_offset"]].itertuples(index=False, name=None)
    words = [bodies[document][start:end] for document, start, end in spans]
    places = list(zip(coded["document_id"], coded["paragraph"], strict=True))
    before = [
        tuple(words[place] for place in range(max(0, number - BEFORE), number) if places[place] == places[number])
        for number in range(len(words))
    ]
    kept = coded[["sentence_id", "document_id", "voice_label", "speaker", "start_offset", "end_offset"]]
    return kept.assign(
        text_sha256=coded["document_id"].map(versions), sentence=words, before=pd.Series(before, dtype="object")
    )
