"""Distances from the essay."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.comparison.distances import READABILITY, distances
from pipeline.comparison.measures import COLUMNS
from pipeline.contracts import conform
from pipeline.tables.corpus import DOCUMENTS

Rows = dict[str, dict[str, float]]


def distances_of(rows: Rows, family: str, anchors: tuple[str, ...] = ("doc_essay",)) -> pd.DataFrame:
    """Distances of documents given as {document: {measure: value}}, all of one family."""
    flat = [(name, family, measure, value) for name, cells in rows.items() for measure, value in cells.items()]
    values = pd.DataFrame(flat, columns=["document_id", "measure_family", "measure", "value"]).reindex(
        columns=list(COLUMNS)
    )
    origins = ["anchor" if name in anchors else "local" for name in rows]
    documents = pd.DataFrame({"document_id": list(rows), "is_compared": True, "origin_label": origins})
    return distances(values, conform(documents, DOCUMENTS)).set_index("document_id")


def test_readability_is_the_root_mean_square_of_differences_in_standard_deviations() -> None:
    rows = {name: dict(zip(READABILITY, scores, strict=True)) for name, scores in
            {"doc_essay": (10, 1.4, 8), "doc_b": (14, 1.5, 8), "doc_c": (18, 1.6, 8)}.items()}  # fmt: skip
    found = distances_of(rows, "readability")["readability_distance"]
    # The third score is the same in all, and so says nothing; the standard deviations of the others are 4 and 0.1.
    assert found.tolist() == pytest.approx([1, 2, 0])


def test_stance_is_the_mean_half_difference_over_shared_targets() -> None:
    rows = {"doc_essay": {"stance.x": 1, "stance.y": 0, "stance.z": -1}, "doc_b": {"stance.x": -1, "stance.y": 1},
            "doc_c": {"stance.w": 1}}  # fmt: skip
    found = distances_of(rows, "stance")
    assert found.loc["doc_b", "stance_distance"] == pytest.approx((1 + 0.5) / 2)
    assert found["stance_shared_target_count"].to_dict() == {"doc_b": 2, "doc_c": 0, "doc_essay": 3}


def test_without_a_shared_target_there_is_no_stance_distance() -> None:
    found = distances_of({"doc_essay": {"stance.x": 1}, "doc_b": {"stance.y": 1}}, "stance")
    assert np.isnan(found.loc["doc_b", "stance_distance"])


@pytest.mark.parametrize("family", ["frames", "topics"])
def test_profiles_without_anything_in_common_are_at_distance_one(family: str) -> None:
    found = distances_of({"doc_essay": {"f.a": 0.2, "f.b": 0.0}, "doc_b": {"f.a": 0.0, "f.b": 0.5}}, family)
    assert found.loc["doc_b", f"{family}_distance"] == pytest.approx(1)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0.001, 1), min_size=3, max_size=10), st.floats(0.1, 10))
def test_a_profile_and_its_multiple_are_at_distance_zero(shares: list[float], factor: float) -> None:
    rows = {name: {f"frames.{place}": share * scale for place, share in enumerate(shares)}
            for name, scale in (("doc_essay", 1.0), ("doc_b", factor))}  # fmt: skip
    assert distances_of(rows, "frames").loc["doc_b", "frames_distance"] == pytest.approx(0, abs=1e-7)


def test_a_document_without_frames_has_no_frame_distance() -> None:
    found = distances_of({"doc_essay": {"frames.a": 0.2}, "doc_b": {"frames.a": 0.0}}, "frames")
    assert np.isnan(found.loc["doc_b", "frames_distance"])


def test_the_overall_distance_runs_from_nearest_to_farthest_and_leaves_out_the_essay() -> None:
    rows = {"doc_essay": 1.0, "doc_b": 0.9, "doc_c": 0.5, "doc_d": 0.0}
    found = distances_of({name: {"frames.a": share, "frames.b": 1 - share} for name, share in rows.items()}, "frames")
    assert found["overall_distance"].dropna().to_dict() == {"doc_b": 0, "doc_c": 0.5, "doc_d": 1}


def test_without_the_essay_every_distance_is_missing() -> None:
    found = distances_of({"doc_a": {"frames.a": 0.2}, "doc_b": {"frames.a": 0.3}}, "frames", anchors=())
    assert found.isna().all(axis=None)


def test_several_anchors_are_averaged() -> None:
    rows = {"doc_essay": {"stance.x": 1.0}, "doc_other": {"stance.x": -1.0}, "doc_b": {"stance.x": 1.0}}
    found = distances_of(rows, "stance", anchors=("doc_essay", "doc_other"))
    assert found.loc["doc_b", "stance_distance"] == pytest.approx(0.5)
