"""Sentences: the sentences of each current document, with whose voice speaks in them."""

import pandas as pd

from pipeline.corpus import voice
from pipeline.text import sentence_spans, stable_id, words


def split(texts: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """`sentences` of a batch of texts (`document_id`, `text_sha256`, `text`), by position, without feature_version.

    `documents` is the batch's rows of any table with a row a document; it says which documents to split.
    """
    wanted = texts.loc[texts["document_id"].isin(documents["document_id"])]
    found = wanted[["document_id", "text_sha256", "text"]].itertuples(index=False, name=None)
    rows = [row for document_id, text_sha256, text in found for row in _rows(document_id, text_sha256, text)]
    return pd.DataFrame(rows)


def _rows(document_id: str, text_sha256: str, text: str) -> list[dict[str, object]]:
    spans = sentence_spans(text)
    seen: dict[str, int] = {}
    rows: list[dict[str, object]] = []
    for position, (span, speaks) in enumerate(zip(spans, voice.label(text, spans), strict=True)):
        sentence = text[span.start : span.end]
        folded = " ".join(sentence.casefold().split())
        seen[folded] = seen.get(folded, 0) + 1
        rows.append(
            {
                # The same words in the same document keep their id when an edit elsewhere moves them.
                "sentence_id": stable_id("sen", document_id, folded, seen[folded]),
                "document_id": document_id,
                "position": position,
                "paragraph": span.paragraph,
                "start_offset": span.start,
                "end_offset": span.end,
                "voice_label": speaks.voice_label,
                "speaker": speaks.speaker,
                "word_count": len(words(sentence)),
                "text_sha256": text_sha256,
            }
        )
    return rows
