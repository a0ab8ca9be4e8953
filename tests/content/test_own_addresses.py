"""Links to the site's own address, in any spelling, count as links within the site for readers,
search engines and checks.
"""

from __future__ import annotations

import json

import pytest
from lxml import html

from newsgen.check.site_check import CheckOptions, check_site
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.content.urls import own_path
from support import AS_OF, SmallSite

OWN = (
    "https://wire.example/news/one/",
    "http://wire.example/news/one/",
    "HTTPS://WIRE.Example/news/one/",
    "//wire.example/news/one/",
    "https://wire.example:443/news/one/",
    "http://wire.example:80/news/one/",
    "https://wire.example./news/one/",
)
OTHERS = (
    "https://wire.example.evil.example/news/one/",
    "https://www.wire.example/news/one/",
    "https://wire.example:8443/news/one/",
    "https://wire.example@evil.example/news/one/",
    "https://other.example/https://wire.example/",
    "https://wireexample/news/one/",
)


@pytest.mark.parametrize(
    ("url", "site", "path"),
    [
        *((url, "https://wire.example", "/news/one/") for url in OWN),
        *((url, "https://wire.example", "") for url in OTHERS),
        ("https://wire.example", "https://wire.example", "/"),
        ("https://wire.example?a=1#b", "https://wire.example", "/?a=1#b"),
        ("https://x.example/azure", "https://x.example/azure", "/azure"),
        ("https://x.example/azure/a/", "https://X.example/azure", "/azure/a/"),
        ("https://x.example/azure-two/", "https://x.example/azure", ""),
        ("https://x.example/", "https://x.example/azure", ""),
        ("https://x.example:8080/a/", "http://x.example:8080", "/a/"),
        ("https://x.example/a/", "http://x.example:8080", ""),
        ("https://xn--bcher-kva.example/a/", "https://b\u00fccher.example", "/a/"),
        ("http://localhost:1313/a/", "http://localhost:1313", "/a/"),
        ("https://wire.example:x/", "https://wire.example", ""),
        ("ftp://wire.example/a", "https://wire.example", ""),
        ("", "https://wire.example", ""),
    ],
)
def test_an_address_is_the_sites_own_or_it_is_not(url: str, site: str, path: str) -> None:
    """Scheme, case, default port and a final dot do not matter; another host, port or path does."""
    assert own_path(url, site) == path


def test_pages_mark_only_links_off_the_site(site: SmallSite) -> None:
    """In bodies, the link to the original and related stories, an own address has no `rel`, and
    another has one.
    """
    related = [
        {"title": f"R{i}", "webUrl": url, "provider": {"name": f"P{i}"}}
        for i, url in enumerate((OWN[1], OTHERS[0]))
    ]
    body = "".join(f'<p><a href="{url}">x</a></p>\n' for url in (*OWN, *OTHERS[:3]))
    site.article("told", body=body, webUrl="http://wire.example/topics/ai/", related=related)
    site.build()
    page = html.fromstring(site.page("/news/told/"))
    rels = page.xpath(
        "//div[contains(@class, 'article-body')]//a/@rel | //div[contains(@class, "
        "'article-body')]//a[not(@rel)]"
    )
    assert [isinstance(rel, str) for rel in rels] == [False] * len(OWN) + [True] * 3
    assert page.xpath("//p[@class='original']/a/@href") == ["http://wire.example/topics/ai/"]
    assert page.xpath("//p[@class='original']/a/@rel") == []
    outside = page.xpath(
        "//section[contains(@class,'coverage')]//a[@rel='external noopener']/@href"
    )
    assert outside == [OTHERS[0]]


def test_checks_follow_own_addresses_within_the_site(site: SmallSite) -> None:
    """`newsgen check` looks up the page of an own address, in content and in the built site, and
    contacts no host.
    """
    dead = [url.replace("/one/", "/none/") for url in OWN]
    site.article(
        "one",
        body="".join(f'<p><a href="{url}">x</a></p>\n' for url in (*OWN, *dead)),
        webUrl="http://wire.example/gone/",
    )
    site.build()
    config = load_config(site.root)
    for links in (False, True):
        found = check_site(config, CheckOptions(Clock(AS_OF), links=links, external=False)).problems
        told = {problem.message.split()[2] for problem in found if problem.code == "broken-link"}
        wanted = {
            "https://wire.example/news/none/",
            "http://wire.example/news/none/",
            "https://wire.example./news/none/",
        }
        assert told == (wanted | {"http://wire.example/gone/"} if links else wanted)
        assert {problem.code for problem in found} == {"broken-link"}


def test_own_addresses_are_asked_of_no_host(site: SmallSite) -> None:
    """`newsgen check --external` requests only addresses off the site."""
    links = "".join(f'<p><a href="{url}">x</a></p>\n' for url in OWN)
    for name in ("one", "two"):
        site.article(name, body=links, webUrl="https://wire.example/news/one/")
    done = site.run("check", "--external", "--json")
    assert json.loads(done.stdout)["asked"] == 0
