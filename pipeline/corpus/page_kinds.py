"""Page kinds: the outlet of a page, what kind of text it holds, and whether a paywall guards it, with the evidence."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from pipeline.corpus.page_markup import Markup, line, types, visible

_BY_TYPE: Final = {
    "OpinionNewsArticle": "opinion", "AnalysisNewsArticle": "analysis", "ReportageNewsArticle": "news",
    "LiveBlogPosting": "news",
    "BackgroundNewsArticle": "analysis", "Interview": "interview", "ReviewNewsArticle": "opinion",
}  # fmt: skip
# The more telling first: "commentary/editorials" is an editorial.
_WORDS: Final = (
    ("editorial",
        r"editorials?|leaders?|edit|our[- ]view|the[- ]post's[- ]view|editorial[- ]board|редакционная|передовица|"
        r"editoriaux|leitartikel"
    ),
    ("interview", r"interviews?|q(?: ?& ?|-?and-?)a|conversation with|интервью|інтерв'ю|entretiens?"),
    ("transcript", r"(?:full[- ])?transcripts?|стенограмма|стенограммы"),
    ("opinion",
        r"opinions?|op-?eds?|comment|commentary|commentaries|commentaires|comment[- ]?is[- ]?free|columns?|"
        r"columnists?|perspectives?|viewpoints?|"

                r"views?|voices|ideas|expert[- ]comment(?:ary)?|blogs?-opinion|guest[- ]essays?|letters?|мнения|"
                r"мнение|колонки|колонка|"
                r"авторские колонки|думка|думки|погляди|tribunes?|meinung|kommentare?|opini[oó]n"),
    ("analysis",
        r"analys[ei]s|analytics|analytical|analytics[- ]and[- ]comments|in[- ]depth|insights?|explainers?|"
        r"long[- ]?reads?|research|briefs?|"

                 r"policy[- ]briefs?|аналитика|аналіз|аналітика|анализ|analyses|analyse"),
    ("news", r"news|breaking(?:[- ]news)?|live|live-?blogs?|latest[- ]news|новости|новини|actualit[eé]s|nachrichten"),
)  # fmt: skip
_PATTERNS: Final = tuple((label, re.compile(words, re.IGNORECASE)) for label, words in _WORDS)
_TITLE_LEAD: Final = re.compile(
    r"^\W*((?:[\w' -]{0,20}\b)?(?:editorial|opinion|op-ed|comment|analysis|interview|transcript|opinion))\b\s*[|:–—]",
    re.IGNORECASE,
)
_TITLE_END: Final = re.compile(
    r"[|:–—]\s*(?:[\w']+ ){0,3}(editorial|opinion|interview|transcript|analysis)\s*(?:[|–—-].*)?$",
    re.IGNORECASE,
)
_SECTION_META: Final = (
    "article:section",
    "og:article:section",
    "og:section",
    "parsely-section",
    "section",
    "cxenseparse:section",
    "dc.type",
    "article:type",
)
_OUTLET_META: Final = (
    "og:site_name",
    "dc.publisher",
    "citation_publisher",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
)
_GATE: Final = re.compile(
    r"subscribe (?:now )?to (?:continue|keep|read|unlock)|(?:sign|log) ?in to (?:continue|keep) reading|(?:register|"
    r"create (?:a free|an) account)[^.]{0,30} to (?:continue|keep|read)|"
    r"to (?:continue|keep) reading|continue reading (?:with|by|for)|this (?:post|article|content|"
    r"story) is (?:only )?(?:for|available to|reserved for|exclusive to) "
    r"(?:paid |paying |our )?(?:subscribers|members)|(?:content|article|post|story|reading) for (?:subscribers?|"
    r"members?)[- ]only|^\W*(?:subscribers?|members?)[- ]only\W*$|already (?:a|have a)n? (?:subscriber|member|"
    r"subscription)|"
    r"you(?:'ve| have) (?:reached|read|used)[^.]{0,40}(?:limit|free articles?|last)|to read the (?:full|whole|rest)|"
    r"unlock (?:this|the full)|"
    r"чтобы (?:прочитать|читать) (?:полностью|дальше)|только для подписчиков|доступно (?:только )?(?:по подписке|"
    r"подписчикам)",
    re.IGNORECASE,
)
_LONGEST_GATE: Final = 600
_LONGEST_OUTLET: Final = 80


def outlet(markup: Markup, url: str) -> str:
    """The publication as the page names it: og:site_name, JSON-LD's publisher, other names of the site, or the end of
    the page title where the host says the same ("… -- West Lake Post" on westlakepost.example); else empty."""
    publishers = [
        item.get("name") if isinstance(item, dict) else item
        for item in markup.resolved(markup.article.get("publisher"))
    ]
    sites = [node.get("name") for node in markup.nodes if {"WebSite", "NewsMediaOrganization"} & set(types(node))]
    microdata = markup.tree.xpath("//*[@itemprop='publisher']//*[@itemprop='name']")
    in_microdata = [line(item.get("content") or "") or visible(item) for item in microdata[:3]]
    candidates = [
        *markup.contents("og:site_name"),
        *publishers,
        *in_microdata,
        *markup.contents(*_OUTLET_META[1:]),
        *sites,
    ]
    ending = re.split(r"\s+(?:[|–—-]|--)\s+", line(markup.tree.findtext(".//title") or ""))[-1]
    if len(_squeezed(ending)) > 3 and _squeezed(ending) in _squeezed(urlsplit(url).hostname or ""):
        candidates.append(ending)
    return next(
        (name for name in map(line, candidates) if name and len(name) <= _LONGEST_OUTLET and "://" not in name), ""
    )


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def section(markup: Markup, url: str, title: str) -> tuple[str, str]:
    """The kind of text, one of pipeline.tables.corpus.SECTIONS, and the evidence for it; ("unknown", "") without any.

    The first place with evidence decides: JSON-LD's type, the title, the section that the page states, its address, its
    breadcrumbs, a label above the title. "News" is what remains: any other evidence outweighs it.
    """
    found = [(label, evidence) for label, evidence in _evidence(markup, url, title) if label]
    return next((pair for pair in found if pair[0] != "news"), found[0] if found else ("unknown", ""))


def _evidence(markup: Markup, url: str, title: str) -> list[tuple[str, str]]:
    evidence = [(_BY_TYPE.get(kind, ""), f"JSON-LD type {kind}") for kind in types(markup.article)]
    page_title = line(markup.tree.findtext(".//title") or "")
    for text in (title, page_title):
        stated = _TITLE_LEAD.search(text) or _TITLE_END.search(text)
        evidence.append((_label(stated.group(1)) if stated else "", f"title {text[:80]!r}"))
    for value in [
        *_strings(markup.article.get("articleSection")),
        *_strings(markup.article.get("genre")),
        *markup.contents(*_SECTION_META),
    ]:
        evidence.append((_label(value), f"section {value[:80]!r}"))
    segments = [segment for segment in urlsplit(url).path.lower().split("/") if segment]
    labels = [label for segment in segments[:-1] if (label := _label(segment))]
    order = [label for label, _ in _PATTERNS]
    evidence.append((min(labels, key=order.index, default=""), f"address /{'/'.join(segments[:-1])[:80]}/"))
    crumbs = markup.tree.xpath("//*[contains(@class, 'bread') or contains(@aria-label, 'readcrumb')]//a")
    labelled = markup.tree.xpath(
        "//*[contains(@class, 'overline') or contains(@class, 'kicker') or contains(@class, 'eyebrow')"
        " or contains(@class, 'article-tag')]"
    )
    tags = [
        *(visible(item) for item in [*crumbs[:6], *labelled[:3]]),
        *_crumbs(markup),
        *markup.contents("article:tag")[:5],
    ]
    return evidence + [(_label(tag), f"label {tag[:80]!r}") for tag in tags if len(tag) < 60]


def _crumbs(markup: Markup) -> list[str]:
    lists = [node for node in markup.nodes if "BreadcrumbList" in types(node)]
    items = [item for node in lists for item in markup.resolved(node.get("itemListElement")) if isinstance(item, dict)]
    inner = [item.get("item") for item in items]
    return [line(item.get("name")) for item in [*items, *(part for part in inner if isinstance(part, dict))]]


def _strings(value: Any) -> list[str]:
    return [line(item) for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _label(text: str) -> str:
    """The kind that a section name, path segment or breadcrumb stands for; empty for none."""
    parts = [part.strip() for part in re.split(r"[|>»/,]|\s[-–]\s", text.strip())]
    parts += [word for part in parts for word in re.split(r"\s+(?:and|&|и)\s+", part)]
    return next((label for label, words in _PATTERNS if any(words.fullmatch(part) for part in parts)), "")


def is_paywalled(markup: Markup) -> bool:
    """Whether the page says that its text is not free: isAccessibleForFree, a locked content tier, or a gate."""
    free = [node.get("isAccessibleForFree") for node in (markup.article, markup.page)]
    locked = {value.lower() for value in markup.contents("article:content_tier")} & {"locked"}
    return any(str(value).lower() in ("false", "no", "0") for value in free) or bool(locked) or bool(gate(markup))


def gate(markup: Markup) -> str:
    """The words of a gate that stands in the page's text and asks for a subscription; empty where none does."""
    for element in markup.tree.xpath("//p | //div | //section | //h2 | //h3 | //h4 | //span")[:4_000]:
        label = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        is_gate = any(word in label for word in ("paywall", "regwall", "meter", "gate", "barrier", "locked"))
        if element.tag not in ("p", "h2", "h3", "h4") and not is_gate:
            continue
        text = visible(element, _LONGEST_GATE)
        if text and len(text) <= _LONGEST_GATE and (found := _GATE.search(text)):
            return found.group()
    return ""
