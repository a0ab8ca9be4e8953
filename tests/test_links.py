"""The finder of broken links does find them, so the other tests can rely on it."""

from __future__ import annotations

from pathlib import Path

from links import WrittenSite

PAGE = """<!doctype html><title>x</title><link rel="canonical" href="https://x.example/azure/">
<meta property="og:url" content="https://x.example/azure/gone/">
<h1 id="a%20b">x</h1><a href="/azure/b/">fine</a> <a href="b/#part">fine</a> <a href="#top">fine</a>
<a href="https://elsewhere.example/azure/">fine</a>
<a href="/azure/c/">no file</a> <a href="b/#nowhere">no fragment</a>
<img src="no.png" srcset="b/ 1x, no2.png 2x">
<a href="/azure/na%C3%AFve/">fine</a>"""


def test_broken_links_of_all_kinds_are_found(tmp_path: Path) -> None:
    """Broken links are named, and working ones are not.

    This covers links, images, source sets, fragments, metadata, feeds and JSON.
    """
    files = {
        "index.html": PAGE,
        "b/index.html": '<!doctype html><title>x</title><p id="part">x</p><a '
        'href="../">fine</a><a href="..">fine</a>',
        "naïve/index.html": "<!doctype html><title>x</title>",
        "feed.xml": "<rss><channel><link>https://x.example/azure/b/</link><guid>https://x.example/azure/old/</guid></channel></rss>",
        "feed.json": '{"items": [{"url": "https://x.example/azure/older/"}, {"url": '
        '"https://x.example/other-site/"}]}',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    assert WrittenSite(tmp_path, "https://x.example/azure/").broken() == [
        "feed.json -> https://x.example/azure/older/",
        "feed.xml -> https://x.example/azure/old/",
        "index.html -> https://x.example/azure/b/#nowhere",
        "index.html -> https://x.example/azure/c/",
        "index.html -> https://x.example/azure/gone/",
        "index.html -> https://x.example/azure/no.png",
        "index.html -> https://x.example/azure/no2.png",
    ]


def test_links_that_forget_the_sites_path_are_found(tmp_path: Path) -> None:
    """On a site whose URL has a path, a link without that path is reported."""
    (tmp_path / "index.html").write_text(
        '<a href="/b/">no</a><a href="/azure/">fine</a><a '
        'href="https://elsewhere.example/">fine</a>'
    )
    assert WrittenSite(tmp_path, "https://x.example/azure").strays() == [
        "index.html -> https://x.example/b/"
    ]
