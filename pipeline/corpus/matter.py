"""Front and back matter: title, byline, author line and links are taken off an article's blocks and read.

Only the first and the last few blocks may be taken off, and only by rules under which no sentence of argument falls.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pipeline.corpus import metadata
from pipeline.corpus.article import Article
from pipeline.corpus.plain import HEADLINE_WORDS, Block, paragraphs, tidy

FRONT_BLOCKS: Final = 5
BACK_BLOCKS: Final = 6
MATTER_LINES: Final = 12
BIOGRAPHY_WORDS: Final = 120

Lines = list[tuple[str, str]]  # a line and its block's kind; an empty line stands between two blocks

_FURNITURE: Final = re.compile(
    r"read more(?:(?:\s*:|\s+(?:from|about|on|at|of|in|by|here|like)\b) ?(?:[^.!?]|[.](?=\S)){0,120})?[.:…»→> ]*|"
    r"continue reading(?: (?:at|on|here)\b(?:[^.!?]|[.](?=\S)){0,80})?[.:…»→> ]*|"
    r"share(?: this)?(?: (?:article|essay|post|story|page|piece))?"
    r"(?: (?:on|via|with (?:a )?friends?)\b[^.!?]{0,60})?[.:!]?|"
    r"(?:subscribe|sign up)(?: (?:now|today|here|free|for free))?(?: (?:to|for)\b[^.!?]{0,60}"
    r"\b(?:newsletters?|updates?|channel|podcast|feed|e-?mails?|mailing list)(?: (?:now|today|here))?)?[.:!]?|"
    r"(?:this (?:article|essay|piece|column) )?(?:was )?(?:first|originally) (?:appeared|published) (?:in|on|at|by)"
    r" (?:[^.!?]|[.](?=\S)){2,100}\.?",
    re.IGNORECASE,
)
_BIOGRAPHY: Final = re.compile(r"about the authors?:?", re.IGNORECASE)


def article(blocks: Iterable[Block], title: str = "") -> Article:
    """The article of the blocks: body paragraphs, with the title, the analysts and the date found around them.

    `title` is the title where it is known already: a first line that repeats it is not body text.
    """
    tidied = [Block(tidy(block.text).strip("\n"), block.kind) for block in blocks]
    found, body = _without_front([block for block in tidied if block.text], title)
    closing, body = _without_back(body)
    return replace(found.filled_from(closing), text="\n\n".join(paragraphs(body)))


def without_title(text: str, title: str) -> str:
    """The text without a first paragraph that only repeats the title, where more follows it."""
    first, *rest = text.split("\n\n", 1)
    return rest[0] if rest and _repeats(first, title) else text


def _without_front(blocks: list[Block], title: str) -> tuple[Article, list[Block]]:
    lines = _lines(blocks[:FRONT_BLOCKS])
    found, taken = Article(""), 0
    for position, (line, kind) in enumerate(lines[: 2 * MATTER_LINES]):
        following = next((later for later, _ in lines[position + 1 : position + 3] if later), "")
        by = metadata.byline(line) if kind != "item" else None
        if by:
            found = found.filled_from(by)
        elif not found.title and (kind == "title" or _repeats(line, title) or _is_headline(line, kind, following)):
            found = replace(found, title=line)
        elif line and not _FURNITURE.fullmatch(line):
            break
        taken = position + 1
    rest = _blocks(lines[taken:])
    return _without_late_byline(found, rest, blocks[FRONT_BLOCKS:])


def _without_late_byline(found: Article, front: list[Block], rest: list[Block]) -> tuple[Article, list[Block]]:
    """Take off a byline that stands below a standfirst, which is text and stays."""
    for position, block in enumerate(front):
        by = [metadata.byline(line) for line in block.text.split("\n")[:MATTER_LINES]]
        if block.kind == "paragraph" and all(by) and any(line.analysts for line in by if line):
            for line in filter(None, by):
                found = found.filled_from(line)
            return found, [*front[:position], *front[position + 1 :], *rest]
    return found, front + rest


def _without_back(blocks: list[Block]) -> tuple[Article, list[Block]]:
    early, late = blocks[:-BACK_BLOCKS], blocks[-BACK_BLOCKS:]
    for position, block in enumerate(late):
        words = sum(len(later.text.split()) for later in late[position + 1 :])
        if _BIOGRAPHY.fullmatch(block.text) and words <= BIOGRAPHY_WORDS:
            late = late[:position]
            break
    lines, found, least = _lines(late), Article(""), 0
    least = max(len(lines) - 2 * MATTER_LINES, 0)
    while len(lines) > least:
        line, kind = lines[-1]
        by = metadata.byline(line) if kind != "item" else None
        if line and not by and not _FURNITURE.fullmatch(line):
            break
        found = found.filled_from(by) if by else found
        lines.pop()
    return found, early + _blocks(lines)


def _lines(blocks: list[Block]) -> Lines:
    return [(line, block.kind) for block in blocks for line in [*block.text.split("\n"), ""]]


def _blocks(lines: Lines) -> list[Block]:
    blocks: list[Block] = []
    gathered: list[str] = []
    for line, kind in [*lines, ("", "paragraph")]:
        if line:
            gathered.append(line)
        elif gathered:
            blocks.append(Block("\n".join(gathered), kind))
            gathered = []
    return blocks


def _is_headline(line: str, kind: str, following: str) -> bool:
    """Whether an unmarked line is the title: short, not a sentence, and the byline comes next."""
    is_short = 0 < len(line.split()) <= HEADLINE_WORDS and not re.search(r"[.,;:]$", line)
    return is_short and kind != "item" and metadata.byline(following) is not None


def _repeats(line: str, title: str) -> bool:
    return bool(title) and re.sub(r"[\W_]+", "", line.casefold()) == re.sub(r"[\W_]+", "", title.casefold()) != ""
