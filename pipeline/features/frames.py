"""Frames: which of the codebook's frames a sentence uses, and their share of a document's own sentences.

By the classifier that was trained on the labelled sentences, or, without one, by cues: the plain lexicon coder, and the
baseline of any better one. Which words speak for a frame stands in data/codebook.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from pipeline.codebook import Codebook, Frame
from pipeline.coder import Coder
from pipeline.contracts import conform
from pipeline.cues import Cue, Reading, Span
from pipeline.intervals import wilson
from pipeline.passages import batched
from pipeline.tables.features import DOCUMENT_FRAMES, SENTENCE_FRAMES

MOST_FRAMES: Final = 3
STRONG_WEIGHT: Final = 2
WEAK_WEIGHT: Final = 1
ENOUGH_WEIGHT: Final = 2


def code_sentences(
    texts: pd.DataFrame, sentences: pd.DataFrame, *, codebook: Codebook, coder: Coder | None = None
) -> pd.DataFrame:
    """One row for each sentence and frame that it uses, three a sentence at most; boilerplate is never coded.

    Where more than three are found, those with the most cues stand, and of equals those first in the codebook.

    Args:
        texts: document_id, text_sha256, text; the documents of this batch.
        sentences: rows of SENTENCES; those of other documents are passed over.

    Returns:
        The columns of SENTENCE_FRAMES but feature_version, in key order.
    """
    if coder:
        return _learned(texts, sentences, codebook, coder).drop(columns="feature_version")
    coded = sentences[sentences["voice_label"] != "boilerplate"]
    wanted = texts[["document_id", "text_sha256", "text"]].merge(
        coded[["document_id", "sentence_id", "start_offset", "end_offset"]], on="document_id"
    )
    kept = ("sentence_id", "document_id", "start_offset", "end_offset", "text_sha256")
    rows: list[dict[str, object]] = []
    for sentence in wanted.to_dict("records"):
        reading = Reading(sentence["text"][sentence["start_offset"] : sentence["end_offset"]])
        for frame, spans in used(reading, codebook):
            found = {"frame_id": frame.id, "cue_count": len(spans), "terms": reading.words(spans), "method": "cues"}
            rows.append(found | {name: sentence[name] for name in kept})
    table = pd.DataFrame(rows, columns=list(SENTENCE_FRAMES.column_names)).assign(codebook_version=codebook.version)
    return conform(table, SENTENCE_FRAMES).drop(columns="feature_version")


def _learned(texts: pd.DataFrame, sentences: pd.DataFrame, codebook: Codebook, coder: Coder) -> pd.DataFrame:
    """The rows that the classifier codes, the most probable three a sentence; frames it has too few labels for, by none."""
    batch = batched(texts, sentences)
    found = coder.code(list(zip(batch["sentence"], batch["before"], strict=True))).frames
    found = found.sort_values(["pair", "frame_probability"], ascending=[True, False], kind="stable")
    found = found.groupby("pair").head(MOST_FRAMES)
    rows = batch.iloc[found["pair"]].reset_index(drop=True)
    rows = pd.concat([rows, found[["frame_id", "frame_probability", "terms"]].reset_index(drop=True)], axis=1)
    rows = rows.assign(method="classifier", codebook_version=codebook.version)
    return conform(rows.reindex(columns=list(SENTENCE_FRAMES.column_names)), SENTENCE_FRAMES)


def used(reading: Reading, codebook: Codebook) -> list[tuple[Frame, set[Span]]]:
    """The frames that a sentence uses, at most three, each with the spans of its cues."""
    found = [(frame, spans) for frame in codebook.frames if (spans := _spans(reading, frame))]
    return sorted(found, key=lambda pair: -len(pair[1]))[:MOST_FRAMES]


def _spans(reading: Reading, frame: Frame) -> set[Span]:
    """Spans of a frame's cues where they weigh enough, else none. Words that stand in two cues count once."""
    strong = list(_longest(reading, frame.strong, []))
    weak = list(_longest(reading, frame.weak, strong))
    # One word repeated is one cue: "war" twice says no more than once.
    different = {reading.text[start:end].casefold() for start, end in weak}
    weight = STRONG_WEIGHT * len(strong) + WEAK_WEIGHT * len(different)
    return {*strong, *weak} if weight >= ENOUGH_WEIGHT else set()


def _longest(reading: Reading, cues: tuple[Cue, ...], taken: list[Span]) -> Iterator[Span]:
    """The cues' matches, each as one span, without those that overlap a longer one or one already taken."""
    held = list(taken)
    matches = {(min(spans)[0], max(end for _, end in spans)) for cue in cues for spans in reading.matches(cue)}
    for start, end in sorted(matches, key=lambda span: (span[0] - span[1], span)):
        if all(end <= other[0] or start >= other[1] for other in held):
            held.append((start, end))
            yield start, end


def summarize(
    texts: pd.DataFrame, sentence_frames: pd.DataFrame, sentences: pd.DataFrame, *, codebook: Codebook
) -> pd.DataFrame:
    """One row for each document of `texts` and each frame: its share of the sentences in the author's voice.

    The share and its 95 % Wilson interval are missing where the document has no sentence in the author's voice.

    Returns:
        The columns of DOCUMENT_FRAMES but feature_version, in key order.
    """
    authored = sentences[sentences["voice_label"] == "author"]
    coded = sentence_frames[sentence_frames["sentence_id"].isin(authored["sentence_id"])]
    frames = pd.DataFrame({"frame_id": pd.Series([frame.id for frame in codebook.frames], dtype="str")})
    rows = texts[["document_id", "text_sha256"]].merge(frames, how="cross")
    grid = pd.MultiIndex.from_frame(rows[["document_id", "frame_id"]])
    using = coded.groupby(["document_id", "frame_id"]).size().reindex(grid, fill_value=0).to_numpy(dtype=np.int64)
    whole = authored.groupby("document_id").size().reindex(rows["document_id"], fill_value=0).to_numpy(dtype=np.int64)
    low, high = wilson(using, whole)
    rows = rows.assign(
        frame_share=np.where(whole > 0, using / np.where(whole > 0, whole, 1), np.nan),
        frame_share_low=low,
        frame_share_high=high,
        frame_sentence_count=using,
        sentence_count=whole,
        codebook_version=codebook.version,
    )
    return conform(rows, DOCUMENT_FRAMES).drop(columns="feature_version")


def misses(codebook: Codebook) -> list[str]:
    """Every example of the codebook that the coder does not code as the codebook says, one sentence each."""
    told = []
    for frame in codebook.frames:
        for text in frame.matches:
            if not _spans(Reading(text), frame):
                told.append(f"frame {frame.id}: not found in: {text}")
        for text in frame.rejects:
            if _spans(Reading(text), frame):
                told.append(f"frame {frame.id}: found, and must not be, in: {text}")
    return told
