"""Conventions of a news site on every page of the demo and of the corpora, checked with real
parsers.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree, html

from realsites import SITES, Builds, Built

ORIGIN = "https://wire.example"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
ARTICLE = {
    "headline",
    "datePublished",
    "dateModified",
    "author",
    "publisher",
    "mainEntityOfPage",
    "inLanguage",
    "isAccessibleForFree",
}
OPENGRAPH = {
    "og:title",
    "og:type",
    "og:url",
    "og:image",
    "og:image:width",
    "og:image:height",
    "og:image:alt",
    "og:site_name",
    "og:locale",
}


def pages(built: Built) -> Iterator[tuple[str, Any]]:
    """Yield the pages of a site that are not redirects: address and tree."""
    for file in sorted(built.output.rglob("*.html")):
        page = html.fromstring(file.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
        if not page.xpath("//meta[@http-equiv='refresh']"):
            yield "/" + file.relative_to(built.output).as_posix().removesuffix("index.html"), page


def nodes(page: Any) -> list[dict[str, Any]]:
    """Return the nodes of JSON-LD, one from each script."""
    return [json.loads(text) for text in page.xpath("//script[@type='application/ld+json']/text()")]


def meta(page: Any, name: str) -> list[str]:
    found: list[str] = page.xpath("//meta[@name=$name or @property=$name]/@content", name=name)
    return found


def is_kept_out(page: Any) -> bool:
    return "noindex" in meta(page, "robots")


@pytest.mark.parametrize("name", SITES)
def test_every_page(builds: Builds, name: str) -> None:
    """Each page has one h1, landmarks, a skip link and a language; robots, a canonical address,
    feeds and a social card. It has no inline style or script and no AMP, correct links off the
    site, and lazy images with their size.
    """
    for path, page in pages(builds[name]):
        assert len(page.xpath("//h1")) == 1, path
        assert (
            len(page.xpath("//main"))
            == len(page.xpath("//body/a[@class='skip' and @href=concat('#', //main/@id)]"))
            == 1
        ), path
        assert page.xpath("/html/@lang"), path
        assert not page.xpath(
            "//style | //*[@style] | //script[not(@src) and not(@type='application/ld+json')] | "
            "//@*[starts-with(name(), 'on')]"
        )
        assert not page.xpath(
            "//link[@rel='amphtml'] | //*[contains(concat(' ', @rel, ' '), ' nofollow ')]"
        ), path
        formats = page.xpath("//link[@rel='alternate']/@type")
        assert {f"application/{kind}" for kind in ("rss+xml", "atom+xml", "feed+json")} == set(
            formats
        ), path
        outside = [
            a
            for a in page.xpath("//main//a[starts-with(@href, 'http')]")
            if not a.get("href").startswith(ORIGIN)
        ]
        rels = {a.get("rel") for a in outside}
        assert rels <= {"external noopener", "me external noopener"}, path
        if is_kept_out(page):
            continue
        assert meta(page, "robots") == ["max-image-preview:large"], path
        assert (
            page.xpath("//link[@rel='canonical']/@href")
            == [ORIGIN + quote(path)]
            == meta(page, "og:url")
        ), path
        assert {one for one in OPENGRAPH if len(meta(page, one)) != 1} <= {
            "og:image:width",
            "og:image:height",
        }, path
        assert meta(page, "twitter:card"), path
        eager = page.xpath("//img[not(@loading='lazy')]")
        assert [img.get("fetchpriority") for img in eager] in ([], ["high"]), path
        assert all(
            img.get("decoding") == "async" and img.get("alt") is not None
            for img in page.xpath("//main//img")
        ), path
        assert all(
            img.get("width") and img.get("height")
            for img in page.xpath("//main//img[@loading='lazy'][not(ancestor::*[@class='body'])]")
        )


@pytest.mark.parametrize("name", SITES)
def test_every_article(builds: Builds, name: str) -> None:
    """An article's date is between headline and text, and equals that of its data and its address.
    Its data name the source of the story, its text is in one element, and breadcrumbs lead to it.
    """
    count = 0
    for path, page in pages(builds[name]):
        for node in (one for one in nodes(page) if one["@type"] == "NewsArticle"):
            count += 1
            assert node.keys() >= ARTICLE, path
            assert node["publisher"].keys() >= {"name", "logo"}, path
            assert page.xpath("//@itemscope | //@itemprop") == [], path
            article = page.xpath("//article[contains(concat(' ', @class, ' '), ' article ')]")[0]
            shown, *changed = article.xpath("./div[@class='meta']//time/@datetime")
            assert [shown] == [node["datePublished"]] == meta(page, "article:published_time"), path
            assert (changed or [shown]) == [node["dateModified"]], path
            assert all(datetime.fromisoformat(time).tzinfo for time in [shown, *changed]), path
            assert datetime.fromisoformat(node["dateModified"]) >= datetime.fromisoformat(
                node["datePublished"]
            ), path
            text = "*[contains(concat(' ', @class, ' '), ' article-body ')]"
            order = [
                element.tag
                for element in article.xpath(f".//h1 | ./div[@class='meta']//time | .//{text}")
            ]
            assert order in (
                ["h1", *["time"] * (1 + len(changed)), *body] for body in ([], ["div"], ["p"])
            ), path
            if "isBasedOn" in node:
                assert page.xpath(
                    "//main//a[@href=$link][@rel='external noopener']", link=node["isBasedOn"]
                ), path
                assert node["author"] != [node["publisher"]] or "sourceOrganization" not in node, (
                    path
                )
            crumbs = next(one for one in nodes(page) if one["@type"] == "BreadcrumbList")[
                "itemListElement"
            ]
            assert [crumb["position"] for crumb in crumbs] == [*range(1, len(crumbs) + 1)], path
            assert crumbs[-1]["item"] == ORIGIN + quote(path), path
    assert count == builds[name].document["articles"]


@pytest.mark.parametrize("name", SITES)
def test_every_list(builds: Builds, name: str) -> None:
    """The home page names the site and its publisher; each other page has breadcrumbs, each list
    its items, and a topic its own feeds.
    """
    for path, page in pages(builds[name]):
        kinds = Counter(node["@type"] for node in nodes(page))
        if path == "/":
            assert kinds == {"WebSite": 1, "Organization": 1}
        elif not is_kept_out(page):
            assert kinds["BreadcrumbList"] == 1, path
            assert len(page.xpath("//nav[@class='crumbs']")) == 1, path
        if page.xpath("//body[@class='list' or @class='index']"):
            items = next(node for node in nodes(page) if node["@type"] == "CollectionPage")[
                "mainEntity"
            ]["itemListElement"]
            assert items, path
            assert all(item["url"].startswith(ORIGIN + "/") for item in items), path
        if topic := re.match(r"/topics/[^/]+/", quote(path)):
            assert f"{topic[0]}feed.xml" in page.xpath("//link[@rel='alternate']/@href"), path


@pytest.mark.parametrize("name", SITES)
def test_the_sitemap_holds_what_may_be_indexed(builds: Builds, name: str) -> None:
    """The sitemap has the canonical addresses of exactly the pages that may be indexed, without the
    older pages of lists.
    """
    output = builds[name].output
    found = etree.parse(output / "sitemap.xml").xpath("//s:loc/text()", namespaces=SITEMAP)
    wanted = {
        ORIGIN + quote(path)
        for path, page in pages(builds[name])
        if not is_kept_out(page) and "/page/" not in path
    }
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert f"Sitemap: {ORIGIN}/sitemap.xml" in (output / "robots.txt").read_text()


@pytest.mark.parametrize("name", SITES)
def test_what_hosts_and_devices_read(builds: Builds, name: str) -> None:
    """Header rules are few and short, and the policy allows nothing inline. Files with a digest in
    the name are cached for good, feeds may be read by any site, and a missing page is not indexed.
    """
    output: Path = builds[name].output
    lines = (output / "_headers").read_text().splitlines()
    rules = [line for line in lines if not line.startswith(" ")]
    assert len(rules) <= 100
    assert max(map(len, lines)) <= 2000
    policy = next(line for line in lines if "Content-Security-Policy:" in line)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    hashed = {
        f"/{file.name}"
        for file in output.iterdir()
        if re.search(r"\.[0-9a-f]{10}\.(?:css|js)$", file.name)
    }
    assert hashed | {"/_media/*"} == {
        rule for rule in rules if "immutable" in lines[lines.index(rule) + 1]
    }
    feed = lines[lines.index("/feed.json") + 1 :][:2]
    assert [line.strip() for line in feed] == [
        "Access-Control-Allow-Origin: *",
        "Content-Type: application/feed+json; charset=utf-8",
    ]
    assert 'content="noindex"' in (output / "404.html").read_text()
    icons = json.loads((output / "site.webmanifest").read_bytes())["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
