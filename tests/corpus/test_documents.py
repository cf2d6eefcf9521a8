"""Documents: corrections are applied, duplicates point to the one kept, and each text left out says why."""

from typing import Any

import pandas as pd
import pytest

from pipeline.contracts import conform, violations
from pipeline.corpus import documents
from pipeline.corpus.configuration import Alias, Configuration, Override
from pipeline.tables.corpus import DOCUMENT_ANALYSTS, DOCUMENT_TEXTS, DOCUMENT_VERSIONS, DOCUMENTS

SOURCES = {"source": [{"id": "inbox", "kind": "file", "location": "corpus/inbox"}]}


def texts(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of `document_texts` that are compared unless a row says otherwise; each has a text of its own."""
    made = [
        {
            "document_id": f"doc_{number}", "version": 1, "is_current": True, "is_listed": True, "source_id": "inbox",
            "input": f"inbox/{number}.txt", "origin_label": "local", "title": "T", "analyst": "Ada Smith",
            "section_label": "opinion", "published_date": "2025-05-01", "is_truncated": False, "body_sha256": "b",
            "text_sha256": f"text {number}",
            "extraction_version": "x", "first_seen_at": "2025-06-01T00:00:00Z", "word_count": 500, "paragraph_count": 5,
            "sentence_count": 25, "text": "words",
        }
        | row
        for number, row in enumerate(rows)
    ]  # fmt: skip
    return conform(pd.DataFrame(made), DOCUMENT_TEXTS)


def configuration(*overrides: Override, aliases: tuple[Alias, ...] = ()) -> Configuration:
    return Configuration.model_validate(
        {"sources": SOURCES, "overrides": overrides, "aliases": aliases, "fingerprint": ""}
    )


def current(
    *rows: dict[str, Any], overrides: tuple[Override, ...] = (), aliases: tuple[Alias, ...] = ()
) -> pd.DataFrame:
    frame = conform(
        documents.current(texts(*rows).drop(columns="text"), configuration(*overrides, aliases=aliases)), DOCUMENTS
    )
    assert violations(frame, DOCUMENTS) == []
    return frame.set_index("document_id")


def reasons(*rows: dict[str, Any]) -> dict[str, str | None]:
    found = current(*rows)
    assert (found["is_compared"] == found["not_compared_reason"].isna()).all()
    return {str(name): None if pd.isna(told) else str(told) for name, told in found["not_compared_reason"].items()}


def test_an_ordinary_text_is_compared() -> None:
    assert reasons({}) == {"doc_0": None}


def test_a_corpus_without_documents_gives_no_rows() -> None:
    assert current().empty


def test_only_current_versions_are_documents() -> None:
    old, new = {"document_id": "doc_a", "is_current": False}, {"document_id": "doc_a", "version": 2}
    assert current(old, new)["version"].tolist() == [2]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"is_listed": False}, "its source no longer has it, or is switched off"),
        ({"source_id": "switched_off"}, "its source no longer has it, or is switched off"),
        ({"is_truncated": True}, "the text breaks off"),
        ({"section_label": "news"}, "not commentary: news"),
        ({"section_label": "primary"}, "not commentary: primary"),
        ({"section_label": "transcript"}, "not commentary: transcript"),
        ({"word_count": 99}, "shorter than 100 words"),
    ],
)
def test_a_text_left_out_says_why(row: dict[str, Any], told: str) -> None:
    assert reasons(row) == {"doc_0": told}


def test_a_text_of_a_hundred_words_is_compared() -> None:
    assert reasons({"word_count": 100}) == {"doc_0": None}


@pytest.mark.parametrize(("others", "is_compared"), [(9, True), (10, False)])
def test_the_sample_gives_way_at_ten_other_compared_documents(others: int, is_compared: bool) -> None:
    found = current({"origin_label": "sample"}, {"origin_label": "anchor"}, *[{} for _ in range(others)])
    assert bool(found.loc["doc_0", "is_compared"]) is is_compared
    assert found.loc[[f"doc_{number}" for number in range(1, others + 2)], "is_compared"].all()


@pytest.mark.parametrize(
    "row", [{"word_count": 10}, {"section_label": "news"}, {"is_listed": False}, {"text_sha256": "same"}]
)
def test_documents_that_are_not_compared_do_not_retire_the_sample(row: dict[str, Any]) -> None:
    left_out = [row, row]  # two alike: of two duplicates, one is compared
    found = current({"origin_label": "sample"}, *[{} for _ in range(8)], *left_out)
    assert bool(found.loc["doc_0", "is_compared"])


def test_a_collected_text_counts_toward_retiring_the_sample() -> None:
    found = current({"origin_label": "sample"}, *[{"origin_label": "collected"} for _ in range(10)])
    assert not found.loc["doc_0", "is_compared"]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ({"origin_label": "local"}, {"origin_label": "anchor"}, "doc_1"),
        ({"origin_label": "sample"}, {"origin_label": "local"}, "doc_1"),
        ({"published_date": "2025-05-02"}, {"published_date": "2025-05-01"}, "doc_1"),
        ({"published_date": None}, {}, "doc_1"),
        ({"is_listed": False, "origin_label": "anchor"}, {}, "doc_1"),
        ({}, {}, "doc_0"),
    ],
)
def test_of_two_texts_alike_one_is_kept(first: dict[str, Any], second: dict[str, Any], kept: str) -> None:
    found = current(first | {"text_sha256": "same"}, second | {"text_sha256": "same"})["duplicate_of_document_id"]
    assert found.dropna().tolist() == [kept]
    assert kept not in found.dropna().index


def test_a_correction_by_id_or_input_replaces_the_cell() -> None:
    overrides = (
        Override(document_id="doc_0", title="Better", published_date="2025-04-22", analyst="A; B"),
        Override(input="inbox/1.txt", section_label="news"),
    )
    found = current({}, {}, overrides=overrides)
    row = found.loc["doc_0"]
    assert (row["title"], row["analyst"], row["published_date"]) == ("Better", "A; B", pd.Timestamp("2025-04-22"))
    assert row["published_date_basis"] == "override"
    assert found.loc["doc_1", "not_compared_reason"] == "not commentary: news"
    assert found.loc["doc_1", "title"] == "T"


def test_a_correction_of_a_document_that_is_not_held_changes_nothing() -> None:
    pd.testing.assert_frame_equal(current({}, overrides=(Override(document_id="doc_9", title="X"),)), current({}))


@pytest.mark.parametrize(
    "override",
    [
        Override(document_id="doc_0", is_withdrawn="true"),
        Override(input="inbox/0.txt", is_withdrawn="true"),
        Override(document_id="doc_9", is_withdrawn="true", text_sha256="a" * 64),
    ],
)
def test_a_withdrawn_document_is_no_row_at_all(override: Override) -> None:
    assert current({"text_sha256": "a" * 64}, {}, overrides=(override,)).index.tolist() == ["doc_1"]


def test_a_duplicate_of_a_withdrawn_document_is_not_held_back_by_it() -> None:
    rows = ({"text_sha256": "same"}, {"text_sha256": "same"})
    found = current(*rows, overrides=(Override(document_id="doc_0", is_withdrawn="true"),))
    assert found["is_compared"].to_dict() == {"doc_1": True}


ALIASES = (Alias(alias="G. Friedman", name="George Friedman"), Alias(alias="friedman", name="George Friedman"))


@pytest.mark.parametrize(
    ("names", "outlet", "told"),
    [
        ("G. Friedman", None, ["George Friedman"]),
        ("g friedman; FRIEDMAN", None, ["George Friedman"]),
        ("Ada  Smith;  G. Friedman ", None, ["Ada Smith", "George Friedman"]),
        (None, "The Outlet", ["The Outlet"]),
        (" ; ", " The Outlet ", ["The Outlet"]),
        (None, None, ["Unsigned"]),
        (float("nan"), float("nan"), ["Unsigned"]),
    ],
)
def test_names_are_joined_by_their_aliases(names: object, outlet: object, told: list[str]) -> None:
    assert documents.analysts(names, outlet, ALIASES) == told


def test_an_id_of_a_name_in_another_script_is_its_own() -> None:
    names = ("Володимир", "Сергій", "王毅")
    ids = {documents.analyst_id(name) for name in names}
    assert len(ids) == 3 and all(found.startswith("analyst") for found in ids)


def test_accents_and_case_do_not_part_an_analyst() -> None:
    assert documents.analyst_id("Björn Müller") == documents.analyst_id("BJORN MULLER") == "analyst_bjorn_muller"


def test_a_text_of_two_authors_counts_for_each() -> None:
    rows = documents.by_analyst(current({"analyst": "Ada Smith; Bo Li"}, {"analyst": "Ada Smith"}).reset_index())
    frame = conform(rows, DOCUMENT_ANALYSTS)
    assert violations(frame, DOCUMENT_ANALYSTS) == []
    assert frame["is_sole"].tolist() == [False, False, True]
    assert frame["analyst"].tolist() == ["Ada Smith", "Bo Li", "Ada Smith"]


def test_two_spellings_with_one_id_are_one_analyst_of_a_text() -> None:
    rows = documents.by_analyst(current({"analyst": "Björn Li; Bjorn Li"}).reset_index())
    assert conform(rows, DOCUMENT_ANALYSTS)["is_sole"].tolist() == [True]


def test_versions_of_withdrawn_documents_are_not_told() -> None:
    held = texts({}, {})
    shown = documents.current(held, configuration(Override(document_id="doc_0", is_withdrawn="true")))
    rows = conform(documents.versions(held, shown), DOCUMENT_VERSIONS)
    assert rows["document_id"].tolist() == ["doc_1"]
