"""Boilerplate: lines around and within a text that are not its argument: bylines, links, biographies, housekeeping."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.text import words

LONGEST: Final = 60  # Words; a longer paragraph is never boilerplate as a whole.

_LINE: Final = re.compile(
    r"\W*(?:[Bb]y (?:[A-Z][\w.’'-]*(?:,| and| -| –|\s|$)\s*){2,8}[\W\d]*$"
    r"|(?i:author: |read (?:more|next|also)(?: (?:from|on|about|here|at|by|of)\b|:|\W*$)"
    r"|(?:subscribe|sign up) (?:to|for|now|here|today)\b|click here\b|related: |all rights reserved|copyright \d|©"
    r"|th(?:is|e) (?:article|essay|column|piece|commentary|post|story|op-ed)\b.{0,30}\b(?:originally|first|also)"
    r" (?:published|appeared)"
    r"|(?:originally|first) published (?:in|on|by|at)\b|republished (?:with|from|under)\b"
    r"|follow \w+.{0,30}\bon (?:twitter|x|facebook|bluesky|telegram)\b|(?:image|photo(?:graph)?|picture)(?: credits?)?: "
    r"|the (?:views|opinions) expressed\b|(?:views|opinions) (?:are|expressed)\b.{0,30}\b(?:own|personal|author)"
    r"|editor['’]s note\b|share this (?:article|story|post)\b|(?:recommended|most read|more on this|see also"
    r"|advertisement)\b\W*$"
    r"|support our\b.{0,30}\bjournalism|donate (?:now|today|here)\b|watch (?:more|now)\W*$|translated (?:by|from)\b"
    r"|reporting by\b|(?:additional )?reporting (?:contributed )?by\b|\d+ min(?:ute)?s? read\b"
    r"|(?:this|the) (?:interview|transcript|conversation) (?:has been|was) (?:lightly |slightly )?(?:edited|condensed)"
    r"|[^.]{0,60}\bcontributed (?:to|reporting)\b.{0,30}$))"
)
_BIOGRAPHY: Final = re.compile(
    r"\W*(?:(?:[Tt]he (?:author|writer)|[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]*){1,3}),? (?:is|was) (?:an?|the|currently an?)"
    r" (?:[\w’'-]+,? ){0,7}?(?:fellow|professor|analyst|columnist|correspondent|researcher|lecturer|scholar|editor"
    r"|contributor|director|historian|author|journalist|adviser|president|expert|writer|associate|reporter)\b.{0,60}?"
    r"\b(?:at|of|for|with|in|on) )"
)
# Within a paragraph of a newsletter a single sentence may turn to the reader's subscription.
_HOUSEKEEPING: Final = re.compile(
    r"(?i:\b(?:paid|free|paying) (?:subscription|subscriber|reader)s?\b|\bsubscribe (?:now|here|today"
    r"|to (?:our|my|this|the (?:newsletter|channel|podcast)))\b"
    r"|\bsign up (?:for|to) (?:our|my|the newsletter)\b|\bcomments are (?:open|closed)\b|^housekeeping\b"
    r"|^thanks? (?:you )?(?:for reading|(?:again )?to (?:the|all|those|everyone)? ?(?:readers|subscribers|who wrote))"
    r"|\bforward (?:this|it) to a friend\b|\bleave a comment\b|\bbecome a (?:member|patron|subscriber)\b"
    r"|\b(?:next|last) (?:letter|issue|edition|newsletter) (?:comes|goes|will be|went)\b"
    r"|\bthe (?:transcript|recording|podcast) (?:goes|is|will be) (?:up|available)\b"
    r"|\bif you (?:enjoy|enjoyed|liked?|value) (?:this|these|my|our|what)\b.{0,60}\b(?:subscri|support|share|donat))"
)


def is_boilerplate(sentences: Sequence[str], *, is_closing: bool) -> bool:
    """Whether a paragraph's sentences are boilerplate; a biography is one among the last paragraphs alone."""
    if sum(len(words(sentence)) for sentence in sentences) > LONGEST:
        return False
    return bool(_LINE.match(sentences[0]) or (is_closing and _BIOGRAPHY.match(sentences[0])))


def is_housekeeping(sentence: str) -> bool:
    """Whether a sentence within a paragraph addresses the reader about the publication itself."""
    return bool(_HOUSEKEEPING.search(sentence))
