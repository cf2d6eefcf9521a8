"""Descriptions: what is told of a text from its words alone: its language, kind, size and signature."""

from typing import Any, Final, NamedTuple

from pipeline.corpus import duplicates, text_kinds
from pipeline.corpus.article import Rejected
from pipeline.corpus.calls import Run
from pipeline.corpus.language import language
from pipeline.corpus.versions import edit
from pipeline.text import paragraph_spans, sentence_spans, words

# Longer texts, and no article is that long, are looked at in a process that can be killed: some take quadratic time.
LARGEST_HERE: Final = 60_000


class Description(NamedTuple):
    """Of one text; the signature is empty for a text too short to have one."""

    language: str
    section_label: str
    section_evidence: str
    signature: str
    word_count: int
    paragraph_count: int
    sentence_count: int


def describe(title: str, text: str) -> Description:
    """All of it."""
    label, evidence = text_kinds.label(title, text)
    counts = len(words(text)), len(paragraph_spans(text)), len(sentence_spans(text))
    return Description(language(text), label, evidence, duplicates.signature(text), *counts)


def described(title: str, text: str, run: Run) -> Description:
    """As `describe`. Raises Rejected for a text that takes too long."""
    return describe(title, text) if len(text) <= LARGEST_HERE else run(describe, title, text)


def compared(before: str | None, after: str, run: Run) -> dict[str, Any]:
    """As `versions.edit`; its columns are missing where two texts take too long to compare."""
    if max(len(before or ""), len(after)) <= LARGEST_HERE:
        return edit(before, after)
    try:
        found: dict[str, Any] = run(edit, before, after)
    except Rejected:
        return edit(None, "")
    return found
