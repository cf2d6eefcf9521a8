"""The table `document_comparison`: a compared document's headline measures and distance from the essay."""

from typing import Final

import pandas as pd

from pipeline.comparison.distances import distances
from pipeline.comparison.measures import long_values
from pipeline.contracts import conform
from pipeline.tables.comparison import DOCUMENT_COMPARISON

LEADING_FRAMES: Final = 3
_SHOWN: Final = (
    "document_id", "title", "analyst", "outlet", "perspective", "published_date", "origin_label", "word_count",
)  # fmt: skip
_TARGETS: Final = {"favor": "targets_favored", "against": "targets_opposed", "mixed": "targets_mixed"}


def compare(
    documents: pd.DataFrame,
    document_readability: pd.DataFrame,
    document_stance: pd.DataFrame,
    document_frames: pd.DataFrame,
    document_topics: pd.DataFrame,
    topics: pd.DataFrame,
    sentences: pd.DataFrame,
) -> pd.DataFrame:
    """One row a document with `is_compared`, from conformed frames of the tables of those names."""
    compared = documents.loc[documents["is_compared"].fillna(False).astype(bool), list(_SHOWN)]
    values = long_values(documents, document_readability, document_stance, document_frames, document_topics)
    grades = document_readability[["document_id", "author_flesch_kincaid_grade", "author_flesch_reading_ease"]]
    rows = compared
    for part in (
        grades,
        _author_share(sentences),
        _targets(document_stance),
        _leading_frames(document_frames),
        _leading_topic(document_topics, topics),
        distances(values, documents),
    ):
        rows = rows.merge(part, on="document_id", how="left", validate="one_to_one")
    return conform(rows, DOCUMENT_COMPARISON)


def _author_share(sentences: pd.DataFrame) -> pd.DataFrame:
    """Share of all the document's sentences, boilerplate included, that are in the author's voice."""
    is_author = sentences["voice_label"] == "author"
    return is_author.groupby(sentences["document_id"]).mean().rename("author_sentence_share").reset_index()


def _targets(document_stance: pd.DataFrame) -> pd.DataFrame:
    """Target ids by label, in order of id; `targets_absent_count` is missing for a document without any row."""
    stance = document_stance.sort_values(["document_id", "target_id"])
    is_absent = stance["stance_label"] == "absent"
    rows = is_absent.groupby(stance["document_id"]).sum().rename("targets_absent_count").to_frame()
    for label, name in _TARGETS.items():
        chosen = stance[stance["stance_label"] == label]
        rows[name] = chosen.groupby("document_id")["target_id"].agg("; ".join)
    return rows.reset_index()


def _leading_frames(document_frames: pd.DataFrame) -> pd.DataFrame:
    """The three frames with the highest share above 0; the first id goes first where shares are equal."""
    used = document_frames[document_frames["frame_share"] > 0]
    ranked = used.sort_values(["document_id", "frame_share", "frame_id"], ascending=[True, False, True])
    leading = ranked.groupby("document_id").head(LEADING_FRAMES)
    return leading.groupby("document_id")["frame_id"].agg("; ".join).rename("leading_frames").reset_index()


def _leading_topic(document_topics: pd.DataFrame, topics: pd.DataFrame) -> pd.DataFrame:
    used = document_topics[document_topics["topic_share"] > 0]
    ranked = used.sort_values(["document_id", "topic_share", "topic_id"], ascending=[True, False, True])
    leading = ranked.drop_duplicates("document_id").merge(topics[["topic_id", "topic_name"]], on="topic_id", how="left")
    return leading[["document_id", "topic_name"]].rename(columns={"topic_name": "leading_topic"})
