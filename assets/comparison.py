"""Comparison assets: documents against the essay, groups by measure, and the terms that mark a group."""

import pandas as pd

from assets.previews import profile_plots
from assets.table_assets import table_asset
from pipeline.comparison import documents as documents_of
from pipeline.comparison import keyness as keyness_of
from pipeline.comparison import measures, profiles
from pipeline.tables import comparison


@table_asset(comparison.DOCUMENT_COMPARISON, code="pipeline.comparison.documents", kinds={"pandas", "deltalake"})
def document_comparison(
    documents: pd.DataFrame, document_readability: pd.DataFrame, document_stance: pd.DataFrame,
    document_frames: pd.DataFrame, document_topics: pd.DataFrame, topics: pd.DataFrame, sentences: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """Each compared document at a glance, and how far it stands from the essay by measure family."""
    tables = (document_readability, document_stance, document_frames, document_topics, topics)
    return documents_of.compare(documents, *tables, sentences)


@table_asset(
    comparison.ANALYST_PROFILES, code="pipeline.comparison.profiles", kinds={"pandas", "deltalake"}, plots=profile_plots
)
def analyst_profiles(
    documents: pd.DataFrame, document_analysts: pd.DataFrame, sentences: pd.DataFrame,
    document_readability: pd.DataFrame, document_stance: pd.DataFrame, document_frames: pd.DataFrame,
    document_topics: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """Every measure by analyst, outlet, perspective and month, with its interval and what may be said of it."""
    values = measures.long_values(documents, document_readability, document_stance, document_frames, document_topics)
    return profiles.profile(values, documents, document_analysts, sentences)


@table_asset(comparison.KEYNESS, code="pipeline.comparison.keyness", kinds={"scikitlearn", "deltalake"})
def keyness(
    texts: pd.DataFrame, sentences: pd.DataFrame, documents: pd.DataFrame, document_analysts: pd.DataFrame
) -> pd.DataFrame:
    """Words and phrases that an analyst or a perspective uses more than the others do."""
    return keyness_of.keyness(texts, sentences, documents, document_analysts)
