"""Additions: an address or a file becomes the right entry, is said truly, and is written whole or not at all."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import additions, page_lists, pages, sources
from pipeline.corpus.addition_entries import Addition
from pipeline.corpus.answers import Fetched, Request
from pipeline.corpus.article import Rejected
from pipeline.corpus.sources import ConfigurationError

sys.path.append(str(Path(__file__).parent))
from local_web import Outlet, fetcher, reply

TOML = b"""# mine
[relevance]
parts = [["ukrain*"], ["talks"]]

[[source]]
id = "inbox"   # do not touch
kind = "file"
location = "corpus/inbox"
"""
TALKS = "The talks about Ukraine went on in Geneva, and nobody who sat at the table would say how they might end. "
ARTICLE = f"""<html><head><title>Talks | The Quiet Front</title><meta property="og:type" content="article">
<meta property="og:site_name" content="The Quiet Front"><meta name="author" content="Marta Ellingsen">
<meta property="article:published_time" content="2025-08-19T10:00:00Z">
<link rel="alternate" type="application/rss+xml" href="/feed"></head>
<body><article><h1>Talks about Ukraine</h1><p>{TALKS * 6}</p><p>{TALKS * 5}</p></article></body></html>""".encode()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    corpus = tmp_path / "data" / "corpus"
    (corpus / "inbox").mkdir(parents=True)
    (corpus / "sources.toml").write_bytes(TOML)
    return tmp_path / "data"


def never(requests: list[Request]) -> list[Fetched]:
    raise AssertionError(f"a file asks nothing of the web, and this asks for {requests}")


def plan(data: Path, what: str | Path, *outlets: Outlet, **choices: Any) -> Addition:
    known = sources.load(data / "corpus" / "sources.toml")
    if not outlets:
        return additions.plan(str(what), data, never, known, **choices)
    with fetcher(*outlets) as web:
        return additions.plan(str(what), data, lambda requests: list(web.fetch(requests, 20)), known, **choices)


def add(data: Path, what: str | Path, *outlets: Outlet, **choices: Any) -> Addition:
    addition = plan(data, what, *outlets, **choices)
    additions.apply(addition, data / "corpus")
    return addition


def entries(data: Path) -> dict[str, sources.Source]:
    return {entry.id: entry for entry in sources.load(data / "corpus" / "sources.toml").source}


def refused(data: Path, what: str | Path, *outlets: Outlet, **choices: Any) -> str:
    before = contents(data)
    with pytest.raises(Rejected) as reason:
        plan(data, what, *outlets, **choices)
    assert contents(data) == before
    assert str(reason.value).endswith("Nothing was added.")
    return str(reason.value)


def contents(data: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in data.rglob("*")}


def rss(title: str = "The Quiet Front", *headings: str) -> bytes:
    items = "".join(
        f"<item><title>{heading}</title><link>https://example.org/{number}</link>"
        f"<pubDate>Tue, {10 + number} Aug 2025 10:00:00 GMT</pubDate></item>"
        for number, heading in enumerate(headings)
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
    return reply(body.encode(), content_type="application/rss+xml")


def sitemap(*paths: str) -> bytes:
    listed = "".join(f"<url><loc>https://example.org/{path}</loc><lastmod>2025-08-19</lastmod></url>" for path in paths)
    return reply(f"<urlset>{listed}</urlset>".encode(), content_type="application/xml")


def front(*links: str) -> bytes:
    named = "".join(f'<link rel="alternate" {link}>' for link in links)
    return reply(f"<html><head><title>Front</title>{named}</head><body><p>Welcome.</p></body></html>".encode())


RSS_LINK = 'type="application/rss+xml"'


# Web addresses


def test_a_feed_becomes_an_entry_and_what_it_holds_is_said(data: Path) -> None:
    with Outlet({"/feed": rss("The Quiet Front", "Talks on Ukraine", "Roses", "Ukraine talks fail")}) as outlet:
        found = add(data, outlet.url("/feed"), outlet)
        expected = {
            "id": "the-quiet-front",
            "kind": "feed",
            "location": outlet.url("/feed"),
            "outlet": "The Quiet Front",
        }
        assert found.entries == (expected,)
        assert found.found == (
            f"an RSS feed at {outlet.url('/feed')}, 'The Quiet Front', 3 entries, newest 2025-08-12, "
            "2 of them about the talks by title, teaser and address",
            "it becomes the source 'the-quiet-front'",
        )
    assert entries(data)["the-quiet-front"].location.endswith("/feed")


def test_what_the_user_says_of_a_source_wins(data: Path) -> None:
    with Outlet({"/feed": rss()}) as outlet:
        found = add(data, outlet.url("/feed"), outlet, name="Front", outlet="QF", perspective="realist")
    assert {**found.entries[0], "location": ""} == {
        "id": "front", "kind": "feed", "location": "", "outlet": "QF", "perspective": "realist",
    }  # fmt: skip


def test_a_permanent_redirect_leads_to_the_entry_and_a_passing_one_does_not(data: Path) -> None:
    with Outlet({"/feed": rss()}) as outlet:
        for status, path in ((301, "/feed"), (302, "/old")):
            outlet.routes["/old"] = reply(status=status, location="/feed")
            assert plan(data, outlet.url("/old"), outlet).entries[0]["location"] == outlet.url(path)


def test_a_known_feed_is_said_and_not_asked_for(data: Path) -> None:
    with Outlet({"/feed": rss()}) as outlet:
        add(data, outlet.url("/feed"), outlet)
        seen = len(outlet.seen)
        again = plan(data, outlet.url("/feed/?utm_source=x"), outlet)
        assert (again.entries, again.files, len(outlet.seen)) == ((), {}, seen)
    assert again.found[0].endswith("is already there as source 'the-quiet-front'")


def test_an_address_that_moved_to_a_known_feed_adds_nothing(data: Path) -> None:
    with Outlet({"/feed": rss(), "/old": reply(status=301, location="/feed")}) as outlet:
        add(data, outlet.url("/feed"), outlet)
        assert plan(data, outlet.url("/old"), outlet).entries == ()


def test_a_known_feed_that_is_off_is_said_to_be_off(data: Path) -> None:
    off = b'\n[[source]]\nid = "off"\nkind = "feed"\nlocation = "https://example.org/feed"\nenabled = false\n'
    (data / "corpus" / "sources.toml").write_bytes(TOML + off)
    assert "as source 'off', where it is switched off" in plan(data, "https://example.org/feed").found[0]


def test_a_sitemap_becomes_an_entry(data: Path) -> None:
    with Outlet({"/map.xml": sitemap("ukraine-talks", "roses")}) as outlet:
        found = add(data, outlet.url("/map.xml"), outlet, outlet="QF")
        assert found.entries == ({"id": "qf", "kind": "sitemap", "location": outlet.url("/map.xml"), "outlet": "QF"},)
    assert "2 pages, newest 2025-08-19, 1 of them about the talks" in found.found[0]


def test_a_front_page_gives_the_feed_with_most_about_the_talks_and_names_the_others(data: Path) -> None:
    page = front(f'{RSS_LINK} href="/all"', f'{RSS_LINK} href="/world"', f'{RSS_LINK} href="/comments/feed"')
    routes = {"/": page, "/all": rss("All", "Roses", "Tulips"), "/world": rss("World", "Ukraine talks")}
    with Outlet(routes) as outlet:
        found = plan(data, outlet.url(), outlet)
        assert [entry["location"] for entry in found.entries] == [outlet.url("/world")]
        assert outlet.url("/all") in found.found[-1] and "/comments/feed" not in outlet.paths()


def test_a_front_page_whose_feed_is_known_adds_nothing(data: Path) -> None:
    with Outlet({"/": front(f'{RSS_LINK} href="/feed"'), "/feed": rss()}) as outlet:
        add(data, outlet.url("/feed"), outlet)
        assert plan(data, outlet.url(), outlet).entries == ()


def test_a_site_without_feeds_gives_the_sitemap_that_robots_txt_names(data: Path) -> None:
    with Outlet({"/": front(), "/news.xml": sitemap("ukraine-talks")}) as outlet:
        named = f"Sitemap: /gone.xml\nsitemap: {outlet.url('/news.xml')}\n".encode()
        outlet.routes["/robots.txt"] = reply(named, content_type="text/plain")
        assert plan(data, outlet.url(), outlet).entries[0]["location"] == outlet.url("/news.xml")


def test_a_site_that_names_nothing_is_tried_at_the_usual_place(data: Path) -> None:
    with Outlet({"/": front(f'{RSS_LINK} href="/broken"'), "/sitemap.xml": sitemap("a")}) as outlet:
        assert plan(data, outlet.url(), outlet).entries[0]["location"] == outlet.url("/sitemap.xml")


def test_where_nothing_is_found_it_is_said_what_was_tried_and_what_to_do(data: Path) -> None:
    with Outlet({"/": front()}) as outlet:
        told = refused(data, outlet.url(), outlet)
        assert (
            f"nothing to take in was found at {outlet.url()}" in told
            and f"{outlet.url('/sitemap.xml')}: the server" in told
        )
    assert "the page names no feed" in told and "save articles into data/corpus/inbox" in told


def test_a_page_deeper_in_a_site_never_brings_in_the_whole_site(data: Path) -> None:
    with Outlet({"/2025/talks": front(), "/sitemap.xml": sitemap("a")}) as outlet:
        assert "holds no article text" in refused(data, outlet.url("/2025/talks"), outlet)
        assert "/sitemap.xml" not in outlet.paths()


def test_a_broken_feed_is_told_as_such(data: Path) -> None:
    with Outlet({"/feed.xml": reply(b"<rss", content_type="text/xml"), "/sitemap.xml": sitemap("a")}) as outlet:
        assert "feed" in refused(data, outlet.url("/feed.xml"), outlet)


def test_an_article_becomes_a_row_of_a_reading_list_that_is_made_for_it(data: Path) -> None:
    with Outlet({"/2025/talks": reply(ARTICLE)}) as outlet:
        address = outlet.url("/2025/talks")
        found = add(data, address, outlet, perspective="realist")
        feed = outlet.url("/feed")
    listed = page_lists.read("x.csv", (data / "corpus" / "reading_list.csv").read_bytes())
    row = page_lists.Listed(
        address, "Talks about Ukraine", ("Marta Ellingsen",), "The Quiet Front", "2025-08-19", "realist"
    )
    assert listed == page_lists.PageList((row,))
    assert found.entries == ({"id": "reading-list", "kind": "pages", "location": "corpus/reading_list.csv"},)
    assert "'Talks about Ukraine' by Marta Ellingsen" in found.found[0] and feed in found.found[1]


def test_a_second_article_is_one_more_row_and_the_first_not_written_again(data: Path) -> None:
    with Outlet({"/a": reply(ARTICLE), "/b": reply(ARTICLE)}) as outlet:
        add(data, outlet.url("/a"), outlet)
        second = add(data, outlet.url("/b"), outlet)
        third = plan(data, outlet.url("/a#part"), outlet)
    assert (second.entries, third.entries, third.files) == ((), (), {})
    assert len(page_lists.read("x.csv", (data / "corpus" / "reading_list.csv").read_bytes()).rows) == 2


def test_a_date_that_is_a_guess_is_not_written_into_the_reading_list(data: Path) -> None:
    guessed = ARTICLE.replace(b'<meta property="article:published_time" content="2025-08-19T10:00:00Z">', b"")
    guessed = guessed.replace(b"<article>", b"<p>August 19, 2025</p><article>")
    with Outlet({"/a": reply(guessed)}) as outlet:
        assert pages.read(guessed, url=outlet.url("/a")).published_date_reliability == "guess"
        assert "no certain date" in add(data, outlet.url("/a"), outlet).found[0]
    assert page_lists.read("x.csv", (data / "corpus" / "reading_list.csv").read_bytes()).rows[0].published == ""


def test_credentials_in_an_address_are_neither_sent_nor_kept(data: Path) -> None:
    with Outlet({"/feed": rss()}) as outlet:
        found = add(data, outlet.url("/feed").replace("//", "//ann:secret@"), outlet)
        assert not any("authorization" in seen.headers for seen in outlet.seen)
    assert "secret" not in repr(found) and "were left out and not sent" in found.found[0]
    assert b"secret" not in (data / "corpus" / "sources.toml").read_bytes()


def test_without_a_network_it_is_said_what_could_not_be_reached(data: Path) -> None:
    with Outlet() as outlet:
        told = refused(data, "http://nowhere.invalid/feed", outlet)
    assert "http://nowhere.invalid/feed could not be read: the name nowhere.invalid does not resolve" in told


@pytest.mark.parametrize("address", ["ftp://example.org/x", "file:///etc/passwd", "https://", "://x"])
def test_other_addresses_are_refused_unasked(data: Path, address: str) -> None:
    refused(data, address)


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (b"%PDF-1.7 ...", "application/pdf", "If it is a document, save it under data/corpus/inbox"),
        (b"\x00\x01\x02" * 50, "application/octet-stream", "answers with text that is no feed"),
        (b"<rss><!DOCTYPE x [<!ENTITY a 'b'>]></rss>", "text/xml", "declares XML entities"),
        (b"", "text/html", "empty"),
        (b"a,b\n1,2\n", "text/csv", "answers with text that is no feed"),
    ],
)
def test_what_is_neither_page_nor_list_is_refused(data: Path, body: bytes, kind: str, told: str) -> None:
    with Outlet({"/x": reply(body, content_type=kind)}) as outlet:
        assert told in refused(data, outlet.url("/x"), outlet)


HOSTILE = 'Q "front" \\ \'\'\'\n[[source]]\nid = "evil" # \u2028 \x7f'


def test_a_title_that_would_break_toml_stays_a_title(data: Path) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": HOSTILE + "\ud800", "items": [{"url": "/a"}]}
    with Outlet({"/feed": reply(json.dumps(feed).encode(), content_type="application/feed+json")}) as outlet:
        add(data, outlet.url("/feed"), outlet)
    assert set(entries(data)) == {"inbox", "q-front-source-id-evil"}
    assert entries(data)["q-front-source-id-evil"].outlet == 'Q "front" \\ \'\'\' [[source]] id = "evil" #'


@given(st.text(max_size=60), st.text(max_size=20))
def test_whatever_a_source_is_called_its_entry_reads_back_as_it_was_planned(outlet: str, perspective: str) -> None:
    known = sources.SourceList(source=(sources.Source(id="a", kind="file", location="corpus/a"),))
    opml = b'<opml><body><outline xmlUrl="https://example.org/feed"/></body></opml>'
    with scratch(opml) as (data, path):
        found = additions.plan(str(path), data, never, known, outlet=outlet, perspective=perspective)
        additions.apply(found, data / "corpus")
        read = sources.load(data / "corpus" / "sources.toml").source
    assert [entry.model_dump(exclude_defaults=True) for entry in read[1:]] == [dict(entry) for entry in found.entries]


@contextmanager
def scratch(opml: bytes) -> Iterator[tuple[Path, Path]]:

    with tempfile.TemporaryDirectory() as name:
        corpus = Path(name) / "data" / "corpus"
        corpus.mkdir(parents=True)
        (corpus / "sources.toml").write_bytes(b'[[source]]\nid = "a"\nkind = "file"\nlocation = "corpus/a"\n')
        (Path(name) / "x.opml").write_bytes(opml)
        yield corpus.parent, Path(name) / "x.opml"


def test_ids_that_clash_are_numbered(data: Path) -> None:
    with Outlet({path: rss("Inbox") for path in ("/a", "/b")}) as outlet:
        assert add(data, outlet.url("/a"), outlet).entries[0]["id"] == "inbox-2"
        assert add(data, outlet.url("/b"), outlet).entries[0]["id"] == "inbox-3"


def test_a_name_that_the_user_wants_and_that_is_taken_is_told(data: Path) -> None:
    with Outlet({"/feed": rss()}) as outlet:
        assert "the name 'inbox' is taken" in refused(data, outlet.url("/feed"), outlet, name="Inbox")


@pytest.mark.parametrize("title", ["", "RSS Feed", "Latest News", "Новости", "2025"])
def test_a_feed_without_a_telling_title_is_called_by_its_host(data: Path, title: str) -> None:
    with Outlet({"/feed": rss(title)}) as outlet:
        address = outlet.url("/feed", "www.quiet-front.org")
        assert plan(data, address, outlet).entries[0]["id"] == "quiet-front"


# Files


def test_an_opml_list_gives_an_entry_a_feed_and_leaves_out_what_is_known(data: Path, tmp_path: Path) -> None:
    known = b'\n[[source]]\nid = "old"\nkind = "feed"\nlocation = "https://example.org/old"\n'
    (data / "corpus" / "sources.toml").write_bytes(TOML + known)
    outlines = "".join(
        f'<outline text="{title}" xmlUrl="{address}"/>'
        for title, address in [
            ("Same", "https://example.org/1"), ("Same", "https://example.org/2"), ("Old", "http://www.example.org/old/"),
            ("Twice", "http://example.org/1"), ("None", "javascript:alert(1)"),
        ]
    )  # fmt: skip
    (tmp_path / "mine.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    found = add(data, tmp_path / "mine.opml")
    assert list(entries(data)) == ["inbox", "old", "same", "same-2"]
    assert found.found[0] == "an OPML list of 3 feeds, 2 of them new"
    assert found.found[-1] == "http://www.example.org/old/ is already there as source 'old'"


def test_an_opml_list_on_the_web_is_one_too(data: Path) -> None:
    body = b'<opml><body><outline text="A" xmlUrl="https://example.org/1"/></body></opml>'
    with Outlet({"/list": reply(body, content_type="text/xml")}) as outlet:
        assert [entry["id"] for entry in plan(data, outlet.url("/list"), outlet).entries] == ["a"]


def test_a_table_of_texts_is_copied_and_its_columns_are_said(data: Path, tmp_path: Path) -> None:
    (tmp_path / "Export 1.csv").write_text(f'Headline,Body,Link\nOne,"{TALKS}",https://example.org/1\nTwo,,\n')
    found = add(data, tmp_path / "Export 1.csv")
    columns = {"text": "Body", "title": "Headline", "url": "Link"}
    assert entries(data)["export-1"].columns == columns
    assert entries(data)["export-1"].location == "corpus/tables/Export 1.csv"
    assert (data / "corpus" / "tables" / "Export 1.csv").read_bytes() == (tmp_path / "Export 1.csv").read_bytes()
    assert "a table of 2 texts: text from the column 'Body'" in found.found[0]
    assert found.found[1].startswith("of its first 2 rows 1 cannot be read: row 2: Body is empty")


def test_a_table_of_lines_of_json_is_one_too(data: Path, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(json.dumps({"content": TALKS, 'odd "key"': 1}) + "\n")
    add(data, tmp_path / "x.jsonl")
    assert entries(data)["x"].columns == {"text": "content"}


def test_a_table_of_links_is_copied_as_a_list_of_pages(data: Path, tmp_path: Path) -> None:
    (tmp_path / "links.csv").write_text("url,title\nhttps://example.org/1,One\nnowhere,Two\n")
    found = add(data, tmp_path / "links.csv", outlet="QF")
    assert entries(data)["qf"].location == "corpus/links.csv" and entries(data)["qf"].kind == "pages"
    assert found.found[0] == "a list of 1 pages" and found.found[1].startswith("line 3: is no web address")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# Mine\n- [One](https://example.org/1)\n- https://example.org/2\n", "pages"),
        (f"Talks\n\n{TALKS * 3}\n\nSee https://example.org/1\n", ""),
        (f"Talks\n\n{TALKS * 3}\n", ""),
    ],
)
def test_a_text_of_links_is_a_list_and_a_text_with_links_a_document(
    data: Path, tmp_path: Path, text: str, kind: str
) -> None:
    (tmp_path / "mine.md").write_text(text)
    found = add(data, tmp_path / "mine.md")
    assert [entry["kind"] for entry in found.entries] == ([kind] if kind else [])
    assert (data / "corpus" / ("mine.md" if kind else "inbox/mine.md")).read_text() == text


@pytest.mark.parametrize("name", ["a.txt", "a.HTML", "a.pdf", "a.docx"])
def test_a_document_is_copied_into_the_inbox(data: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"words enough to be a text")
    found = add(data, tmp_path / name)
    assert [path.as_posix() for path in found.files] == [f"inbox/{name.lower()}"]
    assert "is read from data/corpus/inbox/" in found.found[0] and found.entries == ()


def test_what_is_said_of_a_document_becomes_its_sidecar(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    add(data, tmp_path / "a.txt", outlet='The "Front"', perspective="realist")
    sidecar = (data / "corpus" / "inbox" / "a.txt.toml").read_text()
    assert sidecar == 'outlet = "The \\"Front\\""\nperspective = "realist"\n'


def test_a_file_that_was_added_is_not_added_again(data: Path, tmp_path: Path) -> None:
    (tmp_path / "links.csv").write_text("url\nhttps://example.org/1\n")
    (tmp_path / "a.txt").write_text("words")
    for name in ("links.csv", "a.txt"):
        add(data, tmp_path / name)
        before = contents(data)
        assert "already" in add(data, tmp_path / name).found[-1]
        assert contents(data) == before


def test_another_file_of_the_same_name_gets_a_name_of_its_own(data: Path, tmp_path: Path) -> None:
    for text in ("words", "other words"):
        (tmp_path / "a.txt").write_text(text)
        add(data, tmp_path / "a.txt")
    texts = [path.read_text() for path in sorted((data / "corpus" / "inbox").iterdir())]
    assert sorted(texts) == ["other words", "words"]


@pytest.mark.parametrize("name", ["overrides.csv", "aliases.csv"])
def test_a_list_never_takes_the_name_of_a_file_of_parleys_own(data: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("url\nhttps://example.org/1\n")
    assert list(plan(data, tmp_path / name).files) == [Path(name.replace(".", "-2."))]


@pytest.mark.parametrize("name", ["..\\..\\up.csv", "  .hidden.csv", "a\nb.csv", "~$x.csv", "'''.csv", "-.csv"])
def test_odd_names_of_files_become_plain_ones_inside_the_folder(data: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("url\nhttps://example.org/1\n")
    (place,) = add(data, tmp_path / name).files
    assert len(place.parts) == 1 and not place.name.startswith((".", "~", " ", "-")) and "\n" not in place.name


def test_a_file_inside_the_folder_stays_where_it_is(data: Path) -> None:
    (data / "corpus" / "lists").mkdir()
    (data / "corpus" / "lists" / "x.csv").write_text("url\nhttps://example.org/1\n")
    found = add(data, data / "corpus" / "lists" / "x.csv")
    assert (found.files, entries(data)["x"].location) == ({}, "corpus/lists/x.csv")


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("x.csv", b"\x00\xff\x00\xfe binary", "x.csv is not"),
        ("x.csv", b"PK\x03\x04\x14\x00\x00\x00", "x.csv is not text"),
        ("x.csv", b"a,b\n1,2\n", "x.csv has no column for the url; its columns are 'a', 'b'"),
        ("x.csv", b"url\n", "x.csv gives no address"),
        ("x.csv", b"text\n", "x.csv has no row that can be read"),
        ("x.jsonl", b"{}\n", "has no column for the text"),
        ("x.opml", b"<opml><body/></opml>", "names no feed"),
        ("x.opml", b'<!DOCTYPE o [<!ENTITY a "b">]><opml/>', "declares XML entities"),
        ("x.xlsx", b"PK", "x.xlsx is of no kind that is read; those are .txt"),
        ("x.txt", b" \n", "x.txt is empty"),
    ],
)
def test_a_file_that_gives_nothing_is_refused_with_its_name(
    data: Path, tmp_path: Path, name: str, body: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(body)
    assert told in refused(data, tmp_path / name)


def test_folders_and_missing_files_are_refused_with_the_remedy(data: Path, tmp_path: Path) -> None:
    assert "is a folder; give its files one by one" in refused(data, tmp_path)
    assert "A web address begins with https://" in refused(data, "example.org/feed")


# Writing


def an_entry(**changes: Any) -> dict[str, Any]:
    return {"id": "new", "kind": "feed", "location": "https://example.org/feed", **changes}


@pytest.mark.parametrize("text", ["\x7f", "\x00\x1f", ' """', "\u2028", "\\", "é 中 🕊"])
def test_any_text_is_written_as_toml_reads_it(data: Path, text: str) -> None:
    additions.apply(Addition((an_entry(outlet=text, columns={"text": text}),)), data / "corpus")
    assert (entries(data)["new"].outlet, entries(data)["new"].columns) == (text, {"text": text})


def test_comments_and_formatting_stay_as_they_are(data: Path) -> None:
    additions.apply(Addition((an_entry(),)), data / "corpus")
    written = (data / "corpus" / "sources.toml").read_bytes()
    added = b'\n[[source]]\nid = "new"\nkind = "feed"\nlocation = "https://example.org/feed"\n'
    assert written == TOML + added


@pytest.mark.parametrize("end", [b"", b"\r\n", b"\n# last words"])
def test_line_ends_are_kept_and_a_missing_last_one_is_made_good(data: Path, end: bytes) -> None:
    old = b"\xef\xbb\xbf" + TOML.rstrip().replace(b"\n", b"\r\n") + end
    (data / "corpus" / "sources.toml").write_bytes(old)
    additions.apply(Addition((an_entry(),)), data / "corpus")
    written = (data / "corpus" / "sources.toml").read_bytes()
    assert written.startswith(old) and "new" in entries(data)
    assert written[len(old) :].count(b"\n") == written[len(old) :].count(b"\r\n")


@pytest.mark.parametrize(
    "entry", [an_entry(id="inbox"), an_entry(kind="moon"), an_entry(location="nowhere"), an_entry(colour="red")]
)
def test_nothing_is_written_where_the_whole_would_not_load(data: Path, entry: dict[str, Any]) -> None:
    before = contents(data)
    with pytest.raises((ConfigurationError, ValueError)):
        additions.apply(Addition((entry,), {Path("tables/x.csv"): b"text\n"}), data / "corpus")
    assert contents(data) == before


@pytest.mark.parametrize("broken", [b"[[source]\n", b'source = [{id = "a", kind = "file", location = "corpus/a"}]\n'])
def test_a_file_that_cannot_be_added_to_is_left_alone(data: Path, broken: bytes) -> None:
    (data / "corpus" / "sources.toml").write_bytes(broken)
    before = contents(data)
    with pytest.raises(ConfigurationError, match=r"sources.toml"):
        additions.apply(Addition((an_entry(),), {Path("x.csv"): b"url\n"}), data / "corpus")
    assert contents(data) == before


def test_what_was_written_is_taken_back_where_a_later_file_cannot_be(data: Path) -> None:
    corpus = data / "corpus"
    (corpus / "list.csv").write_bytes(b"url\n")
    (corpus / "sources.toml.draft").mkdir()  # nothing can be written under this name
    before = contents(data)
    with pytest.raises(OSError, match="draft"):
        additions.apply(Addition((an_entry(),), {Path("list.csv"): b"url\nx\n"}), corpus)
    assert contents(data) == before


def test_files_are_taken_back_where_the_entries_cannot_be_written(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = data / "corpus"
    (corpus / "list.csv").write_bytes(b"url\n")
    before = contents(data)
    move = Path.replace

    def refusing(path: Path, target: Path) -> Path:
        if target.name == "sources.toml":
            raise OSError("no space left on the device")
        return move(path, target)

    monkeypatch.setattr(Path, "replace", refusing)
    with pytest.raises(OSError, match="no space left"):
        additions.apply(Addition((an_entry(),), {Path("list.csv"): b"url\nx\n", Path("new.csv"): b"url\n"}), corpus)
    assert contents(data) == before


def test_a_file_that_changed_since_is_not_written_over(data: Path) -> None:
    (data / "corpus" / "list.csv").write_bytes(b"url\nmine\n")
    before = contents(data)
    with pytest.raises(Rejected, match="has changed in the meantime"):
        additions.apply(Addition((an_entry(),), {Path("list.csv"): b"url\ntheirs\n"}), data / "corpus")
    assert contents(data) == before
