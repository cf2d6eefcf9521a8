"""Hand coding is read whole or refused with its file and line; the committed files are sound."""

import re
from pathlib import Path

import pytest

from pipeline import codebook
from pipeline.evaluation import coding

DATA = Path(__file__).parents[2] / "data"
CODES = {"target": {"settlement_likely", "trump_mediator"}, "frame": {"power", "order"}}
HEADER = "path,kind,id,label,opening"


def planted(folder: Path, *rows: str, header: str = HEADER) -> Path:
    desk = folder / "corpus" / "sample" / "north-desk"
    desk.mkdir(parents=True, exist_ok=True)
    (desk / "one.md").write_text("Text.")
    (desk / "planted.csv").write_text("\n".join([header, *rows]) + "\n")
    return desk / "planted.csv"


def essay_coding(folder: Path, *rows: str) -> Path:
    for name in ("corpus/essays", "codebook/labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "corpus/essays/essay.txt").write_text("Text.")
    path = folder / "codebook/labels/essay.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def test_a_planted_path_is_relative_to_the_sample(tmp_path: Path) -> None:
    rows = coding.read(planted(tmp_path, 'north-desk/one.md,frame,power,main,"Well, then"'), tmp_path, CODES)
    assert rows.to_numpy().tolist() == [["sample/north-desk/one.md", "frame", "power", "main", "Well, then"]]


def test_several_labels_are_accepted(tmp_path: Path) -> None:
    path = essay_coding(tmp_path, "essays/essay.txt,target,trump_mediator,mentioned|against,")
    row = coding.read(path, tmp_path, CODES).iloc[0]
    assert (row["document_input"], row["labels"]) == ("essays/essay.txt", "mentioned|against")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("north-desk/two.md,frame,power,main,", "no document 'north-desk/two.md'"),
        ("../../../outside.md,frame,power,main,", "no document"),
        ("north-desk/one.md,frame,might,main,", "unknown frame 'might'; the codebook has order, power"),
        ("north-desk/one.md,target,power,favor,", "unknown target 'power'"),
        ("north-desk/one.md,frame,power,favor,", "unknown label 'favor' for a frame"),
        ("north-desk/one.md,target,trump_mediator,,", "unknown label ''"),
        ("north-desk/one.md,topic,power,main,", "unknown kind 'topic'"),
        ("north-desk/one.md,frame,power,main,Well, then", "6 cells instead of 5"),
        ("north-desk/one.md,frame,order,present,", "is there twice"),
    ],
)
def test_a_bad_row_is_refused_with_its_file_and_line(tmp_path: Path, row: str, reason: str) -> None:
    path = planted(tmp_path, "north-desk/one.md,frame,order,main,", row)
    (tmp_path.parent / "outside.md").write_text("Text.")
    with pytest.raises(ValueError, match=re.escape(f"{path}, line 3: ") + ".*" + re.escape(reason)):
        coding.read(path, tmp_path, CODES)


def test_a_wrong_header_is_refused(tmp_path: Path) -> None:
    path = planted(tmp_path, header="path,id,label")
    with pytest.raises(ValueError, match="line 1: the header is 'path,id,label'"):
        coding.read(path, tmp_path, CODES)


def test_one_document_coded_in_two_files_is_refused(tmp_path: Path) -> None:
    planted(tmp_path, "north-desk/one.md,frame,power,main,")
    essay_coding(tmp_path, "sample/north-desk/one.md,frame,power,absent,")
    with pytest.raises(ValueError, match=r"power of sample/north-desk/one\.md is in two files"):
        coding.read_all(tmp_path, CODES)


def test_both_sources_are_read(tmp_path: Path) -> None:
    planted(tmp_path, "north-desk/one.md,frame,power,main,")
    essay_coding(tmp_path, "essays/essay.txt,frame,power,present,")
    found = coding.read_all(tmp_path, CODES)["document_input"]
    assert found.tolist() == ["essays/essay.txt", "sample/north-desk/one.md"]


def test_no_files_give_no_rows(tmp_path: Path) -> None:
    assert coding.read_all(tmp_path, CODES).empty


def committed_codes() -> coding.Codes:
    book = codebook.load(DATA / "codebook")
    return {"target": {target.id for target in book.targets}, "frame": {frame.id for frame in book.frames}}


def test_the_essay_is_coded_for_every_target_and_every_frame_but_morality() -> None:
    codes = committed_codes()
    rows = coding.read(DATA / "codebook" / "labels" / "essay.csv", DATA, codes)
    assert set(rows.loc[rows["kind"] == "target", "id"]) == set(codes["target"])
    assert set(rows.loc[rows["kind"] == "frame", "id"]) == set(codes["frame"]) - {"morality"}


def test_every_piece_of_the_sample_is_coded_whole() -> None:
    rows = coding.read_all(DATA, committed_codes())
    counts = rows[rows["document_input"].str.startswith("sample/")].groupby("document_input").size()
    assert set(counts) == {22}
    pieces = {path.relative_to(DATA / "corpus").as_posix() for path in (DATA / "corpus" / "sample").glob("*/*.md")}
    assert set(counts.index) == pieces


def test_every_opening_stands_in_its_document() -> None:
    rows = coding.read_all(DATA, committed_codes())
    lost = []
    for name, openings in rows[rows["opening"] != ""].groupby("document_input")["opening"]:
        text = " ".join((DATA / "corpus" / str(name)).read_text(encoding="utf-8").split())
        lost += [(name, opening) for opening in openings if " ".join(opening.split()) not in text]
    assert lost == []


def test_the_committed_labels_have_no_carriage_return_and_no_byte_order_mark() -> None:
    for path in sorted(DATA.glob("codebook/labels/*.csv")):
        body = path.read_bytes()
        assert b"\r" not in body
        assert not body.startswith(b"\xef\xbb\xbf")
