"""Topics: what the compared documents speak of, learned from their paragraphs by TF-IDF and factorisation (NMF).

Here they are put together; `topic_terms`, `topic_model`, `topic_matching` and `topic_names` each do their part.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from pipeline.features.topic_matching import matched_ids, remembered, spelled, vanished
from pipeline.features.topic_model import (
    FEWEST_TOPICS,
    Factors,
    Trial,
    chosen_trial,
    coherence,
    factors,
    stability,
    strongest,
)
from pipeline.features.topic_names import names
from pipeline.features.topic_terms import Floats, TermCounts, paragraphs, term_counts
from pipeline.tables.features import DOCUMENT_TOPICS, TOPICS


class Topics(NamedTuple):
    """Topics, and each compared document's shares of them: frames of TOPICS and DOCUMENT_TOPICS, not yet conformed."""

    topics: pd.DataFrame
    document_topics: pd.DataFrame


def learn(
    texts: pd.DataFrame,
    sentences: pd.DataFrame,
    documents: pd.DataFrame,
    previous: pd.DataFrame | None = None,
    *,
    seed: int = 0,
    topic_count: int | None = None,
) -> Topics:
    """Topics of the compared documents, and each document's share of each; the same for the same rows in any order.

    A paragraph is what its author and the voices reported say in it; quotations and boilerplate are left out. How many
    topics there are, `topic_model.chosen_trial` decides; ids and names stay with their topics from build to build
    (`matched_ids`, `names`). What was there before moves ids and names alone: terms, shares and scores follow from the
    texts. Given its own topics as `previous`, the same corpus gives the same rows, to the last bit.

    There are no current topics where documents, paragraphs or shared terms are too few (`term_counts`), or where
    nothing in them is found again when documents are left out. Topics that vanished stay as rows with `is_current` false
    and without scores, so that their ids are not given away; one that returns takes its id back.

    Args:
        texts: document_id, text_sha256, text.
        sentences: rows of SENTENCES.
        documents: rows of DOCUMENTS; those with `is_compared` are learned from.
        previous: rows of TOPICS as the last build left them, if there was one.
        seed: of the factorisation and of the resampling.
        topic_count: topics to learn where the corpus allows it; chosen by stability and coherence if not given.

    Raises:
        ValueError: `topic_count` is below FEWEST_TOPICS, or a sentence was cut from another version of its text.
    """
    if topic_count is not None and topic_count < FEWEST_TOPICS:
        raise ValueError(f"topic_count is {topic_count}; give {FEWEST_TOPICS} or more, or leave it out")
    compared = documents[documents["is_compared"].fillna(False).astype(bool)].sort_values("document_id")
    held = texts[texts["document_id"].isin(compared["document_id"])].sort_values("document_id")
    memory = remembered(previous)
    corpus = term_counts(paragraphs(held, sentences))
    if corpus is None:
        return _none(memory)
    # One thread, because the order of a sum, and so its last digit, depends on how many there are.
    with threadpool_limits(1):
        trial = chosen_trial(corpus, seed, topic_count)
        if trial is None:
            return _none(memory)
        learned = _by_falling_share(corpus, factors(corpus.weights, trial.topic_count, seed))
        topics = _topics(corpus, learned, trial, memory, _signatures(compared))
    shares = _document_shares(corpus, learned.loadings, held, topics["topic_id"])
    return Topics(pd.concat([topics, vanished(memory, topics["topic_id"].tolist())], ignore_index=True), shares)


def _none(memory: pd.DataFrame) -> Topics:
    gone = vanished(memory, [])
    return Topics(gone if len(gone) else TOPICS.empty(), DOCUMENT_TOPICS.empty())


def _by_falling_share(corpus: TermCounts, learned: Factors) -> Factors:
    """The factors with each paragraph weighing by its words, largest first, those in no paragraph left out."""
    spoken = learned.loadings * corpus.lengths[:, np.newaxis]
    order = [topic for topic in np.argsort(-spoken.sum(axis=0), kind="stable") if spoken[:, topic].any()]
    return Factors(spoken[:, order], learned.components[order])


def _topics(
    corpus: TermCounts, learned: Factors, trial: Trial, memory: pd.DataFrame, signatures: Sequence[str]
) -> pd.DataFrame:
    terms = strongest(corpus.terms, learned.components)
    spellings = [spelled(corpus.terms, component) for component in learned.components]
    ids = matched_ids(spellings, memory)
    known = dict(zip(memory["topic_id"], memory["topic_name"], strict=True))
    kept = {position: str(known[topic_id]) for position, topic_id in enumerate(ids) if topic_id in known}
    return pd.DataFrame(
        {
            "topic_id": ids,
            "topic_name": names(corpus, learned.loadings, learned.components, kept, signatures),
            "terms": ["; ".join(strong) for strong in terms],
            "coherence_score": coherence(corpus, terms),
            "stability_score": stability(terms, trial),
            "topic_share": learned.loadings.sum(axis=0) / learned.loadings.sum(),
            "paragraph_count": len(corpus.owners),
            "is_current": True,
            "term_weights": spellings,
        }
    )


def _signatures(documents: pd.DataFrame) -> list[str]:
    """Names of the analysts and outlets, which sign texts and are not their subject."""
    signed = documents.reindex(columns=["analyst", "outlet"]).stack()
    return sorted({name.strip() for cell in signed.dropna() for name in str(cell).split(";")})


def _document_shares(corpus: TermCounts, spoken: Floats, texts: pd.DataFrame, topic_ids: pd.Series) -> pd.DataFrame:
    """Share of each topic in a document's paragraph weights, each paragraph counting by its words."""
    sums = pd.DataFrame(spoken, columns=list(topic_ids)).groupby(corpus.owners).sum().reindex(texts["document_id"])
    shares = sums.div(sums.sum(axis=1).where(lambda total: total > 0), axis=0)
    shares["text_sha256"] = texts.set_index("document_id")["text_sha256"]
    named = shares.rename_axis("document_id").reset_index()
    long = named.melt(["document_id", "text_sha256"], var_name="topic_id", value_name="topic_share")
    return long[list(DOCUMENT_TOPICS.column_names)].sort_values(["document_id", "topic_id"], ignore_index=True)
