"""Forecasts: sentences that predict, whose prediction it is, how probable, by when, and what became of it.

A forecast is a commitment of the author, or of a voice that he reports, to what will be. What should be, what a plan
contains, what is promised, hoped or asked, and what was still to come in a past that is told are none. "Russia will
accept nothing less" is one: a demand's refusal is behaviour that can be checked. Who may, might or could do something
predicts only with a probability.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import pandas as pd

from pipeline.codebook import Codebook, Language
from pipeline.contracts import conform
from pipeline.cues import Reading, Span
from pipeline.features import horizons, outcomes, predictions
from pipeline.features.estimative import Estimative
from pipeline.features.horizons import Horizon
from pipeline.features.outcomes import Outcomes
from pipeline.features.predictions import Prediction
from pipeline.tables.forecasts import FORECASTS
from pipeline.text import stable_id

_CODED: Final = ("author", "quoted", "reported")


def find(
    texts: pd.DataFrame,
    sentences: pd.DataFrame,
    sentence_stance: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    codebook: Codebook,
    estimative: Estimative,
    outcomes: Outcomes,
) -> pd.DataFrame:
    """One row for each sentence that predicts; of several predictions in it the first that states a probability.

    Args:
        texts: document_id, text_sha256, text; the documents of this batch.
        sentences: rows of SENTENCES; those of other documents are passed over.
        sentence_stance: rows of SENTENCE_STANCE; the targets that a sentence holds with modality `expects` are what its
            forecast is about.
        documents: document_id, published_date; horizons are counted from there.

    Returns:
        The columns of FORECASTS but feature_version, in key order.
    """
    rows: list[dict[str, object]] = []
    by_document = dict(iter(sentences.sort_values("position").groupby("document_id")))
    published = _published(documents)
    for document_id, text_sha256, text in texts[["document_id", "text_sha256", "text"]].itertuples(index=False):
        evidence = {"text_sha256": text_sha256, "codebook_version": codebook.version, "method": "rules"}
        for sentence in _coded(by_document.get(document_id)):
            row = _row(sentence, text, published.get(document_id), codebook.language, estimative)
            if row:
                rows.append(row | evidence)
    frame = pd.DataFrame(rows, columns=[name for name in FORECASTS.column_names if name not in _LATER])
    frame = frame.merge(_targets(sentence_stance), on="sentence_id", how="left")
    return conform(_resolved(frame, outcomes), FORECASTS).drop(columns="feature_version")


_LATER: Final = ("target_id", "outcome", "resolved_date", "outcome_url", "brier_score", "feature_version")


def _resolved(frame: pd.DataFrame, held: Outcomes) -> pd.DataFrame:
    kinds = {"forecast_id": "str", "probability_low": "float64", "probability_high": "float64"}
    return outcomes.resolve(frame.astype(kinds), held)


def _published(documents: pd.DataFrame) -> dict[str, date]:
    dated = documents.dropna(subset="published_date")
    return dict(zip(dated["document_id"], pd.to_datetime(dated["published_date"]).dt.date, strict=True))


def _targets(sentence_stance: pd.DataFrame) -> pd.DataFrame:
    """sentence_id, target_id: the targets on which the sentence expects something, joined by "; "."""
    expected = sentence_stance[sentence_stance["modality_label"] == "expects"].sort_values("target_id")
    joined = expected.groupby("sentence_id")["target_id"].agg("; ".join)
    return pd.DataFrame({"sentence_id": joined.index.astype("str"), "target_id": joined.to_numpy()}, dtype="str")


def _coded(sentences: pd.DataFrame | None) -> Iterator[dict[str, Any]]:
    for sentence in sentences.to_dict("records") if sentences is not None else ():
        if sentence["voice_label"] in _CODED:
            yield {str(name): value for name, value in sentence.items()}


def _row(
    sentence: dict[str, Any], text: str, published: date | None, language: Language, estimative: Estimative
) -> dict[str, object] | None:
    start = sentence["start_offset"]
    reading = Reading(text[start : sentence["end_offset"]])
    voice = sentence["voice_label"]
    found = predictions.find(
        reading, language, estimative, is_author=voice == "author", is_reported=voice == "reported"
    )
    if found is None:
        return None
    horizon = _horizon(reading.text, found, published)
    return {
        "forecast_id": stable_id("forecast", sentence["sentence_id"]),
        **{name: sentence[name] for name in ("sentence_id", "document_id", "voice_label")},
        "holder": _holder(sentence, reading, found, language),
        "start_offset": start + found.clause[0],
        "end_offset": start + found.clause[1],
        "terms": reading.words({found.cue}),
        "probability_terms": reading.words(set(found.probability_spans)) or None,
        **_probability(found),
        **_commitment(reading, found, language),
        **_condition(start, found.condition),
        "horizon_terms": horizon.words if horizon else None,
        "horizon_low": horizon.low if horizon else None,
        "horizon_high": horizon.high if horizon else None,
    }


def _probability(found: Prediction) -> dict[str, object]:
    estimate = found.estimate
    return {
        "probability_low": estimate.low if estimate else None,
        "probability_high": estimate.high if estimate else None,
        "probability_scale": estimate.scale if estimate else None,
    }


def _commitment(reading: Reading, found: Prediction, language: Language) -> dict[str, bool]:
    """Hedges and boosters (Hyland 2005) of the predicted clause."""

    def has(group: str) -> bool:
        return any(found.clause[0] <= start < found.clause[1] for start, _ in reading.spans(group))

    return {
        "is_possibility": found.is_possibility,
        "is_hedged": has(language.hedges),
        "is_boosted": has(language.boosters),
        "is_negated": found.is_negated,
        "is_conditional": found.condition is not None,
    }


def _condition(start: int, condition: Span | None) -> dict[str, object]:
    return {
        "condition_start_offset": start + condition[0] if condition else None,
        "condition_end_offset": start + condition[1] if condition else None,
    }


def _holder(sentence: dict[str, Any], reading: Reading, found: Prediction, language: Language) -> str:
    """Who predicts: a speaker where one is told; in the author's sentence, "reported" behind words of attribution."""
    if sentence["voice_label"] == "author":
        leading = any(
            start <= found.cue[0] and reading.part_of((start, end)) == reading.part_of(found.cue)
            for start, end in reading.spans(language.attributions)
        )
        return "reported" if leading else "author"
    speaker = sentence["speaker"]
    return speaker if isinstance(speaker, str) and speaker else str(sentence["voice_label"])


def _horizon(text: str, found: Prediction, published: date | None) -> Horizon | None:
    """The horizon in the predicted clause or what governs it, one with a window first; else one that opens the sentence."""
    named = horizons.find(text, published)
    inside = [horizon for horizon in named if found.scope[0] <= horizon.span[0] < found.scope[1]]
    opening = [horizon for horizon in named if horizon.span[0] == 0]
    dated = [horizon for horizon in inside + opening if horizon.low or horizon.high]
    return next(iter([*dated, *inside, *opening]), None)
