"""Frozen: the labelled sentences that were set aside before anything was tuned, as texts to be coded and marks to meet."""

from collections.abc import Callable, Sequence

import pandas as pd

from pipeline.labels import Labels
from pipeline.text import SentenceSpan, sha256

_COLUMNS = ["measure_family", "target_id", "sentence_id", "label"]
_TEXT = ["document_id", "text_sha256", "text"]
_SENTENCE = [
    "sentence_id", "document_id", "position", "paragraph", "start_offset", "end_offset", "voice_label", "speaker",
]  # fmt: skip
Voices = Callable[[str, Sequence[SentenceSpan]], Sequence[tuple[str, str | None]]]
_OTHERS = ("quoted", "reported")


def as_documents(labels: Labels, label_voices: Voices) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Passages as documents: texts (document_id, text_sha256, text), and their sentences with the voices that are found.

    The sentences have sentence_id, document_id, position, paragraph, start_offset, end_offset, voice_label, speaker.
    `label_voices` is the pipeline's own: text and spans to (voice, speaker) pairs.
    """
    texts, rows = [], []
    for passage_id, held in labels.sentences.groupby("passage_id", sort=False):
        text, spans, before = "", [], None
        for sentence, paragraph in zip(held["sentence"], held["paragraph"], strict=True):
            text += "" if before is None else (" " if paragraph == before else "\n\n")
            spans.append(SentenceSpan(len(text), len(text) + len(sentence), int(paragraph)))
            text, before = text + sentence, paragraph
        texts.append((passage_id, sha256(text), text))
        spoken = label_voices(text, spans)
        for place, (sentence_id, span, (voice, speaker)) in enumerate(
            zip(held["sentence_id"], spans, spoken, strict=True)
        ):
            rows.append((sentence_id, passage_id, place, span.paragraph, span.start, span.end, voice, speaker))
    return pd.DataFrame(texts, columns=_TEXT), pd.DataFrame(rows, columns=_SENTENCE)


def labelled(labels: Labels) -> pd.DataFrame:
    """What is there: positions, frames and voices; measure_family, target_id, sentence_id, label."""
    stances = labels.stances.loc[labels.stances["polarity_label"] != "mentioned"]
    return pd.concat(
        [
            _rows("stance", stances["target_id"], stances["sentence_id"], stances["polarity_label"]),
            _rows("frames", labels.frames["frame_id"], labels.frames["sentence_id"], "there"),
            voices(labels.sentences["sentence_id"], labels.sentences["voice_label"]),
        ],
        ignore_index=True,
    )


def coded(sentences: pd.DataFrame, stance: pd.DataFrame, frames: pd.DataFrame) -> pd.DataFrame:
    """What was found, in the same columns, from the sentences' voices and the rows of stance and frames."""
    taken = stance.loc[stance["polarity_label"] != "mentioned"]
    return pd.concat(
        [
            _rows("stance", taken["target_id"], taken["sentence_id"], taken["polarity_label"]),
            _rows("frames", frames["frame_id"], frames["sentence_id"], "there"),
            voices(sentences["sentence_id"], sentences["voice_label"]),
        ],
        ignore_index=True,
    )


def voices(ids: pd.Series, labels: pd.Series) -> pd.DataFrame:
    """Quoted and reported sentences, each under its voice and under "others"."""
    frame = pd.DataFrame({"sentence_id": ids.to_numpy(), "voice": labels.to_numpy()})
    other = frame.loc[frame["voice"].isin(_OTHERS)]
    return pd.concat(
        [
            _rows("voice", other["voice"], other["sentence_id"], "there"),
            _rows("voice", "others", other["sentence_id"], "there"),
        ],
        ignore_index=True,
    )


def _rows(family: str, targets: pd.Series | str, sentences: pd.Series, labels: pd.Series | str) -> pd.DataFrame:
    rows = pd.DataFrame({"sentence_id": sentences.to_numpy()})
    plain = {
        "measure_family": family,
        "target_id": targets if isinstance(targets, str) else targets.to_numpy(),
        "label": labels if isinstance(labels, str) else labels.to_numpy(),
    }
    return rows.assign(**plain)[_COLUMNS]
