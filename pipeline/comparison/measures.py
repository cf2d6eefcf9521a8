"""Every comparable measure of every compared document, in one tidy table.

This is the input of profiles and distances. It holds no groups and no verdicts.
"""

from typing import Final

import numpy as np
import pandas as pd

from pipeline.intervals import wilson

# Formulas over the author's voice, and the two quantities that the Flesch formulas are made of.
READABILITY_SCORES: Final = (
    "author_flesch_kincaid_grade",
    "author_flesch_reading_ease",
    "author_gunning_fog",
    "author_smog_index",
    "author_coleman_liau_index",
    "author_dale_chall_readability_score",
)
WORDS_PER_SENTENCE: Final = "author_words_per_sentence"
SYLLABLES_PER_WORD: Final = "author_syllables_per_word"

# Codebook rule 7: a document is mixed when the rarer sign has at least a third of the sentences with a position.
MIXED_SHARE: Final = 1 / 3
POSITIONS: Final = {"favor": 1.0, "mixed": 0.0, "against": -1.0}

COLUMNS: Final = ("document_id", "measure_family", "measure", "value", "value_low", "value_high", "sentence_count")


def long_values(
    documents: pd.DataFrame,
    document_readability: pd.DataFrame,
    document_stance: pd.DataFrame,
    document_frames: pd.DataFrame,
    document_topics: pd.DataFrame,
) -> pd.DataFrame:
    """Every measure of the compared documents: one row a document and measure that has a value.

    Takes conformed frames of the tables of those names. Returns `document_id`, `measure_family`, `measure`, `value`,
    `value_low` and `value_high` (95 % interval over the document's own sentences; missing where the measure is not a
    share over sentences) and `sentence_count` (the sentences that the value rests on; missing for topics, which rest
    on paragraphs). Rows are in order of measure and document.

    - readability: the author's scores, mean words per sentence and mean syllables per word;
    - stance.<target_id>: favor 1, mixed 0, against -1. Mentioned and absent have no row: silence is not neutrality;
    - frames.<frame_id>: `frame_share`; topics.<topic_id>: `topic_share`.
    """
    parts = [
        _readability(document_readability),
        _stance(document_stance),
        _frames(document_frames),
        _topics(document_topics),
    ]
    values = pd.concat(parts, ignore_index=True)
    compared = documents.loc[documents["is_compared"].fillna(False).astype(bool), "document_id"]
    values = values[values["document_id"].isin(compared) & values["value"].notna()]
    return values.sort_values(["measure", "document_id"], ignore_index=True)


def _readability(document_readability: pd.DataFrame) -> pd.DataFrame:
    counts = {name: document_readability[f"author_{name}"].astype("float64") for name in
              ("lexicon_count", "sentence_count", "syllable_count")}  # fmt: skip
    # A text under the minimum length has no scores, and so no means either.
    is_scored = document_readability["author_flesch_kincaid_grade"].notna()
    wide = document_readability[["document_id", *READABILITY_SCORES]].assign(
        **{
            WORDS_PER_SENTENCE: _ratio(counts["lexicon_count"], counts["sentence_count"]).where(is_scored),
            SYLLABLES_PER_WORD: _ratio(counts["syllable_count"], counts["lexicon_count"]).where(is_scored),
            "sentence_count": document_readability["author_sentence_count"],
        }
    )
    rows = wide.melt(id_vars=["document_id", "sentence_count"], var_name="measure", value_name="value")
    return _tidy(rows, "readability")


def _stance(document_stance: pd.DataFrame) -> pd.DataFrame:
    favor, against = (document_stance[f"{side}_count"].astype("float64") for side in ("favor", "against"))
    low, high = wilson(favor, favor + against)
    has_enough = document_stance["has_enough_evidence"].fillna(False).astype(bool).to_numpy()
    rows = pd.DataFrame(
        {
            "document_id": document_stance["document_id"],
            "measure": "stance." + document_stance["target_id"],
            "value": document_stance["stance_label"].map(POSITIONS).astype("float64"),
            "value_low": np.where(has_enough, position_of_share(low), np.nan),
            "value_high": np.where(has_enough, position_of_share(high), np.nan),
            "sentence_count": (favor + against).astype("Int64"),
        }
    )
    return _tidy(rows, "stance")


def position_of_share(favor_share: np.ndarray) -> np.ndarray:
    """The position (1, 0, -1) that codebook rule 7 gives to a share of sentences in favor; NaN stays NaN.

    The rule rises with the share, so it turns the ends of a share's interval into those of the position's.
    """
    position = np.where(favor_share > 1 - MIXED_SHARE, 1.0, np.where(favor_share < MIXED_SHARE, -1.0, 0.0))
    return np.where(np.isnan(favor_share), np.nan, position)


def _frames(document_frames: pd.DataFrame) -> pd.DataFrame:
    rows = document_frames.rename(
        columns={"frame_share": "value", "frame_share_low": "value_low", "frame_share_high": "value_high"}
    )
    return _tidy(rows.assign(measure="frames." + document_frames["frame_id"]), "frames")


def _topics(document_topics: pd.DataFrame) -> pd.DataFrame:
    rows = document_topics.rename(columns={"topic_share": "value"})
    return _tidy(rows.assign(measure="topics." + document_topics["topic_id"]), "topics")


def _ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    return numerator / denominator.where(denominator > 0)


def _tidy(rows: pd.DataFrame, family: str) -> pd.DataFrame:
    tidy = rows.assign(measure_family=family).reindex(columns=list(COLUMNS))
    kinds = {"document_id": "str", "measure": "str", "measure_family": "str", "sentence_count": "Int64"}
    numbers = dict.fromkeys(("value", "value_low", "value_high"), "float64")
    return tidy.astype({**kinds, **numbers})
