"""Charsets: bytes from the web to text, where header, document and bytes may each say something else."""

import codecs
import re
from typing import Final, NamedTuple

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARATION_LENGTH: Final = 4_096
# Browsers read these labels as windows-1252 (WHATWG Encoding Standard); Python's codecs would give control characters.
_AS_WINDOWS_1252: Final = frozenset({"iso8859-1", "ascii", "cp1252"})
_READABLE: Final = re.compile(
    r"(?:utf-8|cp125\d|iso8859-\d+|koi8-[ru]|mac-cyrillic|gb\w+|big5\w*|euc_\w+|shift_jis\w*|cp866|cp949|tis-620|hz)"
)
_SAMPLE_LENGTH: Final = 200_000
_SAMPLED_FOR_GUESS: Final = 20_000
# Share of broken bytes up to which a text is still UTF-8 with a flaw and not something else.
_FLAWED_SHARE: Final = 0.002
_ACCENTED: Final = re.compile("[\u00c0-\u00ff]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u00ff]")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_CYRILLIC_JUMPS: Final = re.compile("[а-я][А-Я]")
# UTF-8 read as windows-1252: a lead byte's letter, then as many continuation bytes' characters as it promises. Only the
# leads of European letters, punctuation and emoji: a French "à" before a space and a guillemet would pass for another.
_CONTINUATION: Final = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_MOJIBAKE: Final = re.compile(
    f"[\u00c2-\u00c5\u00ce-\u00d2][{_CONTINUATION}]|\u00e2[{_CONTINUATION}]{{2}}|\u00f0[{_CONTINUATION}]{{3}}"
)
_FEWEST_MOJIBAKE: Final = 3


class Decoded(NamedTuple):
    """Text, the encoding that it was read in, and what was wrong with it."""

    text: str
    encoding: str
    problems: tuple[str, ...]


def decode(body: bytes, content_type: str = "") -> Decoded:
    """The text of a page or feed.

    A byte-order mark decides; then bytes that are valid UTF-8; then, of what the HTTP header and the document declare,
    the first that gives plausible text; then a guess. Text that was garbled before it was sent is mended. Never raises.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _mended(body[len(mark) :].decode(name, "replace"), name, ())
    declared = _declared(body, content_type)
    if body[:40].count(0) > len(body[:40]) // 4 and len(body) > 3:
        return _mended(body.decode("utf-16-be" if body[0] == 0 else "utf-16-le", "replace"), "utf-16", ())
    try:
        return _mended(body.decode("utf-8"), "utf-8", ())
    except UnicodeDecodeError:
        pass
    flawed = body[:_SAMPLE_LENGTH].decode("utf-8", "ignore")
    lost = len(body[:_SAMPLE_LENGTH]) - len(flawed.encode())
    if lost <= max(3, len(body) * _FLAWED_SHARE) and sum(ord(letter) > 127 for letter in flawed) > 3 * lost:
        return _mended(body.decode("utf-8", "replace"), "utf-8", ("some bytes are not UTF-8 and were replaced",))
    candidates = [*declared, "cp1252", "cp1251", *(name for name in (_guess(body),) if name)]
    sample = body[:_SAMPLE_LENGTH]
    best = max(dict.fromkeys(candidates), key=lambda name: _plausibility(sample.decode(name, "replace")))
    problems = (f"declared {', '.join(declared)} but read as {best}",) if declared and best != declared[0] else ()
    return _mended(body.decode(best, "replace"), best, problems)


def _declared(body: bytes, content_type: str) -> list[str]:
    in_header = _HEADER.search(content_type)
    in_document = [name.decode("ascii", "ignore") for name in _DECLARED.findall(body[:_DECLARATION_LENGTH])]
    names = [_codec(label) for label in [*([in_header.group(1)] if in_header else []), *in_document]]
    return list(dict.fromkeys(name for name in names if name and name != "utf-8"))


def _codec(label: str) -> str:
    """Python's name of a charset label; empty for what is unknown or no charset of web pages."""
    try:
        name = codecs.lookup(label.strip().lower()).name
    except (LookupError, ValueError):
        return ""
    if name in _AS_WINDOWS_1252:
        return "cp1252"
    return name if _READABLE.fullmatch(name) else ""


def _guess(body: bytes) -> str:
    from charset_normalizer import from_bytes  # Loaded only for pages that nothing else explains.

    markup_free = re.sub(rb"<[^>]*>", b" ", body[:_SAMPLE_LENGTH])
    best = from_bytes(markup_free[:_SAMPLED_FOR_GUESS]).best()
    return _codec(best.encoding) if best else ""


def _plausibility(text: str) -> float:
    """1 for text that reads as a language, less for what wrong charsets make: controls, rows of accents, odd case."""
    latin, cyrillic = len(_LATIN.findall(text)), len(_CYRILLIC.findall(text))
    prose = re.sub(r"<[^>]*>", " ", text)
    words = re.findall(r"[^\W\d_]{3,}", prose)
    accented_words = sum(len(_ACCENTED.findall(word)) > len(word) / 2 for word in words)
    broken = sum(letter == "\ufffd" or "\u0080" <= letter <= "\u009f" for letter in prose)
    jumps = len(_CYRILLIC_JUMPS.findall(prose))
    odd = sum(0x2500 <= ord(letter) <= 0x25FF for letter in prose)
    return (
        1
        - 3 * accented_words / max(1, len(words))
        - 10 * (broken + odd) / max(1, latin + cyrillic)
        - 5 * jumps / max(1, cyrillic)
    )


def _mended(text: str, encoding: str, problems: tuple[str, ...]) -> Decoded:
    """Text whose UTF-8 had been read as windows-1252 before it was sent ("donâ€™t"), set right."""
    if len(_MOJIBAKE.findall(text[:_SAMPLE_LENGTH])) < _FEWEST_MOJIBAKE:
        return Decoded(text, encoding, problems)
    mended = _MOJIBAKE.sub(lambda found: _reread(found.group()), text)
    return Decoded(
        mended, encoding, (*problems, "garbled characters were mended (UTF-8 that had been read as windows-1252)")
    )


def _reread(garbled: str) -> str:
    try:
        return b"".join(_byte(letter) for letter in garbled).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return garbled


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")
