"""Identity: an input leads to its document through edits, renames, copies and deletions."""

from typing import Any

import pandas as pd
import pytest

from pipeline.corpus.identity import Held, document_id, is_among

REFUSALS = ["source_id", "input", "body_sha256", "extraction_version", "reason"]


def document(name: str, text: str = "t", **changes: Any) -> dict[str, Any]:
    return {
        "document_id": document_id(name), "source_id": "inbox", "input": name, "text_sha256": text, "is_current": True,
        "is_listed": True, "url": None, "published_date": None, "version": 1,
    } | changes  # fmt: skip


def held(*documents: dict[str, Any], refusals: list[tuple[str, ...]] | None = None) -> Held:
    frame = pd.DataFrame(documents or [document("x")]).iloc[: len(documents)]
    return Held(frame, pd.DataFrame(refusals or [], columns=REFUSALS))


def test_an_id_starts_with_a_letter_and_follows_the_input() -> None:
    assert document_id("inbox/a.txt").startswith("doc_")
    assert document_id("inbox/a.txt") != document_id("inbox/b.txt")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("a.txt", True),
        ("b.txt", False),
        ("t.csv#row 1", True),
        ("t.csv#a#b", True),
        ("a.txt#1", False),
        ("n#1.txt", False),
    ],
)
def test_a_row_is_among_inputs_where_its_table_is(name: str, answer: bool) -> None:
    assert is_among(name, {"a.txt", "t.csv", "n"}) is answer


def test_only_the_current_version_is_held() -> None:
    old = document("a", "old", is_current=False)
    found = held(old, document("a", "new", version=2)).by_input("inbox", "a")
    assert found and found["text_sha256"] == "new"


def test_another_source_reading_the_same_input_is_another_document() -> None:
    assert held(document("a")).by_input("sample", "a") is None


def test_an_edited_document_is_found_by_its_new_text_alone() -> None:
    documents = held(document("a", "old"))
    documents.add(document("a", "new", version=2))
    assert documents.twin("old") is None
    assert documents.twin("new") is not None


def test_the_same_input_continues_its_document() -> None:
    found = held(document("a", "old"), document("b", "new")).predecessor(document("a", "new"), {"a", "b"})
    assert found and found["input"] == "a"


def test_the_text_of_a_file_that_is_gone_continues_its_document() -> None:
    found = held(document("a", "t")).predecessor(document("b", "t"), {"b"})
    assert found and found["input"] == "a"


def test_the_text_of_a_file_that_is_there_is_a_copy() -> None:
    assert held(document("a", "t")).predecessor(document("b", "t"), {"a", "b"}) is None


def test_a_text_gone_from_another_source_is_not_continued() -> None:
    assert held(document("a", "t")).predecessor(document("b", "t", source_id="sample"), {"b"}) is None


def test_a_renamed_document_leaves_its_old_input_free() -> None:
    documents = held(document("a", "t"))
    documents.rename("inbox", {"a": "b"})
    found = documents.by_input("inbox", "b")
    assert found and found["document_id"] == document_id("a")
    assert documents.by_input("inbox", "a") is None
    assert documents.free_id(document("a", "u")) != document_id("a")


def test_two_documents_that_changed_names_keep_their_ids() -> None:
    documents = held(document("a", "t"), document("b", "u"))
    documents.rename("inbox", {"a": "b", "b": "a"})
    found = documents.by_input("inbox", "b"), documents.by_input("inbox", "a")
    assert [entry and entry["document_id"] for entry in found] == [document_id("a"), document_id("b")]


def test_a_free_input_gets_its_own_id() -> None:
    assert held(document("a")).free_id(document("b")) == document_id("b")


def test_what_was_not_met_is_unlisted_once() -> None:
    documents = held(
        document("a"), document("t.csv#1", "u"), document("b", "v"), document("c", "w", source_id="sample")
    )
    assert [gone["input"] for gone in documents.unlisted("inbox", {"b", "t.csv"})] == ["a"]
    assert documents.unlisted("inbox", {"b", "t.csv"}) == []
    assert documents.twin("t") is None


def test_a_refusal_holds_for_the_same_source_input_bytes_and_code() -> None:
    documents = held(refusals=[("inbox", "a", "body", "code", "is empty")])
    assert documents.refusal("inbox", "a", "body", "code") == "is empty"
    for other in (
        ("sample", "a", "body", "code"),
        ("inbox", "b", "body", "code"),
        ("inbox", "a", "other", "code"),
        ("inbox", "a", "body", "new"),
    ):
        assert documents.refusal(*other) is None


def test_an_input_without_bytes_is_always_tried_again() -> None:
    assert held(refusals=[("inbox", "a", "", "code", "gone")]).refusal("inbox", "a", None, "code") is None


def test_the_newest_date_is_that_of_the_source() -> None:
    days = [pd.Timestamp(2025, 4, day) for day in (22, 23)]
    documents = held(
        document("a", published_date=days[0]),
        document("b", "u"),
        document("c", "v", source_id="sample", published_date=days[1]),
    )
    assert documents.newest_date("inbox") == days[0]
    assert documents.newest_date("essays") is None
