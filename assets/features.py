"""Feature assets: readability, stance, frames and topics."""

from functools import partial

import pandas as pd

from assets.resources import Folders
from assets.table_assets import table_asset
from pipeline.codebook import Codebook
from pipeline.derivation import Derivation
from pipeline.features import forecasts, frames, readability, stance
from pipeline.features import topics as topics_of
from pipeline.features.estimative import Estimative
from pipeline.features.outcomes import Outcomes
from pipeline.tables import features
from pipeline.tables.forecasts import FORECASTS
from pipeline.training import Training


@table_asset(features.DOCUMENT_READABILITY, code="pipeline.features.readability", kinds={"textstat", "deltalake"})
def document_readability(sentences: pd.DataFrame, folders: Folders, derive: Derivation) -> pd.DataFrame:
    """Readability of each document, over all text and over the author's own voice."""
    return derive.by_document(partial(readability.measure, dictionary_folder=folders.pronunciation), sentences)


@table_asset(features.SENTENCE_STANCE, code="pipeline.features.stance", kinds={"scikitlearn", "deltalake"})
def sentence_stance(
    sentences: pd.DataFrame, codebook: Codebook, training: Training, derive: Derivation
) -> pd.DataFrame:
    """Positions toward the codebook's targets, sentence by sentence, with the words that they rest on."""
    return derive.by_document(partial(stance.code_sentences, codebook=codebook, coder=training.coder), sentences)


@table_asset(features.DOCUMENT_STANCE, code="pipeline.features.stance", kinds={"pandas", "deltalake"})
def document_stance(
    sentence_stance: pd.DataFrame, sentences: pd.DataFrame, codebook: Codebook, derive: Derivation
) -> pd.DataFrame:
    """Where each document stands on each target in its author's voice, silences included."""
    return derive.by_document(partial(stance.summarize, codebook=codebook), sentence_stance, sentences)


@table_asset(features.SENTENCE_FRAMES, code="pipeline.features.frames", kinds={"scikitlearn", "deltalake"})
def sentence_frames(
    sentences: pd.DataFrame, codebook: Codebook, training: Training, derive: Derivation
) -> pd.DataFrame:
    """Frames through which each sentence makes sense of the talks."""
    return derive.by_document(partial(frames.code_sentences, codebook=codebook, coder=training.coder), sentences)


@table_asset(features.DOCUMENT_FRAMES, code="pipeline.features.frames", kinds={"pandas", "deltalake"})
def document_frames(
    sentence_frames: pd.DataFrame, sentences: pd.DataFrame, codebook: Codebook, derive: Derivation
) -> pd.DataFrame:
    """Share of each frame in the author's sentences of each document, with its interval."""
    return derive.by_document(partial(frames.summarize, codebook=codebook), sentence_frames, sentences)


@table_asset(
    features.TOPICS, features.DOCUMENT_TOPICS, code="pipeline.features.topics", kinds={"scikitlearn", "deltalake"}
)
def topic_model(
    texts: pd.DataFrame, sentences: pd.DataFrame, documents: pd.DataFrame, topics: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Topics of the compared documents' paragraphs, by TF-IDF and NMF with a fixed seed; known ones keep their ids."""
    learned = topics_of.learn(texts, sentences, documents, previous=topics)
    return learned.topics, learned.document_topics


@table_asset(FORECASTS, code="pipeline.features.forecasts", kinds={"python", "deltalake"})
def predictions(
    sentences: pd.DataFrame, sentence_stance: pd.DataFrame, documents: pd.DataFrame, codebook: Codebook,
    estimative: Estimative, outcomes: Outcomes, derive: Derivation,
) -> pd.DataFrame:  # fmt: skip
    """What sentences predict, how surely by their own words, by when, and what became of it."""
    find = partial(forecasts.find, codebook=codebook, estimative=estimative, outcomes=outcomes)
    return derive.by_document(find, sentences, sentence_stance, documents[["document_id", "published_date"]])
