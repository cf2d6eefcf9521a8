"""Recovery scores find what was planted in synthetic tables, and fall to chance when the desks are shuffled."""

import numpy as np
import pandas as pd
import pytest

from pipeline.contracts import conform
from pipeline.evaluation import recovery as module
from pipeline.evaluation.coding import COLUMNS
from pipeline.evaluation.recovery import PLANTED_GRADES, Recovery, main_frames, recovery
from pipeline.tables.comparison import ANALYST_PROFILES
from pipeline.tables.corpus import DOCUMENT_ANALYSTS, DOCUMENTS
from pipeline.tables.features import DOCUMENT_TOPICS

DESKS = list(PLANTED_GRADES)
FRAMES = [f"frame_{letter}" for letter in "abcdefghij"]
# Each desk has two of ten frames, and one of eight topics.
PLANTED_FRAMES = pd.DataFrame(
    {"analyst": np.repeat(DESKS, 2), "frame_id": [FRAMES[(2 * n + k) % 10] for n in range(8) for k in (0, 1)]}
)


def profiles_of(grades: dict[str, float], planted: pd.DataFrame) -> pd.DataFrame:
    generator = np.random.default_rng(4)
    pairs = set(zip(planted["analyst"], planted["frame_id"], strict=True))
    rows = [{"group_name": desk, "measure": module.GRADE, "measure_family": "readability", "estimate": grade}
            for desk, grade in grades.items()]  # fmt: skip
    rows += [
        {"group_name": desk, "measure": f"frames.{frame}", "measure_family": "frames", "rest_estimate": 0.1,
         "estimate": 0.1 + 0.02 * generator.random() + 0.1 * ((desk, frame) in pairs)}
        for desk in grades for frame in FRAMES
    ]  # fmt: skip
    frame = pd.DataFrame(rows).assign(group_kind="analyst", verdict="not distinguishable")
    return conform(frame.assign(group_id=frame["group_name"]), ANALYST_PROFILES)


def topics_of(desks: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four documents for each desk of DESKS, signed with `desks` in that order."""
    generator = np.random.default_rng(5)
    shares = [generator.dirichlet(np.where(np.arange(8) == number, 6.0, 0.5)) for number in np.repeat(range(8), 4)]
    ids = [f"doc_{number:02d}" for number in range(32)]
    rows = [(name, f"topic_{k}", share) for name, row in zip(ids, shares, strict=True) for k, share in enumerate(row)]
    analysts = pd.DataFrame({"document_id": ids, "analyst": desks, "analyst_id": desks})
    return (
        conform(pd.DataFrame(rows, columns=["document_id", "topic_id", "topic_share"]), DOCUMENT_TOPICS),
        conform(analysts, DOCUMENT_ANALYSTS),
    )


def planted_grades() -> dict[str, float]:
    return {desk: sum(ends) / 2 + 0.3 for desk, ends in PLANTED_GRADES.items()}


def found_with(order: list[int]) -> Recovery:
    """Recovery where the estimates of desk n are those of desk order[n]."""
    middles = planted_grades()
    dealt = {desk: middles[DESKS[place]] for desk, place in zip(DESKS, order, strict=True)}
    names = dict(zip([DESKS[place] for place in order], DESKS, strict=True))
    profiles = profiles_of(dealt, PLANTED_FRAMES.assign(analyst=PLANTED_FRAMES["analyst"].map(names)))
    generator = np.random.default_rng(sum(order) + order[0])
    signed = np.repeat(DESKS, 4)
    is_planted = order == sorted(order)
    return recovery(profiles, PLANTED_FRAMES, *topics_of(list(signed if is_planted else generator.permutation(signed))))


def test_planted_differences_are_recovered() -> None:
    found = found_with(list(range(8)))
    assert found.reading_level.value == 1
    assert found.frames.value == 1
    assert found.topics.value > 0.2
    assert max(score.p_value for score in (found.reading_level, found.frames, found.topics)) < 0.001


@pytest.mark.parametrize("order", [[3, 5, 0, 7, 1, 6, 4, 2], [5, 2, 7, 4, 3, 0, 1, 6]])
def test_shuffled_desks_are_not_recovered(order: list[int]) -> None:
    found = found_with(order)
    assert found.reading_level.value < 0.9
    assert found.frames.value < 0.6
    assert abs(found.topics.value) < 0.05
    assert min(score.p_value for score in (found.reading_level, found.frames, found.topics)) > 0.05


def test_chance_is_what_the_shuffles_give_on_average() -> None:
    found = found_with(list(range(8)))
    assert found.reading_level.chance == pytest.approx(0, abs=0.05)
    assert found.frames.chance == pytest.approx(0.3, abs=0.06)
    assert found.topics.chance == pytest.approx(0, abs=0.02)


def test_the_same_seed_gives_the_same_scores() -> None:
    assert found_with(list(range(8))) == found_with(list(range(8)))


def test_a_desk_that_is_not_profiled_is_an_error() -> None:
    grades = planted_grades()
    del grades["Kyiv desk"]
    with pytest.raises(ValueError, match="Kyiv desk not in analyst_profiles"):
        recovery(profiles_of(grades, PLANTED_FRAMES), PLANTED_FRAMES, *topics_of(list(np.repeat(DESKS, 4))))


def test_main_frames_are_the_two_most_often_coded_main() -> None:
    coded = {"a": ["main", "main"], "b": ["main", "absent"], "c": ["main", "present"], "d": ["present", "present"]}
    ids = ["doc_1", "doc_2"]
    hand = [(name, "frame", frame, labels[n], "") for frame, labels in coded.items() for n, name in enumerate(ids)]
    documents = conform(pd.DataFrame({"document_id": ids, "input": ids, "origin_label": "sample"}), DOCUMENTS)
    analysts = conform(pd.DataFrame({"document_id": ids, "analyst_id": "x", "analyst": "X desk"}), DOCUMENT_ANALYSTS)
    rows = main_frames(pd.DataFrame(hand, columns=list(COLUMNS), dtype="str"), documents, analysts)
    assert rows.to_numpy().tolist() == [["X desk", "a"], ["X desk", "c"]]


def test_desks_that_share_no_topic_are_one_apart() -> None:
    rows = [(f"doc_{n}", f"topic_{k}", float(k == n // 2)) for n in range(4) for k in range(2)]
    shares = conform(pd.DataFrame(rows, columns=["document_id", "topic_id", "topic_share"]), DOCUMENT_TOPICS)
    names = ["north", "north", "south", "south"]
    signed = {"document_id": [f"doc_{n}" for n in range(4)], "analyst": names, "analyst_id": names}
    found = module.topics(
        shares, conform(pd.DataFrame(signed), DOCUMENT_ANALYSTS), set(names), np.random.default_rng(1)
    )
    assert found.value == pytest.approx(1)
