"""Labelled sentences: what a reader gets, and what each mistake is told as."""

from pathlib import Path

import pytest

from pipeline import labels

CODES = {"target": ("bridge_opens", "toll_is_fair"), "frame": ("money", "safety", "history", "order")}
HEADER = "sentence_id,passage_id,paragraph,sentence,voice_label,modality_label,strength,frames,stances"
ROWS = (
    "a1.1,a1,0,The bridge will open.,author,expects,2,safety,bridge_opens:favor:expects",
    "a1.2,a1,0,It was promised.,author,describes,2,,",
    "a1.3,a1,0,The toll is fair.,reported,evaluates,3,money; order,"
    "toll_is_fair:favor:evaluates; bridge_opens:mentioned:describes",
    "a1.4,a1,0,So they say.,author,describes,1,,",
    "a1.5,a1,1,A new paragraph.,author,describes,2,,",
    "b1.1,b1,1,Another passage.,author,describes,2,,",
)


def write(folder: Path, *rows: str, name: str = "train.csv", header: str = HEADER) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return folder


def test_a_sentence_carries_the_two_before_it_in_its_paragraph(tmp_path: Path) -> None:
    read = labels.load(write(tmp_path, *ROWS), CODES)
    assert list(read.sentences["before"]) == [
        (),
        ("The bridge will open.",),
        ("The bridge will open.", "It was promised."),
        ("It was promised.", "The toll is fair."),
        (),
        (),
    ]


def test_stances_and_frames_are_tidy_tables(tmp_path: Path) -> None:
    read = labels.load(write(tmp_path, *ROWS), CODES)
    assert read.stances.to_numpy().tolist() == [
        ["a1.1", "bridge_opens", "favor", "expects"],
        ["a1.3", "toll_is_fair", "favor", "evaluates"],
        ["a1.3", "bridge_opens", "mentioned", "describes"],
    ]
    assert read.frames.to_numpy().tolist() == [["a1.1", "safety"], ["a1.3", "money"], ["a1.3", "order"]]


def test_a_file_named_to_be_skipped_is_not_opened(tmp_path: Path) -> None:
    write(tmp_path, "nonsense", name="test.csv")
    assert len(labels.load(write(tmp_path, *ROWS), CODES, skip=("test.csv",)).sentences) == len(ROWS)


def test_several_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    write(tmp_path, *ROWS[5:], name="a.csv")
    read = labels.load(write(tmp_path, *ROWS[:5], name="b.csv"), CODES)
    assert list(read.sentences["passage_id"].unique()) == ["b1", "a1"]


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    first = labels.load(write(tmp_path, *ROWS), CODES).fingerprint
    assert labels.load(tmp_path, CODES).fingerprint == first
    assert labels.load(write(tmp_path, *ROWS[:-1]), CODES).fingerprint != first


def test_passages_divide_the_labels_without_rest(tmp_path: Path) -> None:
    read = labels.load(write(tmp_path, *ROWS), CODES)
    held, rest = read.of_passages(["a1"]), read.without_passages(["a1"])
    assert (len(held.sentences), len(rest.sentences)) == (5, 1)
    assert (len(held.stances), len(rest.stances)) == (3, 0)
    assert len({read.fingerprint, held.fingerprint, rest.fingerprint}) == 3


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("x.1,x,0,Text.,author,expects,2,,peace:favor:expects", "stances", "target 'peace' is none of bridge_opens"),
        ("x.1,x,0,Text.,author,expects,2,,bridge_opens:for:expects", "stances", "polarity 'for' is none of favor"),
        (
            "x.1,x,0,Text.,author,expects,2,,bridge_opens:favor:hopes",
            "stances",
            "modality 'hopes' is none of describes",
        ),
        ("x.1,x,0,Text.,author,expects,2,,bridge_opens", "stances", "must be target:polarity:modality"),
        (
            "x.1,x,0,Text.,author,expects,2,,bridge_opens:favor:expects; bridge_opens:against:expects",
            "stances",
            "bridge_opens stands twice",
        ),
        ("x.1,x,0,Text.,narrator,expects,2,,", "voice_label", "'narrator' is none of author"),
        ("x.1,x,0,Text.,author,hopes,2,,", "modality_label", "'hopes' is none of describes"),
        ("x.1,x,0,Text.,author,expects,4,,", "strength", "'4' is none of 1, 2, 3"),
        ("x.1,x,0,Text.,author,expects,2,weather,", "frames", "frame 'weather' is none of money"),
        ("x.1,x,0,Text.,author,expects,2,money; money,", "frames", "name each once"),
        ("x.1,x,0,Text.,author,expects,2,money; safety; history; order,", "frames", "keep the 3"),
        ("x.1,x,0, ,author,expects,2,,", "sentence", "is empty; fill it in"),
        (",x,0,Text.,author,expects,2,,", "sentence_id", "is empty; fill it in"),
        ("x.1,x,first,Text.,author,expects,2,,", "paragraph", "count a passage's paragraphs from 0"),
        ("a1.1,x,0,Text.,author,expects,2,,", "sentence_id", "line 2 too; give each sentence its own"),
        ("x.1,a1,1,Text.,author,expects,2,,", "passage_id", "keep a passage's rows together"),
        ("x.1,b1,0,Text.,author,expects,2,,", "paragraph", "0 after 1; rows stand in reading order"),
    ],
)
def test_a_mistake_names_file_line_field_and_remedy(tmp_path: Path, row: str, field: str, reason: str) -> None:
    with pytest.raises(ValueError) as told:
        labels.load(write(tmp_path, *ROWS, row), CODES)
    assert str(told.value).startswith(f"{tmp_path / 'train.csv'}, line 8, field '{field}': ")
    assert reason in str(told.value)
    assert "\n" not in str(told.value)


def test_a_row_of_another_length_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line 8: 10 cells, the header has 9; quote cells with commas"):
        labels.load(write(tmp_path, *ROWS, "x.1,x,0,One, two.,author,expects,2,,"), CODES)


def test_lines_are_counted_over_a_cell_of_two_lines(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line 10, field 'strength'"):
        labels.load(
            write(tmp_path, *ROWS, 'x.1,x,0,"One\ntwo.",author,expects,2,,', "x.2,x,0,Text.,author,expects,0,,"), CODES
        )


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError) as told:
        labels.load(write(tmp_path, "x.1,x,0,,author,expects,9,,", "x.2,x,0,Text.,nobody,expects,2,,"), CODES)
    assert len(str(told.value).splitlines()) == 3


def test_beyond_twenty_mistakes_the_rest_are_counted(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="and 5 more"):
        labels.load(write(tmp_path, *(f"x.{n},x,0,Text.,author,expects,9,," for n in range(25))), CODES)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (HEADER.replace("voice_label,", ""), "field 'voice_label': the column is missing"),
        (HEADER + ",colour", "field 'colour': the column is not known"),
        (HEADER + ",frames", "field 'frames': the column stands twice"),
    ],
)
def test_a_wrong_header_is_told(tmp_path: Path, header: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"line 1, {reason}"):
        labels.load(write(tmp_path, header=header), CODES)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (write(tmp_path) / "train.csv").write_bytes("né".encode("latin-1"))
    with pytest.raises(ValueError, match="not CSV in UTF-8"):
        labels.load(tmp_path, CODES)


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no labelled sentences; it must hold CSV files"):
        labels.load(tmp_path, CODES)
