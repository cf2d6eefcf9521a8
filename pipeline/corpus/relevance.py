"""Relevance: how far a text is about the talks, by a query that users edit in sources.toml."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from pipeline.lineage import source_version
from pipeline.text import sha256, words

_LONGEST_HEADING: Final = 400


@dataclass(frozen=True)
class Judgement:
    """How far a text meets the query: 0 to 1, or None where there is no query, and the reason in words."""

    score: float | None
    reason: str


def _pattern(part: tuple[str, ...]) -> re.Pattern[str]:
    endings = (re.escape(word).replace(r"\*", r"\w*") for word in part)
    return re.compile("|".join(rf"(?<!\w){ending}(?!\w)" for ending in endings), re.IGNORECASE)


class Relevance(BaseModel):
    """The query. A text meets a part as far as it names any of its words once in so many words, or in its title."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parts: tuple[tuple[Annotated[str, Field(min_length=1)], ...], ...] = ()
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.75
    words_per_mention: Annotated[int, Field(ge=1)] = 400

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(_pattern, self.parts))

    @cached_property
    def fingerprint(self) -> str:
        """Changes when a text might be judged otherwise."""
        return sha256(self.model_dump_json() + source_version("pipeline.corpus.relevance"))

    def judge(self, title: str, text: str) -> Judgement:
        """Mean over the parts of how far each is met: 1 where it is named in the title or at least once in every
        `words_per_mention` words, less in proportion. A text that names Ukraine once in passing does not pass for one
        about it, however long it is.
        """
        if not self.parts:
            return Judgement(None, "")
        due = max(1.0, len(words(text)) / self.words_per_mention)
        met = []
        for pattern in self._patterns:
            count = sum(1 for _ in pattern.finditer(text))
            met.append(1.0 if pattern.search(title[:_LONGEST_HEADING]) else min(1.0, count / due))
        score = sum(met) / len(met)
        weak = [part[0].rstrip("*") for part, share in zip(self.parts, met, strict=True) if share < 1]
        named = ", ".join(f"{name!r}" for name in weak)
        reason = f"relevance {score:.2f}" + (f": too seldom anything like {named}" if weak else "")
        return Judgement(round(score, 6), reason)

    def may_concern(self, heading: str) -> bool:
        """Whether a title, teaser or address meets any part at all, so that its page is worth asking for."""
        return not self.parts or any(pattern.search(heading) for pattern in self._patterns)

    def admits(self, score: float | None) -> bool:
        """Whether a text with this score is about the talks."""
        return score is None or score >= self.threshold
