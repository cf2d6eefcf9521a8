"""Markup: pages built from templates of outlets' page structures and sentences of our own, with what a reader should find.

A template under pages/ opens with a comment in TOML that says what is to be found; the filter `body` in it marks the
sentences that are the article's, and everything else on the page is not. A standfirst, marked by the filter `deck`, counts
neither way: outlets disagree on whether it belongs to the text.
"""
# ruff: noqa: E501 - lines of markup and of cases are kept whole

import random
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment

from pipeline.corpus import pages
from pipeline.corpus.feeds import Entry

PAGES: Final = Path(__file__).with_name("pages")
URL: Final = "https://example.org/world/the-map-on-the-table"
MONTHS_RU: Final = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()

_OPENERS: Final = (
    "For three weeks", "By any fair reading", "In the corridors of the ministry", "Since the winter", "On paper",
    "As every envoy privately admits", "To be blunt", "At the level of strategy", "Behind the communiqué",
    "In the longer run", "After the second meeting", "However the next round ends", "Seen from the river line",
    "Without much ceremony", "In truth", "Among the smaller delegations",
)  # fmt: skip
_SUBJECTS: Final = (
    "the negotiators have treated the ceasefire", "Washington has described its own deadline", "the Kremlin has handled the map",
    "Kyiv has regarded the guarantee", "European capitals have spoken of the tribunal", "the mediators have drafted the corridor clause",
    "both armies have measured the buffer zone", "the finance ministers have weighed the frozen reserves",
    "the generals have judged the winter front", "the delegations have read the prisoner lists", "commentators have painted the summit",
    "the guarantor states have approached the monitoring mission", "the opposition has portrayed the referendum",
    "the drafters have left the status of the port", "allied parliaments have debated the arms package",
    "the two presidents have used the telephone",
)  # fmt: skip
_ENDINGS: Final = (
    "as a lever rather than an end in itself", "as though time were on nobody's side", "with more care than the headlines suggest",
    "as the one thing that cannot be bought back", "with an eye on the spring and little else",
    "as a promise whose price is still unknown", "in terms that would have seemed absurd a year ago",
    "with a patience that looks very much like delay", "as if the last agreement had never failed",
    "like merchants who know that the shop is burning", "with fewer illusions than their speeches admit",
    "as a test of nerve, not of law", "in a language that leaves every door ajar", "as the beginning of a much longer argument",
    "with the caution of people who have been deceived before", "as a ledger in which only losses are entered",
)  # fmt: skip
_RU: Final = (
    ("После второй встречи", "На бумаге", "В кулуарах министерства", "По любым меркам", "С начала зимы", "Строго говоря"),
    ("переговорщики рассматривали перемирие", "посредники обсуждали гарантии", "обе столицы описывали линию фронта",
     "европейские союзники оценивали санкции", "генералы понимали зимнюю кампанию", "делегации читали списки пленных"),
    ("как рычаг, а не как цель", "с осторожностью людей, которых уже обманывали", "как начало долгого спора",
     "без иллюзий, которые слышны в речах", "как проверку нервов, а не права", "с терпением, похожим на промедление"),
)  # fmt: skip
_NAMES: Final = (
    "Marta Ellingsen", "Tomas O'Rourke", "Jean-Luc Baptiste", "Ludwig van der Meer", "Anne-Marie Slotover", "Iryna Kovalchuk",
    "José Ángel Prieto", "Samuel R. Whitcombe", "Dmitri Solovyov", "Wen Li", "Priya Raghunathan", "Olena Hrytsenko",
)  # fmt: skip
_NAMES_RU: Final = ("Марина Елисеева", "Пётр Соловьёв", "Анна Кравченко")
_TITLES: Final = (
    "The Price of a Quiet Front", "What the Envoys Left Out", "A Deadline Is Not a Strategy", "The Map on the Table",
    "Why the Guarantee Comes First", "Bargaining While the Shop Burns", "The Long Argument Begins", "Two Presidents and a Telephone",
)  # fmt: skip
_TITLES_RU: Final = ("Цена тихого фронта", "О чём умолчали посланники", "Карта на столе", "Долгий спор начинается")


@dataclass(frozen=True)
class Built:
    """One built page and what is to be found on it."""

    family: str
    body: bytes
    url: str
    content_type: str
    paragraphs: tuple[str, ...]
    decks: tuple[str, ...]
    title: str
    authors: tuple[str, ...]
    published_date: str
    modified_date: str
    expected: dict[str, Any]


def page(inner: str = "", head: str = "", paragraphs: Sequence[str] | None = None) -> str:
    """A plain page with these paragraphs, with something before them and in its head."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in (PARAGRAPHS if paragraphs is None else paragraphs))
    title = "The Map on the Table"
    start = f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{head}</head>"
    return f"{start}<body><article><h1>{title}</h1>{inner}{text}</article></body></html>"


def read(
    html: str | bytes, url: str = URL, content_type: str = "text/html", feed_entry: Entry | None = None
) -> pages.PageArticle:
    """The page as pipeline.corpus.pages reads it."""
    body = html.encode() if isinstance(html, str) else html
    return pages.read(body, url=url, content_type=content_type, feed_entry=feed_entry)


def json_ld(text: str) -> str:
    """The script element that carries structured data."""
    return f'<script type="application/ld+json">{text}</script>'


def families(folder: str) -> list[str]:
    """Names of the templates in a folder under pages/."""
    return sorted(path.stem for path in (PAGES / folder).glob("*.html"))


def prose(count: int, seed: int, language: str = "en") -> list[str]:
    """Paragraphs of two to four sentences of our own."""
    chance = random.Random(seed)
    openers, subjects, endings = _RU if language == "ru" else (_OPENERS, _SUBJECTS, _ENDINGS)
    return [
        " ".join(
            f"{chance.choice(openers)}, {chance.choice(subjects)} {chance.choice(endings)}."
            for _ in range(chance.randint(2, 4))
        )
        for _ in range(count)
    ]


PARAGRAPHS: Final = tuple(prose(9, 5))


def build(folder: str, family: str, seed: int) -> Built:
    """The page that a template makes with this seed's text, names and dates."""
    source = (PAGES / folder / f"{family}.html").read_text(encoding="utf-8")
    head = re.match(r"\{#(.*?)#\}\s*", source, re.DOTALL)
    assert head, f"{family} lacks its opening comment"
    expected = tomllib.loads(head.group(1))
    is_russian = expected.get("language") == "ru"
    chance = random.Random(f"{family}{seed}")
    authors = chance.sample(_NAMES_RU if is_russian else _NAMES, expected.get("authors", 1))
    titles = chance.sample(_TITLES_RU if is_russian else _TITLES, 4)
    published = datetime(2025, 2, 3, 9, 41, tzinfo=UTC) + timedelta(
        days=chance.randrange(280), minutes=chance.randrange(600)
    )
    truth: list[str] = []
    decks: list[str] = []

    def mark(text: str) -> str:
        truth.append(text)
        return text

    def mark_deck(text: str) -> str:
        decks.append(text)
        return text

    environment = Environment()
    environment.filters |= {
        "body": mark,
        "deck": mark_deck,
        "linked": _linked,
        "plain": lambda words: words.replace("'", "’"),
    }
    environment.filters["ru_date"] = lambda day: f"{day.day} {MONTHS_RU[day.month - 1]} {day.year}"
    url = expected["url"].format(
        day=published, slug=re.sub(r"[^a-z]+", "-", titles[0].lower()).strip("-") or "tsena", seed=seed
    )
    html = environment.from_string(source[head.end() :]).render(
        p=prose(14, seed * 100 + len(family), expected.get("language", "en")),
        other=prose(10, seed * 100 + 57, expected.get("language", "en")),
        a=authors, title=titles[0], teasers=titles[1:], published=published, modified=published + timedelta(days=12, hours=3),
        url=url, outlet=expected["outlet"], accessed=datetime(2026, 6, 1, 12, tzinfo=UTC),
    )  # fmt: skip
    return Built(
        family, html.encode(expected.get("encoding", "utf-8"), "xmlcharrefreplace"), url, expected.get("content_type", "text/html"),
        tuple(truth), tuple(decks), titles[0], tuple(authors), f"{published:%Y-%m-%d}",
        f"{published + timedelta(days=12, hours=3):%Y-%m-%d}" if expected.get("modified") else "", expected,
    )  # fmt: skip


def _linked(text: str) -> str:
    """The text with some of its words inside links and emphasis, as in real articles."""
    words = text.split()
    return " ".join(
        [
            *words[:4],
            '<a href="https://example.org/source">' + " ".join(words[4:7]) + "</a>",
            *words[7:9],
            f"<em>{words[9]}</em>",
            *words[10:],
        ]
    )
