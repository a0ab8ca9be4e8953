"""The preview over HTTP: it serves what a build would write, only to this machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsgen.preview.server import App
from preview.serving import Running, running
from support import SmallSite


@pytest.fixture
def served(site: SmallSite) -> Iterator[Running]:
    site.write("static/a.txt", "0123456789")
    site.write("static/deep/picture.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    with running(site) as one:
        yield one


def test_every_page_is_that_of_a_build(served: Running, site: SmallSite) -> None:
    """Each file of a build with the same clock is served with the same bytes, except for the marked
    additions; nothing is written.
    """
    written = {
        path for path in site.root.rglob("*") if path.is_file() and ".newsgen" not in path.parts
    }
    paths = list(served.preview.state.prepared.views.pages)
    answers = {path: served.get(path) for path in paths}
    assert {
        path for path in site.root.rglob("*") if path.is_file() and ".newsgen" not in path.parts
    } == written
    assert not site.output.exists()
    site.build(drafts=True, future=True)
    tree = {"/" + path.removesuffix("index.html"): data for path, data in site.tree().items()}
    assert tree.keys() == set(paths)
    for path, answer in answers.items():
        html = answer.headers["content-type"].startswith("text/html")
        assert (answer.page.encode() if html else answer.body) == tree[path], path
        assert html == (b"/__newsgen/client.js" in answer.body)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:1313",
        "localhost.evil.example",
        "192.0.2.1",
        "",
        "[::2]",
        "[::1",
        "a b",
        "localhost:x",
    ],
)
def test_other_names_are_refused(served: Running, host: str) -> None:
    """A Host header that is not this machine's is refused, because that name may have been made to
    resolve here.
    """
    answer = served.get("/", headers={"Host": host})
    assert answer.status in (400, 403)
    assert b"Story" not in answer.body


def test_a_preview_for_the_network_knows_numbers_and_its_name(served: Running) -> None:
    """Bound to all addresses, it answers to IP addresses, which cannot be rebound; bound to a name,
    it answers to that.
    """
    for host, asked in (
        ("0.0.0.0", "192.0.2.1:1313"),
        ("0.0.0.0", "localhost"),
        ("box.example", "BOX.example:1313"),
    ):
        assert App(served.preview, host, lambda _: None)._is_ours(asked)
    assert not App(served.preview, "0.0.0.0", lambda _: None)._is_ours("evil.example")


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("ann-laptop.local:1313", True),
        ("ANN-laptop.local.", True),
        ("space-1313.app.github.dev", True),
        ("app.github.dev", True),
        ("web_1:1313", True),
        ("evil-app.github.dev", False),
        ("app.github.dev.evil.example", False),
        ("sub.ann-laptop.local", False),
        ("bob-laptop.local", False),
    ],
)
def test_names_that_are_allowed(served: Running, host: str, answered: bool) -> None:
    """An allowed name is accepted with any port; with a dot before it, so is every name below
    it.
    """
    app = App(
        served.preview,
        "0.0.0.0",
        lambda _: None,
        allowed=("Ann-Laptop.local", ".app.github.dev", "web_1"),
    )
    assert app._is_ours(host) is answered


def test_a_refusal_says_how_to_allow_the_name(served: Running) -> None:
    """A refusal shows the option that would allow a valid name."""
    assert (
        b"newsgen serve --allow-host my-space.example\n"
        in served.get("/", headers={"Host": "my-space.example:1313"}).body
    )
    assert b"--allow-host NAME\n" in served.get("/", headers={"Host": "$(x).example"}).body


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:99", "[::1]:1313", "wire.localhost"])
def test_own_names_are_answered(served: Running, host: str) -> None:
    """Names that always resolve to this machine are accepted."""
    assert served.get("/", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../newsgen.yaml",
        "/%2e%2e/newsgen.yaml",
        "/..%2fnewsgen.yaml",
        "//newsgen.yaml",
        "/static/a.txt",
        "/deep/",
        "/deep",
        "/deep/../../newsgen.yaml",
        "/.newsgen/cache.sqlite",
        "/__newsgen/../newsgen.yaml",
        "/__newsgen/client.css/../state.py",
        "/__newsgen/state.py",
        "/a.txt%00",
    ],
)
def test_nothing_else_can_be_read(served: Running, path: str) -> None:
    """No path leads out of what a build would write, and no folder is listed."""
    answer = served.get(path)
    assert answer.status == 404
    assert b"wire.example/" not in answer.body or b"Page not found" in answer.body
    assert b"title: The Test Wire" not in answer.body


def test_what_is_not_there_is_the_sites_own_page(served: Running) -> None:
    """An unknown address gets the site's 404 page; a folder's address without its slash redirects
    to it.
    """
    answer = served.get("/nowhere/")
    assert (answer.status, "Page not found" in answer.page) == (404, True)
    answer = served.get("/news/one?x=1")
    assert (answer.status, answer.headers["location"]) == (302, "/news/one/?x=1")
    assert served.get("/news/one/index.html").page == served.get("/news/one/").page


def test_heads_ranges_and_what_has_not_changed(served: Running) -> None:
    """HEAD has no body, If-None-Match and ranges of pages and files work, and media types are
    right.
    """
    for path in ("/", "/a.txt"):
        whole = served.get(path)
        head = served.get(path, "HEAD")
        assert (head.body, head.headers["content-length"], head.headers["etag"]) == (
            b"",
            str(len(whole.body)),
            whole.headers["etag"],
        )
        assert served.get(path, headers={"If-None-Match": whole.headers["etag"]}).status == 304
        part = served.get(path, headers={"Range": "bytes=2-5"})
        assert (part.status, part.body) == (206, whole.body[2:6])
        assert served.get(path, headers={"Range": "bytes=99999999-"}).status == 416
    assert served.get("/", "POST").status == 405
    types = {
        path: served.get(path).headers["content-type"]
        for path in ("/a.txt", "/deep/picture.svg", "/feed.json", "/site.webmanifest")
    }
    assert types == {
        "/a.txt": "text/plain; charset=utf-8",
        "/deep/picture.svg": "image/svg+xml",
        "/feed.json": "application/feed+json; charset=utf-8",
        "/site.webmanifest": "application/manifest+json; charset=utf-8",
    }


def test_headers_and_redirects_are_those_of_a_host(site: SmallSite) -> None:
    """Headers come from `_headers`, redirects from `_redirects`, also from a site's own files;
    other sites cannot read the drafts in a feed.
    """
    site.article("three", aliases=["/old/three/"])
    site.write(
        "static/_redirects",
        "/was/* /news/:splat 302\n/gone/ /404.html 410\n/shown/:name /news/:name/ 200\n",
    )
    with running(site) as served:
        assert "default-src 'none'" in served.get("/").headers["content-security-policy"]
        assert "access-control-allow-origin" not in served.get("/feed.xml").headers
        assert (
            served.get("/feed.xml").headers["content-type"] == "application/rss+xml; charset=utf-8"
        )
        assert (served.get("/was/one").status, served.get("/was/one").headers["location"]) == (
            302,
            "/news/one",
        )
        assert served.get("/gone/").status == 410
        assert served.get("/shown/one").page == served.get("/news/one/").page
        assert 'http-equiv="refresh"' in served.get("/old/three/").page


def test_a_site_below_a_path(make_site: Callable[..., SmallSite]) -> None:
    """A site with a path in its address is below that path in the preview too."""
    site = make_site(url="https://wire.example/azure")
    site.article("one")
    with running(site) as served:
        assert served.get("/").headers["location"] == "/azure/"
        assert "/azure/news/one/" in served.get("/azure/").page
        assert served.get("/news/one/").status == 404
        assert served.get("/azure/news/one").headers["location"] == "/azure/news/one/"


def test_offline_asks_nothing_of_others(site: SmallSite) -> None:
    """With --offline, a policy blocks images and players of other hosts, and the page's bytes
    stay.
    """
    with running(site, offline=True) as served:
        assert (
            "img-src 'self' data:; media-src 'self'; frame-src 'none'"
            in served.get("/").headers["content-security-policy"]
        )


def test_pages_and_problems_are_listed(site: SmallSite) -> None:
    """/__newsgen/pages finds routes by address, file and template; /__newsgen/problems has each
    problem with its place, escaped.
    """
    site.write("content/bad<b>.md", "---\ntitle: [\n---\n")
    site.article("four", draft=True)
    with running(site) as served:
        pages = served.get("/__newsgen/pages?q=FOUR.md%20article").body.decode()
        assert re.findall(r'<tr><td><a href="([^"]+)">', pages) == ["/news/four/"]
        assert "<b>draft</b>" in pages
        assert 'href="vscode://file/' in pages
        problems = served.get("/__newsgen/problems").body.decode()
        assert "content/bad&lt;b&gt;.md:3:1" in problems
        assert "bad<b>" not in problems


@pytest.mark.parametrize("path", ["pages", "problems", "client.js", "client.css", "nothing"])
def test_the_previews_own_pages_run_no_script(served: Running, path: str) -> None:
    """A policy forbids scripts on them, and no page may frame them."""
    headers = served.get(f"/__newsgen/{path}").headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; ")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")


def test_links_to_the_editor_are_for_files_of_the_site(
    make_site: Callable[..., SmallSite], tmp_path: Path
) -> None:
    """The setting preview.editor decides the link, and newsgen's own templates have none."""
    site = make_site(preview={"editor": "idea://open?file={file}&line={line}", "bar": False})
    site.article("one")
    with running(site) as served:
        body = served.get("/news/one/").body.decode()
        assert f"idea://open?file={tmp_path}/site0/content/one.md&amp;line=1" in body
        assert "templates/article.html&quot;, &quot;&quot;]" in body
        assert "&quot;bar&quot;: false" in body
