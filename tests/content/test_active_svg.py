"""SVG files beside articles are published only if no browser runs code in them."""

from __future__ import annotations

import pytest

from newsgen.content.active_svg import why_active
from support import SmallSite

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inner: str, attributes: str = "", before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inner}</svg>'.encode()


@pytest.mark.parametrize(
    "data",
    [
        svg('<circle r="3" style="fill:red"/>', 'viewBox="0 0 9 9"'),
        svg("<title>A &lt;script&gt;</title><text>onload=1</text>", before="<?xml version='1.0'?>"),
        svg('<defs><g id="a"/></defs><use xlink:href="#a"/>', XLINK),
        svg('<image href="data:image/png;base64,AAAA"/><a href="https://a.example/"/>'),
        svg('<animate attributeName="r" values="1;2;3" dur="2s"/>'),
        svg(
            '<metadata xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:RDF/></metadata>'
        ),
        svg("<g/>", before='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">'),
        svg("<g/>").decode().encode("utf-16"),
    ],
)
def test_plain_drawings_pass(data: bytes) -> None:
    """Shapes, text, links, animations, metadata and embedded images are harmless."""
    assert why_active(data) == ""


@pytest.mark.parametrize(
    "data",
    [
        svg("<script>alert(1)</script>"),
        svg('<script href="/a.json"/>'),
        svg('<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>'),
        svg("<g/>", 'onload="alert(1)"'),
        svg('<g OnClick="alert(1)"/>'),
        svg('<a xlink:href="java&#9;script:alert(1)"/>', XLINK),
        svg('<a href=" javascript:alert(1)"/>'),
        svg('<image href="data:image/svg+xml,x"/>'),
        svg('<use href="data:text/html,x"/>'),
        svg('<a><animate attributeName="href" values="#;javascript:alert(1)"/></a>'),
        svg('<a><set attributeName="href" to="javascript:alert(1)"/></a>'),
        svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
        svg('<h:img xmlns:h="http://www.w3.org/1999/xhtml" src="x"/>'),
        svg("<g/>", before='<?xml-stylesheet href="a.xsl" type="text/xsl"?>'),
        svg("&x;", before='<!DOCTYPE svg [<!ENTITY x "y">]>'),
        svg('<g a="1" a="2"/>'),
        svg("<g>"),
        b"<svg onload=alert(1)>",
        b"<html></html>\x00",
        b"",
        svg(" " * 5_000_000),
    ],
)
def test_what_could_run_code_does_not(data: bytes) -> None:
    """Scripts, handlers, unsafe addresses, HTML, entities and malformed files are refused."""
    assert why_active(data)


def test_an_active_drawing_is_not_published(site: SmallSite) -> None:
    """A drawing with a script beside an article is reported and left out, also in later builds."""
    site.article("tide/index", "[map](map.svg) [plan](plan.svg)")
    site.write("content/tide/map.svg", svg("<script>alert(1)</script>"))
    site.write("content/tide/plan.svg", svg("<g/>"))
    for _ in range(2):
        found = [(one.code, one.file) for one in site.build().problems]
        assert ("active-svg", "content/tide/map.svg") in found
        assert not (site.output / "news/tide/map.svg").exists()
        assert (site.output / "news/tide/plan.svg").is_file()
        site.article("more")
