"""The differences planted in the sample are recovered from the built dataset, and are not once desks are shuffled.

`sample_dataset` (tests/conftest.py) maps a table's name to its frame, built by the pipeline with the sample compared.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import codebook
from pipeline.comparison.measures import long_values
from pipeline.comparison.profiles import profile
from pipeline.evaluation import coding
from pipeline.evaluation.recovery import PLANTED_GRADES, Recovery, main_frames, recovery

DATA = Path(__file__).parents[2] / "data"
Dataset = Mapping[str, pd.DataFrame]


@pytest.fixture(scope="module")
def planted_frames(sample_dataset: Dataset) -> pd.DataFrame:
    book = codebook.load(DATA / "codebook")
    codes = {"target": {target.id for target in book.targets}, "frame": {frame.id for frame in book.frames}}
    hand = coding.read_all(DATA, codes)
    return main_frames(hand, sample_dataset["documents"], sample_dataset["document_analysts"])


@pytest.fixture(scope="module")
def recovered(sample_dataset: Dataset, planted_frames: pd.DataFrame) -> Recovery:
    tables = (sample_dataset[name] for name in ("analyst_profiles", "document_topics", "document_analysts"))
    profiles, topics, analysts = tables
    return recovery(profiles, planted_frames, topics, analysts)


@pytest.fixture(scope="module", params=[1, 2, 3])
def recovered_from_shuffled_desks(
    request: pytest.FixtureRequest, sample_dataset: Dataset, planted_frames: pd.DataFrame
) -> Recovery:
    """Recovery after the sample's pieces are dealt out to the desks anew, and profiled again."""
    analysts = sample_dataset["document_analysts"].copy()
    is_desk = analysts["analyst"].isin(PLANTED_GRADES)
    order = np.random.default_rng(request.param).permutation(np.flatnonzero(is_desk))
    for column in ("analyst", "analyst_id"):
        analysts.loc[is_desk, column] = analysts[column].to_numpy()[order]
    names = ("documents", "document_readability", "document_stance", "document_frames", "document_topics")
    values = long_values(*(sample_dataset[name] for name in names))
    profiles = profile(values, sample_dataset["documents"], analysts, sample_dataset["sentences"])
    return recovery(profiles, planted_frames, sample_dataset["document_topics"], analysts)


def test_each_desk_has_two_planted_frames(planted_frames: pd.DataFrame) -> None:
    assert planted_frames.groupby("analyst").size().to_dict() == dict.fromkeys(PLANTED_GRADES, 2)


def test_the_desks_reading_levels_are_recovered(recovered: Recovery) -> None:
    assert recovered.reading_level.value >= 0.9


def test_the_desks_main_frames_are_recovered(recovered: Recovery) -> None:
    assert recovered.frames.value >= 0.75
    assert recovered.frames.p_value < 0.01


def test_a_desks_pieces_are_closer_in_topics_than_those_of_different_desks(recovered: Recovery) -> None:
    assert recovered.topics.value > 0
    assert recovered.topics.p_value < 0.01


def test_reading_levels_are_not_recovered_from_shuffled_desks(recovered_from_shuffled_desks: Recovery) -> None:
    assert recovered_from_shuffled_desks.reading_level.value < 0.9


def test_main_frames_are_not_recovered_from_shuffled_desks(recovered_from_shuffled_desks: Recovery) -> None:
    assert recovered_from_shuffled_desks.frames.value < 0.75
    assert recovered_from_shuffled_desks.frames.p_value > 0.01


def test_topics_are_not_recovered_from_shuffled_desks(recovered_from_shuffled_desks: Recovery) -> None:
    assert recovered_from_shuffled_desks.topics.p_value > 0.01
