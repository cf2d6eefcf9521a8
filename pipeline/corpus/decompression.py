"""Decompression in bounded steps: a body that unpacks to too much is stopped, and never stands in memory whole."""

import zlib
from collections.abc import Iterator
from typing import Final

# Only these are asked for. A Brotli or Zstandard body was not, so there is no decoder that a bomb could be made for.
ACCEPTED: Final = "gzip, deflate"

_STEP: Final = 64 * 1024
# Block-gzip has a member every 64 KB; a body of thousands of tiny ones is made to cost time.
_MOST_MEMBERS: Final = 1000
_MEMBER: Final = b"\x1f\x8b"


class Unreadable(Exception):
    """A body that cannot be unpacked as it says it is packed. The message says why."""


class CutShort(Exception):
    """A packed body that ends before its end."""


class Decoder:
    """Unpacks one Content-Encoding (RFC 9110, 8.4): none, gzip or deflate; never one inside another."""

    def __init__(self, content_encoding: str) -> None:
        codings = [
            coding for part in content_encoding.lower().split(",") if (coding := part.strip()) not in ("", "identity")
        ]
        if len(codings) > 1:
            raise Unreadable(f"is compressed several times over ({', '.join(codings[:5])}), as only attacks are")
        self._coding = codings[0].removeprefix("x-") if codings else ""
        if self._coding not in ("", "gzip", "deflate"):
            raise Unreadable(f"is compressed as {self._coding[:40]!r}, though only gzip and deflate were asked for")
        self._members = 0
        self._head = b""
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Unpack `data` into pieces of at most 64 KB; a reader that has enough just stops asking.

        Raises:
            Unreadable: the bytes are not what Content-Encoding says.
        """
        if not self._coding:
            yield data
            return
        if self._coding == "deflate" and len(self._head) < 2:
            data = self._after_head(data)
        while data:
            if self._inflater.eof:
                data = self._at_next_member(data)
            if data:
                yield self._inflate(data)
                data = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail

    def _after_head(self, data: bytes) -> bytes:
        """Deflate comes with its zlib wrapper or, from some servers, without: its first two bytes tell (RFC 1950)."""
        start, self._head = self._head + data, (self._head + data)[:2]
        if len(start) < 2:
            return b""
        is_wrapped = start[0] & 0x0F == zlib.DEFLATED and int.from_bytes(start[:2]) % 31 == 0
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS)
        return start

    def _inflate(self, data: bytes) -> bytes:
        try:
            return self._inflater.decompress(data, _STEP)
        except zlib.error as error:
            raise Unreadable(f"says that it is {self._coding} and is not ({error})") from error

    def _at_next_member(self, data: bytes) -> bytes:
        """Begin the next gzip member (RFC 1952, 2.2) where there is one; what else follows the end is padding."""
        start, self._head = self._head + data, b""
        if self._coding != "gzip" or not start.startswith(_MEMBER[: len(start)]):
            return b""
        if len(start) < len(_MEMBER):
            self._head = start
            return b""
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise Unreadable(f"consists of more than {_MOST_MEMBERS} compressed pieces")
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return start

    def finish(self) -> Iterator[bytes]:
        """The last pieces; raises CutShort where the packed body broke off."""
        if not self._coding:
            return
        while piece := self._inflate(b""):
            yield piece
        if not self._inflater.eof:
            raise CutShort("the compressed body breaks off")
