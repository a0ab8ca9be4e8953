"""The texts of an image: its alternative text, caption, credit and license."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree, html

from support import SmallSite

URL = "https://cdn.example/a.jpg"
MEDIA = {"m": "http://search.yahoo.com/mrss/"}


def _image(**more: Any) -> list[dict[str, Any]]:
    return [{"url": URL, "width": 1200, "height": 800, **more}]


def _story(site: SmallSite, **image: Any) -> tuple[html.HtmlElement, dict[str, Any], str]:
    """Return an article's page, its structured data, and the feed."""
    site.article("one", images=_image(**image), body="Text.\n")
    site.build()
    page = html.fromstring(site.page("/news/one/"))
    node = json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])
    return page, node, site.page("/feed.xml")


def test_an_image_with_all_of_them(site: SmallSite) -> None:
    """The page, the structured data and the feed carry the four texts, escaped."""
    license = "https://licenses.example/by/"
    page, node, feed = _story(
        site, alt="A <gate>", caption="The tide", credit="Ann", license=license
    )
    assert page.xpath("//figure//img/@alt") == ["A <gate>"]
    assert page.xpath("//meta[@property='og:image:alt']/@content") == ["A <gate>"]
    [caption] = page.xpath("//figcaption")
    assert caption.text_content() == "The tide Ann · License"
    assert caption.xpath(".//a[@rel='license']/@href") == [license]
    [image] = node["image"]
    assert (image["@type"], image["url"], image["width"]) == ("ImageObject", URL, 1200)
    assert (image["caption"], image["creditText"], image["license"]) == ("The tide", "Ann", license)
    [media] = etree.fromstring(feed.encode()).xpath("//m:content[*]", namespaces=MEDIA)
    assert [child.text for child in media] == ["A <gate>", "The tide", "Ann"]


def test_the_title_is_the_caption(site: SmallSite) -> None:
    """An image with only a title is written as before: an address in structured data and feed."""
    page, node, feed = _story(site, title="The tide")
    assert page.xpath("//figcaption/text()") == ["The tide"]
    assert page.xpath("//figure//img/@alt") == ["The tide"]
    assert node["image"] == [URL]
    assert "<media:description" not in feed


@pytest.mark.parametrize("license", ["javascript:alert(1)", "CC BY 4.0"])
def test_a_license_that_is_no_address_is_a_name(site: SmallSite, license: str) -> None:
    """Only a license with an http or https address becomes a link."""
    page, node, _ = _story(site, license=license)
    assert page.xpath("string(//figcaption)").strip() == license
    assert not page.xpath("//figcaption//a")
    assert node["image"][0]["license"] == {"@type": "CreativeWork", "name": license}
