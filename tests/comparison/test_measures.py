"""The tidy table of measures: what has a row, and what has none."""

import numpy as np
import pandas as pd
import pytest

from pipeline.comparison import measures
from pipeline.contracts import conform
from pipeline.intervals import wilson
from pipeline.tables.corpus import DOCUMENTS
from pipeline.tables.features import DOCUMENT_FRAMES, DOCUMENT_READABILITY, DOCUMENT_STANCE, DOCUMENT_TOPICS

DOCUMENTS_OF_TWO = conform(pd.DataFrame({"document_id": ["doc_a", "doc_b"], "is_compared": [True, False]}), DOCUMENTS)
COUNTS = {"author_lexicon_count": 600, "author_sentence_count": 30, "author_syllable_count": 900}


def values_of(
    readability: list[dict[str, object]] | None = None,
    stance: list[dict[str, object]] | None = None,
    frames: list[dict[str, object]] | None = None,
    topics: list[dict[str, object]] | None = None,
) -> pd.DataFrame:
    return measures.long_values(
        DOCUMENTS_OF_TWO,
        conform(pd.DataFrame(readability or []), DOCUMENT_READABILITY),
        conform(pd.DataFrame(stance or []), DOCUMENT_STANCE),
        conform(pd.DataFrame(frames or []), DOCUMENT_FRAMES),
        conform(pd.DataFrame(topics or []), DOCUMENT_TOPICS),
    ).set_index("measure")


def stance_row(label: str, favor: int, against: int) -> dict[str, object]:
    return {
        "document_id": "doc_a",
        "target_id": "t",
        "stance_label": label,
        "favor_count": favor,
        "against_count": against,
        "has_enough_evidence": favor + against >= 3,
    }


@pytest.mark.parametrize(("label", "position"), [("favor", 1), ("mixed", 0), ("against", -1)])
def test_a_position_has_a_value(label: str, position: int) -> None:
    assert values_of(stance=[stance_row(label, 2, 2)]).loc["stance.t", "value"] == position


@pytest.mark.parametrize("label", ["mentioned", "absent"])
def test_silence_has_no_row_and_is_not_neutral(label: str) -> None:
    assert values_of(stance=[stance_row(label, 0, 0)]).empty


def test_three_sentences_of_one_sign_leave_a_mixed_position_open() -> None:
    row = values_of(stance=[stance_row("favor", 3, 0)]).loc["stance.t"]
    assert (row["value_low"], row["value_high"], row["sentence_count"]) == (0, 1, 3)


def test_thirty_sentences_of_one_sign_settle_the_position() -> None:
    row = values_of(stance=[stance_row("against", 0, 30)]).loc["stance.t"]
    assert (row["value_low"], row["value_high"]) == (-1, -1)


def test_two_sentences_give_a_position_and_no_interval() -> None:
    row = values_of(stance=[stance_row("favor", 2, 0)]).loc["stance.t"]
    assert row["value"] == 1
    assert np.isnan(row["value_low"])


@pytest.mark.parametrize(("share", "position"), [(1 / 3, 0), (0.34, 0), (0.33, -1), (2 / 3, 0), (0.67, 1)])
def test_a_third_of_the_rarer_sign_is_mixed(share: float, position: int) -> None:
    assert measures.position_of_share(np.array([share]))[0] == position


def test_frames_keep_their_wilson_interval() -> None:
    low, high = wilson(3, 30)
    row = {"document_id": "doc_a", "frame_id": "power", "frame_share": 0.1, "frame_share_low": float(low),
           "frame_share_high": float(high), "sentence_count": 30}  # fmt: skip
    found = values_of(frames=[row]).loc["frames.power"]
    assert (found["value_low"], found["value_high"]) == pytest.approx((low, high), abs=1e-4)


def test_words_and_syllables_are_ratios_of_the_published_counts() -> None:
    found = values_of(readability=[{"document_id": "doc_a", "author_flesch_kincaid_grade": 10.0, **COUNTS}])["value"]
    assert found[[measures.WORDS_PER_SENTENCE, measures.SYLLABLES_PER_WORD]].tolist() == [20, 1.5]


def test_a_text_without_scores_has_no_readability() -> None:
    assert values_of(readability=[{"document_id": "doc_a", **COUNTS}]).empty


def test_a_document_that_is_not_compared_has_no_rows() -> None:
    assert values_of(topics=[{"document_id": "doc_b", "topic_id": "topic_1", "topic_share": 1.0}]).empty


def test_a_missing_share_has_no_row() -> None:
    rows = [
        {"document_id": "doc_a", "topic_id": name, "topic_share": share} for name, share in (("x", None), ("y", 0.0))
    ]
    assert values_of(topics=rows).index.tolist() == ["topics.y"]
