"""What counts as a link in a built site, and which links lead nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsgen.check.links import check_output, read_page
from newsgen.core.problems import UserError
from newsgen.store.output import MANIFEST

PAGE = """<!doctype html><html><head><title>x</title><link rel="canonical" href="https://x.example/azure/">
<meta property="og:url" content="https://x.example/azure/og/">
<meta http-equiv="Refresh" content="0; url='/azure/refresh/'">
<script type="application/ld+json">{"a": [{"b": "https://x.example/azure/ld/", "c": "https://x.example/azure/b/"}]}</script>
<script>var a = '<a href="/azure/script/">';</script><style>a { }</style></head><body>
<!-- <a href="/azure/comment/">x</a> --><h1 id="a%20b">x</h1>
<a href="/azure/b/">fine</a> <a href="b/#part">fine</a> <a href="#top">fine</a>
<a href="#a%20b">fine</a> <a href="#">fine</a>
<a href="https://elsewhere.example/azure/">fine</a> <a href="/outside/">fine</a>
<a href="mailto:a@b.example">fine</a>
<a href='/azure/c/'>no file</a> <a href="b/#nowhere">no fragment</a> <a href=/azure/b>no slash</a>
<img src="no.png" srcset="b/ 1x, no2.png 2x" alt="a > b"><video poster="no3.png"></video>
<blockquote cite="q/">x</blockquote>
<a href="/azure/na%C3%AFve/?a=b&amp;c">fine</a> <a href="//x.example/azure/two/">no</a> <a href="http://[">no</a>
<a href="#:~:text=x">fine</a> <a href="#top:~:text=x,-y">fine</a>
<a href="b/#part:~:text=x&amp;text=y">fine</a>
<a href="//[#x">none</a> <a href="http://[#x">none</a></body></html>"""


def broken(folder: Path, files: dict[str, str], url: str = "https://x.example/azure") -> list[str]:
    """Return `file -> link` for each link that leads nowhere."""
    for name, text in {MANIFEST: "", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return sorted(
        f"{p.file} -> {p.message.split()[2]}"
        for p in check_output(folder, url, 2)
        if p.code.startswith("broken")
    )


def test_links_of_pages(tmp_path: Path) -> None:
    """Broken links, images, source sets, fragments, metadata and structured data are reported;
    scripts, comments and links off the site are not.
    """
    files = {
        "index.html": PAGE,
        "b/index.html": '<!doctype html><title>x</title><p id="part">x</p><a '
        'href="../">fine</a><a href="..">fine</a>',
        "naïve/index.html": "<!doctype html><title>x</title>",
    }
    links = [
        "/azure/b",
        "/azure/c/",
        "/azure/refresh/",
        "//x.example/azure/two/",
        "b/#nowhere",
        "no.png",
        "no2.png",
        "no3.png",
        "q/",
    ]
    links += ["https://x.example/azure/ld/", "https://x.example/azure/og/"]
    assert broken(tmp_path, files) == sorted(f"index.html -> {link}" for link in links)


def test_links_of_machine_files(tmp_path: Path) -> None:
    """Links in feeds, sitemaps, the manifest, style sheets, redirects and robots.txt are checked
    too.
    """
    files = {
        "feed.xml": "<rss "
        'xmlns:a="http://www.w3.org/2005/Atom"><link>https://x.example/azure/no1/</link><a:link '
        'href="https://x.example/azure/"/></rss>',
        "sub/feed.json": '{"items": [{"url": "https://x.example/azure/no2/"}, {"url": '
        '"https://x.example/other/"}]}',
        "site.webmanifest": '{"start_url": "/azure/", "icons": [{"src": "/azure/no3.png"}]}',
        "a.css": "a { background: url('no4.png') url(data:image/png;base64,AA) }",
        "_redirects": "# moved\n/azure/old/ /azure/no5/ 301\n/azure/older/ /azure/ 301\n",
        "robots.txt": "User-agent: *\nSitemap: https://x.example/azure/no6.xml\n",
        "index.html": "",
    }
    found = broken(tmp_path, files)
    assert [line.partition("no")[2][0] for line in found] == ["5", "4", "1", "6", "3", "2"]


@pytest.mark.parametrize(
    "text",
    [
        "<![x[ <a href='/c/'>",
        "<a href='/c/",
        "<",
        "<a href=>",
        "<!-- <a",
        "<script>",
        "<a \x00 href='&#0;'>",
        "<?x",
        "</",
    ],
)
def test_pages_that_are_no_html(text: str) -> None:
    """Any bytes can be read as a page, and links before invalid parts count."""
    assert "/b/" in read_page("<a href='/b/'>x</a>" + text).addresses


def test_an_output_that_is_none(tmp_path: Path) -> None:
    """Checking without a built site is an error."""
    with pytest.raises(UserError) as stopped:
        check_output(tmp_path, "https://x.example", 1)
    assert (stopped.value.problem.code, stopped.value.exit_code) == ("no-output", 2)
