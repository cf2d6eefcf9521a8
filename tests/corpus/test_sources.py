"""Sources: what users write into the configuration is validated; a mistake is told with its place and its remedy."""

from pathlib import Path

import pytest

from pipeline.corpus.configuration import Configuration, Override, load
from pipeline.corpus.sources import ConfigurationError, Source

ENTRY = '[[source]]\nid = "inbox"\nkind = "file"\nlocation = "corpus/inbox"\n'
OVERRIDES = ",".join(Override.model_fields) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.toml").write_text(ENTRY)
    return tmp_path


def refused(folder: Path, **contents: str) -> str:
    for name, content in contents.items():
        suffix = "toml" if name == "sources" else "csv"
        (folder / f"{name}.{suffix}").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load(folder)
    return str(error.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('kind = "fax"', "source 'bad', field kind"),
        ('kind = "feed"', "location must be the web address of the feed"),
        ('kind = "gdelt"', "a gdelt source needs a query"),
        ("most_items = 0", "source 'bad', field most_items"),
        ("since = 2025-05-01\nuntil = 2025-04-01", "since must not be later than until"),
        ('since = "soon"', "source 'bad', field since"),
        ("kind = 7", "source 'bad', field kind"),
        ('colour = "red"', "source 'bad', field colour"),
        ('origin = "moon"', "source 'bad', field origin"),
        (
            'location = "/etc"',
            "source 'bad', field (whole entry): Value error, location must be a path inside the data folder",
        ),
        ('location = "../up"', "location must be a path inside the data folder"),
        ('include = ["../*.txt"]', "include must hold patterns inside the location"),
        ('include = ["/etc/*"]', "include must hold patterns inside the location"),
        ('include = [""]', "source 'bad', field include.0"),
        ('section = "gossip"', "source 'bad', field section"),
        ('enabled = "perhaps"', "source 'bad', field enabled"),
    ],
)
def test_a_mistake_in_an_entry_is_told_with_entry_and_field(folder: Path, line: str, told: str) -> None:
    name = line.split(" = ")[0]
    entry = "\n".join(
        kept for kept in ENTRY.replace("inbox", "bad", 1).splitlines() if not kept.startswith(f"{name} =")
    )
    assert told in refused(folder, sources=f"{ENTRY}{entry}\n{line}\n")


def test_a_missing_field_is_told_with_its_entry(folder: Path) -> None:
    told = refused(folder, sources='[[source]]\nid = "inbox"\nlocation = "corpus/inbox"\n')
    assert "sources.toml, source 'inbox', field kind: Field required" in told


def test_an_entry_without_an_id_is_told_by_its_number(folder: Path) -> None:
    told = refused(folder, sources=f'{ENTRY}[[source]]\nkind = "file"\nlocation = "corpus/x"\n')
    assert "source 'number 2', field id" in told


def test_every_mistake_is_told_at_once(folder: Path) -> None:
    told = refused(folder, sources='[[source]]\nid = "A"\nkind = "x"\nsection = "gossip"\n')
    assert len(told.splitlines()) == 3


def test_an_id_that_is_used_twice_is_told(folder: Path) -> None:
    assert "['inbox'] are used twice" in refused(folder, sources=ENTRY * 2)


def test_no_toml_is_told_with_its_line(folder: Path) -> None:
    assert "sources.toml cannot be read as TOML" in refused(folder, sources="[[source]\n")


def test_a_file_without_sources_is_told(folder: Path) -> None:
    assert "field source: Field required" in refused(folder, sources="")


def test_a_missing_file_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"sources.toml is missing; restore it"):
        load(tmp_path)


def test_a_byte_order_mark_from_windows_does_no_harm(folder: Path) -> None:
    (folder / "sources.toml").write_text(ENTRY, encoding="utf-8-sig")
    (folder / "aliases.csv").write_text("alias,name\r\nG. Friedman,George Friedman\r\n", encoding="utf-8-sig")
    assert load(folder).aliases[0].alias == "G. Friedman"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",,A title,,,,,,,,,", "give either document_id or input"),
        ("doc_1,inbox/a.txt,,,,,,,,,,", "give either document_id or input"),
        ("doc_1,,,,,,,2025-13-45,,,,", "field published_date"),
        ("doc_1,,,,,,,22 April,,,,", "write the date as YYYY-MM-DD"),
        ("doc_1,,,,,,gossip,,,,,", "field section_label"),
        ("doc_1,,,,,,,,,perhaps,,", "field is_withdrawn"),
        ("doc_1,,,,,,,,,true,,short", "field text_sha256"),
        ("doc_1,,,,,,,,,," + "," + "a" * 64, "text_sha256 is for withdrawn texts alone"),
        ("doc_1,,Land, for peace,,,,,,,,,", "has more cells than the header"),
    ],
)
def test_a_mistake_in_overrides_is_told_with_its_row(folder: Path, row: str, told: str) -> None:
    message = refused(folder, overrides=f"{OVERRIDES}doc_0,,Fine,,,,,,,,,\n{row}\n")
    assert told in message and "overrides.csv, row 2 below the header" in message


def test_a_column_that_overrides_do_not_have_is_told(folder: Path) -> None:
    assert "field titel" in refused(folder, overrides="document_id,titel\ndoc_1,x\n")


def test_an_alias_without_a_name_is_told(folder: Path) -> None:
    assert "aliases.csv, row 1 below the header, field name" in refused(folder, aliases="alias,name\nG. Friedman,\n")


def test_corrections_in_another_encoding_are_told_with_the_file(folder: Path) -> None:
    (folder / "aliases.csv").write_bytes("alias,name\nMüller,Mueller\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"aliases.csv cannot be read as CSV in UTF-8"):
        load(folder)


def test_blank_rows_are_passed_over(folder: Path) -> None:
    (folder / "overrides.csv").write_text(f"{OVERRIDES}\n,,,,,,,,,,,\ndoc_1,,T,,,,,,,,,\n")
    assert [row.title for row in load(folder).overrides] == ["T"]


def test_overrides_without_the_newest_columns_are_read(folder: Path) -> None:
    (folder / "overrides.csv").write_text("document_id,is_withdrawn\ndoc_1,TRUE\n")
    assert load(folder).withdrawal("doc_1", "any") is not None


def test_the_fingerprint_follows_each_file(folder: Path) -> None:
    marks = {load(folder).fingerprint}
    for name, content in (
        ("aliases.csv", "alias,name\na,b\n"),
        ("overrides.csv", f"{OVERRIDES}doc_1,,T,,,,,,,,,\n"),
        ("sources.toml", f"{ENTRY}# x\n"),
    ):
        (folder / name).write_text(content)
        marks.add(load(folder).fingerprint)
    assert len(marks) == 4


def configuration(*overrides: Override) -> Configuration:
    sources = {
        "source": [
            {"id": "a", "kind": "file", "location": "a"},
            {"id": "b", "kind": "file", "location": "b", "enabled": False},
        ]
    }
    return Configuration.model_validate({"sources": sources, "overrides": overrides, "aliases": (), "fingerprint": ""})


def test_a_disabled_source_is_read_only_when_named() -> None:
    assert [source.id for source in configuration().chosen([])] == ["a"]
    assert [source.id for source in configuration().chosen(["b"])] == ["b"]


def test_a_withdrawal_is_met_by_id_by_input_or_by_text() -> None:
    digest = "a" * 64
    found = configuration(
        Override(document_id="doc_1", is_withdrawn="true", text_sha256=digest),
        Override(input="x.txt", is_withdrawn="true"),
    )
    assert (
        found.withdrawal("doc_1", "any")
        and found.withdrawal("doc_2", "x.txt")
        and found.withdrawal("doc_2", "any", digest)
    )
    assert not found.withdrawal("doc_2", "any", "b" * 64)


def test_a_correction_withdraws_nothing() -> None:
    assert configuration(Override(document_id="doc_1", title="T")).withdrawal("doc_1", "any") is None


def test_switching_a_source_off_does_not_change_how_its_inputs_are_read() -> None:
    on = Source(id="a", kind="file", location="a")
    assert on.fingerprint == on.model_copy(update={"enabled": False}).fingerprint
    assert on.fingerprint != Source(id="a", kind="file", location="a", outlet="Outlet").fingerprint
