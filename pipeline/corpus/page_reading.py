"""Page reading: the article in what an address answered, from the page, or from the feed where the page withholds it."""

import html
from dataclasses import replace
from typing import Final

from pipeline.corpus import files, pages
from pipeline.corpus.article import Article, NotYet, Rejected
from pipeline.corpus.calls import Run
from pipeline.corpus.listings import Candidate, without_content
from pipeline.text import words

# A feed that carries fewer words than this carries a teaser.
_FEWEST_WORDS_OF_A_FEED: Final = 250
_PDF: Final = b"%PDF-"


def read(body: bytes, content_type: str, address: str, candidate: Candidate, run: Run) -> Article:
    """The article in a page's or a PDF's bytes, completed by what its source says of it.

    Raises:
        Rejected: it holds none.
    """
    if body[:1024].lstrip().startswith(_PDF):
        try:
            found = replace(run(files.parse_here, ".pdf", body), url=address)
        except NotYet as reason:
            raise Rejected(f"is a PDF that breaks off ({reason}); download it and put it into the inbox") from reason
        return _completed(found, candidate)
    page = run(_page, body, content_type, address, candidate)
    return _completed(_article(page), candidate)


def read_feed(candidate: Candidate, run: Run) -> tuple[bytes, Article] | None:
    """The article as the feed itself carries it, with the bytes that it was read from; None where it carries a teaser."""
    entry = candidate.entry
    if not entry.content_html or len(words(entry.content_html)) < _FEWEST_WORDS_OF_A_FEED:
        return None
    heading = f"<title>{html.escape(entry.title)}</title></head><body><article><h1>{html.escape(entry.title)}</h1>"
    body = f"<!DOCTYPE html><html><head>{heading}{entry.content_html}</article></body></html>".encode()
    try:
        article = read(body, "text/html; charset=utf-8", entry.url, candidate, run)
    except Rejected:
        return None
    return (body, article) if len(words(article.text)) >= _FEWEST_WORDS_OF_A_FEED else None


def _page(body: bytes, content_type: str, address: str, candidate: Candidate) -> pages.PageArticle:
    return pages.read(body, url=address, content_type=content_type, feed_entry=without_content(candidate.entry))


def _article(page: pages.PageArticle) -> Article:
    return replace(
        page.article,
        url=page.canonical_url or page.article.url,
        published_date_basis=page.published_date_reliability,
        published_at=page.published_at,
        modified_date=page.modified_date,
        is_paywalled=page.is_paywalled,
        section_evidence=page.section_evidence,
    )


def _completed(found: Article, candidate: Candidate) -> Article:
    """What the user's list says wins over the page, but for the title, which lists shorten."""
    given, entry = candidate.given, candidate.entry
    article = replace(given, text=found.text, title=found.title or given.title, url=found.url).filled_from(found)
    article = article.filled_from(Article("", title=entry.title, analysts=entry.authors))
    if not article.published_date and entry.published:
        article = replace(article, published_date=entry.published.date().isoformat(), published_date_basis="feed")
    return replace(
        article, is_truncated=found.is_truncated, is_paywalled=found.is_paywalled, modified_date=found.modified_date
    )
