"""Envelopes: what a body is before any parser sees it: too large, compressed, a web page where data was due, a bomb."""

import itertools
import json
import re
from typing import Any, Final

from pipeline.corpus import charsets, decompression
from pipeline.corpus.article import Rejected

LARGEST_BODY: Final = 20_000_000
LARGEST_UNPACKED: Final = 50_000_000
_ENTITY: Final = re.compile(r"<!\s*ENTITY", re.IGNORECASE)
_INTERNAL_SUBSET: Final = re.compile(r"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)
_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_WEB_PAGE: Final = re.compile(
    r"^(?:\s|<!--.*?-->|<\?xml[^>]*\?>)*(?:<!DOCTYPE\s+html|<html|<head|<body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TITLE: Final = re.compile(r"<title[^>]*>\s*([^<]{1,120})", re.IGNORECASE)
AGAIN: Final = "it is tried again in the next round"
_BY_HAND: Final = "save what matters of it under data/corpus/inbox"
_HEAD_LENGTH: Final = 20_000


def bounded(body: bytes, largest: int = LARGEST_BODY) -> bytes:
    """The body, once it is known to be neither empty nor larger than `largest` bytes.

    Raises:
        Rejected: it is.
    """
    if not body.strip():
        raise Rejected("the answer is empty; open the address in a browser to see whether it still exists")
    if len(body) > largest:
        raise Rejected(f"is larger than {largest // 1_000_000} MB and was not read; {_BY_HAND}")
    return body


def unpacked(body: bytes, largest: int = LARGEST_UNPACKED) -> bytes:
    """The body, unpacked where it is gzip, and never more than `largest` bytes of it.

    Raises:
        Rejected: it unpacks to more, or is damaged.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    decoder, content = decompression.Decoder("gzip"), bytearray()
    try:
        for piece in itertools.chain(decoder.feed(body), decoder.finish()):
            content += piece
            if len(content) > largest:
                raise Rejected(f"unpacks to more than {largest // 1_000_000} MB and was not read; {_BY_HAND}")
    except (decompression.Unreadable, decompression.CutShort) as error:
        raise Rejected(f"is a damaged gzip file: {error}; it is tried again in the next round") from error
    return bytes(content)


def xml(body: bytes, content_type: str, expected: str) -> str:
    """The text of an XML body, safe to parse: decoded once, here, so that no parser reads it in another charset.

    Raises:
        Rejected: it is a web page where `expected` ("a feed", "a sitemap") was due, or it declares entities.
    """
    decoded = charsets.decode(body, content_type)
    text = decoded.text.lstrip("\ufeff \t\r\n")
    head = text[:_HEAD_LENGTH]
    if _WEB_PAGE.match(head):
        title = _TITLE.search(head)
        shown = " ".join(title.group(1).split()) if title else "no title"
        remedy = "check the address, or whether the site asks for a browser"
        raise Rejected(f"answers with a web page, not {expected}: {shown!r}; {remedy}")
    if _ENTITY.search(text) or _INTERNAL_SUBSET.search(text):
        raise Rejected(
            "declares XML entities, which no feed or sitemap needs and which can be a bomb; it was not parsed; ask the outlet"
        )
    return _XML_DECLARATION.sub("", text, count=1).replace("\x00", "")


def json_object(text: str, expected: str) -> dict[str, Any]:
    """The object in a JSON text, forgiving raw control characters and stray backslashes.

    Raises:
        Rejected: it is no JSON object.
    """
    for attempt in (text, re.sub(r'\\(?!["\\/bfnrtu])', r"\\\\", text)):
        try:
            found = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    raise Rejected(f"answers with text that is not {expected}: {' '.join(text[:200].split())!r}; check the address")
