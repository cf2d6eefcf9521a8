"""Article: what a reader makes of one input's bytes, and Rejected: why it could make nothing of them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self


class Rejected(Exception):
    """An input that cannot be taken in. The message says why and what to do about it; it becomes the row's reason."""


class NotYet(Exception):
    """An input that is not whole yet, such as a file still being copied. It is tried again in the next round."""


@dataclass(frozen=True)
class Article:
    """One article: body text with paragraphs divided by a blank line, and the metadata found with it.

    Every field but `text` may be empty. `analysts` are names as found. `published_date` and `modified_date` are ISO
    (YYYY-MM-DD); `published_date_basis` says where the date was found, see the table `documents`. `published_at` is the
    moment, with its zone, where the page states one. `section_evidence` says what the section label rests on.
    """

    text: str
    title: str = ""
    analysts: tuple[str, ...] = ()
    outlet: str = ""
    perspective: str = ""
    section_label: str = "unknown"
    published_date: str = ""
    published_date_basis: str = ""
    url: str = ""
    is_truncated: bool = False
    is_paywalled: bool = False
    published_at: datetime | None = None
    modified_date: str = ""
    section_evidence: str = ""
    notes: tuple[str, ...] = field(default=())

    def filled_from(self, other: Self) -> Self:
        """This article with its empty fields taken from another; what this one has always wins."""
        blanks: dict[str, Any] = {
            name: getattr(other, name)
            for name in ("title", "analysts", "outlet", "perspective", "url")
            if not getattr(self, name)
        }
        if self.section_label == "unknown":
            blanks |= {"section_label": other.section_label, "section_evidence": other.section_evidence}
        if not self.published_date and other.published_date:
            blanks |= {
                name: getattr(other, name) for name in ("published_date", "published_date_basis", "published_at")
            }
        return replace(self, **blanks)
