"""Page markup: a web page's tree, meta elements and JSON-LD, read once for all that look for something in them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from lxml import etree, html

from pipeline.corpus.article import Rejected
from pipeline.text import normalize

MOST_ELEMENTS: Final = 100_000
_MOST_NODES: Final = 500
_DEEPEST_NODE: Final = 8
_ARTICLE_TYPE: Final = re.compile(
    r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|Interview|AnalysisNewsArticle|Review|Column|Blog)"
)
_PAGE_TYPE: Final = re.compile(r"(?:\w*WebPage|ItemPage)")
# Parts of a JSON-LD node that may hold the article itself; lists of other articles may not.
_HOLDERS: Final = ("@graph", "mainEntity", "mainEntityOfPage")

# Characters that no XML text may hold, plain or as references: lxml parses them and later refuses to copy them.
_NO_TEXT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])"
    "|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]|d[89a-f][0-9a-f]{2}))(?![0-9a-f]);?",
    re.IGNORECASE,
)

Node = dict[str, Any]


@dataclass(frozen=True)
class Markup:
    """A parsed page. `meta` maps a lower-case name or property to its contents in order; `nodes` are JSON-LD nodes."""

    tree: html.HtmlElement
    meta: dict[str, list[str]]
    nodes: tuple[Node, ...] = field(default=())

    @property
    def article(self) -> Node:
        """The JSON-LD node of the article that the page is; empty where there is none."""
        found = [node for node in self.nodes if any(_ARTICLE_TYPE.fullmatch(kind) for kind in types(node))]
        return max(
            found, key=lambda node: ("headline" in node) + ("author" in node) + ("datePublished" in node), default={}
        )

    @property
    def page(self) -> Node:
        """The JSON-LD node of the web page around the article; empty where there is none."""
        return next((node for node in self.nodes if any(_PAGE_TYPE.fullmatch(kind) for kind in types(node))), {})

    def contents(self, *names: str) -> list[str]:
        """The contents of the meta elements of these names, in the order of the names."""
        return [content for name in names for content in self.meta.get(name, [])]

    def resolved(self, value: Any) -> list[Any]:
        """A JSON-LD value as a list, with references by @id replaced by the nodes that they name."""
        values = value if isinstance(value, list) else [value]
        by_id = {node["@id"]: node for node in self.nodes if isinstance(node.get("@id"), str)}
        return [
            by_id.get(item["@id"], item)
            if isinstance(item, dict) and isinstance(item.get("@id"), str) and "name" not in item
            else item
            for item in values[:50]
        ]


def parse(text: str) -> Markup:
    """A page's markup from its text.

    Raises:
        Rejected: it has no element, or more than MOST_ELEMENTS.
    """
    # Handed over as bytes: lxml refuses text that declares a charset. Only the parser's own charset counts now.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(_NO_TEXT.sub(" ", text).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Rejected("holds no web page that can be parsed; open it in a browser to see what it is") from error
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise Rejected(f"has more than {MOST_ELEMENTS:,} elements, and was not read; save its text into the inbox")
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = line(element.get("content") or "")
        for attribute in ("name", "property", "itemprop"):
            if content and element.get(attribute):
                meta.setdefault(element.get(attribute, "").strip().lower(), []).append(content)
    return Markup(tree, meta, tuple(_nodes(tree)))


def line(value: object) -> str:
    """Text on one line, normalised, with character references resolved; empty for what is no text."""
    return " ".join(normalize(unescape(value)).split()) if isinstance(value, str) else ""


def visible(element: html.HtmlElement, most: int = 100_000) -> str:
    """The element's text on one line, without scripts and styles; of a longer text more than `most` characters of it.

    The walk ends early, so that asking many nested elements whether they hold a short text stays cheap.
    """
    parts: list[str] = []
    length = 0
    walk = etree.iterwalk(element, events=("start", "end"))
    for steps, (event, node) in enumerate(walk):
        part = node.text if event == "start" else (node.tail if node is not element else None)
        if event == "start" and node.tag in ("script", "style", "noscript", "template"):
            walk.skip_subtree()
            part = None
        if part:
            parts.append(part)
            length += len(part.strip())
        if length > most or steps > 20 * most:
            break
    return line(" ".join(parts))


def types(node: Node) -> list[str]:
    """The types of a JSON-LD node, without their namespace."""
    value = node.get("@type")
    kinds = value if isinstance(value, list) else [value]
    return [kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in kinds if isinstance(kind, str)]


def _nodes(tree: html.HtmlElement) -> Iterator[Node]:
    count = 0
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        for node in _flat(_json(script.text or ""), _DEEPEST_NODE):
            count += 1
            if count > _MOST_NODES:
                return
            yield node


def _json(text: str) -> Any:
    """JSON as sites write it: in comments or CDATA, with raw line ends and commas before a closing bracket."""
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>)?\s*;?\s*$", "", text)
    for attempt in (text, re.sub(r",\s*(?=[}\]])", "", text), unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _flat(value: Any, depth: int) -> Iterator[Node]:
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value[:_MOST_NODES]:
            yield from _flat(item, depth - 1)
    elif isinstance(value, dict):
        yield value
        for holder in _HOLDERS:
            if isinstance(value.get(holder), (dict, list)):
                yield from _flat(value[holder], depth - 1)
