"""Page body: the article's own words: inserts cut out of the tree, then trafilatura, then what only the text shows."""

import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import trafilatura
from lxml import html
from lxml.html import HtmlElement
from trafilatura.settings import Document

from pipeline.corpus.page_markup import Markup, line, visible
from pipeline.corpus.person_names import folded
from pipeline.text import normalize, words

# A mode of trafilatura's is believed if it has this share of the words in the page's long paragraphs, the fast one only
# from this number of words on.
_BELIEVED_SHARE: Final = 0.8
_SHORT: Final = 200
_MODES: Final = (("fast", True, False), ("full", False, False), ("recall", False, True))
# An element that holds this share of the words in paragraphs is the article, whatever its class says.
_ARTICLE_SHARE: Final = 0.35
_LONGEST_INSERT: Final = 260
_LONGEST_NOTE: Final = 650
_SHORTEST_PROSE: Final = 80
_TAIL_SHARE: Final = 0.15
_CELL_SHARE: Final = 0.85
_LEAST_SHARE: Final = 0.2
_NEVER_BODY: Final = (
    "script", "style", "noscript", "nav", "form", "button", "aside", "footer", "figure", "figcaption", "iframe",
    "select", "template", "dialog", "svg", "amp-sidebar", "amp-ad",
)  # fmt: skip
_INSERT_CLASS: Final = re.compile(
    r"\b(?:news ?letters?|sign ?up|signup|subscri\w+|share|sharing|sharedaddy|social|related\w*|jp ?related\w*|"
    r"recommend\w*|promo\w*|advert\w*|ads?|adv ?text|"
    r"ad ?slot|banner|sponsor\w*|comments?|disqus|(?:author|contributor) ?(?:bio|box|info|card)|bio|"
    r"about ?(?:the )?author|read ?(?:also|more|next)|"
    r"most ?(?:read|viewed|popular)|trending|bread ?crumbs?|pag(?:er|ination|enav)|cookies?|consent|paywall|regwall|"
    r"pop ?up|modal|pull ?quotes?|"
    r"rich ?link|image ?caption|caption|footnotes?|article ?tags|post ?tags|downloads?|disclaimer|donat\w+|membership|"
    r"cta|call ?to ?action|"
    r"more ?(?:from|on|stories)|embed|further ?reading|interstitial|print ?only|skip|sr ?only|screen ?reader\w*|"
    r"visually ?hidden|hidden|"
    r"button ?wrapper|kicker|inset|widget|tool ?bar|social ?tools|signup ?card|bookmark ?card|callout ?card|"
    r"callout ?promo)\b",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^\W*(?:read (?:more|also|next|this)|also read|see also|also on|related(?: \w+)?:|recommended|further reading|"
    r"more (?:on|from|about|in)\b|"
    r"editor['’]s picks?|most (?:read|viewed|popular)|advertis(?:e)?ment|sponsored|sign up|subscribe|"
    r"thanks for reading|share (?:this|on|via)|follow us|"
    r"support \w+ or|become a|join our|listen to|watch(?: now)?:|click (?:here|to)|download (?:the|our)|get (?:the|"
    r"our) |register now|copyright|©|"
    r"all rights reserved|(?:photo|image|picture|cover image|featured image|credit|illustration)s?(?: credit)?s?:|"
    r"читайте (?:также|ещ[её])|смотрите также|по теме|материалы по теме|реклама|подпи(?:сывайтесь|шитесь)|поделиться|"
    r"фото:|"
    r"читайте також|підпи(?:суйтесь|шіться)|підтримайте|do you have an opinion|have something to say|want to write|"
    r"don['’]t miss|"
    r"if you (?:value|enjoyed|liked|found)|stay informed|learn more\W*$|privacy notice|© )",
    re.IGNORECASE,
)
_NOTE: Final = re.compile(
    r"^\W*(?:(?:the )?(?:views|opinions)(?: (?:and opinions|and views))? (?:expressed|in this)|this (?:article|piece|"
    r"commentary|post|essay|column|op-ed)(?: \w+)? "
    r"(?:represents|reflects|(?:was|is|has been|appeared|first|originally|published|republished|reprinted|adapted)\b)|"
    r"(?:it )?(?:first|originally) (?:appeared|published)|"
    r"(?:re)?published (?:with|by) (?:the )?(?:kind )?permission|reprinted|republished from|the authors? (?:is|are|"
    r"was|works|writes|teaches|serves)\b|"
    r"about the authors?|copyright:? |disclosure|disclaimer|мнение (?:автора|редакции)|автор\s*[-–—])",
    re.IGNORECASE,
)
_ORIGIN: Final = re.compile(
    r"(?:originally|first) (?:published|appeared|ran)|(?:re)?(?:published|printed) (?:from|with permission|courtesy)|"
    r"(?:appeared|published) (?:originally|first)",
    re.IGNORECASE,
)
_BIO: Final = re.compile(
    r"\W*(?:,[^.]{0,120},)?\s*(?:is|was|are|has been|serves|teaches|writes|works|heads|leads|directs|holds|edits|"
    r"covers|hosts|spent|contributed|reports|, for)\b"
    r"(?:(?!\b(?:right|wrong|correct|mistaken|not)\b).)*$",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS: Final = ("p", "head", "quote", "item", "row", "code", "hi", "ref", "del")


@dataclass(frozen=True)
class Body:
    """Paragraphs divided by a blank line, and what was left out of them or noticed, in sentences."""

    text: str
    notes: tuple[str, ...] = ()


def extract(markup: Markup, authors: tuple[str, ...], title: str) -> Body:
    """The article's text; empty where the page holds none. The markup's own tree is left as it is.

    Extraction is trafilatura's (Barbaresi 2021): its fast mode, and its full cascade where the fast one finds much less
    than the page's paragraphs hold.
    """
    tree = copy.deepcopy(markup.tree)
    inserts = _cut(tree)
    blocks = _extracted(_without_layout(tree))
    if _word_count(blocks) < _LEAST_SHARE * _word_count(_long_texts(markup.tree)):
        inserts, blocks = (
            0,
            _extracted(markup.tree),
        )  # A site whose class names mislead: everything looked like an insert.
    kept, notes = _without_notes(blocks, authors, title)
    if inserts:
        notes.insert(0, f"inserts left out of the text: {inserts}")
    return Body("\n\n".join(kept), tuple(notes))


def _extracted(tree: HtmlElement) -> list[str]:
    """The blocks of the first mode of trafilatura's that finds enough, or of the one that finds most."""
    held = _word_count(_long_texts(tree))
    blocks: list[str] = []
    for name, fast, recall in _MODES:
        page = copy.deepcopy(tree)
        found = _blocks(trafilatura.bare_extraction(page, fast=fast, favor_recall=recall, include_comments=False))
        blocks = max(blocks, found, key=_word_count)
        if _word_count(blocks) >= max(_BELIEVED_SHARE * held, _SHORT if name == "fast" else 1):
            break
    return blocks


def _cut(tree: HtmlElement) -> int:
    """Take inserts out of the tree: by element, by class or role, and by the words that they begin with."""
    held = _words_held(tree)
    doomed = [
        element
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag not in ("html", "body", "head") and _is_insert(element)
    ]
    headings = [heading for heading in tree.iter("h2", "h3", "h4", "h5", "h6") if _LEAD.search(visible(heading, 300))]
    count = 0
    for element in (*doomed, *(heading.getparent() for heading in headings)):
        if element.getparent() is not None and held[element] <= _ARTICLE_SHARE * held[tree]:
            element.drop_tree()
            count += 1
    return count


def _words_held(tree: HtmlElement) -> Counter[HtmlElement]:
    """The words of prose in each element: in its long paragraphs, or in all its text where a page has no paragraphs."""
    prose = [(element, len(words(text))) for element, text in _long_paragraphs(tree)]
    if sum(count for _, count in prose) < _SHORT:
        prose = [(element, len(words(f"{element.text or ''} {element.tail or ''}"))) for element in tree.iter()]
    held: Counter[HtmlElement] = Counter()
    for element, count in prose:
        for holder in (element, *element.iterancestors()):
            held[holder] += count
    return held


def _without_layout(tree: HtmlElement) -> HtmlElement:
    """The tree narrowed to the innermost table cell that holds nearly all prose, where tables lay out the page."""
    held = _words_held(tree) if tree.find(".//td") is not None else Counter[HtmlElement]()
    cells = [cell for cell in tree.iter("td") if held[tree] and held[cell] >= _CELL_SHARE * held[tree]]
    if not cells:
        return tree
    cell = cells[-1]
    cell.tag = "article"
    page = html.document_fromstring("<html><body></body></html>")
    page.find("body").append(cell)
    return page


def _is_insert(element: HtmlElement) -> bool:
    if element.tag in _NEVER_BODY or element.get("hidden") is not None:
        return True
    stated = " ".join(
        element.get(name) or ""
        for name in ("class", "id", "role", "data-component", "data-gu-name", "data-spacefinder-role")
    )
    if stated.strip() and element.tag != "article" and _INSERT_CLASS.search(_spaced(stated)):
        return True
    return element.tag in ("p", "div", "li", "h2", "h3", "h4", "h5", "section", "em", "strong") and _reads_as_insert(
        element
    )


def _spaced(stated: str) -> str:
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stated)[:600])


def _reads_as_insert(element: HtmlElement) -> bool:
    """A short block that begins like a teaser or a call, or that is nothing but one link."""
    if (
        element.tag in ("em", "strong")
        and element.getparent() is not None
        and element.getparent().tag not in ("div", "section", "td")
    ):
        return False
    if len(element) > 12:
        return False
    text = visible(element, _LONGEST_INSERT)
    if not text or len(text) > _LONGEST_INSERT:
        return False
    links = [line(link.text_content()) for link in element.iter("a")]
    is_teaser = element.tag == "p" and len(links) == 1 and len(links[0]) > 15 and len(text) - len(links[0]) < 5
    return bool(_LEAD.search(text)) or is_teaser


def _long_paragraphs(tree: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """The innermost paragraphs, list items and quotations that are long enough to be prose."""
    for element in tree.iter("p", "li", "blockquote"):
        if element.tag != "p" and element.find(".//p") is not None:
            continue
        text = line(element.text_content())
        if len(text) > _SHORTEST_PROSE:
            yield element, text


def _long_texts(tree: HtmlElement) -> list[str]:
    return [text for _, text in _long_paragraphs(tree)]


def _blocks(document: Document | dict[str, object] | None) -> list[str]:
    if not isinstance(document, Document) or document.body is None:
        return []
    found = (normalize(part) for text in _block_texts(document.body) for part in re.split(r"\n\s*\n+", text))
    return [" ".join(text.split()) for text in found if text.strip()]


def _block_texts(element: HtmlElement) -> Iterator[str]:
    """The texts of the blocks in trafilatura's tree. A table's row is one block, its cells divided by a space."""
    for child in element:
        if child.tag in ("list", "table", "div", "body", "main") or (child.tag == "quote" and child.xpath("./p")):
            yield from _block_texts(child)
        elif child.tag == "row":
            yield " ".join("".join(cell.itertext()) for cell in child)
        else:
            for lb in child.iter("lb"):
                lb.text = "\n\n"
            yield "".join(child.itertext())
        if child.tail and child.tail.strip():
            yield child.tail


def _without_notes(blocks: list[str], authors: tuple[str, ...], title: str) -> tuple[list[str], list[str]]:
    """The blocks without what is about the article and not of it: title, teasers, biographies, notes on its origin."""
    kept: list[str] = []
    notes: list[str] = []
    last = len(blocks) - 1
    for number, block in enumerate(blocks):
        is_edge = number <= 1 or number >= last - 5
        if _ORIGIN.search(block) and len(block) <= _LONGEST_NOTE // 2 and is_edge:
            notes.append(f"republished: {block[:200]}")
        elif (number <= 1 and folded(block) in (folded(title), *map(folded, authors))) or (
            len(block) <= _LONGEST_INSERT and _LEAD.search(block)
        ):
            continue
        elif is_edge and len(block) <= _LONGEST_NOTE and (_NOTE.search(block) or _is_biography(block, authors)):
            notes.append(f"left out, about the author or the text: {block[:120]}")
            # What comes after a closing note is the site's again.
            if number > 1 and _word_count(blocks[number + 1 :]) <= _TAIL_SHARE * _word_count(blocks):
                break
        else:
            kept.append(block)
    return kept, notes


def _is_biography(block: str, authors: tuple[str, ...]) -> bool:
    """Whether a block begins with an author's name and goes on to say who that is."""
    start = next((len(name) for name in authors if block.lstrip("*_—– ").startswith(name)), 0)
    return bool(start) and bool(_BIO.match(block.lstrip("*_—– ")[start:]))


def _word_count(texts: list[str]) -> int:
    return sum(len(words(text)) for text in texts)
