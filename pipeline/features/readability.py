"""Readability: textstat's scores and counts of each document, over all its text and over its author's voice."""

import re
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import pandas as pd
from textstat.textstat import textstatistics

from pipeline.features import pronunciation
from pipeline.tables.features import DOCUMENT_READABILITY, READABILITY_COUNTS, READABILITY_SCORES
from pipeline.text import mask_sentence

MINIMUM_WORDS: Final = 100  # Flesch (1948) and Linsear Write take samples of 100 words; a shorter text is no sample.
MINIMUM_SMOG_SENTENCES: Final = 3  # SMOG extrapolates to 30 sentences; from one or two that is no estimate.
# textstat passes over sentences of one or two words ("It held."): its own guard, which no setting switches off.
SHORTEST_COUNTED_SENTENCE: Final = 3

Measure = Callable[[str], float]

_APOSTROPHES: Final = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'"})
_DASH: Final = re.compile(r"\s*(?:[\u2014\u2015]|--+)\s*|\s+[\u2013-]+\s+")


def _english() -> textstatistics:
    """A textstat of our own: the shared one's language and rounding can be changed by anybody in the process."""
    textstat = textstatistics()
    textstat.set_lang("en_US")
    textstat.set_rounding_points(None)
    return textstat


_TEXTSTAT: Final = _english()
# The formulas count every occurrence of a difficult word, so the published count does too.
_OVERRIDES: Final[dict[str, Measure]] = {"difficult_words": lambda text: _TEXTSTAT.difficult_words(text, unique=False)}
_COUNTS: Final[dict[str, Measure]] = {name: getattr(_TEXTSTAT, name) for name in READABILITY_COUNTS} | _OVERRIDES
_SCORES: Final[dict[str, Measure]] = {name: getattr(_TEXTSTAT, name) for name in READABILITY_SCORES}


def measure(texts: pd.DataFrame, sentences: pd.DataFrame, *, dictionary_folder: Path) -> pd.DataFrame:
    """Readability of each document: the columns of DOCUMENT_READABILITY but `feature_version`, one row a text.

    "All text" is every sentence but boilerplate; "the author's voice" is the sentences labelled `author`. Scores are
    missing under MINIMUM_WORDS words, and SMOG under MINIMUM_SMOG_SENTENCES sentences; counts are always given. Every
    score but Dale-Chall, Fog and Linsear follows from the published counts by its formula.

    Args:
        texts: document_id, text_sha256, text.
        sentences: rows of SENTENCES of the same texts.
        dictionary_folder: where the pronouncing dictionary is kept, or is put by the first caller.

    Raises:
        ValueError: a sentence was cut from another version of its document's text.
        FileNotFoundError: the pronouncing dictionary is not installed.
    """
    versions = {
        "textstat_version": metadata.version("textstat"),
        "dictionary_version": pronunciation.ensure(dictionary_folder),
    }
    _require_same_text(texts, sentences)
    cut = {str(document_id): part for document_id, part in sentences.groupby("document_id", sort=False)}
    rows = [
        {"document_id": text.document_id, "text_sha256": text.text_sha256, **versions}
        | _document(str(text.text), cut.get(str(text.document_id), sentences.iloc[:0]))
        for text in texts.itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=[name for name in DOCUMENT_READABILITY.column_names if name != "feature_version"])


def prepare(sentences: Iterable[str]) -> str:
    """The sentences as one text in which textstat ends sentences where we do, and tells words apart whatever the type.

    A typographic apostrophe becomes a straight one, which alone textstat and its dictionary know: "Russia's" would be
    looked up as "russias". A dash becomes a space: it would glue two words together, or, alone, be a word for ARI.
    """
    return " ".join(_DASH.sub(" ", mask_sentence(sentence).translate(_APOSTROPHES)) for sentence in sentences)


def _require_same_text(texts: pd.DataFrame, sentences: pd.DataFrame) -> None:
    both = sentences[["document_id", "text_sha256"]].drop_duplicates().merge(texts, on="document_id")
    wrong = both[both["text_sha256_x"] != both["text_sha256_y"]]
    if len(wrong):
        raise ValueError(
            f"document {wrong['document_id'].iloc[0]}: its sentences were cut from another version of its text; "
            "rebuild the table sentences before document_readability"
        )


def _document(text: str, cut: pd.DataFrame) -> dict[str, Any]:
    ordered = cut.sort_values("position")
    spans = zip(ordered["start_offset"], ordered["end_offset"], ordered["voice_label"], strict=True)
    voiced = [(text[start:end], voice) for start, end, voice in spans]
    everyone = _scores_and_counts([sentence for sentence, voice in voiced if voice != "boilerplate"])
    author = _scores_and_counts([sentence for sentence, voice in voiced if voice == "author"])
    return everyone | {f"author_{name}": value for name, value in author.items()}


def _scores_and_counts(sentences: list[str]) -> dict[str, float | None]:
    text = prepare(sentences)
    counted = (_TEXTSTAT.lexicon_count(prepare([one])) >= SHORTEST_COUNTED_SENTENCE for one in sentences)
    counts: dict[str, float | None] = {name: int(count(text)) for name, count in _COUNTS.items()}
    if (counts["lexicon_count"] or 0) < MINIMUM_WORDS or not any(counted):
        return counts | dict.fromkeys(_SCORES)
    scores: dict[str, float | None] = {name: score(text) for name, score in _SCORES.items()}
    if (counts["sentence_count"] or 0) < MINIMUM_SMOG_SENTENCES:
        scores["smog_index"] = None
    return counts | scores
