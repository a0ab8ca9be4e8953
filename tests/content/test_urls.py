"""Addresses from untrusted text are made safe or refused, and have keys to compare them by."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import ada_url
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsgen.content.urls import (
    body_image,
    body_link,
    comparable,
    domain_of,
    is_near,
    is_safe,
    safe_image_url,
    safe_route,
    safe_url,
)
from support import rounds


def made(text: str) -> tuple[str, list[str]]:
    """Return the address as `safe_url` makes it, and the notes."""
    notes: list[str] = []
    return safe_url(text, notes.append), notes


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x",
        "http://a.example",
        "https://a.example/x?y=1&z=%C3%A9#top",
        "https://a.example:8080/x",
        "https://xn--mnchen-3ya.example/",
        "http://1.2.3.4/x",
        "https://a.example/(x)_~!$'*+,;=:@",
        "https://a.example/?a=1&copy=2",
        "http://localhost/x",
    ],
)
def test_good_addresses_stay_as_they_are(url: str) -> None:
    """A valid ASCII address does not change."""
    assert made(url) == (url, [])


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (" https://a.example/x ", "https://a.example/x"),
        ("HTTPS://A.Example/X", "https://a.example/X"),
        ("https://a.example/PR News Wire?a=b c", "https://a.example/PR%20News%20Wire?a=b%20c"),
        (
            "https://a.example/Capgemini’s-‘x’",
            "https://a.example/Capgemini%E2%80%99s-%E2%80%98x%E2%80%99",
        ),
        ("https://a.example/é?ü=ö#ä", "https://a.example/%C3%A9?%C3%BC=%C3%B6#%C3%A4"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://例え。テスト/パス", "https://xn--r8jz45g.xn--zckzah/%E3%83%91%E3%82%B9"),
        (
            "https://fa.example/می\u200cخواهم",
            "https://fa.example/%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85",
        ),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%zz%41", "https://a.example/%25zz%41"),
        ("https://a.example/?a=1&#038;b=2&amp;c=3", "https://a.example/?a=1&b=2&c=3"),
        ("https://a.example/?a=1&copy=2;b&region;=3", "https://a.example/?a=1&copy=2;b&region;=3"),
        ("https://a.example/\u200bx\u202ey\ufeff", "https://a.example/xy"),
        ("https://a.example/a\n b\tc", "https://a.example/a%20bc"),
        ('https://a.example/<"`{|}^\\>', "https://a.example/%3C%22%60%7B%7C%7D%5E%5C%3E"),
        ("https://a.example/[x]", "https://a.example/%5Bx%5D"),
        ("//a.example/x", "https://a.example/x"),
        ("www.a.example", "https://www.a.example"),
        ("a.example/story", "https://a.example/story"),
    ],
)
def test_what_is_mended(text: str, url: str) -> None:
    """Spaces, quotes, other scripts, lone percent signs, entities and missing schemes are repaired
    to a working link.
    """
    repaired, notes = made(text)
    assert repaired == url
    assert set(notes) <= {"url-encoded"}


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        " JaVa\nScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java\u200bscript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://a.example/x",
        "mailto:a@a.example",
        "blob:https://a.example/x",
    ],
)
def test_other_schemes_are_refused(text: str) -> None:
    """Only http and https are linked, even if the scheme is disguised."""
    assert made(text) == ("", ["unsafe-url"])


@pytest.mark.parametrize(
    "text",
    [
        "nowhere",
        "/path",
        "../x",
        "#top",
        "?q",
        "logo.png",
        "story.html",
        "https://",
        "https:///x",
        "https://a.example@evil.example/",
        "https://user:secret@a.example/",
        "https://a.example\\@evil.example/",
        "https://a b.example/",
        "https://a..example/",
        "https://a.example:99999/",
        "https://a.example:port/",
        "https://[::1]/",
        "https://[a/",
        "https://" + "a" * 64 + ".é/",
        "https://évil/",
        "http:a.example",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Relative paths, files, credentials, bad hosts and ports are refused with a note."""
    assert made(text) == ("", ["bad-url"])


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u200b"])
def test_no_address_is_no_problem(text: str) -> None:
    """An empty address stays empty, without a note."""
    assert made(text) == ("", [])


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("/images/a.png", "/images/a.png"),
        ("/images/a b é.png?v=1", "/images/a%20b%20%C3%A9.png?v=1"),
        ("//a.example/x.png", "https://a.example/x.png"),
        ("/\t/evil.example/x.png", "https://evil.example/x.png"),
        ("/../secret.png", ""),
        ("/\\evil.example", ""),
        ("images/a.png", "images/a.png"),
        ("./a b.jpg", "./a b.jpg"),
        ("../a.png", "../a.png"),
        ("images/../../a.png", ""),
        ("images/a.svg", ""),
        (".hidden/a.png", ""),
        ("data:image/png;base64,xx", ""),
        ("https://a.example/x.png", "https://a.example/x.png"),
        ("http://a.example/x.png", "https://a.example/x.png"),
        ("HTTP://a.example/ü.png", "https://a.example/%C3%BC.png"),
    ],
)
def test_pictures_may_be_the_sites_own(text: str, url: str) -> None:
    """A path from the site's root or the article's file is allowed, and images of other sites use
    HTTPS.
    """
    assert safe_image_url(text, lambda code: None) == url


PIECES = [
    "http",
    "https",
    "://",
    "//",
    "/",
    ":",
    "www.",
    "a",
    "b.example",
    "..",
    "@",
    "#",
    "?",
    "&",
    "=",
    "%",
    "%20",
    "%zz",
    "é",
    "“",
    " ",
]
PIECES += [
    "\t",
    "\n",
    "\\",
    "[",
    "]",
    "::1",
    "1.2.3.4",
    ":80",
    ":99999",
    "javascript:",
    "data:",
    "xn--",
    "。",
    "&amp;",
    "&#47;",
    "&colon;",
]
PIECES += [
    "\u200c",
    "\u202e",
    "😀",
    '"',
    "<",
    ">",
    "'",
    "{",
    "|",
    "^",
    "`",
    "~",
    ";",
    ",",
    "\ud800",
    "K",
    "ß",
    "．",
]
MIXED = st.lists(st.sampled_from(PIECES)).map("".join)
ANY = st.one_of(MIXED, MIXED.map("https://".__add__), st.text())


@given(ANY)
def test_a_safe_url_is_safe(text: str) -> None:
    """The result is "" or an ASCII http(s) address with a host that a parser reads, and making it
    safe is idempotent.
    """
    url, _ = made(text)
    assert made(url)[0] == url
    assert not is_safe(text) or url == text
    if url:
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert parts.username is None
        assert parts.port is None or 0 < parts.port < 65536
        assert re.fullmatch(r"[!-~]+", url)
        assert not re.search(r'[<>"\\^`{|}]', url)
        assert domain_of(url)


@given(ANY)
def test_a_safe_picture_is_safe(text: str) -> None:
    """The result is "", an http(s) address, or a path that leaves neither the site nor its
    folder.
    """
    url = safe_image_url(text, lambda code: None)
    assert safe_image_url(url, lambda code: None) == url
    assert re.fullmatch(r"(?:https?:/|(?!//))/[!-~]*|", url)
    assert url.startswith("http") or ".." not in url


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.scmp.com/a", "scmp.com"),
        ("https://news.bbc.co.uk:8080?x", "bbc.co.uk"),
        ("http://10.0.0.1/x", "10.0.0.1"),
        ("https://xn--bcher-kva.example#x", "xn--bcher-kva.example"),
        ("", ""),
    ],
)
def test_the_domain_of_an_address(url: str, domain: str) -> None:
    """The registrable domain, without port, path, query and fragment."""
    assert domain_of(url) == domain


def test_addresses_are_compared_without_what_does_not_tell_them_apart() -> None:
    """Scheme, www, fragment and a final slash do not matter for comparison; a query does."""
    assert (
        len(
            {
                comparable(url)
                for url in (
                    "https://www.a.example/x/",
                    "http://a.example/x#top",
                    "https://a.example/x",
                )
            }
        )
        == 1
    )
    assert comparable("https://a.example/x?id=1") != comparable("https://a.example/x?id=2")


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("/old/address/", "/old/address/"),
        ("old", "/old/"),
        ("/a/b.html", "/a/b.html"),
        ("/%C3%A9/", "/é/"),
        ("", ""),
        ("/", ""),
        ("//evil.example/", ""),
        ("https://evil.example/", ""),
        ("/../etc/", ""),
        ("/%2e%2e/etc/", ""),
        ("/a//b/", ""),
        ("/.git/", ""),
        ("/_redirects", ""),
        ("/a b/", ""),
        ("/a?b", ""),
        ("/a#b", ""),
        ("/a\\b/", ""),
        ("/%ff/", ""),
        ("/a\u202eb/", ""),
    ],
)
def test_routes_from_outside(text: str, route: str) -> None:
    """An alias is a path within the site, or is refused."""
    assert safe_route(text) == route


@given(ANY)
def test_a_route_from_outside_stays_inside(text: str) -> None:
    """Any requested route begins at the root, has no `..` and no hidden names, and is its own
    route.
    """
    route = safe_route(text)
    assert not route or safe_route(route) == route
    assert re.fullmatch(r"(?:/[^/]+)*(?:/|\.html?|)", route, re.I)
    assert not any(name.startswith(".") for name in route.split("/"))
    assert not set(route) & set('\\:*?"<>|#%&; \n\t')


_PARTS = [
    "https:",
    "http:",
    "javascript:",
    "/",
    "//",
    "\\",
    "@",
    "a.example",
    "evil.example",
    ":80",
    "#",
    "?",
    "%2f",
    "\t",
    "\n",
    " ",
    ".",
    "..",
    "ü",
    "x",
]


@given(st.lists(st.sampled_from(_PARTS), max_size=8).map("".join))
@settings(max_examples=rounds(120), deadline=None)
def test_browsers_agree(text: str) -> None:
    """An address counts as another site's, or as one of the site, as in a browser (WHATWG URL
    standard).
    """
    base = "https://own.example/news/a/"
    for url in (safe_url(text, lambda code: None), safe_image_url(text, lambda code: None)):
        own = url.startswith("/") or is_near(url)
        if url:
            seen = ada_url.URL(url, base=base)
            assert seen.protocol in ("http:", "https:")
            if own:
                assert seen.host == "own.example"
            else:  # an address of another host, whose port may be the usual one
                port = ":443" if seen.protocol == "https:" else ":80"
                assert seen.host == re.split(r"[/?#]", url)[2].removesuffix(port)
    for link in (body_link(text), body_image(text)):
        if link.url:
            seen = ada_url.URL(link.url, base=base)
            assert seen.protocol in ("http:", "https:")
            assert (seen.host != "own.example") == link.outside
            if not link.outside:
                assert seen.pathname == ada_url.URL(text, base=base).pathname
