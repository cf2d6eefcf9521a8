"""Press: a dozen outlets and more on one server of this machine, with pages, feeds, sitemaps, validators and troubles."""

import hashlib
import html
import json
import runpy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Self
from urllib.parse import urlsplit

# tests are no package (another package of that name is installed), so neighbours are loaded by their paths.
WEB: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("local_web.py"))))
MARKUP: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("markup.py"))))
FAMILIES: Final = (
    *(("tuned", name) for name in (
        "wordpress_block", "wordpress_classic", "drupal", "guardian_like", "substack", "politico_like",
        "next_json_ld_only", "old_tables", "academic_conversation",
    )),
    *(("held_out", name) for name in ("arc_fusion", "ghost", "think_tank_cards")),
)  # fmt: skip
# Words by which the query knows a text about the talks; the templates' own sentences hold only some of them.
TALKS: Final = (
    "Ukraine and Russia came back to the peace talks in the spring, and Washington wanted both Kyiv and Moscow to sign "
    "a ceasefire before the summit; the negotiation then went on without the Kremlin saying what it would accept."
)


@dataclass
class Story:
    """One article at one address; `text` is replaced to edit it."""

    host: str
    path: str
    title: str
    author: str
    published: datetime
    body: bytes
    content_type: str = "text/html; charset=utf-8"


def story(host: str, number: int, *, text: str = "", title: str = "", author: str = "") -> Story:
    """An article of our own on a plain page: a headline, a byline, a date and paragraphs about the talks."""
    title = title or f"Bargaining at table {number} of {host.split('.')[0]}"
    author = author or ("Marta Ellingsen", "Tomas Ried", "Priya Raghunathan")[number % 3]
    published = datetime(2025, 3, 1, 9, 0, tzinfo=UTC) + timedelta(days=number)
    seed = int(hashlib.sha256(f"{host}{number}".encode()).hexdigest()[:6], 16)
    paragraphs = [text or f"{TALKS} This is piece {number} of {host}.", *MARKUP.prose(7, seed)]
    head = (
        f'<meta name="author" content="{html.escape(author)}">'
        f'<meta property="article:published_time" content="{published.isoformat()}">'
        f'<meta property="article:section" content="Opinion">'
    )
    inner = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f"<!DOCTYPE html><html lang='en'><head><title>{html.escape(title)}</title>{head}</head><body><article>"
    page += f"<h1>{html.escape(title)}</h1>{inner}</article></body></html>"
    return Story(host, f"/opinion/piece-{number}", title, author, published, page.encode())


@dataclass
class Press:
    """The server and what it serves. Use it as a context manager."""

    stories: list[Story] = field(default_factory=list)
    has_validators: bool = True

    def __post_init__(self) -> None:
        self.server = WEB.Outlet({})

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(*error)

    @property
    def routes(self) -> dict[str, Any]:
        return self.server.routes

    @property
    def seen(self) -> list[Any]:
        return self.server.seen

    def url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.server.port}{path}"

    def fetcher(self, **choices: Any) -> Any:
        return WEB.fetcher(self.server, **choices)

    def serve(self, host: str, path: str, body: bytes, content_type: str, **headers: str) -> None:
        """Serve a body with its ETag, and answer a request that names it with 304."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

        def answer(seen: Any) -> Iterator[bytes]:
            if self.has_validators and seen.headers.get("if-none-match") == tag:
                yield WEB.reply(b"", 304, etag=tag)
            else:
                tagged = {"etag": tag} if self.has_validators else {}
                yield WEB.reply(body, content_type=content_type, **tagged, **headers)

        self.routes[f"{host} {path}"] = answer

    def fail(self, host: str, path: str, status: int, **headers: str) -> None:
        self.routes[f"{host} {path}"] = WEB.reply(b"no", status, **headers)

    def stream(self, host: str, path: str, pieces: Callable[[Any], Iterator[bytes]]) -> None:
        self.routes[f"{host} {path}"] = pieces

    def publish(self, article: Story) -> Story:
        """Put an article onto its page, in place of an earlier state of it."""
        self.stories = [s for s in self.stories if (s.host, s.path) != (article.host, article.path)] + [article]
        self.serve(article.host, article.path, article.body, article.content_type)
        return article

    def publish_family(self, folder: str, family: str, seed: int) -> Story:
        """A page in the markup of a kind of outlet, at an address like theirs."""
        built = MARKUP.build(folder, family, seed)
        parts = urlsplit(built.url)
        body = built.body.replace(f"https://{parts.netloc}".encode(), self.url(parts.netloc, "").encode())
        for paragraph in built.paragraphs[:6]:
            body = body.replace(paragraph.encode(), f"{paragraph} {TALKS}".encode(), 1)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        published = datetime.fromisoformat(built.published_date).replace(tzinfo=UTC)
        kept = Story(parts.netloc, path, built.title, "; ".join(built.authors), published, body, built.content_type)
        return self.publish(kept)

    def of(self, *hosts: str) -> list[Story]:
        return [found for found in self.stories if found.host in hosts]

    def rss(self, host: str, stories: list[Story], path: str = "/feed", **headers: str) -> str:
        items = "".join(
            f"<item><title>{html.escape(s.title)}</title><link>{self.url(s.host, html.escape(s.path))}</link>"
            f"<pubDate>{s.published:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
            f"<description>On the peace talks over Ukraine</description></item>"
            for s in stories
        )
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'
        self.serve(host, path, feed.encode(), "application/rss+xml", **headers)
        return self.url(host, path)

    def atom(self, host: str, stories: list[Story], path: str = "/atom") -> str:
        items = "".join(
            f"<entry><title>{html.escape(s.title)}</title><id>{self.url(s.host, html.escape(s.path))}</id>"
            f'<link rel="alternate" href="{self.url(s.host, html.escape(s.path))}"/>'
            f"<published>{s.published.isoformat()}</published><summary>Ukraine peace talks</summary></entry>"
            for s in stories
        )
        feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{host}</title>{items}</feed>'
        self.serve(host, path, feed.encode(), "application/atom+xml")
        return self.url(host, path)

    def json_feed(self, host: str, stories: list[Story], path: str = "/feed.json") -> str:
        items = [{"id": self.url(s.host, s.path), "url": self.url(s.host, s.path), "title": s.title,
                  "summary": "Ukraine peace talks", "date_published": s.published.isoformat()} for s in stories]  # fmt: skip
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": host, "items": items}
        self.serve(host, path, json.dumps(feed).encode(), "application/feed+json")
        return self.url(host, path)

    def rdf(self, host: str, stories: list[Story], path: str = "/index.rdf") -> str:
        items = "".join(
            f'<item rdf:about="{self.url(s.host, html.escape(s.path))}"><title>{html.escape(s.title)}</title>'
            f"<link>{self.url(s.host, html.escape(s.path))}</link><description>Ukraine peace talks</description></item>"
            for s in stories
        )
        head = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        feed = f'<rdf:RDF {head}><channel rdf:about="{host}"><title>{host}</title></channel>{items}</rdf:RDF>'
        self.serve(host, path, feed.encode(), "application/rdf+xml")
        return self.url(host, path)

    def sitemap(self, host: str, stories: list[Story], path: str = "/sitemap.xml") -> str:
        """An index that names one sitemap of pages, as large outlets have it."""
        pages = "".join(
            f"<url><loc>{self.url(s.host, html.escape(s.path))}</loc><lastmod>{s.published:%Y-%m-%d}</lastmod>"
            f"<n:news><n:title>Ukraine peace talks: {html.escape(s.title)}</n:title></n:news></url>"
            for s in stories
        )
        head = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
        self.serve(host, "/pages.xml", f"<urlset {head}>{pages}</urlset>".encode(), "application/xml")
        index = f"<sitemapindex {head}><sitemap><loc>{self.url(host, '/pages.xml')}</loc></sitemap></sitemapindex>"
        self.serve(host, path, index.encode(), "application/xml")
        return self.url(host, path)
