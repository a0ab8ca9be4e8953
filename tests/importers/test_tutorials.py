"""The commands of the tutorials work as written."""

from __future__ import annotations

import re
from pathlib import Path

from servers import Server
from steps import follow
from support import ROOT, newsgen

from .exports import wxr, wxr_item

_FEED = (
    '<rss version="2.0"><channel><title>X</title><item><title>Tide {0}</title><guid>{0}</guid>'
    "<link>https://{0}.example/1</link><description>It rose.</description>"
    "<pubDate>Fri, 30 Jan 2026 08:00:00 GMT</pubDate></item></channel></rss>"
)


TUTORIALS = ROOT / "docs/tutorials"


def test_move_from_wordpress(tmp_path: Path) -> None:
    """The site of an export is imported, built and published; a second import changes nothing."""
    posts = [wxr_item("gates", "The <b>gates</b> held."), wxr_item("draft", wp__status="draft")]
    (tmp_path / "export.xml").write_text(wxr(*posts))
    printed = follow((TUTORIALS / "wordpress.md").read_text("utf-8"), tmp_path)
    assert "nothing written" in printed[0]
    assert "parity: 100 % of 1 post" in printed[1]
    assert "0 new, 0 updated, 2 unchanged" in printed[5]
    page = tmp_path / "mysite/editions/current/2026/01/gates/index.html"
    assert "<strong>gates</strong>" in page.read_text("utf-8")


def test_a_planet(tmp_path: Path) -> None:
    """The planet gathers both feeds, and the nightly job publishes them."""

    def feed(name: str):  # type: ignore[no-untyped-def]
        def answer(request):  # type: ignore[no-untyped-def]
            data = _FEED.format(name).encode()
            request.send_response(200)
            request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            request.wfile.write(data)

        return answer

    with Server({"/feed.xml": feed("paper"), "/news.atom": feed("council")}).running() as host:
        hosts = dict.fromkeys(("https://paper.example", "https://council.example"), host.url)
        text = (TUTORIALS / "planet.md").read_text("utf-8")
        first, rest = re.split(r"(?=\*\*2\. )", text)
        printed = follow(first, tmp_path)
        with (tmp_path / "planet/newsgen.yaml").open("a", encoding="utf-8") as settings:
            settings.write("network: {private: [127.0.0.1]}\n")
        printed += follow(rest, tmp_path, hosts)
    assert "2 new" in printed[2]
    assert "published" in printed[4]
    assert "2 feeds, 0 failing" in printed[5]
    assert "Tide council" in (tmp_path / "planet/editions/current/index.html").read_text("utf-8")


def test_a_feed_becomes_a_site(tmp_path: Path) -> None:
    """`newsgen import feed` makes articles of a feed's items, with their addresses."""
    (tmp_path / "feed.xml").write_text(_FEED.format("paper"))
    done = newsgen("import", "feed", "feed.xml", "--no-fetch", "--root", "site", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "site/content").rglob("*.md")
    assert "permalink: /1/\n" in file.read_text()
    assert newsgen("import", "feed", "none.xml", cwd=tmp_path).returncode == 2
    assert newsgen("import", "feed", "http://127.0.0.1:1/", cwd=tmp_path).returncode == 3
