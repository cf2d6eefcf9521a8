"""Profiles: estimates, the basis of their intervals, and what is said of a group against the rest."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.comparison.measures import COLUMNS, WORDS_PER_SENTENCE
from pipeline.comparison.profiles import profile
from pipeline.contracts import conform, violations
from pipeline.tables.comparison import ANALYST_PROFILES
from pipeline.tables.corpus import DOCUMENT_ANALYSTS, DOCUMENTS, SENTENCES

NO_SENTENCES = SENTENCES.empty()


def documents_of(analysts: list[str], **columns: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One document an entry; several analysts of one document are joined by a plus."""
    ids = [f"doc_{number:03d}" for number in range(len(analysts))]
    documents = conform(pd.DataFrame({"document_id": ids, "is_compared": True, **columns}), DOCUMENTS)
    rows = [
        {"document_id": document_id, "analyst_id": f"analyst_{name}", "analyst": name}
        for document_id, names in zip(ids, analysts, strict=True)
        for name in names.split("+")
        if name
    ]
    return documents, conform(pd.DataFrame(rows), DOCUMENT_ANALYSTS)


def values_of(numbers: list[float], measure: str = "frames.power", **columns: object) -> pd.DataFrame:
    rows = {
        "document_id": [f"doc_{number:03d}" for number in range(len(numbers))],
        "measure_family": measure.split(".")[0] if "." in measure else "readability",
        "measure": measure,
        "value": numbers,
        "sentence_count": 10,
        **columns,
    }
    kinds = {"document_id": "str", "value": "float64", "sentence_count": "Int64"}
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS)).astype(kinds).dropna(subset=["value"])


def of(rows: pd.DataFrame, name: str, kind: str = "analyst") -> pd.Series:
    return rows[(rows["group_name"] == name) & (rows["group_kind"] == kind)].iloc[0]


def analyst_rows(analysts: list[str], numbers: list[float]) -> pd.DataFrame:
    return profile(values_of(numbers), *documents_of(analysts), NO_SENTENCES)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 20)), min_size=8, max_size=30))
def test_estimates_and_verdicts_agree_with_scipy(drawn: list[tuple[str, int]]) -> None:
    rows = analyst_rows([name for name, _ in drawn], [number / 20 for _, number in drawn])
    for name in {name for name, _ in drawn}:
        own = [number / 20 for other, number in drawn if other == name]
        rest = [number / 20 for other, number in drawn if other != name]
        row = of(rows, name)
        assert row["estimate"] == pytest.approx(np.mean(own), abs=1e-4)
        if min(len(own), len(rest)) < 3:
            assert row["verdict"] == "too little evidence"
        elif min(np.ptp(own), np.ptp(rest)) > 0:
            interval = stats.ttest_ind(own, rest, equal_var=False).confidence_interval()
            expected = "higher than the rest" if interval.low > 0 else "lower than the rest"
            assert row["verdict"] == (expected if interval.low > 0 or interval.high < 0 else "not distinguishable")


def test_an_interval_over_documents_is_students() -> None:
    row = of(analyst_rows(["a"] * 4 + ["b"] * 3, [0.1, 0.2, 0.4, 0.5, 0.1, 0.2, 0.3]), "a")
    expected = stats.t.interval(0.95, 3, loc=0.3, scale=stats.sem([0.1, 0.2, 0.4, 0.5]))
    assert (row["estimate_low"], row["estimate_high"]) == pytest.approx(expected, abs=1e-4)
    assert row["interval_basis"] == "documents"


def test_two_documents_are_too_little_evidence_however_far_apart() -> None:
    rows = analyst_rows(["a"] * 2 + ["b"] * 9, [0.98, 0.99] + [0.01, 0.02, 0.0] * 3)
    assert of(rows, "a")["verdict"] == "too little evidence"


def test_a_rest_of_two_documents_is_too_little_evidence() -> None:
    rows = analyst_rows(["a"] * 6 + ["b"] * 2, [0.9, 0.8, 0.9, 0.85, 0.9, 0.95, 0.1, 0.12])
    assert of(rows, "a")["verdict"] == "too little evidence"


@pytest.mark.parametrize(("count", "verdict"), [(3, "not distinguishable"), (4, "higher than the rest")])
def test_unanimous_groups_are_told_apart_only_where_chance_is_ruled_out(count: int, verdict: str) -> None:
    # A random split parts 3 and 3 as cleanly with probability 2/20, 4 and 4 with 2/70.
    rows = analyst_rows(["a"] * count + ["b"] * count, [1.0] * count + [0.1] * count)
    assert of(rows, "a")["verdict"] == verdict


def test_equal_values_in_both_groups_are_not_distinguishable() -> None:
    rows = analyst_rows(["a"] * 5 + ["b"] * 5, [0.1] * 10)
    assert set(rows["verdict"]) == {"not distinguishable"}


def test_equal_values_claim_no_certainty() -> None:
    row = of(analyst_rows(["a"] * 5 + ["b"] * 5, [0.1] * 5 + [0.2] * 5), "a")
    assert row["interval_basis"] == "none"
    assert np.isnan(row["estimate_low"])


def test_a_coauthored_document_counts_for_each_and_is_in_the_rest_of_neither() -> None:
    rows = analyst_rows(["a+b", "a", "b", "c"], [1.0, 0.0, 0.5, 0.25])
    assert (of(rows, "a")["estimate"], of(rows, "b")["estimate"]) == (0.5, 0.75)
    assert of(rows, "a")["rest_estimate"] == pytest.approx((0.5 + 0.25) / 2)


def test_a_document_without_a_name_is_in_no_group_and_in_no_rest() -> None:
    rows = analyst_rows(["a", "b", ""], [0.2, 0.4, 1.0])
    assert of(rows, "a")["rest_estimate"] == 0.4
    assert set(rows["group_name"]) == {"a", "b"}


def test_a_period_is_the_calendar_month() -> None:
    dates = ["2025-04-22", "2025-04-30", "2025-05-01", None]
    rows = profile(values_of([0.1, 0.3, 0.9, 0.5]), *documents_of([""] * 4, published_date=dates), NO_SENTENCES)
    assert rows.set_index("group_name")["estimate"].to_dict() == {"2025-04": 0.2, "2025-05": 0.9}


def test_outlets_and_perspectives_are_groups_and_missing_ones_are_left_out() -> None:
    documents = documents_of([""] * 2, outlet=["Outlet", None], perspective=[None, "realist"])
    rows = profile(values_of([0.1, 0.3]), *documents, NO_SENTENCES)
    assert rows[["group_kind", "group_name"]].to_numpy().tolist() == [["outlet", "Outlet"], ["perspective", "realist"]]


def test_one_document_has_the_interval_over_its_sentences() -> None:
    values = values_of([0.2, 0.1, 0.3], value_low=[0.05, 0.0, 0.1], value_high=[0.4, 0.2, 0.5])
    row = of(profile(values, *documents_of(["a", "b", "b"]), NO_SENTENCES), "a")
    assert (row["estimate_low"], row["estimate_high"], row["interval_basis"]) == (0.05, 0.4, "sentences")
    assert row["verdict"] == "too little evidence"


def test_one_document_without_a_share_has_no_interval() -> None:
    row = of(profile(values_of([9.0, 8.0], "author_gunning_fog"), *documents_of(["a", "b"]), NO_SENTENCES), "a")
    assert row["interval_basis"] == "none"


def test_sentence_length_of_one_document_is_bootstrapped_over_the_authors_sentences() -> None:
    lengths = [4, 10, 16, 22, 8, 500]
    sentences = pd.DataFrame({
        "sentence_id": [f"sentence_{n}" for n in range(6)], "document_id": "doc_000", "position": range(6),
        "voice_label": ["author"] * 5 + ["quoted"], "word_count": lengths,
    })  # fmt: skip
    documents = documents_of(["a", "b", "b"])
    rows = profile(values_of([12.0, 11.0, 14.0], WORDS_PER_SENTENCE), *documents, conform(sentences, SENTENCES))
    row = of(rows, "a")
    assert row["interval_basis"] == "sentences"
    assert 4 <= row["estimate_low"] < 12 < row["estimate_high"] <= 22


def test_a_group_without_a_value_has_a_row_that_says_so() -> None:
    row = of(analyst_rows(["a", "b", "b", "b"], [np.nan, 0.1, 0.2, 0.3]), "a")
    assert row["document_count"] == 0
    assert row[["estimate", "sentence_count"]].isna().all()
    assert row["verdict"] == "too little evidence"


def test_sentences_are_summed_over_the_documents_with_a_value() -> None:
    assert of(analyst_rows(["a", "a", "a", "b"], [0.1, np.nan, 0.2, 0.3]), "a")["sentence_count"] == 20


def test_the_order_of_the_rows_changes_nothing() -> None:
    generator = np.random.default_rng(3)
    numbers = generator.random(60)
    documents, analysts = documents_of(list(generator.choice(list("abcd"), 60)))
    values = values_of(list(numbers))
    shuffled = (frame.sample(frac=1, random_state=1) for frame in (values, documents, analysts))
    pd.testing.assert_frame_equal(profile(values, documents, analysts, NO_SENTENCES), profile(*shuffled, NO_SENTENCES))


def test_profiles_meet_their_contract() -> None:
    assert violations(analyst_rows(["a"] * 4 + ["b"] * 4, [0.1, 0.2, 0.3, 0.4] * 2), ANALYST_PROFILES) == []


def test_no_documents_give_an_empty_table() -> None:
    assert profile(values_of([]), *documents_of([]), NO_SENTENCES).empty
