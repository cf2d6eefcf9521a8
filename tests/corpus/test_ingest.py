"""Ingest: every input ends in one state, every edit is a version, and a round with nothing new writes its record."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.contracts import violations
from pipeline.corpus import accounting, configuration, documents, files, folder
from pipeline.corpus.article import Article
from pipeline.corpus.ingest import Ingestion
from pipeline.store import Store
from pipeline.tables.corpus import DOCUMENT_TEXTS, FETCHES, SOURCE_HEALTH

MakeIngestion = Callable[..., Ingestion]
SENTENCES = (
    "The talks in Istanbul went on for three days without a result that either side could show at home.",
    "Moscow wanted the line to be drawn where its troops stood on that morning.",
    "Kyiv wanted the guns to be silent first, and to speak of maps afterwards.",
    "The Americans, who had come to sign something, left with a list of further meetings.",
    "Nobody in the hall believed that the summer would bring a settlement.",
)
ARTICLE = "\n\n".join(SENTENCES)


def article(word: str) -> str:
    """A text unlike any other."""
    return f"{ARTICLE}\n\nThe delegate whose name was {word} said nothing at all about it."


class Corpus:
    """The inbox of a data folder, and rounds over it whose rows are stored as the asset would store them."""

    def __init__(self, data: Path, make: MakeIngestion) -> None:
        self.data, self.make = data, make
        self.inbox = data / "corpus" / "inbox"
        self.store = Store(str(data / "store"))
        self.parsed: list[str] = []

    def put(self, name: str, text: str) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def round(self, *only: str, **changes: Any) -> pd.DataFrame:
        fetches, health = self.make(**changes).run(list(only or ("inbox",)))
        assert violations(fetches, FETCHES) == violations(health, SOURCE_HEALTH) == []
        self.store.upsert(FETCHES, fetches)
        self.store.replace(SOURCE_HEALTH, health)
        assert accounting.unaccounted(fetches, health.loc[health["source_id"].isin(only or ("inbox",))]) == []
        return fetches.set_index("input")

    def states(self, *only: str, **changes: Any) -> dict[str, str]:
        return {str(name): str(state) for name, state in self.round(*only, **changes)["state_label"].items()}

    def texts(self) -> pd.DataFrame:
        return self.store.read(DOCUMENT_TEXTS)

    def current(self) -> pd.DataFrame:
        texts = self.texts()
        return texts.loc[texts["is_current"]].set_index("input")

    def documents(self) -> pd.DataFrame:
        found = documents.current(self.texts().drop(columns="text"), configuration.load(self.data / "corpus"))
        return found.set_index("input")


@pytest.fixture
def corpus(data_folder: Path, make_ingestion: MakeIngestion) -> Iterator[Corpus]:
    made = Corpus(data_folder, make_ingestion)
    yield made
    assert violations(made.texts(), DOCUMENT_TEXTS) == []


# Accounting


def test_every_kind_of_file_ends_in_a_state_with_its_reason(corpus: Corpus) -> None:
    corpus.put("good.txt", article("Adam"))
    corpus.put("good.md", f"---\ntitle: On the talks\nauthor: Ada Smith\n---\n\n{article('Berta')}")
    corpus.put("copy.txt", article("Adam"))
    corpus.put("empty.txt", "")
    corpus.put("blank.txt", " \n\n ")
    corpus.put("picture.png", "no picture")
    corpus.put("broken.docx", "PK no zip")
    corpus.put("broken.pdf", "no pdf")
    corpus.put("orphan.txt.toml", 'title = "alone"')
    corpus.put("bad-sidecar.txt", article("Emil"))
    corpus.put("bad-sidecar.txt.toml", "title = ")
    corpus.put(
        "german.txt",
        "Die Gespräche in Istanbul dauerten drei Tage, und keine der Seiten konnte ein Ergebnis vorzeigen. " * 3,
    )
    (corpus.inbox / "latin.txt").write_bytes("Die Gespräche".encode("latin-1"))
    (corpus.inbox / "folder.txt").mkdir()
    (corpus.inbox / ".hidden.txt").write_text("hidden")
    (corpus.inbox / "loading.txt.part").write_text("half")
    corpus.put("rows.csv", f'id,text\n1,"{article("Carl")}"\n2,\n3,"{article("Dora")}"\n')
    corpus.put("no-text.csv", "id,number\n1,2\n")
    corpus.put("lines.jsonl", '{"text": "not long"}\n{broken\n')
    fetches = corpus.round()
    states = {name.removeprefix("inbox/"): state for name, state in fetches["state_label"].items()}
    assert states == {
        "good.txt": "duplicate", "copy.txt": "stored", "good.md": "stored", "rows.csv#1": "stored",
        "rows.csv#3": "stored",
        "lines.jsonl#row 1": "stored",
    } | dict.fromkeys(
        ("empty.txt", "blank.txt", "picture.png", "broken.docx", "broken.pdf", "orphan.txt.toml", "bad-sidecar.txt",
         "german.txt", "latin.txt", "rows.csv#2", "no-text.csv", "lines.jsonl#row 2"),
        "rejected",
    )  # fmt: skip
    assert fetches.loc[fetches["state_label"].isin(("rejected", "duplicate")), "reason"].notna().all()


def test_a_duplicate_points_to_the_document_that_it_repeats(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.put("b.txt", article("Adam"))
    fetches = corpus.round()
    assert "inbox/a.txt" in fetches.loc["inbox/b.txt", "reason"]
    kept = corpus.documents()["duplicate_of_document_id"]
    assert kept.notna().sum() == 1 and kept.dropna().iloc[0] in set(corpus.documents()["document_id"])


def test_a_reader_that_drops_an_input_is_found_out(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.put("rows.csv", f'id,text\n1,"{article("Carl")}"\n2,"{article("Dora")}"\n')
    read = folder.rows.read

    def forgetful(*arguments: Any) -> Iterator[Any]:
        return iter(list(read(*arguments))[:-1])

    monkeypatch.setattr(folder.rows, "read", forgetful)
    fetches, health = corpus.make().run(["inbox"])
    assert accounting.unaccounted(fetches, health) == ["inbox: its reader counted 2 inputs, 1 ended in a state"]


def test_a_second_round_over_the_same_bytes_writes_nothing_but_its_record(corpus: Corpus, clock: Any) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.put("rows.csv", f'id,text\n1,"{article("Carl")}"\n')
    corpus.round("essays", "inbox", "sample")
    before, version = corpus.texts(), corpus.store.version(DOCUMENT_TEXTS)
    clock.advance(days=1)
    assert set(corpus.states("essays", "inbox", "sample").values()) == {"unchanged"}
    assert corpus.store.version(DOCUMENT_TEXTS) == version
    pd.testing.assert_frame_equal(corpus.texts(), before)


def test_a_second_round_under_a_stopped_clock_changes_no_text_and_is_a_round_of_its_own(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.put("b.txt", article("Berta"))
    first = corpus.round()
    before = corpus.texts()
    (corpus.inbox / "b.txt").unlink()
    corpus.put("b.txt", article("Berta"))
    second = corpus.round()
    pd.testing.assert_frame_equal(corpus.texts(), before)
    assert set(first["round_id"]) != set(second["round_id"])


def test_an_input_gone_under_a_stopped_clock_is_not_missed(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.put("b.txt", article("Berta"))
    corpus.round()
    (corpus.inbox / "b.txt").unlink()
    assert corpus.states() == {"inbox/a.txt": "unchanged"}
    assert accounting.unaccounted(corpus.store.read(FETCHES), corpus.store.read(SOURCE_HEALTH)) == []


def test_progress_tells_of_each_input(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.put("b.csv", f'id,text\n1,"{article("Carl")}"\n2,"{article("Dora")}"\n')
    told: list[tuple[str, int, int]] = []
    corpus.round(progress=lambda *message: told.append(message))
    assert told == [("reading inbox", 0, 2), ("reading inbox", 1, 2), ("reading inbox", 2, 3), ("reading inbox", 3, 3)]


# Identity


def test_an_edit_is_a_new_version_with_its_counts(corpus: Corpus, clock: Any) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.round()
    clock.advance(days=1)
    edited = (
        article("Adam").replace("three days", "four days").replace(SENTENCES[2], "")
        + "\n\nThen it rained on all of them."
    )
    corpus.put("a.txt", edited)
    assert corpus.states() == {"inbox/a.txt": "stored"}
    old, new = corpus.texts().to_dict("records")
    assert (old["document_id"], old["version"], old["is_current"]) == (new["document_id"], 1, False)
    assert (new["version"], new["is_current"]) == (2, True)
    names = ("sentences_added_count", "sentences_removed_count", "sentences_altered_count")
    assert [new[name] for name in names] == [1, 1, 1]
    spans = [new["text"][slice(*map(int, span.split("-")))] for span in new["changed_offsets"].split("; ")]
    assert spans == [SENTENCES[0].replace("three", "four"), "Then it rained on all of them."]
    assert old["text"] == article("Adam")


def test_a_corrected_sidecar_changes_the_document_and_not_its_version(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.round()
    corpus.put("a.txt.toml", 'title = "A better title"\nanalyst = "Ada Smith"\n')
    assert corpus.states() == {"inbox/a.txt": "stored"}
    row = corpus.current().loc["inbox/a.txt"]
    assert (row["title"], row["version"], len(corpus.texts())) == ("A better title", 1, 1)


def test_a_renamed_file_keeps_its_id(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.round()
    before = corpus.current().loc["inbox/a.txt", "document_id"]
    (corpus.inbox / "a.txt").rename(corpus.inbox / "z.txt")
    assert corpus.states() == {"inbox/z.txt": "stored"}
    assert corpus.current()["document_id"].to_dict() == {"inbox/z.txt": before}
    assert corpus.current()["is_listed"].all()


@pytest.mark.parametrize("new_name", ["0.txt", "z.txt"])
def test_a_renamed_file_keeps_its_id_when_another_takes_its_name_at_once(corpus: Corpus, new_name: str) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.round()
    before = corpus.current().loc["inbox/a.txt", "document_id"]
    (corpus.inbox / "a.txt").rename(corpus.inbox / new_name)
    corpus.put("a.txt", "A wholly other piece. " + article("Zoe"))
    corpus.round()
    current = corpus.current()
    assert current.loc[f"inbox/{new_name}", "document_id"] == before
    assert current.loc["inbox/a.txt", "document_id"] != before
    assert current["version"].tolist() == [1, 1]


def test_a_new_file_at_the_name_of_one_renamed_before_is_another_document(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.round()
    (corpus.inbox / "a.txt").rename(corpus.inbox / "z.txt")
    corpus.round()
    corpus.put("a.txt", article("Zoe"))
    corpus.round()
    assert corpus.current()["document_id"].nunique() == 2
    assert set(corpus.states().values()) == {"unchanged"}


def test_a_copy_beside_an_edited_original_leaves_the_id_with_the_text(corpus: Corpus) -> None:
    """Seen from outside, this is the same as a rename and a new file under the old name."""
    corpus.put("a.txt", article("Adam"))
    corpus.round()
    before = corpus.current().loc["inbox/a.txt", "document_id"]
    corpus.put("b.txt", article("Adam"))
    corpus.put("a.txt", article("Adam").replace("three", "four"))
    corpus.round()
    assert corpus.current().loc["inbox/b.txt", "document_id"] == before


def test_a_number_sign_in_a_name_does_not_make_a_file_seem_gone(corpus: Corpus) -> None:
    corpus.put("notes#1.txt", article("Adam"))
    corpus.round()
    corpus.put("copy.txt", article("Adam"))
    assert corpus.states() == {"inbox/copy.txt": "duplicate", "inbox/notes#1.txt": "unchanged"}
    assert corpus.current()["is_listed"].to_dict() == {"inbox/copy.txt": True, "inbox/notes#1.txt": True}


def test_a_deleted_file_leaves_the_comparison_and_not_the_history(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam") * 3)
    corpus.put("b.txt", article("Berta") * 3)
    corpus.round()
    (corpus.inbox / "a.txt").unlink()
    assert corpus.states() == {"inbox/b.txt": "unchanged"}
    row = corpus.documents().loc["inbox/a.txt"]
    assert (bool(row["is_compared"]), row["not_compared_reason"]) == (
        False,
        "its source no longer has it, or is switched off",
    )
    assert corpus.current().loc["inbox/a.txt", "text"] == article("Adam") * 3


def test_a_deleted_file_that_comes_back_is_the_same_document(corpus: Corpus) -> None:
    path = corpus.put("a.txt", article("Adam"))
    corpus.round()
    before = corpus.texts()
    path.unlink()
    corpus.round()
    assert not corpus.current()["is_listed"].any()
    corpus.put("a.txt", article("Adam"))
    assert corpus.states() == {"inbox/a.txt": "stored"}
    pd.testing.assert_frame_equal(corpus.texts(), before)


def test_a_deleted_file_that_comes_back_edited_is_its_next_version(corpus: Corpus) -> None:
    path = corpus.put("a.txt", article("Adam"))
    corpus.round()
    path.unlink()
    corpus.round()
    corpus.put("a.txt", article("Berta"))
    corpus.round()
    assert corpus.texts()["version"].tolist() == [1, 2]
    assert corpus.texts()["is_current"].tolist() == [False, True]


def test_new_code_that_reads_other_words_makes_no_new_version(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.round()

    def read(suffix: str, body: bytes) -> Article:
        return files.parse_here(suffix, body)

    assert corpus.states(code_version="code-2", parse=read) == {"inbox/a.txt": "unchanged"}
    assert corpus.texts()["version"].tolist() == [1]
    assert corpus.states(code_version="code-2") == {"inbox/a.txt": "unchanged"}


# Tables


def table(**texts: str) -> str:
    return "id,text\n" + "".join(f'{key},"{text}"\n' for key, text in texts.items())


def test_rows_are_documents_that_are_appended_edited_and_removed_one_by_one(corpus: Corpus) -> None:
    corpus.put("t.csv", table(k1=article("Adam"), k2=article("Berta"), k3=article("Carl")))
    corpus.round()
    ids = corpus.current()["document_id"].to_dict()
    corpus.put("t.csv", table(k0=article("Zoe"), k1=article("Adam"), k2=article("Bertha")))
    states = corpus.states()
    assert states == {"inbox/t.csv#k0": "stored", "inbox/t.csv#k1": "unchanged", "inbox/t.csv#k2": "stored"}
    current = corpus.current()
    assert {name: current.loc[name, "document_id"] for name in ids} == ids
    assert current["version"].to_dict() == {
        "inbox/t.csv#k0": 1, "inbox/t.csv#k1": 1, "inbox/t.csv#k2": 2, "inbox/t.csv#k3": 1,
    }  # fmt: skip
    assert current.index[~current["is_listed"]].tolist() == ["inbox/t.csv#k3"]


def test_a_renamed_table_keeps_the_ids_of_its_rows(corpus: Corpus) -> None:
    corpus.put("t.csv", table(k1=article("Adam"), k2=article("Berta")))
    corpus.round()
    before = set(corpus.current()["document_id"])
    (corpus.inbox / "t.csv").rename(corpus.inbox / "u.csv")
    corpus.round()
    assert set(corpus.current()["document_id"]) == before
    assert set(corpus.current().index) == {"inbox/u.csv#k1", "inbox/u.csv#k2"}


def test_a_table_that_cannot_be_read_for_once_keeps_its_rows(corpus: Corpus) -> None:
    corpus.put("t.csv", table(k1=article("Adam")))
    corpus.round()
    corpus.put("t.csv", "nothing,that,is,known\n1,2,3,4\n")
    assert corpus.states() == {"inbox/t.csv": "rejected"}
    assert corpus.current()["is_listed"].tolist() == [True]


def test_a_table_source_maps_its_columns(corpus: Corpus) -> None:
    (corpus.data / "corpus" / "own.csv").write_text(f'nr,words\n7,"{article("Adam")}"\n')
    entry = (
        '[[source]]\nid = "own"\nkind = "table"\nlocation = "corpus/own.csv"\ncolumns = { text = "words", id = "nr" }\n'
    )
    toml = corpus.data / "corpus" / "sources.toml"
    toml.write_text(toml.read_text().replace("[relevance]", f"{entry}\n[relevance]"))
    assert corpus.states("own") == {"own.csv#7": "stored"}


# Refusals


def test_a_refused_file_is_not_parsed_again_while_bytes_and_code_are_the_same(corpus: Corpus) -> None:
    corpus.put("a.pdf", "no pdf")
    parsed: list[str] = []

    def parse(suffix: str, body: bytes) -> Article:
        parsed.append(suffix)
        return files.parse_here(suffix, body)

    first = corpus.round(parse=parse)
    second = corpus.round(parse=parse)
    assert parsed == [".pdf"]
    assert second.loc["inbox/a.pdf", "reason"] == first.loc["inbox/a.pdf", "reason"]
    corpus.round(parse=parse, code_version="code-2")
    assert parsed == [".pdf"] * 2
    corpus.put("a.pdf", "another pdf")
    corpus.round(parse=parse, code_version="code-2")
    assert parsed == [".pdf"] * 3


def test_a_refused_file_that_was_mended_is_taken_in(corpus: Corpus) -> None:
    corpus.put("a.txt", "")
    assert corpus.states() == {"inbox/a.txt": "rejected"}
    corpus.put("a.txt", article("Adam"))
    assert corpus.states() == {"inbox/a.txt": "stored"}


def test_a_document_whose_file_is_spoilt_stays_as_it_was(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.round()
    before = corpus.texts()
    (corpus.inbox / "a.txt").write_bytes(b"\xff\xfe\x00")
    assert corpus.states() == {"inbox/a.txt": "rejected"}
    pd.testing.assert_frame_equal(corpus.texts(), before)


def override(corpus: Corpus, **cells: str) -> None:
    path = corpus.data / "corpus" / "overrides.csv"
    header = path.read_text().splitlines()[0]
    path.write_text(header + "\n" + ",".join(cells.get(name, "") for name in header.split(",")) + "\n")


def test_a_withdrawn_input_is_refused_until_the_row_is_taken_out(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    override(corpus, input="inbox/a.txt", is_withdrawn="true", reason="asked for")
    fetches = corpus.round()
    assert fetches.loc["inbox/a.txt", "state_label"] == "rejected"
    assert "asked for" in fetches.loc["inbox/a.txt", "reason"]
    assert corpus.texts().empty
    override(corpus, input="inbox/none.txt", title="x")
    assert corpus.states() == {"inbox/a.txt": "stored"}


def test_a_withdrawn_text_is_refused_under_any_name(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.round()
    held = corpus.current().loc["inbox/a.txt"]
    corpus.put("b.txt", article("Adam"))
    override(corpus, document_id="doc_0", is_withdrawn="true", text_sha256=held["text_sha256"])
    assert corpus.states() == {"inbox/a.txt": "rejected", "inbox/b.txt": "rejected"}
    assert corpus.documents().empty


# Files that are odd


def test_a_file_that_is_still_growing_waits_and_is_read_when_it_is_whole(corpus: Corpus) -> None:
    path = corpus.put("a.txt", ARTICLE)
    is_over = threading.Event()

    def grow() -> None:
        while not is_over.is_set():
            with path.open("a") as file:
                file.write(" More words came.")
            time.sleep(0.002)

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        states = corpus.states(now=lambda: datetime.now(UTC))
    finally:
        is_over.set()
        thread.join()
    assert states == {"inbox/a.txt": "retry_after"}
    assert corpus.texts().empty
    assert corpus.states() == {"inbox/a.txt": "stored"}
    assert corpus.current()["text"].iloc[0].endswith("More words came.")


def test_links_in_a_circle_are_passed_over(corpus: Corpus) -> None:
    corpus.put("sub/a.txt", article("Adam"))
    (corpus.inbox / "sub" / "again").symlink_to(corpus.inbox)
    (corpus.inbox / "self.txt").symlink_to(corpus.inbox / "self.txt")
    (corpus.inbox / "nowhere.txt").symlink_to(corpus.inbox / "gone.txt")
    assert corpus.states() == {"inbox/sub/a.txt": "stored"}


def test_odd_names_are_told_and_kept(corpus: Corpus) -> None:
    names = ["two\nlines.txt", 'a "quoted", name.txt', "ünï‮code.txt", "=SUM(A1).txt", "UPPER.TXT"]
    for number, name in enumerate(names):
        corpus.put(name, article(f"Number{number}"))
    odd = os.fsencode(corpus.inbox) + b"/bytes-\xff.txt"
    Path(os.fsdecode(odd)).write_bytes(article("Odd").encode())
    states = corpus.states()
    assert states == {f"inbox/{name}": "stored" for name in names} | {"inbox/bytes-\\udcff.txt": "stored"}
    assert set(corpus.states().values()) == {"unchanged"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_is_told(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam")).chmod(0)
    fetches = corpus.round()
    assert fetches.loc["inbox/a.txt", "state_label"] == "rejected"
    assert "Permission denied" in fetches.loc["inbox/a.txt", "reason"]


# Sources


def test_a_source_that_is_gone_keeps_its_documents_and_says_so(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    corpus.round()
    before = corpus.texts()
    corpus.inbox.rename(corpus.inbox.with_name("elsewhere"))
    for failures in (1, 2):
        corpus.round()
        row = corpus.store.read(SOURCE_HEALTH).set_index("source_id").loc["inbox"]
        assert row["failures_in_a_row_count"] == failures
        assert "corpus/inbox is not a folder" in row["last_error"]
    pd.testing.assert_frame_equal(corpus.texts(), before)


def test_a_source_that_is_back_has_no_error_left(corpus: Corpus) -> None:
    corpus.inbox.rename(corpus.inbox.with_name("elsewhere"))
    corpus.round()
    corpus.inbox.with_name("elsewhere").rename(corpus.inbox)
    corpus.round()
    row = corpus.store.read(SOURCE_HEALTH).set_index("source_id").loc["inbox"]
    assert row["failures_in_a_row_count"] == 0 and pd.isna(row["last_error"])


def test_a_source_read_for_the_first_time_after_others_counts_its_failures_from_one(corpus: Corpus) -> None:
    corpus.round("essays")
    corpus.inbox.rmdir()
    corpus.round("inbox")
    row = corpus.store.read(SOURCE_HEALTH).set_index("source_id").loc["inbox"]
    assert row["failures_in_a_row_count"] == 1


def test_naming_a_source_twice_reads_it_once(corpus: Corpus) -> None:
    corpus.put("a.txt", article("Adam"))
    assert corpus.states("inbox", "inbox") == {"inbox/a.txt": "stored"}


def test_naming_an_unknown_source_tells_which_there_are(corpus: Corpus) -> None:
    with pytest.raises(configuration.ConfigurationError, match=r"no source \['nowhere'\].*'essays'.*'inbox'.*'sample'"):
        corpus.round("nowhere")


# Kills


class Killed(BaseException):
    """Stands for a kill: nothing in the pipeline catches it."""


def test_a_killed_round_keeps_what_it_wrote_and_the_next_goes_on(corpus: Corpus) -> None:
    for number in range(150):
        corpus.put(f"{number:03}.md", article(f"Number{number}"))

    def kill_at(task: str, done: int, total: int) -> None:
        if done == 100:
            raise Killed

    with pytest.raises(Killed):
        corpus.make(progress=kill_at).run(["inbox"])
    kept = len(corpus.texts())
    assert 0 < kept < 100
    states = pd.Series(corpus.states())
    assert (states == "unchanged").sum() == kept
    assert (states == "stored").sum() == 150 - kept
    assert corpus.texts()["document_id"].nunique() == 150


def test_an_edit_is_never_half_written(corpus: Corpus) -> None:
    """The batch ends between the old version and the new, and the round is killed there."""
    for number in range(70):
        corpus.put(f"{number:03}.txt", article(f"Number{number}"))
    corpus.round()
    corpus.put("extra.txt", article("Extra"))
    corpus.put("000-first.txt", article("First"))
    for number in range(70):
        corpus.put(f"{number:03}.txt", article(f"Other{number}"))

    def kill_at(task: str, done: int, total: int) -> None:
        if done == 40:
            raise Killed

    with pytest.raises(Killed):
        corpus.make(progress=kill_at).run(["inbox"])
    texts = corpus.texts()
    assert texts.groupby("document_id")["is_current"].sum().eq(1).all()
    corpus.round()
    texts = corpus.texts()
    assert texts.groupby("document_id")["is_current"].sum().eq(1).all()
    assert texts["version"].value_counts().to_dict() == {1: 72, 2: 70}
