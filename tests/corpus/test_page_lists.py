"""Page lists: every address of a reading list is found once, and what is wrong with a line costs no other line."""

import csv
import io
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import page_lists, urls
from pipeline.corpus.article import Rejected
from pipeline.corpus.page_lists import Listed, PageList

HEADER = "url,title,author,outlet,published,perspective\n"


def table(*lines: str, header: str = HEADER, **columns: str) -> PageList:
    return page_lists.read("list.csv", (header + "\n".join(lines)).encode(), columns)


def pasted(text: str) -> PageList:
    return page_lists.read("links.md", text.encode())


def addresses(found: PageList) -> list[str]:
    return [page.url for page in found.rows]


def test_a_row_gives_the_page_as_it_is_described() -> None:
    line = 'https://example.org/a?utm_source=x,"Talks, again",Ann Lee; Bo Roe,The Paper,2025-03-18,realist'
    page = Listed("https://example.org/a", "Talks, again", ("Ann Lee", "Bo Roe"), "The Paper", "2025-03-18", "realist")
    assert table(line) == PageList((page,))


@pytest.mark.parametrize("name", ["URL", "Link", "address", "Web address", "page-url"])
def test_the_column_of_addresses_goes_by_many_names(name: str) -> None:
    found = table("https://example.org/a,T", header=f"{name},Headline\n")
    assert found.rows == (Listed("https://example.org/a", "T"),)


def test_a_mapped_column_wins() -> None:
    found = table("https://a.org/1,https://b.org/1,opinion", header="url,where,type\n", url="where", section="type")
    assert [(page.url, page.section) for page in found.rows] == [("https://b.org/1", "opinion")]


@pytest.mark.parametrize(
    ("columns", "told"), [({"urll": "url"}, "the fields are url, title"), ({"url": "where"}, "the columns of list.csv")]
)
def test_a_mapping_to_what_is_not_there_is_told(columns: dict[str, str], told: str) -> None:
    with pytest.raises(Rejected, match=told):
        table("https://a.org/1", **columns)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_the_delimiters_of_spreadsheets_are_understood(mark: str) -> None:
    header = mark.join(("url", "title", "author")) + "\n"
    found = table(mark.join(("https://example.org/a", "One, two", "Ann Lee")), header=header)
    assert found.rows == (Listed("https://example.org/a", "One, two", ("Ann Lee",)),)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_encodings_are_understood(encoding: str) -> None:
    body = "url,title\r\nhttps://example.org/a,Переговоры\r\n".encode(encoding)
    assert page_lists.read("list.csv", body).rows == (Listed("https://example.org/a", "Переговоры"),)


def test_authors_without_semicolons_are_parted_where_every_part_is_a_name() -> None:
    found = table('https://a.org/1,,"Ann Lee, Bo Roe and Cy Poe",,,', "https://a.org/2,,By the Editors of X,,,")
    assert [page.authors for page in found.rows] == [("Ann Lee", "Bo Roe", "Cy Poe"), ("the Editors of X",)]


@pytest.mark.parametrize("written", ["18 March 2025", "March 18, 2025", "2025-03-18T10:00:00Z"])
def test_a_written_date_becomes_an_iso_date(written: str) -> None:
    assert table(f'https://a.org/1,,,,"{written}",').rows[0].published == "2025-03-18"


def test_an_ambiguous_date_is_left_out_and_told_and_the_page_kept() -> None:
    found = table("https://a.org/1,T,,,03/04/2025,")
    assert found.rows == (Listed("https://a.org/1", "T"),)
    assert found.problems == ("line 2: published '03/04/2025' is not a date and was left out; write it as YYYY-MM-DD",)


def test_a_department_is_not_taken_for_a_kind_of_text() -> None:
    found = table("https://a.org/1,World", "https://a.org/2,Opinion", header="url,section\n")
    assert [page.section for page in found.rows] == ["unknown", "opinion"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("www.example.org/a,T,,,,", "line 3: is no web address: 'www.example.org/a'; give one that begins with https"),
        ("ftp://example.org/a,T,,,,", "line 3: only http and https addresses are read"),
        (",T,,,,", "line 3: has no address; fill in 'url' or delete the row"),
        ("https://a.org/9,One, two,,,,2", "line 3: has 7 cells and the header 6; put quotation marks around"),
        ('https://a.org/9,"One,,,,', "line 3: a quotation mark is opened and not closed"),
        ('https://a.org/9,"One" two,,,,', "line 3: a quotation mark is opened and not closed, or stands inside"),
        ("https://www.a.org/1/,T,,,,", "line 3: repeats the address of line 2 and was left out"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_costs_no_other(line: str, told: str) -> None:
    found = table("https://a.org/1,,,,,", line, "https://a.org/2,,,,,", 'https://a.org/3,"Three",,,,')
    assert addresses(found) == ["https://a.org/1", "https://a.org/2", "https://a.org/3"]
    assert len(found.problems) == 1 and found.problems[0].startswith(told)


def test_a_row_may_end_after_its_address_or_in_empty_cells() -> None:
    assert addresses(table("https://a.org/1", "https://a.org/2,,,,,,,")) == ["https://a.org/1", "https://a.org/2"]


def test_a_title_over_two_lines_is_one_row_and_the_lines_below_keep_their_numbers() -> None:
    found = table('https://a.org/1,"One\ntwo",,,,', "nowhere,,,,,")
    assert found.rows == (Listed("https://a.org/1", "One two"),)
    assert found.problems[0].startswith("line 4:")


def test_a_csv_without_a_header_is_a_list_of_links() -> None:
    assert addresses(table("https://a.org/1", "https://a.org/2", header="")) == ["https://a.org/1", "https://a.org/2"]


def test_a_table_under_the_name_of_a_text_is_a_table() -> None:
    found = page_lists.read("list.txt", b"title,url\nOne,https://a.org/1\n")
    assert found == PageList((Listed("https://a.org/1", "One"),))


@pytest.mark.parametrize(
    ("line", "url", "title"),
    [
        ("https://a.org/1", "https://a.org/1", ""),
        ("- [One [1] two](https://a.org/X_(Y) 'hint') by Ann", "https://a.org/X_(Y)", "One [1] two"),
        ("1. [One](<https://a.org/1>)", "https://a.org/1", "One"),
        (r"* [One \[two\]](https://a.org/1)", "https://a.org/1", "One [two]"),
        ("One two https://a.org/1", "https://a.org/1", "One two"),
        ("One: https://a.org/1.", "https://a.org/1", "One"),
        ("https://a.org/1 — One", "https://a.org/1", "One"),
        ("https://a.org/1 # a remark", "https://a.org/1", ""),
        ("> (see <https://a.org/1>)", "https://a.org/1", "see"),
        ("(https://a.org/1).", "https://a.org/1", ""),
        ("![a picture](https://a.org/1.png) https://a.org/1", "https://a.org/1", ""),
        ("- [ ] One https://a.org/1#part", "https://a.org/1", "One"),
    ],
)
def test_a_pasted_link_is_understood_however_it_was_written(line: str, url: str, title: str) -> None:
    assert pasted(line) == PageList((Listed(url, title),))


def test_remarks_headings_rules_and_blank_lines_are_passed_over() -> None:
    assert pasted("# Remark https://a.org/0\n\n---\nhttps://a.org/1\n  # another\n").problems == ()


def test_a_line_without_a_link_is_told() -> None:
    found = pasted("https://a.org/1\nread this one too\n")
    assert found.problems == (
        "line 2: holds no address that begins with https:// or http://; add it, or begin a remark with #",
    )


def test_several_links_on_a_line_are_all_taken() -> None:
    assert addresses(pasted("[1](https://a.org/1), https://a.org/2")) == ["https://a.org/1", "https://a.org/2"]


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("list.csv", b"", "list.csv is empty"),
        ("list.csv", b"\x00\x01\xff\xfe", "list.csv is not"),
        ("list.csv", b"title,author\nOne,Ann\n", r"list.csv has no column for the url; its columns are 'title'"),
        ("list.txt", b"no links here", "list.txt holds no address"),
        ("list.csv", b"x" * (page_lists.LARGEST_LIST + 1), "over the limit"),
        ("list.csv", b'"url\nhttps://a.org/1\n', "has no column for the url"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused_with_the_remedy(name: str, body: bytes, told: str) -> None:
    with pytest.raises(Rejected, match=told):
        page_lists.read(name, body)


@pytest.mark.parametrize("piece", ["[", "[a](", "![", "[a](https://x.org/", "(https://x.org/((", '"', "[b][b]", "<"])
def test_lines_of_brackets_are_read_in_bounded_steps(piece: str) -> None:
    # Were a pattern to go back over what it has read, this line alone would take hours.
    found = pasted("https://a.org/1\n" + piece * 100_000)
    assert addresses(found)[0] == "https://a.org/1"


def test_a_row_is_added_in_the_lists_own_columns_and_everything_else_is_kept() -> None:
    body = "\ufeffTitle;Link;Notes\r\nOne;https://a.org/1;mine".encode()
    page = Listed("https://a.org/2", "Two; or more", ("Ann Lee",), "The Paper")
    assert page_lists.added("list.csv", body, page) == body + b'\r\n"Two; or more";https://a.org/2;\r\n'


LINES = st.text(alphabet="abc é\"',;#=[]()\tЖ", max_size=20).map(lambda text: " ".join(text.split()))
NAMES = st.sampled_from(["Ann Lee", "Bo Roe", "Cy de Poe", "Editorial Board"])
PAGES = st.lists(
    st.builds(
        Listed,
        st.integers(0, 999).map(lambda number: f"https://outlet{number % 7}.org/{number}"),
        LINES,
        st.lists(NAMES, max_size=3, unique=True).map(tuple),
        LINES,
        st.sampled_from(["", "2025-03-18", "1999-12-31"]),
        st.sampled_from(["", "realist"]),
        st.sampled_from(["unknown", "opinion"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda page: page.url,
)
EMPTY = HEADER.replace("\n", ",section\n").encode()


@given(PAGES)
def test_what_is_added_is_read_again(pages: list[Listed]) -> None:
    body = EMPTY
    for page in pages:
        body = page_lists.added("list.csv", body, page)
    assert page_lists.read("list.csv", body) == PageList(tuple(pages))


@given(PAGES, st.lists(st.text(alphabet=string.printable), max_size=4), st.randoms(use_true_random=False))
def test_broken_lines_cost_no_other_row_whatever_marks_they_hold(
    pages: list[Listed], broken: list[str], random
) -> None:  # type: ignore[no-untyped-def]
    lines = [f"{page.url},T" for page in pages]
    for junk in broken:
        lines.insert(random.randrange(len(lines) + 1), re.sub(r"https?:|[\r\n\x0b\x0c]", "", junk))
    found = page_lists.read("list.csv", "\n".join(["url,title", *lines]).encode())
    assert addresses(found) == [page.url for page in pages]


@given(PAGES, st.data())
def test_every_link_of_a_text_is_found_once(pages: list[Listed], data: st.DataObject) -> None:
    shapes = st.sampled_from(["{0}", "- [T]({0})", "Words before {0}", "{0} words after", "2. <{0}>", "\n# x\n{0}"])
    text = "\n".join(data.draw(shapes).format(page.url) for page in pages)
    assert addresses(pasted(text)) == [page.url for page in pages]
    assert pasted(text).problems == ()


@given(st.text(max_size=300), st.sampled_from(["a.csv", "a.tsv", "a.txt", "a.md"]))
def test_any_text_gives_a_list_or_a_refusal(text: str, name: str) -> None:
    try:
        found = page_lists.read(name, text.encode("utf-8", "replace"))
    except Rejected as reason:
        assert str(reason)
    else:
        assert all(urls.canonical(page.url) == page.url for page in found.rows)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_list_or_a_refusal(body: bytes) -> None:
    try:
        page_lists.read("a.csv", b"url\n" + body)
    except Rejected as reason:
        assert str(reason)


def test_a_list_that_a_spreadsheet_wrote_is_read() -> None:
    written = io.StringIO()
    csv.writer(written).writerows([["url", "title"], ["https://a.org/1", 'The "deal", again\nand again']])
    assert page_lists.read("list.csv", written.getvalue().encode()).rows[0].title == 'The "deal", again and again'
