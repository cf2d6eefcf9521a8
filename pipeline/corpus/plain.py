"""Plain prose: blocks out of light markup, Markdown and printed pages, and whole paragraphs out of blocks.

What stands around a body (titles, bylines, links) is `matter`'s business, not this module's.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.text import normalize

# No one wraps lines wider than this: a block with a longer line has one paragraph on each line.
WRAPPED_LINE_CHARACTERS: Final = 160
RUNNING_LINE_PAGES: Final = 3
HEADLINE_WORDS: Final = 25

_LINE_ENDS: Final = str.maketrans({"\x85": "\n", "\u2028": "\n", "\u2029": "\n\n", "\x0b": "\n", "\x0c": "\n\n"})
_SOFT_BREAK: Final = re.compile("\u00ad[ \t]*\r?\n[ \t]*")
_SENTENCE_END: Final = re.compile(r"[.!?…:][\"'”’»)\]*_]{0,5}$")
_HYPHEN_BREAK: Final = re.compile(r"([^\W\d_]{1,40})-$")
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PAGE_NUMBER: Final = re.compile(r"(?:[-–—] ?)?(?:page )?\d{1,3}(?: ?(?:of|/) ?\d{1,3})?(?: ?[-–—])?", re.IGNORECASE)
_HEADING: Final = re.compile(r"(#{1,6}) +([^\n]*?[^\n# ])[ #]*")
_UNDERLINE: Final = re.compile(r"={3,}|-{3,}")
_RULE: Final = re.compile(r"(?:[-*_=~#] ?){3,}")
_BULLET: Final = re.compile(r"[-*+•] +(?=\S)")
_NUMBERED: Final = re.compile(r"\d{1,2}[.)] +(?=\S)")
_EMPHASIS: Final = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]{1,1000}?)(?<=\S)\*(?![\w*])")
# In this order: emphasis may stand inside strong emphasis and around it. No mark may reach over another of its kind.
_MARKS: Final = (
    (re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,500})\]\([^()\n]{0,2000}\)"), r"\1"),
    (_EMPHASIS, r"\1"),
    (re.compile(r"\*\*(?=\S)([^*]{1,1000}?)(?<=\S)\*\*"), r"\1"),
    (_EMPHASIS, r"\1"),
    (re.compile(r"(?<!\w)__(?=\S)([^_]{1,1000}?)(?<=\S)__(?!\w)"), r"\1"),
    (re.compile(r"(?<!\w)_(?=[^\s_])([^_]{1,1000}?)(?<=\S)_(?!\w)"), r"\1"),
)
_HTML_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_MARKDOWN: Final = MarkdownIt("commonmark").enable("table")


class Block(NamedTuple):
    """A paragraph or its like. `text` may hold wrapped lines; `kind` is paragraph, title, heading or item."""

    text: str
    kind: str = "paragraph"


def tidy(text: str) -> str:
    """Normalised text in which every kind of line end is LF and a word parted by a soft hyphen is whole again."""
    return normalize(_SOFT_BREAK.sub("", text).translate(_LINE_ENDS))


def light_blocks(text: str) -> list[Block]:
    """Blocks of a text file: paragraphs divided by blank lines, with the light markup that people put into such files.

    Understood: `# Title` and underlined titles, list items, *emphasis*, [links](address), rules. Form feeds and page
    numbers that stand alone are dropped.
    """
    pages = [_trimmed(tidy(page).split("\n")) for page in text.split("\f")]
    if len(pages) > 1:
        pages = [_without_page_numbers(page) for page in pages]
    chunks = re.split(r"\n{2,}", "\n\n".join("\n".join(page) for page in pages if page))
    blocks: list[Block] = []
    for chunk in chunks:
        if chunk and not _PAGE_NUMBER.fullmatch(chunk) and not _RULE.fullmatch(chunk):
            blocks.extend(_light_chunk(chunk.split("\n"), is_first=not blocks))
    return [Block(_unmarked(block.text), block.kind) for block in blocks]


def markdown_blocks(text: str) -> list[Block]:
    """Blocks of a Markdown text (CommonMark); code blocks, tables and images are left out, a link's words are kept."""
    blocks: list[Block] = []
    enclosing: list[str] = []
    for token in _MARKDOWN.parse(text):
        if token.nesting == 1:
            enclosing.append(token.tag)
        elif token.nesting == -1:
            enclosing.pop()
        elif token.type == "inline" and "table" not in enclosing:
            blocks.append(Block(_inline_text(token), _markdown_kind(enclosing, is_first=not blocks)))
        elif token.type == "html_block" and not re.match(r"\s*<(?:script|style|!)", token.content, re.IGNORECASE):
            blocks.append(Block(_HTML_TAG.sub("", token.content)))
    return blocks


def page_blocks(pages: Sequence[str]) -> list[Block]:
    """Blocks of the text lines of printed pages.

    Lines that recur at the edge of three or more pages, and page numbers there, are dropped. A paragraph ends at a
    blank line, and at a line that stops clearly short of the page's width unless the next goes on in lower case.
    """
    split = [tidy(page).split("\n") for page in pages]
    running = _running_lines(split)
    kept = [_without_page_numbers([line for line in page if _running_key(line) not in running]) for page in split]
    lengths = sorted(len(line) for page in kept for line in page if line)
    width = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    blocks: list[list[str]] = [[]]
    for page in kept:
        for line in page:
            if blocks[-1] and _parts_here(blocks[-1][-1], line, width):
                blocks.append([])
            if line:
                blocks[-1].append(line)
        if blocks[-1] and _SENTENCE_END.search(blocks[-1][-1][-10:]):
            blocks.append([])
    return [Block("\n".join(lines)) for lines in blocks if lines]


def paragraphs(blocks: Iterable[Block]) -> list[str]:
    """Each block's lines as one paragraph, and paragraphs that a page break cut in mid-sentence made whole.

    A paragraph goes on in the next one where it does not end in end punctuation (closing quotation marks and brackets
    aside) and the next begins with a lower-case letter. This never joins list items or headings.
    """
    blocks = list(blocks)
    known = {word.lower() for block in blocks for word in _WORD.findall(block.text)}
    groups: list[list[str]] = []
    last_kind = ""
    for block in blocks:
        lines = [line for line in block.text.split("\n") if line]
        is_cut = last_kind == block.kind == "paragraph" and not _SENTENCE_END.search(groups[-1][-1][-10:])
        if lines and is_cut and lines[0][0].islower():
            groups[-1].extend(lines)
        elif lines:
            groups.append(lines)
            last_kind = block.kind
    return [_joined(lines, known) for lines in groups]


def _light_chunk(lines: list[str], is_first: bool) -> Iterator[Block]:
    """Blocks of lines without a blank one between them; a heading needs none around it."""
    gathered: list[str] = []
    for number, line in enumerate(lines):
        heading = _HEADING.fullmatch(line)
        is_underline = number == 1 and len(gathered) == 1 and _UNDERLINE.fullmatch(line)
        if is_underline and _is_prose(gathered[0]):
            continue
        if heading:
            yield from _lines_as_blocks(gathered)
            is_title = is_first and number == 0 and heading.group(1) == "#"
            yield Block(heading.group(2), "title" if is_title else "heading")
        elif is_underline:
            yield Block(gathered[0], "title" if is_first else "heading")
        if heading or is_underline:
            gathered = []
        else:
            gathered.append(line)
    yield from _lines_as_blocks(gathered)


def _is_prose(line: str) -> bool:
    return len(line.split()) > HEADLINE_WORDS or line.endswith((".", ",", ";"))


def _lines_as_blocks(lines: list[str]) -> list[Block]:
    if not lines:
        return []
    if _BULLET.match(lines[0]):
        return _items(lines, _BULLET)
    if len(lines) > 1 and _NUMBERED.match(lines[0]) and _NUMBERED.match(lines[1]):
        return _items(lines, _NUMBERED)
    if max(map(len, lines)) > WRAPPED_LINE_CHARACTERS:
        return [Block(line) for line in lines]
    return [Block("\n".join(lines))]


def _items(lines: list[str], mark: re.Pattern[str]) -> list[Block]:
    items: list[list[str]] = []
    for line in lines:
        if mark.match(line):
            items.append([mark.sub("", line, count=1)])
        else:
            items[-1].append(line)
    return [Block("\n".join(item), "item") for item in items]


def _unmarked(text: str) -> str:
    for mark, replacement in _MARKS:
        text = mark.sub(replacement, text)
    return text


def _markdown_kind(enclosing: list[str], is_first: bool) -> str:
    tag = enclosing[-1] if enclosing else ""
    if re.fullmatch(r"h\d", tag):
        return "title" if is_first and tag == "h1" else "heading"
    return "item" if "li" in enclosing else "paragraph"


def _inline_text(token: Token) -> str:
    breaks = {"softbreak": "\n", "hardbreak": "\n"}
    shown = (child for child in token.children or () if child.type in {"text", "code_inline", *breaks})
    return "".join(breaks.get(child.type, child.content) for child in shown)


def _joined(lines: Sequence[str], known: set[str]) -> str:
    """Lines as one. A hyphen that parts a word at a line's end goes, unless the text writes the word with it elsewhere.

    Only before a lower-case letter can it be such a hyphen; before anything else it stays ("Trump-" / "Putin").
    """
    pieces: list[str] = []
    for line in lines:
        parted = _HYPHEN_BREAK.search(pieces[-1][-50:]) if pieces else None
        following = _FIRST_WORD.match(line)
        if parted and following:
            hyphenated = f"{parted.group(1)}-{following.group()}".lower()
            if line[0].islower() and (hyphenated not in known or hyphenated.replace("-", "") in known):
                pieces[-1] = pieces[-1][:-1]
        elif pieces:
            pieces.append(" ")
        pieces.append(line)
    return "".join(pieces)


def _running_key(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold())


def _running_lines(pages: Sequence[list[str]]) -> set[str]:
    edges: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page if line]
        edges.update({_running_key(line) for line in [*lines[:2], *lines[-2:]]})
    return {line for line, count in edges.items() if count >= RUNNING_LINE_PAGES}


def _trimmed(lines: list[str]) -> list[str]:
    full = [number for number, line in enumerate(lines) if line]
    return lines[full[0] : full[-1] + 1] if full else []


def _without_page_numbers(lines: list[str]) -> list[str]:
    lines = _trimmed(lines)
    if lines and _PAGE_NUMBER.fullmatch(lines[0]):
        lines = _trimmed(lines[1:])
    if lines and _PAGE_NUMBER.fullmatch(lines[-1]):
        lines = _trimmed(lines[:-1])
    return lines


def _parts_here(line: str, following: str, width: int) -> bool:
    if not following or following[0].islower():
        return not following
    return len(line) < 0.6 * width or (len(line) < 0.9 * width and _SENTENCE_END.search(line) is not None)
