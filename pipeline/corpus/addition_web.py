"""Addition from the web: what a web address would add: a feed, a sitemap, or an article for the reading list."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from pipeline.corpus import charsets, envelopes, feeds, page_lists, pages, sitemaps, urls
from pipeline.corpus.addition_entries import Addition, Ask, line, outlines
from pipeline.corpus.answers import Fetched, Request
from pipeline.corpus.article import Rejected
from pipeline.corpus.memory import content_type
from pipeline.corpus.page_markup import Markup, parse
from pipeline.text import words

READING_LIST: Final = Path("reading_list.csv")
_COLUMNS: Final = b"url,title,author,outlet,published,perspective\n"
# Of what a site names, of an OPML list, and of a table's rows, so much is looked at.
_MOST_OFFERS: Final = 5
_FEED_TYPES: Final = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json)", re.IGNORECASE)
_FEED_KINDS: Final = ((b"<rss", "an RSS feed"), (b"<rdf:RDF", "an RDF feed"), (b"<feed", "an Atom feed"))
_SITEMAP: Final = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b")
_PAGE: Final = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ROBOTS_LINE: Final = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_NO_OUTLET: Final = re.compile(
    r"(?:the |latest |all |rss )*(?:rss|feed|home|blog|news|articles|posts)?(?: feed)?", re.I
)


@dataclass(frozen=True)
class _Offer:
    """A feed or a sitemap that could become a source; `merit` orders several of one site."""

    kind: str
    address: str
    title: str
    found: tuple[str, ...]
    merit: tuple[int, int]


def from_web(ask: Ask, given: str) -> Addition:
    """What a web address would add. Raises Rejected where nothing is found there, with what was tried."""
    address = urls.canonical(given)
    has_secret = re.match(r"[^/]*//[^/?#]*@", given)
    notes = ("the user name and password in the address were left out and not sent",) if has_secret else ()
    if held := ask.held(address):
        return Addition(found=(*notes, held))
    (answer,) = ask.fetch([Request(address)])
    if answer.state != "ok":
        raise Rejected(f"{answer.final_url} could not be read: {answer.reason}")
    if b"<opml" in answer.body[:2_000].lower():
        return outlines(ask, answer.body, answer.content_type)
    try:
        offer = _offer(ask, answer)
    except Rejected as reason:
        if not _PAGE.search(answer.body[:50_000]):
            raise Rejected(f"{address} {reason}. If it is a document, save it under data/corpus/inbox") from None
        found = _from_page(ask, answer)
    else:
        found = _taken(ask, offer)
    return Addition(found.entries, found.files, (*notes, *found.found))


def _taken(ask: Ask, offer: _Offer) -> Addition:
    if held := ask.held(offer.address):
        return Addition(found=(*offer.found, held))
    outlet = "" if _NO_OUTLET.fullmatch(offer.title) else offer.title
    entry = ask.entry(offer.kind, offer.address, outlet, outlet=ask.outlet or outlet)
    return Addition((entry,), found=(*offer.found, f"it becomes the source {entry['id']!r}"))


def _offer(ask: Ask, answer: Fetched) -> _Offer:
    """The feed or the sitemap in an answer. Raises Rejected where it is neither."""
    address = answer.final_url if answer.permanent else answer.url
    header = content_type(answer)
    if not _SITEMAP.search(envelopes.unpacked(answer.body, envelopes.LARGEST_UNPACKED)[:5_000]):
        feed = feeds.read(answer.body, header, answer.final_url)
        body = answer.body[:5_000]
        kind = "a JSON feed" if body.lstrip()[:1] == b"{" else "a feed"
        kind = next((said for mark, said in _FEED_KINDS if mark in body), kind)
        texts = [(e.title, f"{e.summary} {e.content_html or ''} {_in_words(e.url)}", e.published) for e in feed.entries]
        title = line(feed.title, 100)
        return _described(ask, "feed", address, title, f"{kind} at {address}, {title!r}", texts, feed.problems)
    found = sitemaps.read(answer.body, header, answer.final_url)
    texts = [(page.news_title, _in_words(page.url), page.news_date or page.modified) for page in found.pages]
    further = f" and {len(found.children):,} further sitemaps" if found.children else ""
    return _described(ask, "sitemap", address, "", f"a sitemap{further} at {address}", texts, found.problems)


def _described(
    ask: Ask, kind: str, address: str, title: str, what: str,
    texts: Sequence[tuple[str, str, datetime | None]], problems: tuple[str, ...],
) -> _Offer:  # fmt: skip
    days = [moment.date().isoformat() for *_, moment in texts if moment]
    newest = f", newest {max(days)}" if days else ""
    judge = ask.known.relevance.judge
    count = sum(ask.known.relevance.admits(judge(heading, text).score) for heading, text, _ in texts)
    about = f", {count:,} of them about the talks by title, teaser and address" if texts else ""
    said = f"{what}, {len(texts):,} {'entries' if kind == 'feed' else 'pages'}{newest}{about}"
    return _Offer(kind, address, title, (said, *problems), (count, len(texts)))


def _from_page(ask: Ask, answer: Fetched) -> Addition:
    """An article to the reading list; of any other page the best feed that it names, or its site's sitemap."""
    address, page, tried = answer.final_url, None, []
    try:
        page = pages.read(answer.body, url=address, content_type=content_type(answer))
    except Rejected as reason:
        tried = [str(reason)]
    body = envelopes.bounded(answer.body, pages.LARGEST_PAGE)
    markup = parse(charsets.decode(body, content_type(answer)).text)
    named = _named_feeds(markup, address)
    is_front = urlsplit(address).path in ("", "/")
    is_article = bool(markup.article) or "article" in markup.contents("og:type")
    # Most articles name the feed of their outlet; who gives the address of an article means the article.
    if page and not is_front and (is_article or not named):
        return _listed(ask, page, named)
    if held := next(filter(None, map(ask.held, named)), ""):
        return Addition(found=(f"{address} names a feed: {held}",))
    offers, refused = _best(ask, "feed", named)
    tried += refused if named else ["the page names no feed"]
    if not offers and is_front:
        offers, refused = _best(ask, "sitemap", _named_sitemaps(ask, address))
        tried += refused
    if not offers:
        remedy = "give the address of a feed, a sitemap or an article, or save articles into data/corpus/inbox"
        raise Rejected(f"nothing to take in was found at {address}: {'; '.join(tried)}; {remedy}")
    taken = _taken(ask, offers[0])
    others = ", ".join(offer.address for offer in offers[1:])
    more = (f"the site names others as well: {others}; add one by its own address",) if others else ()
    return Addition(taken.entries, taken.files, (*taken.found, *more))


def _best(ask: Ask, kind: str, addresses: Sequence[str]) -> tuple[list[_Offer], list[str]]:
    """What can be read of these addresses, that with most about the talks first; and why the others cannot."""
    answers = {answer.url: answer for answer in ask.fetch([Request(address, kind=kind) for address in addresses])}
    offers, refused = [], []
    for address in addresses:
        try:
            if answers[address].state != "ok":
                raise Rejected(answers[address].reason)
            offers.append(_offer(ask, answers[address]))
        except Rejected as reason:
            refused.append(f"{address}: {reason}")
    return sorted(offers, key=lambda offer: offer.merit, reverse=True), refused


def _named_feeds(markup: Markup, address: str) -> list[str]:
    """The feeds that a page names in its head, those of comments only where there are no others."""
    base = urljoin(address, next(iter(markup.tree.xpath("//base/@href")), ""))
    found: dict[str, bool] = {}
    for link in markup.tree.iter("link"):
        if "alternate" in (link.get("rel") or "").lower().split() and _FEED_TYPES.match(
            (link.get("type") or "").strip()
        ):
            with suppress(Rejected):
                is_about_comments = "comment" in f"{link.get('title')} {link.get('href')}".lower()
                found.setdefault(urls.canonical(link.get("href") or "", base), is_about_comments)
    return [url for url, is_about_comments in found.items() if not is_about_comments][:_MOST_OFFERS] or list(found)[:1]


def _named_sitemaps(ask: Ask, address: str) -> list[str]:
    """What robots.txt names, news first, and the address at which most sites have one."""
    (robots,) = ask.fetch([Request(urljoin(address, "/robots.txt"), kind="sitemap")])
    found = []
    for named in _ROBOTS_LINE.findall(robots.body.decode("utf-8", "replace")):
        with suppress(Rejected):
            found.append(urls.canonical(named, address))
    found.sort(key=lambda url: "news" not in url)
    return list(dict.fromkeys([*found[:_MOST_OFFERS], urljoin(address, "/sitemap.xml")]))


def _listed(ask: Ask, page: pages.PageArticle, named: Sequence[str]) -> Addition:
    """The article as a row of the reading list."""
    for entry in (entry for entry in ask.known.source if entry.kind == "pages"):
        with suppress(Rejected, OSError):
            held = page_lists.read(entry.location, (ask.corpus.parent / entry.location).read_bytes(), entry.columns)
            if urls.key(page.canonical_url) in {urls.key(row.url) for row in held.rows}:
                return Addition(found=(ask.there(page.canonical_url, entry),))
    location = f"corpus/{READING_LIST}"
    own = next((entry for entry in ask.known.source if entry.location == location), None)
    article = page.article
    published = "" if page.published_date_reliability == "guess" else article.published_date
    row = page_lists.Listed(
        page.canonical_url, article.title, article.analysts, ask.outlet or article.outlet, published, ask.perspective
    )
    path = ask.corpus / READING_LIST
    body = path.read_bytes() if path.exists() else _COLUMNS
    body = page_lists.added(READING_LIST.name, body, row, own.columns if own else {})
    plain = replace(ask, name="", outlet="", perspective="")
    entries = () if own else (plain.entry("pages", location, "reading-list"),)
    by = f" by {', '.join(row.authors)}" if row.authors else ""
    facts = [f"{row.outlet or 'no outlet'}, {published or 'no certain date'}, {len(words(article.text)):,} words"]
    facts += [ask.known.relevance.judge(article.title, article.text).reason] if ask.known.relevance.parts else []
    facts += ["a part of it stands behind a paywall"] if page.is_paywalled or article.is_truncated else []
    found = [f"an article, {row.title!r}{by} ({'; '.join(facts)}): a row of {location}"]
    found += [f"its outlet has a feed, {named[0]}: add that address to take in all that it publishes"] if named else []
    return Addition(entries, {READING_LIST: body}, tuple(found))


def _in_words(address: str) -> str:
    return re.sub(r"[-_/+.]+", " ", unquote(urlsplit(address).path))
