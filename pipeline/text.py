"""Text: normalising, paragraphs, sentences, abbreviations and stable ids. It knows nothing of documents or voices."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from nupunkt import sent_spans

# Dotted abbreviations ("U.S.", "e.g.", "p.m.") and the titles and short forms whose full stop does not end a sentence.
_DOTTED: Final = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_INITIAL: Final = re.compile(r"\b[A-Z]\.(?=\s+[A-Z])")
_SHORT_FORM: Final = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Sen|Rep|Gov|Pres|Amb|Hon|Rev|St|Jr|Sr|No|Nos|vs|cf|approx|est|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|Inc|Ltd|Corp|Co|Art|Vol|pp|ed|eds|al|etc|viz|ca)\."
)
# Words that open a sentence and seldom follow a dotted abbreviation inside one: "the U.S. But", not "the U.S. Senate".
_OPENERS: Final = frozenset(
    "The A An It He She They We I You This That These Those There Here But And Or Yet So Nor For If In On At By As "
    "To From With Without When While Where Why What Who How Since After Before Although Though Because Until Unless "
    "Even Only Not No Such Its His Her Their Our My Your Then Thus Hence However Moreover Meanwhile Instead Still "
    "Nevertheless Nonetheless Rather Perhaps Now Today Yesterday Tomorrow Once Whether Neither Both Each Every Some "
    "Many Most All Any Few Several Under Over Against Between Among During Despite".split()
)
_SPACES: Final = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_PARAGRAPH: Final = re.compile(r"[^\n]+(?:\n(?!\n)[^\n]+)*")
# A full stop after an ordinary lower-case word, a closing mark at most, white space, a capital: a sentence ends there.
_MISSED_END: Final = re.compile(r"(?<=[a-z]{2})[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z])")
_FOLLOWING: Final = re.compile(r"\s+[\"'“‘(]?([A-Z][a-z]*|I)\b(?!\.)")
_SINGLE_CAPITAL: Final = re.compile(r"\b[A-Z]\.(?=\s)")
# "2." at the head of a list's item; three small letters before tell it from "No. 10." and "Fig. 3."
_ITEM_NUMBER: Final = re.compile(r"(?:^|[a-z]{3}[.!?:;][\"'”’)\]]*\s+)\(?\d{1,2}\.$")
_WINDOW: Final = 60  # Code points around an end that the rules look at: whole prefixes would cost quadratic time.
_CLOSING_QUOTE: Final = re.compile(r"[\"”’')\]]+\s*")


class SentenceSpan(NamedTuple):
    """A sentence of a text: zero-based, half-open code points, and its zero-based paragraph."""

    start: int
    end: int
    paragraph: int


def normalize(text: str) -> str:
    """Text in Unicode NFC, with LF line ends, plain spaces, and without invisible, control or direction characters."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    # Composed last: an invisible character may have stood between a letter and its accent.
    text = unicodedata.normalize("NFC", text)
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n"))


def one_line(text: str) -> str:
    """A text as one line that can be stored and shown: normalised, without halves of surrogate pairs."""
    return " ".join(normalize(re.sub("[\ud800-\udfff]", "\ufffd", text)).split())


def sha256(content: str | bytes) -> str:
    """SHA-256 in hex of bytes, or of text as UTF-8."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def stable_id(prefix: str, *parts: object) -> str:
    """An id that starts with a letter, from the first 12 hex digits of the parts' SHA-256: `doc_3fa2…`."""
    return f"{prefix}_{sha256(chr(31).join(map(str, parts)))[:12]}"


def words(text: str) -> list[str]:
    """Words divided by white space."""
    return text.split()


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the paragraphs, which blank lines divide."""
    return [match.span() for match in _PARAGRAPH.finditer(text)]


@lru_cache(maxsize=1024)
def sentence_spans(text: str) -> tuple[SentenceSpan, ...]:
    """Spans of the sentences in reading order; none crosses a paragraph, none is empty or padded with white space.

    nupunkt (Bommarito et al. 2025) proposes the ends. We correct what it is known to miss on news prose: it can take an
    ordinary word for an abbreviation and join two sentences, and it cannot know whether "the U.S." ends one.
    """
    spans = []
    for number, (start, end) in enumerate(paragraph_spans(text)):
        paragraph = text[start:end]
        for first, last in _sentences(paragraph):
            spans.append(SentenceSpan(start + first, start + last, number))
    return tuple(spans)


def _sentences(paragraph: str) -> list[tuple[int, int]]:
    ends = {end for _, end in sent_spans(paragraph)} | _missed_ends(paragraph)
    ends = {end for end in ends if not _is_false_end(paragraph, end)} | {len(paragraph)}
    spans, start = [], 0
    for end in sorted(ends):
        piece = paragraph[start:end]
        stripped = piece.strip()
        if stripped:
            first = start + piece.index(stripped[0])
            spans.append((first, first + len(stripped)))
        start = end
    return _with_closing_marks(paragraph, spans)


def _missed_ends(paragraph: str) -> set[int]:
    ends = set()
    for match in _MISSED_END.finditer(paragraph):
        word = re.search(r"[A-Za-z]+$", paragraph[max(0, match.start() - _WINDOW) : match.start()])
        if word and not _SHORT_FORM.search(f" {word.group()}."):
            ends.add(match.end())
    # "the U.S. But", "Plan B. It", "World War I. Then": an opening word tells that the sentence ended.
    for match in (*_DOTTED.finditer(paragraph), *_SINGLE_CAPITAL.finditer(paragraph)):
        following = _FOLLOWING.match(paragraph, match.end())
        if following and following.group(1) in _OPENERS and paragraph[match.end() - 2].isupper():
            ends.add(match.end())
    return ends


def _is_false_end(paragraph: str, end: int) -> bool:
    before, after = paragraph[max(0, end - _WINDOW) : end].rstrip(), paragraph[end : end + _WINDOW].lstrip()
    if not after:
        return False
    if _ITEM_NUMBER.search(before):
        return True
    dotted = re.search(r"(?:\b[A-Za-z]\.){2,}$", before)
    if dotted:
        following = re.match(r"[\"'“‘(]?([A-Za-z]+)", after)
        return not (following and following.group(1) in _OPENERS)
    if re.search(r"\b[A-Z]\.$", before) and after[0].isupper():
        following = re.match(r"([A-Z][a-z]*)\b(?!\.)", after)
        return len(before) > 2 and not (following and following.group(1) in _OPENERS)
    short = re.search(r"\b([A-Za-z]+)\.$", before)
    if short and _SHORT_FORM.fullmatch(f"{short.group(1)}."):
        return short.group(1) not in {"etc", "al", "Inc", "Ltd", "Corp", "Co", "No"} or not after[0].isupper()
    # After an end mark inside a quotation, "..." said X: a lower-case word goes on with the sentence.
    return after[0].islower()


def _with_closing_marks(paragraph: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give a closing quotation mark or bracket that was left at the head of a sentence back to the one before."""
    mended: list[tuple[int, int]] = []
    for start, end in spans:
        marks = _CLOSING_QUOTE.match(paragraph, start)
        lone = marks and (marks.group()[0] in "”’)]" or marks.end() >= end or marks.group()[-1].isspace())
        if mended and marks and lone:
            mended[-1] = (mended[-1][0], start + len(marks.group().rstrip()))
            start = marks.end()
        if start < end:
            mended.append((start, end))
    return mended


def mask_sentence(sentence: str) -> str:
    """The sentence with every inner full stop, question and exclamation mark taken out, and one full stop at its end.

    A counter that ends a sentence at each full stop, as textstat does, then finds exactly the sentences that we found:
    "The U.S. would not." becomes "The US would not." Words stay whole and apart: an ellipsis becomes a space.
    """
    parted = re.sub(r"\s*(?:\.{2,}|…)\s*", " ", sentence)
    return re.sub(r"[.!?]+", "", parted).strip() + "."
