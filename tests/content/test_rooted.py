"""A site whose address has a path: addresses from the site's root begin with that path on every
page.
"""

from __future__ import annotations

import pytest

from links import WrittenSite
from newsgen.content.body.convert import render_body


@pytest.mark.parametrize(
    ("made", "rooted"),
    [
        ('<a href="/about/">x</a>', '<a href="/azure/about/">x</a>'),
        ('<img src="/a.jpg">', '<img loading="lazy" decoding="async" src="/azure/a.jpg">'),
        ('<blockquote cite="/a/">x</blockquote>', '<blockquote cite="/azure/a/">x</blockquote>'),
        ('<a title="a &gt; b" href="/">x</a>', '<a href="/azure/" title="a &gt; b">x</a>'),
        (
            '<a href="//cdn.example/a">x</a>',
            '<a rel="external noopener" href="https://cdn.example/a">x</a>',
        ),
        ('<a href="#fn">x</a><a href="b/">y</a>', '<a href="#fn">x</a><a href="b/">y</a>'),
        ("<b>&lt;a href=/x&gt;</b>", "<b>&lt;a href=/x&gt;</b>"),
    ],
)
def test_links_from_the_root_get_the_path(made: str, rooted: str) -> None:
    """Links and images from the site's root get the path; others, and text that looks like a link,
    do not.
    """
    assert (
        render_body(f"<div>{made}</div>", "commonmark", (), base="/azure").html
        == f"<div>{rooted}</div>"
    )
    assert "/azure" not in render_body(made, "commonmark", ()).html


def test_a_site_below_a_path_has_no_broken_link(make_site) -> None:
    """Body links, local images and local logos all lead below the site's path, in pages and in
    machine files.
    """
    site = make_site(url="https://x.example/azure", feeds={"full_text": True})
    site.write("static/pictures/a.jpg", b"x")
    site.article(
        "one",
        body="See [two](/news/two/) and ![a](/pictures/a.jpg).\n",
        images=[{"url": "/pictures/a.jpg"}],
    )
    site.article(
        "two",
        provider={
            "name": "Paper",
            "domain": "paper.example",
            "images": [{"url": "/pictures/a.jpg"}],
        },
    )
    site.write(
        "_data/organizations.yaml",
        "- {domain: paper.example, name: Paper, images: [{url: /pictures/a.jpg}]}",
    )
    site.build()
    page = site.page("/news/one/")
    assert 'href="/azure/news/two/"' in page
    assert page.count('src="/azure/pictures/a.jpg"') >= 2
    assert 'src="/azure/pictures/a.jpg"' in site.page("/news/two/")
    written = WrittenSite(site.output, "https://x.example/azure")
    assert written.broken() == []
    outside = [
        link
        for path in written.pages()
        for link in written.links(path)
        if link.startswith("https://x.example/")
    ]
    assert outside
    assert [link for link in outside if not link.startswith("https://x.example/azure/")] == []
