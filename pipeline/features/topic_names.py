"""Topic names: a phrase that the texts themselves use for the topic, and one more noun: "Frozen Assets and Tankers"."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log1p
from typing import Final

import numpy as np
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from pipeline.features.topic_model import repeats, shares_of_paragraphs, strongest
from pipeline.features.topic_terms import GENERIC, Floats, TermCounts, tokens

NAMING_TERMS: Final = 20  # A name's words are among this many strongest terms; when they no longer are, it is given up.
NAMING_PARAGRAPHS: Final = 200  # Of each topic: those in which it weighs most.
LEAST_USES: Final = 3  # Paragraphs that use a phrase before a name is made of it; two where there are few documents.
LEAST_NOUN_SHARE: Final = 0.15  # Of a noun's uses, those right after an article, a preposition and the like.
LEAST_END_SHARE: Final = 0.35  # Of a noun's uses, those that no further word of content follows.
LARGEST_VERB_SHARE: Final = 0.25  # Of a phrase's uses, those after "to", "will", "they": it opens with a verb.

FIXED_SHARE: Final = 0.8  # Of two words' uses, those in one phrase, from which on it is a fixed expression.

_BEFORE_NOUNS: Final = frozenset(
    "a an the its their his her our your my this these those any no some every each both another such of in on for with "
    "by from over against about between without under into across after before during through toward towards".split()
)
_BEFORE_VERBS: Final = frozenset(
    "to will would can could shall should must may might not cannot do does did who i we you they he she it let "
    "ll ve re d t never also".split()
)
_BOILERPLATE: Final = frozenset(
    "subscribe newsletter copyright click editor editorial photo image video podcast advertisement cookie cookies email "
    "website online article column author reader comment download reuters getty afp http https www com org html pdf md txt "
    "csv".split()
)
_ADJECTIVAL: Final = re.compile(r".{3,}(?:ly|able|ible|ical|less|ful|ous)$")
_WORD: Final = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*|['\u2019][^\W\d_]+|[^\w\s'\u2019]")
_SMALL: Final = frozenset({"of", "and", "the"})


@dataclass
class _Uses:
    """How words and phrases are used: the forms they are spelled in, what stands around them, in which paragraphs."""

    forms: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    after_noun_openers: Counter[str] = field(default_factory=Counter)
    after_verb_openers: Counter[str] = field(default_factory=Counter)
    before_ends: Counter[str] = field(default_factory=Counter)
    paragraphs: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def count(self, name: str) -> int:
        """How often it is used."""
        return self.forms[name].total() if name in self.forms else 0

    def is_noun(self, name: str) -> bool:
        """Whether it is used as nouns are, told by its neighbours, and does not end as adverbs and adjectives do."""
        uses = self.count(name)
        return (
            uses > 0
            and not _ADJECTIVAL.match(name)
            and self.before_ends[name] >= LEAST_END_SHARE * uses
            and self.after_verb_openers[name] <= LARGEST_VERB_SHARE * uses
            and (self._is_opened(name) if " " not in name else self._ends_in_noun(name))
        )

    def _is_opened(self, name: str) -> bool:
        return self.after_noun_openers[name] >= LEAST_NOUN_SHARE * self.count(name)

    def _ends_in_noun(self, phrase: str) -> bool:
        parts = phrase.split()
        # Words that are hardly ever apart, such as "frozen assets", have no uses of their own to tell by.
        is_fixed = all(self.count(phrase) >= FIXED_SHARE * self.count(word) for word in (parts[0], parts[-1]))
        return self.is_noun(parts[-1]) or (is_fixed and self._is_opened(phrase))

    def shown(self, name: str) -> str:
        """The name in title case; words that are always spelled with inner capitals stay so: NATO."""
        spelled = min(self.forms[name].items(), key=lambda item: (-item[1], item[0]))[0] if name in self.forms else name
        return " ".join(_titled(word) for word in spelled.split())


def _titled(word: str) -> str:
    if word.lower() in _SMALL:
        return word.lower()
    return word if any(letter.isupper() for letter in word[1:]) else word[:1].upper() + word[1:]


def names(
    corpus: TermCounts,
    loadings: Floats,
    components: Floats,
    kept: Mapping[int, str],
    signatures: Collection[str] = (),
) -> list[str]:
    """A name for each topic, in the order given; no two alike.

    A name is the phrase of two or three words that the topic's paragraphs use most and others least, joined by "and" to
    its strongest noun that does not repeat the phrase; or two nouns where no phrase is used often enough. Nouns are
    told by their neighbours. All words are among the topic's NAMING_TERMS strongest terms. Names of analysts and outlets
    (`signatures`) and words of web pages ("subscribe") are left out.

    A topic that had a name in the last build (`kept`, by position) keeps it as long as all its words are still among its
    NAMING_TERMS strongest terms, and no topic before it has taken the name.
    """
    lists = strongest(corpus.terms, components, NAMING_TERMS)
    given: dict[int, str] = {}
    for position, name in sorted(kept.items()):
        if name not in given.values() and is_still_said(name, lists[position], corpus.forms):
            given[position] = name
    shares = shares_of_paragraphs(loadings)
    uses = _uses(corpus, shares, {word for terms in lists for term in terms for word in term.split()})
    barred = {" ".join(tokens(signature)) for signature in signatures} - {""}
    for position, terms in enumerate(lists):
        if position not in given:
            weights = dict(zip(corpus.terms, components[position], strict=True))
            phrases = _ranked_phrases(position, terms, weights, shares, uses, corpus)
            given[position] = _name(_unbarred(phrases, barred), _unbarred(terms, barred), uses, set(given.values()))
    return [given[position] for position in range(len(lists))]


def is_still_said(name: str, terms: Sequence[str], forms: Mapping[str, str]) -> bool:
    """Whether every word of the name is a word of one of the terms."""
    said = {word for term in terms for word in term.split()}
    return {forms.get(word, word) for word in tokens(name) if word not in _SMALL} <= said


def _uses(corpus: TermCounts, shares: Floats, wanted: set[str]) -> _Uses:
    """Uses of the wanted words, and of phrases of them, in the paragraphs where some topic weighs most."""
    strongest_rows = np.argsort(-shares * corpus.lengths[:, np.newaxis], axis=0, kind="stable")[:NAMING_PARAGRAPHS]
    uses = _Uses()
    for row in np.unique(strongest_rows):
        found: set[str] = set()
        spelled = [match.group() for match in _WORD.finditer(corpus.texts[row])]
        lower = [word.lower() for word in spelled]
        canonical = [corpus.forms.get(word, word) for word in lower]
        for start, word in enumerate(canonical):
            if word not in wanted:
                continue
            for end in _ends(canonical, start, wanted):
                name = " ".join(canonical[start:end])
                _note(uses, name, spelled, lower, start, end)
                found.add(name)
        for name in found:
            uses.paragraphs[name].append(int(row))
    return uses


def _ends(words: Sequence[str], start: int, wanted: set[str]) -> list[int]:
    """Where the word, and the phrases of wanted words that it opens, end: "rules", "rules of engagement"."""
    ends = [start + 1]
    if words[start + 1 : start + 2] and words[start + 1] in wanted:
        ends.append(start + 2)
    if (
        len(words) > start + 2
        and words[start + 2] in wanted
        and (words[start + 1] in wanted or words[start + 1] == "of")
    ):
        ends.append(start + 3)
    return ends


def _note(uses: _Uses, name: str, spelled: Sequence[str], lower: Sequence[str], start: int, end: int) -> None:
    before = lower[start - 1] if start else "."
    after = lower[end] if end < len(lower) else "."
    uses.forms[name][" ".join(spelled[start:end])] += 1
    uses.after_noun_openers[name] += before in _BEFORE_NOUNS or before in ("'s", "\u2019s")
    uses.after_verb_openers[name] += before in _BEFORE_VERBS
    uses.before_ends[name] += not after[0].isalpha() or after in ENGLISH_STOP_WORDS or after in GENERIC


def _ranked_phrases(
    position: int, terms: Sequence[str], weights: Mapping[str, float], shares: Floats, uses: _Uses, corpus: TermCounts
) -> list[str]:
    """Phrases of the topic's terms, best first: by the weight of their words, their use, and the topic's share of it."""
    said = {word for term in terms for word in term.split()}
    least = LEAST_USES if len(set(corpus.owners)) >= 10 else 2
    scored = []
    for name, rows in uses.paragraphs.items():
        parts = [word for word in name.split() if word != "of"]
        if len(set(parts)) < max(2, len(parts)) or not said.issuperset(parts) or len(rows) < least:
            continue
        if len(set(corpus.owners[rows])) < 2 or not uses.is_noun(name):
            continue
        share = float(shares[rows, position].sum() / max(shares[rows].sum(), 1e-12))
        weight = sum(weights.get(word, 0.0) for word in parts) / len(parts) + weights.get(" ".join(parts), 0.0)
        scored.append((-weight * share * log1p(len(rows)), name))
    return [name for _, name in sorted(scored)]


def _unbarred(candidates: Sequence[str], barred: set[str]) -> list[str]:
    return [name for name in candidates if name not in barred and not _BOILERPLATE & set(name.split())]


def _name(phrases: Sequence[str], terms: Sequence[str], uses: _Uses, taken: set[str]) -> str:
    """The first name that no other topic has: phrase and noun, else two nouns, else the strongest terms."""
    nouns = [term for term in terms if uses.is_noun(term)]
    heads = [*phrases, *nouns, *terms]
    for head in dict.fromkeys(heads):
        for other in dict.fromkeys([*nouns, *terms]):
            if not repeats(head, other):
                name = f"{uses.shown(head)} and {uses.shown(other)}"
                if name not in taken:
                    return name
    alone = [uses.shown(term) for term in terms] or ["Unnamed"]
    free = (name for name in (*alone, *(" and ".join(pair) for pair in pairwise(alone))) if name not in taken)
    return next(free, f"{alone[0]} ({len(taken) + 1})")
