"""Files for machines: sitemaps, robots.txt, headers, redirects, manifest, icons, structured
data.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO

from lxml import etree, html
from PIL import Image

from newsgen.pages.sitemaps import partition
from support import AS_OF, SmallSite

NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}


def xml(site: SmallSite, path: str) -> etree._Element:
    return etree.fromstring((site.output / path).read_bytes())


def test_sitemap_names_pages_that_exist_and_true_times(site: SmallSite) -> None:
    """Every address of the sitemap is a page; an article's lastmod is its own time, and no other
    page has one.
    """
    site.build()
    found = xml(site, "sitemap.xml")
    for url in found.xpath("//s:loc/text()", namespaces=NS):
        assert (site.output / url.removeprefix("https://wire.example/") / "index.html").is_file()
    assert set(found.xpath("//s:lastmod/text()", namespaces=NS)) == {
        "2026-01-29T08:00:00+00:00",
        "2026-01-30T08:00:00+00:00",
    }
    assert not found.xpath("//s:priority | //s:changefreq", namespaces=NS)


def test_a_sitemap_past_the_limit_is_parted_from_the_oldest() -> None:
    """A new article changes only the last part."""
    urls = [f"/{i}/" for i in range(10)]
    before, after = (partition(urls[:n], [None] * n, 4) for n in (9, 10))
    assert [len(part[0]) for part in after] == [4, 4, 2]
    assert before[:2] == after[:2]


def test_news_sitemap_holds_two_days_and_goes_by_time_alone(site: SmallSite) -> None:
    """The news sitemap has the stories of the last two days; when the last one is older, the file
    and its line in robots.txt disappear.
    """
    site.build()
    assert xml(site, "news-sitemap.xml").xpath("//n:title/text()", namespaces=NS) == ["Story two"]
    assert "news-sitemap.xml" in site.page("robots.txt")
    result = site.build(as_of=AS_OF + timedelta(days=3))
    assert result.removed == 1
    assert not (site.output / "news-sitemap.xml").exists()
    assert "news-sitemap.xml" not in site.page("robots.txt")


def test_policy_is_narrow(site: SmallSite) -> None:
    """The headers carry a policy that first forbids everything, and never allows inline code."""
    site.build()
    headers = site.page("_headers")
    policy = re.search(r"Content-Security-Policy: (.*)", headers)
    assert policy
    assert policy[1].startswith("default-src 'none'")
    assert "unsafe-inline" not in headers
    assert "X-Content-Type-Options: nosniff" in headers
    assert "immutable" in headers


def test_stylesheets_of_settings_are_kept_for_good(site: SmallSite) -> None:
    """Files with a digest in the name are immutable, including the stylesheet from the settings."""
    site.settings(theme={"accent": "#115577"})
    site.build()
    made = [
        path for path in site.tree() if re.fullmatch(r"(?:theme|newsgen)\.[0-9a-f]{10}\.css", path)
    ]
    assert len(made) == 2
    assert all(
        f"/{path}\n  Cache-Control: public, max-age=31536000, immutable" in site.page("_headers")
        for path in made
    )


def test_aliases_are_redirected(site: SmallSite) -> None:
    """An old address is a line of _redirects and a small page that redirects."""
    site.article("one", publishedDateTime="2026-01-29T08:00:00Z", aliases=["/old/one/"])
    site.build()
    assert "/old/one/ /news/one/ 301" in " ".join(site.page("_redirects").split())
    assert "https://wire.example/news/one/" in site.page("/old/one/")


def test_manifest_and_icons(site: SmallSite) -> None:
    """The web app manifest is JSON, and each of its icons is an image of the stated size."""
    site.build()
    manifest = json.loads(site.page("site.webmanifest"))
    assert manifest["name"] == "The Test Wire"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        picture = Image.open(BytesIO((site.output / icon["src"].lstrip("/")).read_bytes()))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]


def test_structured_data_says_whose_story_it_is(site: SmallSite) -> None:
    """An article's JSON-LD has one node in each script, names its source, claims no author, and
    survives a hostile title.
    """
    site.article(
        "one",
        title="A </script><script>alert(1)</script> title",
        publishedDateTime="2026-01-29T08:00:00Z",
    )
    site.build()
    page = html.fromstring(site.page("/news/one/"))
    nodes = [
        json.loads(text) for text in page.xpath('//script[@type="application/ld+json"]/text()')
    ]
    article = next(node for node in nodes if node["@type"] == "NewsArticle")
    assert article["headline"] == "A </script><script>alert(1)</script> title"
    assert article["isBasedOn"] == "https://paper.example/one"
    assert article["datePublished"] == "2026-01-29T08:00:00+00:00"
    assert {node["@type"] for node in nodes} >= {"NewsArticle", "BreadcrumbList"}
    assert not page.xpath("//script[not(@type) and not(@src)]")


def test_a_path_in_the_url_is_honoured_by_machine_files(make_site) -> None:
    """With https://x.example/azure, every address in feeds, sitemap, manifest and headers is below
    /azure/.
    """
    site = make_site(url="https://x.example/azure")
    site.article("one")
    site.build()
    for path in ("feed.xml", "atom.xml", "sitemap.xml"):
        for url in re.findall(r"https://x\.example(/[^<\"]*)", site.page(path)):
            assert url.startswith("/azure/"), (path, url)
    assert json.loads(site.page("site.webmanifest"))["start_url"] == "/azure/"
