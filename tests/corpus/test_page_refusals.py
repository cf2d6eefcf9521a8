"""Tests of pipeline.corpus.page_refusals, and of the other pages that are refused."""
# ruff: noqa: E501 - lines of markup and of cases are kept whole

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from pipeline.corpus.article import Rejected

# tests are no package (another package of that name is installed), so the builder is loaded by its path.
BUILDER: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("markup.py"))))
page = BUILDER.page
read = BUILDER.read

SHELL: Final = "<html><head><title>{}</title></head><body><h1>{}</h1><p>{}</p></body></html>"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"), (b"%PDF-1.7 x", "is a PDF"), (b"plain words and nothing else", "holds no HTML"), (b"<html></html>", "no article text|without JavaScript"),
        (SHELL.format("Just a moment...", "example.org", "Verifying you are human. This may take a few seconds.").encode(), "human is reading"),
        (SHELL.format("Page not found | Front", "404", "Sorry, we could not find what you were looking for.").encode(), "does not exist"),
        (SHELL.format("Страница не найдена", "Ошибка 404", "Начните с главной.").encode(), "does not exist"),
        (SHELL.format("Front", "", "You need to enable JavaScript to run this app.").encode(), "JavaScript"),
        (b"<html><head><title>Front</title></head><body><div id='root'></div><script></script><script></script><script></script></body></html>", "JavaScript"),
        (SHELL.format("Before you continue", "Your privacy", "We and our partners store and use cookies on your device.").encode(), "cookie notice"),
        (SHELL.format("503 Service Unavailable", "Service Unavailable", "").encode(), "out of order"),
        (SHELL.format("Log in | Front", "Log in", "Enter your name and password.").encode(), "log in"),
        (b"<html>" + b"<i>" * 150_000, "elements|no article text"), (b"<html>" + b"<br>" * 150_000, "elements"), (b"<html>" + b"x" * 5_100_000, "larger than"),
    ],
)  # fmt: skip
def test_a_page_that_is_no_article_is_rejected_with_what_it_is(body: bytes, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read(body)


@pytest.mark.parametrize(
    "title",
    ["404 Days of War", "What Was Not Found in Minsk", "Access Denied: Why Europe Has No Seat", "Cookies and Cannons"],
)
def test_an_article_about_such_things_is_an_article(title: str) -> None:
    html = page(paragraphs=tuple(BUILDER.prose(8, 2))).replace("The Map on the Table", title)
    assert read(html).article.title == title
