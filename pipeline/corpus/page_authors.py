"""Page authors: every author that a page names, and nobody else: no outlets, roles, handles, addresses or software."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline.corpus.page_markup import Markup, line, types, visible
from pipeline.corpus.person_names import PARTICLES, folded, is_name, split, without_lead

MOST_AUTHORS: Final = 30
_META_NAMES: Final = (
    "citation_author", "dc.creator", "dcterms.creator", "dc.contributor", "parsely-author", "sailthru.author",
    "cxenseparse:author",
    "article:author", "article:author_name", "og:article:author", "author", "byl", "byline", "authors",
)  # fmt: skip
_LAST_FIRST: Final = ("citation_author", "dc.creator", "dcterms.creator")
_DESK: Final = re.compile(
    r"(?:the )?(?:[\w.'’&-]+ ){0,4}(?:editorial (?:board|desk|team|staff)|editorial|desk|editors|editorial committee)|"
    r"редакция(?: [\w-]+){0,3}",
    re.IGNORECASE,
)
_BYLINE_CLASS: Final = re.compile(
    r"(?:^|[\s_-])(?:by-?lines?|authors?|autor|writers?|contributors?|createdby|creator)(?:[_-]{1,2}(?:name|names|"
    r"info|link|vcard|title|list|by|item))*(?:$|[\s])|"
    r"(?:author|byline)[_-]{1,2}names?|authorname|authorlink|(?:^|\s)[\w-]*[_-](?:author|byline)(?:$|\s)",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"relat|recommend|teaser|more[_-]|popular|trending|comment(?!ary|isfree)|promo|sidebar|widget|newsletter|"
    r"(?<!post.)(?<!entry.)(?<!article.)footer|\bbio|about|disclosure|latest|most[_-]",
    re.IGNORECASE,
)
_BY_LINE: Final = re.compile(r"\s*(?:By|BY|Written by|Автор:|Author:|Authors:)\s+\S")
_HEADLINE: Final = ".//h1 | .//*[contains(@class, 'entry-title') or @itemprop='headline']"
_LONGEST_BYLINE: Final = 200


def find(markup: Markup, outlet: str, url: str, in_feed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Names of all authors in the page's order; a desk where no person is named; empty for an unsigned page.

    The most dependable place that names a person gives the list: JSON-LD, meta elements, microdata and rel=author,
    bylines, the feed. A later place that names all of those and more (a byline with the co-author) replaces it.
    """
    refused = {folded(outlet), *_host_names(url)} - {""}

    def is_person(name: str) -> bool:
        return folded(name) not in refused and folded(name).removeprefix("the ") not in refused and is_name(name)

    lists = [list(_people(place(), is_person)) for place in _places(markup, in_feed)]
    chosen: list[str] = next((names for names in lists if names), [])
    for names in lists:
        if len(names) > len(chosen) and {folded(name) for name in chosen} <= {folded(name) for name in names}:
            chosen = names
    if not chosen:
        stated = [line(name) for place in _places(markup, in_feed) for name in place()]
        chosen = [name for name in (without_lead(found) for found in stated) if _DESK.fullmatch(name)][:1]
    return tuple(chosen[:MOST_AUTHORS])


def _places(markup: Markup, in_feed: tuple[str, ...]) -> list[Callable[[], list[str]]]:
    return [
        lambda: [*_in_nodes(markup, markup.article, "author")],
        lambda: _first_of(markup, _META_NAMES),
        lambda: [*_in_nodes(markup, markup.article, "creator"), *_in_nodes(markup, markup.page, "author")],
        lambda: _marked(markup),
        lambda: _bylines(markup),
        lambda: list(in_feed),
        lambda: _by_lines(markup),
    ]


def _in_nodes(markup: Markup, node: dict[str, Any], name: str) -> Iterator[str]:
    for author in markup.resolved(node.get(name)):
        if isinstance(author, str):
            yield author
        elif isinstance(author, dict) and not (
            {"Organization", "NewsMediaOrganization", "Corporation"} & set(types(author))
        ):
            named = author.get("name") or " ".join(str(author.get(part) or "") for part in ("givenName", "familyName"))
            yield from (item for item in (named if isinstance(named, list) else [named]) if isinstance(item, str))
        elif isinstance(author, dict) and isinstance(author.get("name"), str) and _DESK.fullmatch(line(author["name"])):
            yield author["name"]


def _first_of(markup: Markup, names: tuple[str, ...]) -> list[str]:
    """All contents of the first meta name that holds a person, or else the desks in any of them.

    Names written "Last, First" are turned round where the format writes them so.
    """
    for name in names:
        contents = markup.contents(name)
        if name in _LAST_FIRST:
            contents = [_turned(content) for content in contents]
        if any(is_name(part) for content in contents for part in split(content)):
            return contents
    return [content for content in markup.contents(*names) if _DESK.fullmatch(content)]


def _turned(name: str) -> str:
    last, comma, first = name.partition(",")
    is_inverted = (
        comma
        and "," not in first
        and 1 <= len(first.split()) <= 2
        and (len(last.split()) == 1 or last.split()[0].lower() in PARTICLES)
    )
    return f"{first.strip()} {last.strip()}" if is_inverted else name


def _marked(markup: Markup) -> list[str]:
    """Microdata and rel=author outside other articles' teasers."""
    found = markup.tree.xpath(
        "//*[@itemprop='author'] | //a[@rel='author'] | //*[contains(@class, 'createdby')]//*[@itemprop='name']"
    )
    names: list[str] = []
    article = _headline_holders(markup)
    for element in (item for item in found[:60] if not _is_elsewhere(item, article)):
        inner = element.xpath(".//*[@itemprop='name']")
        names += [line(part.get("content") or "") or visible(part) for part in inner] or [
            line(element.get("content") or "") or visible(element)
        ]
    return [name for name in names if len(name) <= _LONGEST_BYLINE]


def _bylines(markup: Markup) -> list[str]:
    """The elements of the first byline class that names a person: each link in it, or its text."""
    groups: dict[str, list[str]] = {}
    article = _headline_holders(markup)
    for element in markup.tree.xpath("//*[@class][not(self::body or self::article or self::main or self::html)]")[
        :5_000
    ]:
        name = element.get("class", "")
        if _BYLINE_CLASS.search(name) and not _is_elsewhere(element, article):
            text = visible(element, _LONGEST_BYLINE)
            if len(text) > _LONGEST_BYLINE:
                continue
            links = [visible(link) for link in element.iter("a")]
            if text:
                groups.setdefault(name, []).extend(_complete(links, text))
    people = [names for names in groups.values() if any(is_name(part) for name in names for part in split(name))]
    return max(
        people[:4],
        key=lambda names: len({folded(part) for name in names for part in split(name) if is_name(part)}),
        default=[],
    )


def _complete(links: list[str], text: str) -> list[str]:
    """The links where they name everyone that the text does, or else the text."""
    in_links = {folded(part) for link in links for part in split(link) if is_name(part)}
    in_text = {folded(part) for part in split(text) if is_name(part)}
    return links if in_links and not (in_text - in_links and in_text >= in_links) else [text]


def _by_lines(markup: Markup) -> list[str]:
    """Short lines that begin with "By" and a name, where no markup says what they are."""
    article = _headline_holders(markup)
    candidates = markup.tree.xpath("//p | //span | //div | //td | //font | //h2 | //h3 | //h4 | //strong | //em")
    for element in (found for found in candidates[:1_500] if len(found) < 20):
        text = visible(element, _LONGEST_BYLINE)
        is_byline = len(text) <= _LONGEST_BYLINE and _BY_LINE.match(text) and any(map(is_name, split(text)))
        if is_byline and not _is_elsewhere(element, article):
            return [text]
    return []


def _headline_holders(markup: Markup) -> set[HtmlElement]:
    """The headlines and everything around them: no teaser, sidebar or biography holds one."""
    headlines = markup.tree.xpath(_HEADLINE)[:20]
    return {holder for headline in headlines for holder in (headline, *headline.iterancestors())}


def _is_elsewhere(element: HtmlElement, article: set[HtmlElement]) -> bool:
    """Whether the element belongs to a teaser, a sidebar or a biography. What holds the headline is the article."""
    for ancestor in (element, *element.iterancestors()):
        if ancestor.tag in ("body", "html", "main") or ancestor in article:
            return False
        label = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"
        if ancestor.tag in ("footer", "nav") or _ELSEWHERE.search(label):
            return True
        if ancestor.tag == "aside" and ancestor.get("data-gu-name") != "meta":
            return True
    return False


def _people(stated: Iterable[str], is_person: Callable[[str], bool]) -> Iterator[str]:
    seen: set[str] = set()
    for text in stated:
        for name in split(text):
            if is_person(name) and folded(name) not in seen:
                seen.add(folded(name))
                yield name


def _host_names(url: str) -> set[str]:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return {folded(host), folded(host.split(".")[0])} if host else set()
