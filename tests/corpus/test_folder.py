"""Folder: which files are inputs, what an input is called, and how many there are before any is read."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.corpus import files, folder
from pipeline.corpus.article import Article, NotYet, Rejected
from pipeline.corpus.sources import Source
from pipeline.text import sha256

PAST = datetime(2020, 1, 1, tzinfo=UTC)
WORDS = "The talks went on for longer than any one of the two sides had expected."


def source(**changes: object) -> Source:
    return Source.model_validate({"id": "inbox", "kind": "file", "location": "corpus/inbox"} | changes)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "corpus" / "inbox").mkdir(parents=True)
    return tmp_path


def put(data: Path, name: str, content: str | bytes = WORDS) -> Path:
    path = data / "corpus" / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def listed(data: Path, **changes: object) -> list[str]:
    return [folder.name(path, data) for path in folder.paths(source(**changes), data)]


def counted(data: Path) -> list[int]:
    return [folder.count(source(), file) for file in folder.opened(folder.paths(source(), data), data, lambda: PAST)]


def outcomes(data: Path) -> dict[str, folder.Outcome]:
    opened = folder.opened(folder.paths(source(), data), data, lambda: PAST)
    return {
        reading.input: reading.outcome()
        for file in opened
        for reading in folder.readings(source(), file, files.parse_here)
    }


def test_files_are_listed_in_the_order_of_their_names(data: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a.txt"):
        put(data, name)
    assert listed(data) == ["inbox/a/z.txt", "inbox/a.txt", "inbox/b.txt"]


def test_hidden_unfinished_and_lock_files_are_no_inputs(data: Path) -> None:
    for name in (".hidden.txt", ".git/config.txt", "a.txt.part", "b.crdownload", "c.TMP", "~$report.docx", "kept.txt"):
        put(data, name)
    assert listed(data) == ["inbox/kept.txt"]


def test_a_sidecar_is_no_input_where_its_document_is(data: Path) -> None:
    for name in ("a.txt", "a.txt.toml", "alone.txt.toml"):
        put(data, name)
    assert listed(data) == ["inbox/a.txt", "inbox/alone.txt.toml"]


def test_a_folder_with_the_name_of_a_document_is_looked_into(data: Path) -> None:
    put(data, "x.txt/inner.txt")
    assert listed(data) == ["inbox/x.txt/inner.txt"]


def test_a_pipe_is_not_waited_for(data: Path) -> None:
    os.mkfifo(data / "corpus" / "inbox" / "pipe.txt")
    assert listed(data) == []


def test_a_file_met_by_two_patterns_is_listed_once(data: Path) -> None:
    put(data, "a.txt")
    assert listed(data, include=["*.txt", "a.*"]) == ["inbox/a.txt"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"location": "corpus/nowhere"}, "corpus/nowhere is not a folder"),
        ({"kind": "table", "location": "corpus/inbox"}, "corpus/inbox is not a file"),
        ({"include": ["**x"]}, "cannot be matched"),
    ],
)
def test_a_source_that_cannot_be_listed_is_refused_with_the_remedy(
    data: Path, changes: dict[str, object], told: str
) -> None:
    if told == "cannot be matched":
        try:
            list(data.glob("**x"))
        except ValueError:
            pass
        else:
            pytest.skip("this Python matches such a pattern")
    with pytest.raises(Rejected, match=told):
        folder.paths(source(**changes), data)


def test_a_file_counts_once_and_a_table_once_a_row(data: Path) -> None:
    put(data, "a.txt")
    put(data, "b.csv", 'id,text\n1,"two\nlines"\n2,x\n\n3,y\n')
    put(data, "c.jsonl", '{"text": "x"}\n\n{broken\n')
    put(data, "d.csv", "no,columns,known\n1,2,3\n")
    put(data, "e.csv", b"\xff\xfe\xfa")
    put(data, "f.csv", "id,text\n")
    put(data, "g.csv", "id,text\n1,x\n")
    put(data, "g.csv.toml", "columns = 7\n")
    assert counted(data) == [1, 3, 2, 1, 1, 0, 1]


def test_as_many_inputs_are_read_as_were_counted(data: Path) -> None:
    test_a_file_counts_once_and_a_table_once_a_row(data)
    assert len(outcomes(data)) == sum(counted(data))


def test_a_table_that_grows_while_it_is_read_gives_the_rows_that_were_counted(data: Path) -> None:
    path = put(data, "a.csv", "id,text\n1,one\n")
    (file,) = folder.opened([path], data, lambda: PAST)
    number = folder.count(source(), file)
    path.write_text("id,text\n1,one\n2,two\n")
    assert len(list(folder.readings(source(), file, files.parse_here))) == number == 1


def test_an_article_is_read_with_its_sidecar(data: Path) -> None:
    put(data, "a.txt")
    put(data, "a.txt.toml", 'title = "A title"\n')
    outcome = outcomes(data)["inbox/a.txt"]
    assert isinstance(outcome, Article) and outcome.title == "A title"


def test_a_broken_sidecar_refuses_its_document_and_names_itself(data: Path) -> None:
    put(data, "a.txt")
    put(data, "a.txt.toml", "title = \n")
    outcome = outcomes(data)["inbox/a.txt"]
    assert isinstance(outcome, Rejected) and "a.txt.toml" in str(outcome)


def test_a_file_that_went_before_it_was_opened_is_refused(data: Path) -> None:
    path = put(data, "a.txt")
    path.unlink()
    (file,) = folder.opened([path], data, lambda: PAST)
    (reading,) = folder.readings(source(), file, files.parse_here)
    assert "cannot be opened: No such file" in str(reading.outcome())


def test_a_file_touched_just_now_is_looked_at_again_after_a_while(data: Path) -> None:
    path = put(data, "a.txt")
    began = time.monotonic()
    (file,) = folder.opened([path], data, lambda: datetime.now(UTC))
    # No claim about speed: the wait is what keeps a half-copied file out.
    assert time.monotonic() - began > 1 and file.body == WORDS.encode()


def test_a_file_that_changes_while_it_is_read_waits(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(data, "a.txt")
    read = Path.read_bytes

    def read_and_grow(self: Path) -> bytes:
        body = read(self)
        with self.open("ab") as file:
            file.write(b" more")
        return body

    monkeypatch.setattr(Path, "read_bytes", read_and_grow)
    (file,) = folder.opened([path], data, lambda: PAST)
    assert isinstance(file.refusal, NotYet)


def test_a_name_that_is_no_text_is_told_with_its_bytes_escaped(data: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(data / "corpus" / "inbox") + b"/\xff.txt"))
    assert folder.name(odd, data) == "inbox/\\udcff.txt"


def test_a_file_renamed_while_another_took_its_name_is_told(data: Path) -> None:
    put(data, "a.txt", "another text")
    put(data, "b.txt")
    put(data, "c.txt", "a third")
    paths = folder.paths(source(), data)
    assert folder.moved({"inbox/a.txt": sha256(WORDS)}, paths, data) == {"inbox/a.txt": "inbox/b.txt"}
    assert folder.moved({"inbox/a.txt": sha256("another text")}, paths, data) == {}
    assert folder.moved({"inbox/gone.txt": sha256(WORDS)}, paths, data) == {}
    assert folder.moved({}, paths, data) == {}
