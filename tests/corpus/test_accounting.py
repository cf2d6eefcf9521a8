"""Accounting: a missing, a doubled and a stray state are each found, and so is evidence that is not where it says."""

import pandas as pd
import pytest

from pipeline.corpus import accounting

TEXT = "The talks failed. Nobody was surprised by it."


def fetches(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source_id", "round_id", "input"])


def health(*rows: tuple[str, str | None, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["source_id", "last_round_id", "items_seen_count"])
    return frame.astype({"source_id": "str", "last_round_id": "str", "items_seen_count": "Int64"})


def test_counts_that_agree_leave_nothing_to_tell() -> None:
    assert accounting.unaccounted(fetches(("a", "r1", "x"), ("a", "r1", "y")), health(("a", "r1", 2))) == []


def test_a_dropped_input_is_told() -> None:
    told = accounting.unaccounted(fetches(("a", "r1", "x")), health(("a", "r1", 2)))
    assert told == ["a: its reader counted 2 inputs, 1 ended in a state"]


def test_inputs_that_were_all_dropped_are_told() -> None:
    assert accounting.unaccounted(fetches(), health(("a", "r1", 3))) == [
        "a: its reader counted 3 inputs, 0 ended in a state"
    ]


def test_a_state_that_was_not_counted_is_told() -> None:
    assert accounting.unaccounted(fetches(("a", "r1", "x"), ("a", "r1", "y")), health(("a", "r1", 1)))


def test_an_input_with_two_states_is_told_even_where_the_sums_agree() -> None:
    told = accounting.unaccounted(fetches(("a", "r1", "x"), ("a", "r1", "x")), health(("a", "r1", 2)))
    assert told == ["a: x ended in more than one state"]


def test_the_same_input_in_two_sources_is_no_error() -> None:
    assert (
        accounting.unaccounted(fetches(("a", "r1", "x"), ("b", "r1", "x")), health(("a", "r1", 1), ("b", "r1", 1)))
        == []
    )


def test_only_the_latest_round_of_each_source_counts() -> None:
    rows = fetches(("a", "r1", "x"), ("a", "r2", "x"), ("a", "r2", "y"), ("b", "r1", "z"))
    assert accounting.unaccounted(rows, health(("a", "r2", 2), ("b", "r1", 1))) == []


def test_a_source_that_was_never_read_is_no_error() -> None:
    assert accounting.unaccounted(fetches(), health(("a", None, None))) == []


TEXTS = pd.DataFrame([{"document_id": "doc_a", "text_sha256": "now", "text": TEXT}])


def misplaced(**changes: object) -> list[str]:
    row = {
        "sentence_id": "sen_1", "document_id": "doc_a", "text_sha256": "now", "start_offset": 0, "end_offset": 17,
        "terms": "talks; FAILED",
    }  # fmt: skip
    frame = pd.DataFrame([row | changes]).astype({"start_offset": "Int64", "end_offset": "Int64"})
    return accounting.not_verbatim(frame, TEXTS)


def test_evidence_at_its_place_leaves_nothing_to_tell() -> None:
    assert misplaced() == []
    assert misplaced(terms=None) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text_sha256": "old"}, "not current"),
        ({"document_id": "doc_gone"}, "not current"),
        ({"end_offset": 400}, "leave the text"),
        ({"start_offset": -5, "end_offset": -1, "terms": None}, "leave the text"),
        ({"start_offset": 17, "end_offset": 18, "terms": None}, "leave the text"),
        ({"terms": "talks; surprised"}, "not in its sentence"),
    ],
)
def test_evidence_out_of_its_place_is_told(changes: dict[str, object], told: str) -> None:
    (sentence,) = misplaced(**changes)
    assert sentence.startswith("sen_1: ") and told in sentence


def test_what_was_folded_together_is_told_with_what_is_kept() -> None:
    documents = pd.DataFrame({
        "document_id": ["a", "b", "c"], "input": ["a.txt", "b.txt", "c.txt"],
        "duplicate_of_document_id": [None, "a", "a"],
    })  # fmt: skip
    assert accounting.foldings(documents, most=1) == [
        "folded together: b.txt repeats a.txt",
        "folded together: 1 more; documents.csv has them all",
    ]


def test_many_refusals_of_a_source_are_told_as_one_and_their_number() -> None:
    rows = pd.DataFrame({
        "source_id": "s", "state_label": "retry_after", "input": [f"u{number}" for number in range(9)], "reason": "no answer",
    })  # fmt: skip
    assert accounting.refusals(rows) == [
        "retry_after u0: no answer",
        "retry_after: 8 more of s; fetches.csv tells why each",
    ]
