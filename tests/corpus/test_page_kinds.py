"""Tests of pipeline.corpus.page_kinds, and of what tells a cut text from a whole one."""
# ruff: noqa: E501 - lines of markup and of cases are kept whole

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from pipeline.tables.corpus import SECTIONS

# tests are no package (another package of that name is installed), so the builder is loaded by its path.
BUILDER: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("markup.py"))))
PARAGRAPHS = BUILDER.PARAGRAPHS
URL = BUILDER.URL
json_ld = BUILDER.json_ld
page = BUILDER.page
read = BUILDER.read


@pytest.mark.parametrize(
    ("head", "url", "label"),
    [
        (json_ld('{"@type":"OpinionNewsArticle"}'), URL, "opinion"), (json_ld('{"@type":"AnalysisNewsArticle"}'), URL, "analysis"),
        (json_ld('{"@type":"ReportageNewsArticle"}'), URL, "news"), ('<meta property="article:section" content="Op-Ed">', URL, "opinion"),
        ("", "https://example.org/opinion/x", "opinion"), ("", "https://example.org/commentary/editorials/x", "editorial"),
        ("", "https://example.org/news/analysis/x", "analysis"), ("", "https://example.org/interviews/x", "interview"), ("", URL, "unknown"),
        ("", "https://example.org/news/x", "news"), (json_ld('{"@type":"NewsArticle","articleSection":["World","Мнения"]}'), URL, "opinion"),
        ("", "https://example.org/renewsletter/opinionated/x", "unknown"),
    ],
)  # fmt: skip
def test_the_kind_of_text_comes_with_its_evidence(head: str, url: str, label: str) -> None:
    got = read(page(head=head), url)
    assert got.article.section_label == label
    assert label in SECTIONS
    assert bool(got.section_evidence) == (label != "unknown")


@pytest.mark.parametrize(
    ("head", "end", "is_truncated", "is_paywalled"),
    [
        ("", "The talks went on and… [+1234 chars]", True, False), ("", "The talks went on and… Read more", True, False),
        (json_ld('{"@type":"Article","wordCount":2400}'), "", True, False), (json_ld('{"@type":"Article","isAccessibleForFree":"False"}'), "", True, True),
        ("", '</p><div class="paywall"><p>Subscribe to continue reading.</p></div><p>', True, True), ("", "", False, False),
        ("", '</p><p>Read more: <a href="/x">The Price of a Quiet Front</a></p><p>', False, False),
        ("", "</p><p>Subscribe to our newsletter to keep up with the talks.</p><p>", False, False),
        (json_ld('{"@type":"Article","isAccessibleForFree":true,"wordCount":"many"}'), "", False, False),
    ],
)  # fmt: skip
def test_a_text_that_breaks_off_is_told_from_a_whole_one(
    head: str, end: str, is_truncated: bool, is_paywalled: bool
) -> None:
    got = read(page(head=head, paragraphs=(*PARAGRAPHS[:6], end)))
    assert (got.article.is_truncated, got.is_paywalled) == (is_truncated, is_paywalled)


def test_a_free_text_beside_a_paywall_flag_is_whole_when_it_is_long() -> None:
    got = read(
        page(head=json_ld('{"@type":"Article","isAccessibleForFree":false}'), paragraphs=tuple(BUILDER.prose(20, 3)))
    )
    assert (got.article.is_truncated, got.is_paywalled) == (False, True)


def test_a_teaser_inside_a_whole_text_cuts_nothing_off() -> None:
    teaser = '</p><p><strong>Read more:</strong> <a href="/x">The Price of a Quiet Front</a></p><p>'
    text = read(page(paragraphs=(*PARAGRAPHS[:4], teaser, *PARAGRAPHS[4:]))).article.text
    assert PARAGRAPHS[-1] in text
    assert "Quiet Front" not in text


def test_the_article_in_structured_data_is_taken_where_the_page_shows_a_part() -> None:
    body = "\\n".join(paragraph.replace('"', "'") for paragraph in PARAGRAPHS)
    got = read(page(head=json_ld(f'{{"@type":"Article","articleBody":"{body}"}}'), paragraphs=PARAGRAPHS[:2]))
    assert PARAGRAPHS[-1] in got.article.text
    assert not got.article.is_truncated


def test_where_a_text_first_appeared_is_noted_and_not_part_of_it() -> None:
    got = read(page(paragraphs=(*PARAGRAPHS, "This article was originally published in The Other Review.")))
    assert "Other Review" not in got.article.text
    assert any("Other Review" in note for note in got.article.notes)


def test_an_author_who_appears_in_his_own_text_stays_there() -> None:
    memory = "Wen Li was wrong, I was told at the time, and I have had ten years to think about it since then."
    got = read(
        page(
            '<p class="byline">By Wen Li</p>',
            paragraphs=(*PARAGRAPHS[:4], memory, *PARAGRAPHS[4:], *BUILDER.prose(4, 9)),
        )
    )
    assert memory in got.article.text
