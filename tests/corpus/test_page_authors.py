"""Tests of page_authors and person_names in pipeline.corpus."""
# ruff: noqa: E501 - lines of markup and of cases are kept whole

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from pipeline.corpus.feeds import Entry
from pipeline.corpus.person_names import is_name, split

# tests are no package (another package of that name is installed), so the builder is loaded by its path.
BUILDER: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("markup.py"))))
URL = BUILDER.URL
json_ld = BUILDER.json_ld
page = BUILDER.page
read = BUILDER.read


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ("By Marta Ellingsen, Wen Li and Tomas O'Rourke", ["Marta Ellingsen", "Wen Li", "Tomas O'Rourke"]),
        ("By MARTA ELLINGSEN & WEN LI", ["Marta Ellingsen", "Wen Li"]),
        ("Dr. Ludwig van der Meer, PhD", ["Ludwig van der Meer"]),
        ("Marta Ellingsen — military analyst", ["Marta Ellingsen"]),
        ("Analysis by Anne-Marie Slotover (Brussels)", ["Anne-Marie Slotover"]),
        ("By Marta Ellingsen in Kyiv", ["Marta Ellingsen"]),
        ("Автор: Марина Елисеева", ["Марина Елисеева"]),
        ("John Smith, Jr., and Wen Li", ["John Smith Jr.", "Wen Li"]),
        ("Benjamin Friedman; Jennifer Kavanagh", ["Benjamin Friedman", "Jennifer Kavanagh"]),
        ("José Ángel Prieto | Wen Li", ["José Ángel Prieto", "Wen Li"]),
    ],
)
def test_a_byline_is_split_into_its_names(stated: str, names: list[str]) -> None:
    assert [name for name in split(stated) if is_name(name)] == names


@pytest.mark.parametrize(
    "stated",
    [
        "Staff", "admin", "Super User", "@marta_writes", "https://example.org/author/marta", "marta@example.org", "Senior Fellow", "AFP", "Kyiv Post",
        "Guest Contributor", "Updated 3 May 2025", "wocadmin", "5 min read", "Share on Facebook", "Reuters Staff", "Opinion Editor", "",
    ],
)  # fmt: skip
def test_what_is_nobody_is_no_author(stated: str) -> None:
    assert [name for name in split(stated) if is_name(name)] == []


@pytest.mark.parametrize(
    "head",
    [
        json_ld('{"@graph":[{"@type":"Article","author":[{"@id":"#1"},{"@id":"#2"}]},{"@type":"Person","@id":"#1","name":"Marta Ellingsen"},{"@type":"Person","@id":"#2","name":"Wen Li"}]}'),
        json_ld('[{"@type":"WebPage"},{"@type":["NewsArticle"],"author":[{"@type":"Person","name":"Marta Ellingsen"},{"@type":"Organization","name":"The Front"},{"@type":"Person","name":"Wen Li"}]}]'),
        json_ld('{"@type":"Article","author":["Marta Ellingsen","Wen Li"],}'),
        json_ld('<!-- {"@type":"BlogPosting","author":{"@type":"Person","name":["Marta Ellingsen","Wen Li"]}} -->'),
        json_ld('{"@type":"WebPage","mainEntity":{"@type":"Article","author":{"name":"By Marta Ellingsen and Wen Li"}}}'),
        '<meta name="author" content="Marta Ellingsen"><meta name="author" content="Wen Li">',
        '<meta name="citation_author" content="Ellingsen, Marta"><meta name="citation_author" content="Li, Wen">',
        '<meta name="DC.creator" content="Marta Ellingsen"><meta name="dc.creator" content="Wen Li">',
        '<meta name="parsely-author" content="Marta Ellingsen, Wen Li">',
        '<meta name="sailthru.author" content="Marta Ellingsen and Wen Li"><meta name="author" content="admin">',
        '<meta property="article:author" content="https://facebook.com/front"><meta property="article:author" content="Marta Ellingsen"><meta property="article:author" content="Wen Li">',
    ],
)  # fmt: skip
def test_all_authors_are_found_in_the_head(head: str) -> None:
    assert read(page(head=head)).article.analysts == ("Marta Ellingsen", "Wen Li")


@pytest.mark.parametrize(
    "inner",
    [
        '<p class="byline">By <a href="/a">Marta Ellingsen</a> and <a href="/b">Wen Li</a></p>',
        '<div class="post-meta"><a rel="author" href="/a">Marta Ellingsen</a>, <a rel="author" href="/b">Wen Li</a></div>',
        '<span itemprop="author" itemscope><b itemprop="name">Marta Ellingsen</b></span> <span itemprop="author" itemscope><b itemprop="name">Wen Li</b></span>',
        "<div>By Marta Ellingsen and Wen Li</div>",
        '<div class="c-article__authors">Marta Ellingsen &amp; Wen Li</div>',
    ],
)
def test_all_authors_are_found_in_the_page(inner: str) -> None:
    assert read(page(inner)).article.analysts == ("Marta Ellingsen", "Wen Li")


def test_a_byline_adds_the_author_that_structured_data_left_out() -> None:
    head = json_ld('{"@type":"Article","author":{"@type":"Person","name":"Marta Ellingsen"}}')
    assert read(page('<p class="byline">By Marta Ellingsen and Wen Li</p>', head)).article.analysts == (
        "Marta Ellingsen",
        "Wen Li",
    )


def test_the_outlet_is_not_an_author() -> None:
    head = '<meta property="og:site_name" content="Marble Arch"><meta name="author" content="Marble Arch">'
    assert read(page(head=head)).article.analysts == ()


def test_a_desk_is_named_where_no_person_is() -> None:
    assert read(page(head='<meta name="author" content="GK Editorial Desk">')).article.analysts == (
        "GK Editorial Desk",
    )


def test_authors_of_teasers_are_not_the_articles() -> None:
    teaser = '<div class="related-posts"><p class="byline">By Priya Raghunathan</p></div>'
    assert read(page(f'<p class="byline">By Wen Li</p>{teaser}')).article.analysts == ("Wen Li",)


def test_the_feed_gives_the_authors_that_the_page_does_not() -> None:
    assert read(page(), feed_entry=Entry(URL, "T", authors=("Wen Li",))).article.analysts == ("Wen Li",)
