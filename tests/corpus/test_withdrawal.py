"""Withdrawal: after a takedown no file on disk holds the words, and the text stays out under whatever name it comes."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline.contracts import conform
from pipeline.corpus import configuration, withdrawal
from pipeline.corpus.ingest import Ingestion
from pipeline.store import RawBodies, Store
from pipeline.tables.corpus import DOCUMENT_TEXTS, FETCHES, SOURCE_HEALTH
from pipeline.tables.dataset import EVIDENCE
from pipeline.text import sha256

SECRET = "Halbmondbruecke"
KEPT = "The talks went on for three days without a result that either side could show at home to its own people.\n"
TAKEN = f"{KEPT}\nThe delegates then met at the {SECRET} in the old town and spoke of the line and of the guns.\n"


class Corpus:
    """A data folder that holds a text to be taken down, and another."""

    def __init__(self, data: Path, make: Callable[..., Ingestion]) -> None:
        self.data, self.make = data, make
        self.inbox = data / "corpus" / "inbox"
        self.store, self.bodies = Store(str(data / "store")), RawBodies(data / "raw")

    def put(self, name: str, text: str) -> None:
        (self.inbox / name).write_text(text)

    def round(self) -> dict[str, str]:
        fetches, health = self.make().run(["inbox"])
        self.store.upsert(FETCHES, fetches)
        self.store.replace(SOURCE_HEALTH, health)
        return dict(zip(fetches["input"], fetches["state_label"], strict=True))

    def held(self) -> pd.DataFrame:
        return self.store.read(DOCUMENT_TEXTS).set_index("input")

    def withdraw(self, name: str, reason: str = "asked for") -> str:
        own = self.held().loc[[name], "document_id"].iloc[0]
        return withdrawal.withdraw(str(own), reason, self.data / "corpus", self.store, self.bodies)

    def files_with(self, word: str) -> list[Path]:
        places = (self.data / "store", self.data / "raw")
        found = [path for place in places for path in place.rglob("*") if path.is_file()]
        return [path for path in found if word.encode() in path.read_bytes()]


@pytest.fixture
def corpus(data_folder: Path, make_ingestion: Callable[..., Ingestion]) -> Corpus:
    made = Corpus(data_folder, make_ingestion)
    made.put("a.txt", TAKEN)
    made.put("b.txt", KEPT)
    made.round()
    return made


def test_no_file_holds_the_words_any_more(corpus: Corpus) -> None:
    assert corpus.files_with(SECRET)
    assert corpus.withdraw("inbox/a.txt") == "inbox/a.txt"
    assert corpus.files_with(SECRET) == []
    assert corpus.held().index.tolist() == ["inbox/b.txt"]


def test_words_of_past_versions_go_as_well(corpus: Corpus) -> None:
    corpus.put(
        "a.txt", f"{KEPT}\nThat sentence was taken out, and this one stands in its place for everybody to read.\n"
    )
    corpus.round()
    corpus.withdraw("inbox/a.txt")
    assert corpus.files_with(SECRET) == []


def test_excerpts_computed_from_the_text_go_as_well(corpus: Corpus) -> None:
    own = corpus.held().loc["inbox/a.txt", "document_id"]
    row = {
        "table_name": "document_stance", "row_key": "x", "sentence_id": "sen_1", "document_id": own, "target_id": "t",
        "start_offset": 0, "end_offset": 1, "excerpt": f"met at the {SECRET}", "is_cut": True,
    }  # fmt: skip
    corpus.store.replace(EVIDENCE, conform(pd.DataFrame([row]), EVIDENCE))
    corpus.withdraw("inbox/a.txt")
    assert corpus.store.read(EVIDENCE).empty
    assert corpus.files_with(SECRET) == []


def test_a_copy_of_the_text_goes_with_it(corpus: Corpus) -> None:
    corpus.put("copy.txt", TAKEN)
    corpus.round()
    corpus.withdraw("inbox/copy.txt")
    assert corpus.held().index.tolist() == ["inbox/b.txt"]
    assert corpus.files_with(SECRET) == []


def test_a_withdrawn_file_is_not_taken_in_again(corpus: Corpus) -> None:
    corpus.withdraw("inbox/a.txt")
    assert corpus.round() == {"inbox/a.txt": "rejected", "inbox/b.txt": "unchanged"}
    assert corpus.files_with(SECRET) == []


@pytest.mark.parametrize("name", ["renamed.txt", "copy.md"])
def test_a_withdrawn_text_stays_out_under_another_name(corpus: Corpus, name: str) -> None:
    corpus.withdraw("inbox/a.txt")
    (corpus.inbox / "a.txt").rename(corpus.inbox / name)
    assert corpus.round()[f"inbox/{name}"] == "rejected"
    assert corpus.files_with(SECRET) == []


def test_a_withdrawn_text_stays_out_of_another_document(corpus: Corpus) -> None:
    corpus.withdraw("inbox/a.txt")
    corpus.put("b.txt", TAKEN)
    assert corpus.round()["inbox/b.txt"] == "rejected"
    assert corpus.files_with(SECRET) == []


def test_a_past_version_stays_out_as_well(corpus: Corpus) -> None:
    corpus.put(
        "a.txt", f"{KEPT}\nThat sentence was taken out, and this one stands in its place for everybody to read.\n"
    )
    corpus.round()
    corpus.withdraw("inbox/a.txt")
    corpus.put("renamed.txt", TAKEN)
    assert corpus.round()["inbox/renamed.txt"] == "rejected"


def test_bytes_that_another_document_was_read_from_are_kept(corpus: Corpus) -> None:
    corpus.put("t.csv", f'id,text\n1,"{TAKEN} One."\n2,"{KEPT} Two."\n')
    corpus.round()
    body = corpus.held().loc["inbox/t.csv#1", "body_sha256"]
    corpus.withdraw("inbox/t.csv#1")
    assert corpus.bodies.path(str(body)).exists()
    assert set(corpus.held().index) == {"inbox/a.txt", "inbox/b.txt", "inbox/t.csv#2"}


def test_the_reason_and_the_text_are_on_record(corpus: Corpus) -> None:
    text_sha256 = corpus.held().loc["inbox/a.txt", "text_sha256"]
    corpus.withdraw("inbox/a.txt", reason='the "author", by letter')
    (row,) = configuration.load(corpus.data / "corpus").overrides
    assert (row.withdraws, row.reason, row.text_sha256) == (True, 'the "author", by letter', text_sha256)


def test_other_corrections_and_columns_stay(corpus: Corpus) -> None:
    path = corpus.data / "corpus" / "overrides.csv"
    path.write_text('document_id,title,is_withdrawn,reason\ndoc_x,"A, title",,\n')
    corpus.withdraw("inbox/a.txt")
    rows = configuration.load(corpus.data / "corpus").overrides
    assert [(row.document_id == "doc_x", row.title, row.withdraws) for row in rows] == [
        (True, "A, title", False),
        (False, "", True),
    ]


def test_withdrawing_an_unknown_document_is_an_error_and_notes_nothing(corpus: Corpus) -> None:
    path = corpus.data / "corpus" / "overrides.csv"
    before = path.read_text()
    with pytest.raises(ValueError, match="no document doc_x is held"):
        withdrawal.withdraw("doc_x", "", corpus.data / "corpus", corpus.store, corpus.bodies)
    assert path.read_text() == before


def test_a_withdrawn_text_is_told_by_its_hash_alone(corpus: Corpus) -> None:
    corpus.withdraw("inbox/a.txt")
    assert SECRET not in (corpus.data / "corpus" / "overrides.csv").read_text()
    assert sha256("") not in (corpus.data / "corpus" / "overrides.csv").read_text()
