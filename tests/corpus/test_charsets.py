"""Tests of pipeline.corpus.charsets."""
# ruff: noqa: E501 - lines of markup and of cases are kept whole

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from pipeline.corpus import charsets

# tests are no package (another package of that name is installed), so the builder is loaded by its path.
BUILDER: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("markup.py"))))
page = BUILDER.page
read = BUILDER.read

RUSSIAN: Final = tuple(BUILDER.prose(6, 4, "ru"))
FRENCH: Final = "Café à la crème, naïveté et déjà vu : l’élève « répète » – où ça ? "


@pytest.mark.parametrize(
    ("encoding", "content_type", "head"),
    [
        ("windows-1251", "text/html; charset=windows-1251", ""), ("windows-1251", "text/html; charset=utf-8", ""),
        ("windows-1251", "text/html; charset=iso-8859-1", "<meta charset='windows-1251'>"), ("windows-1251", "text/html", "<meta charset='utf-8'>"),
        ("koi8-r", "text/html; charset=koi8-r", ""), ("utf-8", "text/html; charset=windows-1251", ""), ("utf-16", "text/html", ""),
        ("utf-8-sig", "text/html; charset=iso-8859-1", ""), ("windows-1251", "text/html; charset=nonsense", ""),
    ],
)  # fmt: skip
def test_a_russian_page_is_read_whatever_it_says_of_its_charset(encoding: str, content_type: str, head: str) -> None:
    got = read(page(head=head, paragraphs=RUSSIAN).encode(encoding), content_type=content_type)
    assert got.article.text.endswith(RUSSIAN[-1])


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ((FRENCH * 4).encode(), ""), ((FRENCH * 4).encode("cp1252"), "text/html; charset=iso-8859-1"), ((FRENCH * 4).encode("cp1252"), "text/html; charset=utf-8"),
        ((FRENCH * 4).encode("cp1252"), ""), ((FRENCH * 4).encode().decode("cp1252").encode(), "text/html; charset=utf-8"),
    ],
)  # fmt: skip
def test_accents_and_typographic_marks_survive_mislabelled_charsets(body: bytes, content_type: str) -> None:
    assert charsets.decode(body, content_type).text == FRENCH * 4


def test_french_spacing_is_not_taken_for_garbled_text() -> None:
    text = "à\u00a0«\u00a0Paris\u00a0» à\u00a0«\u00a0Kyiv\u00a0» à\u00a0«\u00a0Minsk\u00a0» "
    assert charsets.decode(text.encode()) == (text, "utf-8", ())
