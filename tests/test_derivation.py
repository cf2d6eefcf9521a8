"""Derivation: each document is computed once for each state of its text, its rows upstream and the code."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.contracts import Column, Table, conform
from pipeline.derivation import Derivation
from pipeline.engine import Engine
from pipeline.store import Store
from pipeline.tables.catalog import DERIVATIONS
from pipeline.tables.corpus import DOCUMENT_TEXTS
from pipeline.text import sha256

COUNTS = Table(
    name="word_counts",
    stage="features",
    grain="one word of one document",
    key=("document_id", "word"),
    columns=(
        Column("document_id", "text", "Document"),
        Column("word", "text", "Word"),
        Column("count", "integer", "Occurrences", is_required=True),
        Column("feature_version", "text", "Version"),
    ),
)


def count_words(texts: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """A row a word with more than three letters, so that some documents have none."""
    assert set(texts["document_id"]) == set(documents["document_id"])
    found = [
        {"document_id": text.document_id, "word": word, "count": text.text.split().count(word)}
        for text in texts.itertuples()
        for word in set(text.text.split())
        if len(word) > 3
    ]
    return pd.DataFrame(found)


class Corpus:
    """Texts in a store, and builds of `word_counts` over them as an asset would do it."""

    def __init__(self, root: Path) -> None:
        self.store = Store(str(root))

    def put(self, **texts: str) -> pd.DataFrame:
        found = [
            {
                "document_id": name, "version": 1, "is_current": True, "is_listed": True, "source_id": "inbox",
                "input": name, "origin_label": "local", "is_truncated": False, "body_sha256": "b",
                "text_sha256": sha256(text),
                "extraction_version": "x", "first_seen_at": pd.Timestamp("2025-06-01T00:00Z"), "word_count": 1,
                "paragraph_count": 1, "sentence_count": 1, "text": text,
            }
            for name, text in texts.items()
        ]  # fmt: skip
        self.store.replace(DOCUMENT_TEXTS, conform(pd.DataFrame(found), DOCUMENT_TEXTS))
        return self.documents()

    def documents(self) -> pd.DataFrame:
        return self.store.read(DOCUMENT_TEXTS, ["document_id", "text_sha256"])

    def derive(self, *frames: pd.DataFrame, code: str = "code-1") -> tuple[Derivation, pd.DataFrame]:
        derivation = Derivation(COUNTS, self.store, Engine(workers=1, batch_size=2), code)
        return derivation, conform(derivation.by_document(count_words, *frames), COUNTS)

    def build(self, *frames: pd.DataFrame, code: str = "code-1") -> tuple[Derivation, pd.DataFrame]:
        derivation, rows = self.derive(*(frames or (self.documents(),)), code=code)
        self.store.replace(COUNTS, rows)
        self.store.upsert(DERIVATIONS, derivation.ledger)
        return derivation, rows


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = Corpus(tmp_path)
    made.put(doc_a="talks talks fail", doc_b="peace comes late", doc_c="no", doc_d="war goes on")
    return made


def test_the_first_time_every_document_is_computed(corpus: Corpus) -> None:
    derivation, rows = corpus.build()
    assert (derivation.computed_count, derivation.kept_count) == (4, 0)
    assert rows.loc[rows["word"] == "talks", "count"].tolist() == [2]


def test_the_second_time_no_document_is_computed_not_even_one_without_rows(corpus: Corpus) -> None:
    _, first = corpus.build()
    derivation, second = corpus.build()
    assert (derivation.computed_count, derivation.kept_count) == (0, 4)
    pd.testing.assert_frame_equal(first, second)


def test_only_the_edited_document_is_computed_again(corpus: Corpus) -> None:
    _, before = corpus.build()
    corpus.put(doc_a="talks talks hold", doc_b="peace comes late", doc_c="no", doc_d="war goes on")
    derivation, after = corpus.build()
    assert (derivation.computed_count, derivation.kept_count) == (1, 3)
    moved = before.merge(after, on=["document_id", "word"], how="outer", suffixes=("_old", "_new"))
    is_same = moved["feature_version_old"] == moved["feature_version_new"]
    assert set(moved.loc[~is_same, "document_id"]) == {"doc_a"}
    assert set(after.loc[after["document_id"] == "doc_a", "word"]) == {"talks", "hold"}


def test_a_new_document_alone_is_computed(corpus: Corpus) -> None:
    corpus.build()
    corpus.put(doc_a="talks talks fail", doc_b="peace comes late", doc_c="no", doc_d="war goes on", doc_e="more words")
    assert corpus.build()[0].computed_count == 1


def test_a_document_that_left_leaves_no_rows(corpus: Corpus) -> None:
    corpus.build()
    corpus.put(doc_b="peace comes late")
    derivation, rows = corpus.build()
    assert derivation.computed_count == 0
    assert set(rows["document_id"]) == {"doc_b"}


def test_new_code_computes_every_document_again(corpus: Corpus) -> None:
    corpus.build()
    assert corpus.build(code="code-2")[0].computed_count == 4


def test_going_back_to_old_code_computes_again(corpus: Corpus) -> None:
    corpus.build()
    corpus.build(code="code-2")
    assert corpus.build(code="code-1")[0].computed_count == 4


def test_a_changed_row_upstream_computes_its_document_again(corpus: Corpus) -> None:
    upstream = corpus.documents().assign(value=1.0)
    corpus.build(upstream)
    upstream.loc[upstream["document_id"] == "doc_b", "value"] = 2.0
    assert corpus.build(upstream)[0].computed_count == 1


def test_an_upstream_version_that_moved_no_value_computes_nothing(corpus: Corpus) -> None:
    corpus.build(corpus.documents().assign(value=1.0, feature_version="v_1"))
    assert corpus.build(corpus.documents().assign(value=1.0, feature_version="v_2"))[0].computed_count == 0


def test_the_order_of_rows_upstream_computes_nothing(corpus: Corpus) -> None:
    corpus.build()
    assert corpus.build(corpus.documents().iloc[::-1].reset_index(drop=True))[0].computed_count == 0


def test_rows_without_their_ledger_are_computed_again(corpus: Corpus) -> None:
    derivation, rows = corpus.derive(corpus.documents())
    corpus.store.replace(COUNTS, rows)
    again, healed = corpus.build()
    assert again.computed_count == derivation.computed_count == 4
    pd.testing.assert_frame_equal(healed, rows)


def test_a_ledger_without_its_rows_is_computed_again(corpus: Corpus) -> None:
    _, rows = corpus.build()
    corpus.store.replace(COUNTS, COUNTS.empty())
    derivation, healed = corpus.build()
    assert (derivation.computed_count, derivation.kept_count) == (3, 1)
    pd.testing.assert_frame_equal(healed, rows)


def test_a_document_that_lost_one_of_its_rows_is_computed_again(corpus: Corpus) -> None:
    _, rows = corpus.build()
    corpus.store.replace(COUNTS, rows.iloc[1:].reset_index(drop=True))
    derivation, healed = corpus.build()
    assert derivation.computed_count == 1
    pd.testing.assert_frame_equal(healed, rows)


def test_rows_of_another_version_under_an_old_ledger_are_computed_again(corpus: Corpus) -> None:
    """A build killed between the rows and the ledger, then run again with the code from before."""
    _, rows = corpus.build()
    _, newer = corpus.derive(corpus.documents(), code="code-2")
    corpus.store.replace(COUNTS, newer)
    derivation, healed = corpus.build()
    assert derivation.computed_count == 3
    pd.testing.assert_frame_equal(healed, rows)


def test_no_documents_make_an_empty_table(corpus: Corpus) -> None:
    assert corpus.build(corpus.documents().iloc[:0])[1].empty


def test_two_workers_give_the_rows_of_one(corpus: Corpus) -> None:
    corpus.put(**{f"doc_{number:02}": f"talks number {number} went on" for number in range(30)})

    # Made within a function, because workers cannot import a test module.
    def measure(texts: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
        return texts[["document_id"]].assign(word="words", count=texts["text"].str.len())

    engines = (Engine(workers=workers, batch_size=2) for workers in (1, 2))
    one, two = (Derivation(COUNTS, corpus.store, e, "code").by_document(measure, corpus.documents()) for e in engines)
    pd.testing.assert_frame_equal(conform(one, COUNTS), conform(two, COUNTS))
