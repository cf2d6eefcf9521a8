"""Stance: who takes which position on the codebook's targets, sentence by sentence and document by document.

Two coders: the classifier that was trained on the labelled sentences (pipeline/classify.py), and cues, the plain lexicon
coder and the baseline of any better one, which speaks where the classifier says nothing. Both abstain when unsure: what
they miss is a row that is not there. Labels follow SemEval-2016 Task 6 (Mohammad et al. 2016). Which words mean what
stands in data/codebook, and how a sentence commits its speaker to them in pipeline/commitment.py.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from pipeline import commitment
from pipeline.codebook import Codebook, Example, Language, Target
from pipeline.coder import Coder
from pipeline.contracts import conform
from pipeline.cues import Reading, Span
from pipeline.intervals import wilson
from pipeline.passages import batched
from pipeline.tables.features import DOCUMENT_STANCE, MODALITIES, POLARITIES, SENTENCE_STANCE

ENOUGH_SENTENCES: Final = 3
# One sentence suffices for a document's label, so it must be a sure one: what the classifier finds less likely than this
# stays a row of its sentence and does not count for the document. That a target is raised at all is told by its words.
SURE_PROBABILITY: Final = 0.5
MIXED_SHARE: Final = 1 / 3
_OPPOSITE: Final = {"favor": "against", "against": "favor"}


class Finding(NamedTuple):
    """What one sentence says on one target, and the words that decided."""

    polarity: str
    modality: str
    spans: set[Span]


def code_sentences(
    texts: pd.DataFrame, sentences: pd.DataFrame, *, codebook: Codebook, coder: Coder | None = None
) -> pd.DataFrame:
    """One row for each sentence and target that it raises; boilerplate is never coded. See SENTENCE_STANCE.

    Without a coder it is coded by cues alone.

    Args:
        texts: document_id, text_sha256, text; the documents of this batch.
        sentences: rows of SENTENCES; those of other documents are passed over.

    Returns:
        The columns of SENTENCE_STANCE but feature_version, in key order.
    """
    rows: list[dict[str, object]] = []
    for sentence, reading, before, evidence in _sentences(texts, sentences, codebook):
        is_author = sentence["voice_label"] == "author"
        for target in codebook.targets:
            finding = find(reading, before, target, codebook.language, is_author=is_author)
            if finding:
                rows.append(_row(sentence, reading, target, finding, codebook.language) | evidence)
    by_cues = conform(pd.DataFrame(rows, columns=list(SENTENCE_STANCE.column_names)), SENTENCE_STANCE)
    if coder:
        by_cues = _with_learned(by_cues, _learned(texts, sentences, codebook, coder))
    return by_cues.drop(columns="feature_version")


def _learned(texts: pd.DataFrame, sentences: pd.DataFrame, codebook: Codebook, coder: Coder) -> pd.DataFrame:
    """The rows that the classifier codes."""
    batch = batched(texts, sentences)
    found = coder.code(list(zip(batch["sentence"], batch["before"], strict=True))).stance
    rows = batch.iloc[found["pair"]].reset_index(drop=True)
    columns = ["target_id", "polarity_label", "stance_probability", "modality_label", "strength", "terms"]
    rows = pd.concat([rows, found[columns].reset_index(drop=True)], axis=1)
    is_author = rows["voice_label"] == "author"
    holder = rows["speaker"].where(rows["speaker"].notna(), rows["voice_label"]).mask(is_author, "author")
    rows = rows.assign(holder=holder, method="classifier", codebook_version=codebook.version)
    return conform(rows.reindex(columns=list(SENTENCE_STANCE.column_names)), SENTENCE_STANCE)


def _with_learned(by_cues: pd.DataFrame, learned: pd.DataFrame) -> pd.DataFrame:
    """A row a sentence and target: a position before a mention, and of two of a kind the classifier's."""
    rows = pd.concat([learned, by_cues], ignore_index=True)
    is_mention = rows["polarity_label"] == "mentioned"
    ordered = rows.assign(is_mention=is_mention).sort_values("is_mention", kind="stable").drop(columns="is_mention")
    return conform(ordered.drop_duplicates(list(SENTENCE_STANCE.key)), SENTENCE_STANCE)


def _sentences(
    texts: pd.DataFrame, sentences: pd.DataFrame, codebook: Codebook
) -> Iterator[tuple[dict[str, object], Reading, Reading | None, dict[str, object]]]:
    """Each sentence that is coded, read, with the one before it and with what its row is evidence of."""
    by_document = dict(iter(sentences.sort_values("position").groupby("document_id")))
    for document_id, text_sha256, text in texts[["document_id", "text_sha256", "text"]].itertuples(index=False):
        evidence = {"text_sha256": text_sha256, "codebook_version": codebook.version}
        if document_id in by_document:
            for sentence, reading, before in _readings(text, by_document[document_id]):
                yield sentence, reading, before, evidence


def _readings(text: str, sentences: pd.DataFrame) -> Iterator[tuple[dict[str, object], Reading, Reading | None]]:
    """Each sentence that is coded, with the sentence before it in its paragraph."""
    before, paragraph = None, None
    for sentence in sentences.to_dict("records"):
        if sentence["voice_label"] == "boilerplate":
            continue
        reading = Reading(text[sentence["start_offset"] : sentence["end_offset"]])
        yield {str(k): v for k, v in sentence.items()}, reading, before if paragraph == sentence["paragraph"] else None
        before, paragraph = reading, sentence["paragraph"]


def _speaker(sentence: dict[str, object]) -> object:
    speaker = sentence["speaker"]
    return speaker if isinstance(speaker, str) and speaker else sentence["voice_label"]


def _row(
    sentence: dict[str, object], reading: Reading, target: Target, finding: Finding, language: Language
) -> dict[str, object]:
    return {
        **{name: sentence[name] for name in ("sentence_id", "document_id", "start_offset", "end_offset")},
        "target_id": target.id,
        "polarity_label": finding.polarity,
        "modality_label": finding.modality,
        "strength": commitment.strength(reading, language),
        "holder": "author" if sentence["voice_label"] == "author" else _speaker(sentence),
        "terms": reading.words(finding.spans),
        "method": "cues",
    }


def find(
    reading: Reading, before: Reading | None, target: Target, language: Language, *, is_author: bool
) -> Finding | None:
    """What a sentence says on a target, or None where it does not raise it or nothing can be said for sure.

    Cues vote, each once; a tie is no position. A question that is not rhetorical says nothing.
    """
    is_question = reading.text.rstrip("\"”’') ").endswith("?")
    if is_question and not reading.spans(language.rhetorical):
        return None
    points_back = before if before and reading.spans(language.pointers_back) else None
    votes = list(_votes(reading, points_back, target, language, is_author=is_author, is_question=is_question))
    signs = Counter(sign for sign, _ in votes)
    if signs["favor"] != signs["against"]:
        polarity = max(signs, key=lambda sign: signs[sign])
        spans = {span for sign, held in votes if sign == polarity for span in held}
    else:
        polarity = "mentioned"
        spans = {span for _, held in votes for span in held}
        spans |= {span for cue in target.topic for held in reading.matches(cue) for span in held}
    if not spans or (is_question and polarity == "mentioned"):
        return None
    return Finding(polarity, commitment.modality(reading, spans, target.kind, language), spans)


def _votes(
    reading: Reading, before: Reading | None, target: Target, language: Language, *, is_author: bool, is_question: bool
) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """The sign of each cue that the sentence commits itself to, with its first match that does so."""
    signs = [("favor", cue) for cue in target.favor] + [("against", cue) for cue in target.against]
    for sign, cue in signs:
        for spans in reading.matches(cue, before):
            kind = commitment.modality(reading, set(spans), target.kind, language)
            if commitment.is_withheld(reading, spans, kind, language, is_author=is_author):
                continue
            # A rhetorical question denies what it asks.
            is_denied = commitment.is_negated(reading, cue, spans, language) != is_question
            if is_denied and not target.negation_reverses:
                continue
            yield _OPPOSITE[sign] if is_denied else sign, spans
            break


def summarize(
    texts: pd.DataFrame, sentence_stance: pd.DataFrame, sentences: pd.DataFrame, *, codebook: Codebook
) -> pd.DataFrame:
    """One row for each document of `texts` and each target, absences included, over the author's voice alone.

    Rule 7: mixed when the rarer sign has at least a third of the sentences with a position; below three of these the
    score (favor - against) / (favor + against) and its interval are missing. The interval is Wilson's for the share
    in favor (1927), carried from [0, 1] to [-1, 1].

    Returns:
        The columns of DOCUMENT_STANCE but feature_version, in key order.
    """
    authored = sentences.loc[sentences["voice_label"] == "author", "sentence_id"]
    is_likely = sentence_stance["stance_probability"] >= SURE_PROBABILITY
    is_sure = (sentence_stance["method"] == "cues") | (is_likely & (sentence_stance["polarity_label"] != "mentioned"))
    coded = sentence_stance[sentence_stance["sentence_id"].isin(authored) & is_sure.fillna(False)]
    key = ["document_id", "target_id"]
    targets = pd.DataFrame({"target_id": pd.Series([target.id for target in codebook.targets], dtype="str")})
    rows = texts[["document_id", "text_sha256"]].merge(targets, how="cross")
    grid = pd.MultiIndex.from_frame(rows[key])
    signs = _counts(coded, "polarity_label", POLARITIES, grid)
    held = _counts(coded[coded["polarity_label"] != "mentioned"], "modality_label", MODALITIES, grid)
    rows = rows.assign(
        stance_label=_labels(signs),
        **{f"{label}_count": signs[label] for label in POLARITIES},
        descriptive_claim_count=held["describes"] + held["expects"],
        normative_claim_count=held["evaluates"] + held["prescribes"],
        majority_modality=_majority(held),
        codebook_version=codebook.version,
        **_scores(signs["favor"], signs["against"]),
    )
    return conform(rows, DOCUMENT_STANCE).drop(columns="feature_version")


def _counts(coded: pd.DataFrame, column: str, labels: tuple[str, ...], grid: pd.MultiIndex) -> dict[str, np.ndarray]:
    """How often each label occurs in each document and target of the grid."""
    counted = {}
    for label in labels:
        sizes = coded[coded[column] == label].groupby(["document_id", "target_id"]).size()
        counted[label] = sizes.reindex(grid, fill_value=0).to_numpy(dtype=np.int64)
    return counted


def _labels(signs: dict[str, np.ndarray]) -> np.ndarray:
    favor, against = signs["favor"], signs["against"]
    both = favor + against
    is_mixed = (both > 0) & (np.minimum(favor, against) >= both * MIXED_SHARE)
    conditions = [is_mixed, favor > against, against > favor, signs["mentioned"] > 0]
    return np.select(conditions, ["mixed", "favor", "against", "mentioned"], default="absent")


def _majority(held: dict[str, np.ndarray]) -> pd.Series:
    """The modality that more sentences have than any other; missing where none has."""
    table = np.column_stack([held[label] for label in MODALITIES])
    most = table.max(axis=1, keepdims=True)
    is_alone = ((table == most).sum(axis=1) == 1) & (most[:, 0] > 0)
    return pd.Series(np.array(MODALITIES)[table.argmax(axis=1)], dtype="str").where(is_alone)


def _scores(favor: np.ndarray, against: np.ndarray) -> dict[str, np.ndarray]:
    both = favor + against
    is_enough = both >= ENOUGH_SENTENCES
    low, high = wilson(favor, both)
    score = (favor - against) / np.where(both > 0, both, 1)
    return {
        "stance_score": np.where(is_enough, score, np.nan),
        "stance_score_low": np.where(is_enough, 2 * low - 1, np.nan),
        "stance_score_high": np.where(is_enough, 2 * high - 1, np.nan),
        "has_enough_evidence": is_enough,
    }


def misses(codebook: Codebook) -> list[str]:
    """Every example of the codebook that the coder does not code as the codebook says, one sentence each."""
    told = []
    for target in codebook.targets:
        for example in target.matches:
            found = find(Reading(example.text), None, target, codebook.language, is_author=True)
            if found is None or (found.polarity, found.modality) != (example.polarity, example.modality):
                told.append(_miss(target, example, found))
        for text in target.rejects:
            found = find(Reading(text), None, target, codebook.language, is_author=True)
            if found and found.polarity != "mentioned":
                told.append(f"target {target.id}: coded {found.polarity}, must take no position: {text}")
    return told


def _miss(target: Target, example: Example, found: Finding | None) -> str:
    got = f"{found.polarity}, {found.modality}" if found else "not at all"
    return f"target {target.id}: coded {got}, must be {example.polarity}, {example.modality}: {example.text}"
