"""Page refusals: what stands where an article should be: walls, shells, captchas, lists, and errors sent as 200."""

import re
from typing import Final

from pipeline.corpus.article import Rejected
from pipeline.corpus.page_markup import Markup, line, visible

# Fewer words of body than this and a page that says it is a wall is believed.
FEWEST_WORDS: Final = 120
_CAPTCHA: Final = re.compile(
    r"just a moment\.\.\.|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|"
    r"attention required! \| cloudflare|"
    r"unusual traffic from your (?:computer )?network|complete the (?:security check|captcha)|press (?:&|and) hold|"
    r"ddos.guard|"
    r"access (?:to this page has been )?denied|pardon our interruption|request unsuccessful\. incapsula|"
    r"подтвердите, что (?:вы не робот|запросы)",
    re.IGNORECASE,
)
_NO_SCRIPT: Final = re.compile(
    r"(?:enable|turn on|requires?|need|without) java\s?script|java\s?script (?:is|to be|must be) (?:disabled|enabled|"
    r"required|not available)|"
    r"включите javascript|you need to enable javascript to run this app",
    re.IGNORECASE,
)
_COOKIES: Final = re.compile(
    r"before you continue to|(?:accept|agree to|consent to|manage)[^.]{0,40}\bcookies|we (?:and our partners )?(?:use|"
    r"store)[^.]{0,60}\bcookies|"
    r"your privacy choices|cookie (?:consent|settings|policy)",
    re.IGNORECASE,
)
_MISSING: Final = re.compile(
    r"(?:^|\W)(?:404|410)(?:\W|$)|page (?:(?:you (?:requested|are looking for) )?(?:was |is |has |could |can)?(?:not|"
    r"n't|been moved|no longer)|not found)|"
    r"(?:could ?n[o']t|can ?not|unable to) (?:find|be found)|not found|no longer (?:available|exists)|"
    r"страница не (?:найдена|существует)|"
    r"сторінку не знайдено|page introuvable|seite nicht gefunden",
    re.IGNORECASE,
)
_OUT_OF_ORDER: Final = re.compile(
    r"(?:service|temporarily|site) unavailable|internal server error|bad gateway|under maintenance|"
    r"error establishing a database",
    re.IGNORECASE,
)
_SIGN_IN: Final = re.compile(r"^(?:log ?in|sign ?in|войти|register)\b", re.IGNORECASE)
_LONGEST_HEADING: Final = 200
_SHORTEST_HEADLINE: Final = 15
_FEWEST_LINKS: Final = 30
_LINKED_SHARE: Final = 0.7


def refuse_walls(markup: Markup, body_words: int) -> None:
    """Refuse a page with fewer than FEWEST_WORDS of body words that says it is something else than an article.

    Raises:
        Rejected: with what the page is and what to do about it.
    """
    if body_words >= FEWEST_WORDS:
        return
    title = line(markup.tree.findtext(".//title") or "")
    headings = " ".join(visible(element)[:_LONGEST_HEADING] for element in markup.tree.xpath("//h1 | //h2[1]")[:3])
    body = markup.tree.find("body")
    text = visible(body, 3_000)[:3_000] if body is not None else ""
    without_script = " ".join(line(element.text_content()) for element in markup.tree.iter("noscript"))[:2_000]
    shown = f'"{title or headings or text}"'[:120]
    if _CAPTCHA.search(f"{title} {headings} {text}"):
        raise Rejected(
            f"the site asks whether a human is reading ({shown}); open it in a browser and save the page into the inbox"
        )
    if _MISSING.search(f"{title} {headings}"[: _LONGEST_HEADING * 2]):
        raise Rejected(
            f"the site says that the page does not exist ({shown}), though its answer says that it does; correct it"
        )
    if _OUT_OF_ORDER.search(f"{title} {headings}"):
        raise Rejected(f"the site says that it is out of order ({shown}); it is tried again in the next round")
    if body_words < FEWEST_WORDS // 3:
        _refuse_shells(markup, f"{title} {text}", without_script, shown)


def refuse_lists(markup: Markup, body_words: int) -> None:
    """Refuse a page whose text is mostly its links: a front page, a section, search results.

    Raises:
        Rejected: it is one.
    """
    links = [visible(link, 300) for link in markup.tree.iter("a")]
    linked = sum(len(text.split()) for text in links if len(text) > _SHORTEST_HEADLINE)
    prose = [visible(paragraph, 1_000) for paragraph in markup.tree.iter("p") if paragraph.find(".//a") is None]
    if len(links) > _FEWEST_LINKS and linked > _LINKED_SHARE * body_words and sum(len(text) for text in prose) < 2_000:
        raise Rejected(f"is a list of {len(links)} links and no article; give the addresses of its articles")


def _refuse_shells(markup: Markup, text: str, without_script: str, shown: str) -> None:
    if _NO_SCRIPT.search(f"{text} {without_script}") or (
        len(text.split()) < 60 and markup.tree.xpath("count(//script) > 2")
    ):
        raise Rejected(
            f"the page is empty without JavaScript ({shown}); open it in a browser and save the page into the inbox"
        )
    if _COOKIES.search(text):
        raise Rejected(
            f"the site shows its cookie notice in place of the article ({shown}); save the page into the inbox"
        )
    if _SIGN_IN.search(shown.strip('"')):
        raise Rejected(f"the site asks to log in ({shown}); save the page into the inbox")
