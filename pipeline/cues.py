"""Cues: the small pattern language of the codebook, and finding its matches in one sentence.

A *group* is alternatives divided by `|`; each is a phrase of whole words. `concede*` is a stem (three letters or more),
`#` a digit, `..` a gap of up to two words, `...` of up to six, neither across a semicolon or colon; `(a|b)` are inner
alternatives, `^` the sentence's beginning. A word with a capital letter is matched with its case, others in any case.

A *cue* is a list of groups that must all be found, no further than WINDOW words apart and within one part of the
sentence between semicolons. A group after `>` must stand behind the group before it in the list. A group after `~` is
the matter: it stands anywhere in the sentence, or in the one before where this one points back to it ("they are
futile"). A group after `!` must not occur in that part of the sentence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise, product
from typing import Final

WINDOW: Final = 16
_TOKEN: Final = re.compile(r"\.\.\.|\.\.|[()|^]|[^\s()|^]+")
_WORD: Final = re.compile(r"[\w#][\w#.'’&%-]*\*?")
_HEAD: Final = re.compile(r"(?:^|[(|])[\s^]*([^\s()|^]+)")
_GAPS: Final = {"..": 2, "...": 6}

Span = tuple[int, int]


@dataclass(frozen=True)
class Cue:
    """Groups that must all occur, those of them, by place, that follow the one before; the matter; groups barred."""

    groups: tuple[str, ...]
    ordered: tuple[int, ...] = ()
    matter: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()

    @cached_property
    def own_words(self) -> frozenset[str]:
        """Every word that the cue itself spells out."""
        return frozenset(re.findall(r"[\w']+", " ".join(self.groups).casefold()))


@cache
def compiled(group: str) -> re.Pattern[str]:
    """A group as a regular expression.

    Raises:
        ValueError: says which part of the group is not in the language.
    """
    parts: list[str] = []
    needs_space = False
    for token in _TOKEN.findall(group):
        if token in _GAPS:
            parts.append(r"(?:[^\w;:]+[\w'’.-]+)" + f"{{0,{_GAPS[token]}}}?")
        elif token in "()|^":
            opening = r"[^\w;:]+" if token == "(" and needs_space else ""
            parts.append(opening + {"(": "(?:", ")": ")", "|": "|", "^": r"\A\W*"}[token])
            needs_space = token == ")"
        else:
            parts.append((r"[^\w;:]+" if needs_space else "") + _word(token))
            needs_space = True
    try:
        return re.compile("".join(parts), re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{group!r} does not parse: {error}") from error


def _word(token: str) -> str:
    stem = token.removesuffix("*")
    if not _WORD.fullmatch(token) or (stem != token and len(stem) < 3):
        raise ValueError(f"{token!r} is neither a word nor a stem of three letters or more, such as concede*")
    escaped = re.escape(stem).replace(r"\#", r"\d").replace("'", "['’]")
    body = rf"(?<!\w){escaped}" + (r"[\w'’]*" if stem != token else r"(?!\w)")
    return f"(?-i:{body})" if token != token.lower() else body


@cache
def _heads(group: str) -> frozenset[str]:
    """How the words that a match can begin with begin."""
    return frozenset(_head(re.split(r"[^\w#]", word)[0]) for word in _HEAD.findall(group))


def _head(word: str) -> str:
    """The first three letters of a word, or "#" for one that begins with a digit."""
    return "#" if word[0] in "#0123456789" else word[:3].casefold()


class Reading:
    """One sentence, read for cues. It remembers what it found, because targets share groups."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[str, tuple[Span, ...]] = {}

    @cached_property
    def _beginnings(self) -> dict[str, list[int]]:
        """Where words begin, by how they begin."""
        places: dict[str, list[int]] = {}
        for match in re.finditer(r"\w+", self.text):
            places.setdefault(_head(match.group()), []).append(match.start())
        return places

    @cached_property
    def _word_starts(self) -> list[int]:
        return [match.start() for match in re.finditer(r"\S+", self.text)]

    @cached_property
    def parts(self) -> tuple[Span, ...]:
        """Spans of the parts that semicolons divide, the semicolon with the part before it."""
        edges = [0, *(match.end() for match in re.finditer(";", self.text)), len(self.text) + 1]
        return tuple(pairwise(edges))

    def part_of(self, span: Span) -> Span:
        """The part of the sentence that a span begins in."""
        return next(part for part in self.parts if part[0] <= span[0] < part[1])

    def word(self, offset: int) -> int:
        """Number of the word at an offset, from 0."""
        return bisect_right(self._word_starts, offset) - 1

    def spans(self, group: str) -> tuple[Span, ...]:
        """Where a group occurs, in reading order, without overlaps."""
        if group not in self._found:
            self._found[group] = tuple(self._search(group))
        return self._found[group]

    def _search(self, group: str) -> Iterator[Span]:
        # Trying a group only where a word begins as it does takes a tenth of a search's time.
        places = {place for head in _heads(group) for place in self._beginnings.get(head, ())}
        end = 0
        for place in sorted(places | {0} if "^" in group else places):
            match = compiled(group).match(self.text, place) if place >= end else None
            if match and match.end() > place:
                end = match.end()
                yield match.span()

    def matches(self, cue: Cue, before: "Reading | None" = None) -> Iterator[tuple[Span, ...]]:
        """Every way in which the cue is met: one span of this sentence for each of its groups.

        `before` is the sentence before, where this one points back to it; its words are never part of a span.
        """
        if not all(self.spans(group) or (before and before.spans(group)) for group in cue.matter):
            return
        found = []
        for group in cue.groups:
            found.append(self.spans(group))
            if not found[-1]:
                return
        for spans in product(*found):
            in_order = all(spans[place - 1][1] <= spans[place][0] for place in cue.ordered)
            if in_order and self._hangs_together(spans) and not self._is_barred(spans, cue):
                yield spans

    def _hangs_together(self, spans: tuple[Span, ...]) -> bool:
        ordered = sorted(spans)
        if any(left[1] > right[0] for left, right in pairwise(ordered)):
            return False
        near = all(self.word(right[0]) - self.word(left[1] - 1) <= WINDOW for left, right in pairwise(ordered))
        return near and self.part_of(ordered[0]) == self.part_of(ordered[-1])

    def _is_barred(self, spans: tuple[Span, ...], cue: Cue) -> bool:
        first, last = self.part_of(spans[0])
        return any(first <= span[0] < last for group in cue.barred for span in self.spans(group))

    def words(self, spans: set[Span]) -> str:
        """The words of spans in reading order, each once, joined by "; "."""
        return "; ".join(dict.fromkeys(self.text[start:end] for start, end in sorted(spans)))
