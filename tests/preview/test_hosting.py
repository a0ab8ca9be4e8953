"""`_headers` and `_redirects` as hosts read them."""

from __future__ import annotations

from newsgen.store.host_rules import HostRedirect, headers_for, move_for

HEADERS = """# a comment
/*
  X-One: a
  Content-Type: text/plain
/news/:name/
  x-one: b
/feed.xml
  Content-Type: application/rss+xml
"""
REDIRECTS = """
/a /b
/c/ /d/ 302!
/e/* https://other.example/:splat 301 # moved
/f/:year/:name /g/:name-:year 308
/h /i 200
nonsense
"""


def test_headers() -> None:
    """All matching rules count; values of one name are joined, and the last type wins."""
    assert headers_for(HEADERS, "/") == {"X-One": "a", "Content-Type": "text/plain"}
    assert headers_for(HEADERS, "/news/x/")["X-One"] == "a, b"
    assert headers_for(HEADERS, "/news/x/y/")["X-One"] == "a"
    assert headers_for(HEADERS, "/feed.xml")["Content-Type"] == "application/rss+xml"


def test_redirects() -> None:
    """The first matching rule counts; stars and names are filled in."""
    assert move_for(REDIRECTS, "/a/") == HostRedirect("/b", 301)
    assert move_for(REDIRECTS, "/c") == HostRedirect("/d/", 302)
    assert move_for(REDIRECTS, "/e/x/y") == HostRedirect("https://other.example/x/y", 301)
    assert move_for(REDIRECTS, "/f/2026/z") == HostRedirect("/g/z-2026", 308)
    assert move_for(REDIRECTS, "/h") == HostRedirect("/i", 200)
    assert move_for(REDIRECTS, "/ab") is None
