"""Agreement with hand coding: what counts as there, found and right."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from pipeline.contracts import conform, violations
from pipeline.evaluation.agreement import agreement, tier
from pipeline.evaluation.coding import COLUMNS
from pipeline.tables.corpus import DOCUMENTS
from pipeline.tables.evaluation import LABEL_AGREEMENT
from pipeline.tables.features import DOCUMENT_FRAMES, DOCUMENT_STANCE

Pairs = list[tuple[str, str]]


def stance_agreement(pairs: Pairs, origin: str = "sample", target: str = "t") -> pd.DataFrame:
    """Agreement of documents given as (accepted labels, measured label), all for one target."""
    ids = [f"doc_{number:03d}" for number in range(len(pairs))]
    documents = conform(pd.DataFrame({"document_id": ids, "input": ids, "origin_label": origin}), DOCUMENTS)
    hand = [(name, "target", target, labels, "") for name, (labels, _) in zip(ids, pairs, strict=True)]
    stance = pd.DataFrame({"document_id": ids, "target_id": target, "stance_label": [given for _, given in pairs]})
    rows = agreement(
        pd.DataFrame(hand, columns=list(COLUMNS), dtype="str"),
        documents,
        conform(stance, DOCUMENT_STANCE),
        DOCUMENT_FRAMES.empty(),
    )
    assert violations(rows, LABEL_AGREEMENT) == []
    return rows.set_index("target_id")


def frame_agreement(pairs: list[tuple[str, int]], origin: str = "sample") -> pd.Series:
    """Agreement of documents given as (accepted labels, sentences with the frame)."""
    ids = [f"doc_{number:03d}" for number in range(len(pairs))]
    documents = conform(pd.DataFrame({"document_id": ids, "input": ids, "origin_label": origin}), DOCUMENTS)
    hand = [(name, "frame", "power", labels, "") for name, (labels, _) in zip(ids, pairs, strict=True)]
    frames = pd.DataFrame({"document_id": ids, "frame_id": "power", "frame_sentence_count": [n for _, n in pairs]})
    coded = pd.DataFrame(hand, columns=list(COLUMNS), dtype="str")
    rows = agreement(coded, documents, DOCUMENT_STANCE.empty(), conform(frames, DOCUMENT_FRAMES))
    return rows.set_index("target_id").loc["power"]


def test_perfect_coding_scores_one() -> None:
    row = stance_agreement([(label, label) for label in ("favor", "against", "mixed", "absent")]).loc["t"]
    assert row[["precision", "recall", "f1", "sign_accuracy", "label_accuracy"]].tolist() == [1] * 5


def test_precision_recall_and_f1_count_positions_of_the_right_sign() -> None:
    # Found 4, there 3, right 1: one wrong sign, one mixed for favor, one found where there is none, one agreement.
    pairs = [
        ("favor", "against"),
        ("favor", "mixed"),
        ("absent", "favor"),
        ("against", "against"),
        ("absent", "absent"),
    ]
    row = stance_agreement(pairs).loc["t"]
    assert row[["precision", "recall", "f1"]].tolist() == pytest.approx([1 / 4, 1 / 3, 2 / 7], abs=1e-4)


def test_sign_accuracy_is_over_documents_with_two_signs() -> None:
    pairs = [("favor", "against"), ("favor", "favor"), ("mixed", "favor"), ("favor", "mixed"), ("absent", "favor")]
    assert stance_agreement(pairs).loc["t", "sign_accuracy"] == 0.5


def test_mentioned_and_absent_are_no_positions_but_different_labels() -> None:
    row = stance_agreement([("mentioned", "absent"), ("absent", "mentioned"), ("favor", "favor")]).loc["t"]
    assert (row["f1"], row["label_accuracy"]) == (1, pytest.approx(1 / 3, abs=1e-4))


@pytest.mark.parametrize(
    ("given", "right", "found", "there"),
    [("mentioned", 0, 0, 0), ("against", 1, 1, 1), ("favor", 0, 1, 0), ("absent", 0, 0, 0)],
)
def test_of_several_accepted_labels_any_is_right(given: str, right: int, found: int, there: int) -> None:
    # A second document, plainly right, keeps every ratio computable.
    row = stance_agreement([("mentioned|against", given), ("favor", "favor")]).loc["t"]
    assert (row["precision"], row["recall"]) == ((1 + right) / (1 + found), (1 + right) / (1 + there))


def test_nothing_there_and_nothing_found_has_no_f1() -> None:
    row = stance_agreement([("absent", "absent"), ("absent", "mentioned")]).loc["t"]
    assert row[["precision", "recall", "f1", "f1_low", "sign_accuracy", "baseline_f1"]].isna().all()
    assert row["label_accuracy"] == 0.5


def test_the_baseline_always_gives_the_commonest_label() -> None:
    labels = ["favor"] * 6 + ["against"] * 2 + ["absent"] * 4
    row = stance_agreement([(label, label) for label in labels]).loc["t"]
    assert row["baseline_f1"] == pytest.approx(2 * 6 / (12 + 8), abs=1e-4)


def test_a_baseline_that_never_takes_a_position_scores_zero() -> None:
    assert stance_agreement([("absent", "absent")] * 3 + [("favor", "favor")] * 2).loc["t", "baseline_f1"] == 0


def test_the_essay_is_one_document_without_interval_or_baseline_in_tier_c() -> None:
    rows = stance_agreement([("favor", "favor")], origin="anchor")
    assert rows["split"].tolist() == ["essay", "essay"]
    row = rows.loc["t"]
    assert (row["n"], row["f1"], row["tier"]) == (1, 1, "C")
    assert row[["f1_low", "f1_high", "baseline_f1"]].isna().all()


def test_frames_agree_with_scikit_learn() -> None:
    generator = np.random.default_rng(1)
    labels = generator.choice(["main", "present", "absent"], 40)
    counts = generator.integers(0, 5, 40)
    row = frame_agreement(list(zip(labels, counts.tolist(), strict=True)))
    assert row["f1"] == pytest.approx(f1_score(labels != "absent", counts >= 2), abs=1e-4)
    assert row["label_accuracy"] == pytest.approx(((labels != "absent") == (counts >= 2)).mean(), abs=1e-4)
    assert row["f1_low"] < row["f1"] < row["f1_high"]


@pytest.mark.parametrize(("origin", "recall"), [("sample", 0), ("anchor", 1)])
def test_one_sentence_finds_a_frame_in_the_essay_alone(origin: str, recall: int) -> None:
    assert frame_agreement([("present", 1)], origin)["recall"] == recall


def test_all_pools_the_targets_and_counts_documents() -> None:
    ids = ["doc_a", "doc_b"]
    documents = conform(pd.DataFrame({"document_id": ids, "input": ids, "origin_label": "sample"}), DOCUMENTS)
    hand = [(name, "target", target, "favor", "") for name in ids for target in ("t", "u")]
    stance = [{"document_id": name, "target_id": target, "stance_label": "favor" if target == "t" else "against"}
              for name in ids for target in ("t", "u")]  # fmt: skip
    coded = pd.DataFrame(hand, columns=list(COLUMNS), dtype="str")
    rows = agreement(coded, documents, conform(pd.DataFrame(stance), DOCUMENT_STANCE), DOCUMENT_FRAMES.empty())
    row = rows.set_index("target_id").loc["all"]
    assert (row["n"], row["f1"], row["sign_accuracy"]) == (2, 0.5, 0.5)


@pytest.mark.parametrize(
    ("f1", "f1_low", "n", "expected"),
    [
        (0.9, 0.7, 30, "A"),
        (0.9, 0.7, 29, "B"),
        (0.9, 0.69, 30, "B"),
        (0.5, 0.1, 10, "B"),
        (0.9, 0.8, 9, "C"),
        (0.49, 0.4, 40, "C"),
    ],
)
def test_tiers_on_text_that_nobody_read_follow_f1_and_the_number_of_documents(
    f1: float, f1_low: float, n: int, expected: str
) -> None:
    assert tier("frozen", f1, f1_low, n) == expected


@pytest.mark.parametrize("split", ["essay", "sample"])
def test_text_that_was_read_while_building_earns_the_lowest_tier(split: str) -> None:
    assert tier(split, 1.0, 1.0, 1000) == "C"


def test_coding_of_documents_that_the_corpus_does_not_hold_is_left_out() -> None:
    assert stance_agreement([("favor", "favor")], origin="local").empty


def test_the_interval_is_the_same_each_time() -> None:
    pairs = [("favor", "favor"), ("favor", "absent"), ("against", "against"), ("absent", "favor")] * 4
    pd.testing.assert_frame_equal(stance_agreement(pairs), stance_agreement(pairs))
