"""Pages: a web page's bytes to an article with all that a researcher asks of it. Its parts are the page_* modules."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml.html import HtmlElement

from pipeline.corpus import charsets, envelopes, page_authors, page_body, page_dates, page_kinds, urls
from pipeline.corpus.article import Article, Rejected
from pipeline.corpus.feeds import Entry
from pipeline.corpus.page_markup import Markup, line, parse, visible
from pipeline.corpus.page_refusals import refuse_lists, refuse_walls
from pipeline.text import words

LARGEST_PAGE: Final = 5_000_000
FEWEST_WORDS: Final = 25
# Below this share of the words that the page itself promises, its text is a part of the article.
_WHOLE_SHARE: Final = 0.6
_FEWEST_MISSING: Final = 80
# A gated page with fewer words than this shows a preview, even where it promises no number.
_PREVIEW_WORDS: Final = 450
_CUT_SHORT: Final = re.compile(
    r"(?:\[\s*\+\s*\d+\s*(?:chars|characters)\s*\]|(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*(?:\[?(?:read|continue|view|"
    r"see) (?:more|reading|full)[^.]{0,40}\]?|читать далее)?)\s*$|"
    r"\bcontinue reading\W*$|^(?:read|view) (?:the )?(?:full|whole|rest of the) (?:article|story|text)[^.]{0,60}\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_HTML: Final = re.compile(
    r"<\s*(?:!doctype\s+html|html|head|body|div|p|article|table|span|h1|meta|title|a|br|font)\b",
    re.IGNORECASE,
)
_BINARY: Final = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "an Office or ZIP file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_SITE_SUFFIX: Final = re.compile(r"\s+[|–—-]\s+[^|–—]{2,60}$|\s+--\s+.{2,60}$")


@dataclass(frozen=True)
class PageArticle:
    """An article from a page, with what only pages tell.

    `published_date_reliability` is "structured data", "meta", "feed", "url", "guess" or "" where no date was found;
    `published_at` is the moment with the zone that the page states, naive where it states none. `canonical_url` is the
    page's own where it stays on the same site. `section_evidence` says what the section label rests on.
    """

    article: Article
    published_at: datetime | None = None
    published_date_reliability: str = ""
    modified_date: str = ""
    canonical_url: str = ""
    language_hint: str = ""
    is_paywalled: bool = False
    section_evidence: str = ""
    encoding: str = ""


def read(body: bytes, *, url: str, content_type: str = "", feed_entry: Entry | None = None) -> PageArticle:
    """The article in a web page. What the page does not say is taken from the feed entry that led to it, if one did.

    Raises:
        Rejected: it is no page, too large, or something else than an article (a wall, a captcha, an error, a list).
    """
    address = urls.canonical(url)
    decoded = _text(body, content_type)
    markup = parse(decoded.text)
    outlet = page_kinds.outlet(markup, address)
    title = _title(markup, feed_entry, outlet)
    authors = page_authors.find(markup, outlet, address, feed_entry.authors if feed_entry else ())
    text, notes = _body(markup, authors, title)
    in_feed, zone_known = (feed_entry.published, feed_entry.published_zone_known) if feed_entry else (None, False)
    dates = page_dates.find(markup, address, in_feed, zone_known)
    label, evidence = page_kinds.section(markup, address, title)
    is_paywalled = page_kinds.is_paywalled(markup)
    article = Article(
        text=text, title=title, analysts=authors, outlet=outlet, section_label=label, url=address,
        published_date=dates.published_date,
        published_date_basis="markup" if dates.published_date else "",
        is_truncated=_is_truncated(text, markup, is_paywalled),
        notes=(*decoded.problems, *dates.notes, *notes),
    )  # fmt: skip
    return PageArticle(
        article, dates.published_at, dates.reliability, dates.modified_date, _canonical(markup, address),
        _language(markup), is_paywalled, evidence, decoded.encoding,
    )  # fmt: skip


def _body(markup: Markup, authors: tuple[str, ...], title: str) -> tuple[str, tuple[str, ...]]:
    """The article's text and the notes on it, once it is known to be an article's."""
    extracted = page_body.extract(markup, authors, title)
    text = _fuller(extracted.text, markup)
    count = len(words(text))
    refuse_walls(markup, count)
    refuse_lists(markup, count)
    if count < FEWEST_WORDS:
        raise Rejected(f"holds no article text that can be found ({count} words); save it as plain text into the inbox")
    return text, extracted.notes


def _text(body: bytes, content_type: str) -> charsets.Decoded:
    kind = next((name for start, name in _BINARY if body.lstrip()[:8].startswith(start)), "")
    if kind:
        raise Rejected(f"is {kind} and not a web page; download it and put it into the inbox")
    decoded = charsets.decode(envelopes.bounded(body, LARGEST_PAGE), content_type)
    if not _HTML.search(decoded.text[:200_000]):
        raise Rejected("is no web page: it holds no HTML; save the article as plain text into the inbox")
    return decoded


def _title(markup: Markup, feed_entry: Entry | None, outlet: str) -> str:
    """The headline: JSON-LD's, the first h1's that is not the site's name, other metadata's, the feed's, <title>'s."""
    headings = [
        text for heading in markup.tree.iter("h1") if (text := visible(heading)).casefold() != outlet.casefold()
    ]
    page_title = _SITE_SUFFIX.sub("", line(markup.tree.findtext(".//title") or ""))
    stated = [
        line(markup.article.get("headline")),
        *headings[:1],
        *markup.contents("og:title", "citation_title", "dc.title", "twitter:title"),
    ]
    found = next((title for title in stated if title), "") or (feed_entry.title if feed_entry else "") or page_title
    return found[:500]


def _fuller(text: str, markup: Markup) -> str:
    """The text, or the article that JSON-LD carries whole where the page shows only a part of it."""
    carried = markup.article.get("articleBody")
    if not isinstance(carried, str) or len(words(text)) >= _WHOLE_SHARE * len(words(carried)):
        return text
    source = re.sub(r"</p>|<br\s*/?>", "\n\n", carried)
    paragraphs = [line(re.sub(r"<[^>]*>", " ", part)) for part in re.split(r"\n+", source)]
    return "\n\n".join(part for part in paragraphs if part)


def _is_truncated(text: str, markup: Markup, is_paywalled: bool) -> bool:
    """Whether the text breaks off: its end says so, the page promises more words, or a gate stands behind a preview."""
    count = len(words(text))
    try:
        promised = int(str(markup.article.get("wordCount", 0)))
    except ValueError:
        promised = 0
    is_short = promised - count > _FEWEST_MISSING and count < _WHOLE_SHARE * promised
    return bool(_CUT_SHORT.search(text[-400:])) or is_short or (is_paywalled and count < _PREVIEW_WORDS)


def _canonical(markup: Markup, address: str) -> str:
    """The page's own canonical address, where it is on the same site and leads to more than its front page."""
    links = markup.tree.xpath("//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href")
    for stated in (*links, *markup.contents("og:url")):
        try:
            found = urls.canonical(str(stated), address)
        except Rejected:
            continue
        if _site(found) == _site(address) and found.rstrip("/").count("/") > 2:
            return found
    return address


def _site(address: str) -> str:
    """The host without its www, mobile and AMP faces. Not its last two labels: outlets share co.uk and substack.com."""
    return urls.key(address).split("/")[0].split("?")[0]


def _language(markup: Markup) -> str:
    """What the page says its language is, as a two- or three-letter code; empty where it says nothing."""
    root: HtmlElement = markup.tree
    stated = [
        root.get("lang") or "",
        root.get("xml:lang") or "",
        line(markup.article.get("inLanguage")),
        *markup.contents("og:locale", "language"),
    ]
    found = next((re.match(r"[a-zA-Z]{2,3}(?=$|[-_])", value) for value in stated if value), None)
    return found.group().lower() if found else ""
