"""URLs from untrusted text, made safe or refused, and keys to compare URLs by."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from posixpath import normpath
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from newsgen.config.paths import composed
from newsgen.content.domains import registrable_domain
from newsgen.content.repair import Note, unescape_entities

_FINE = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#][A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*)?"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}\.?|localhost|\d+(?:\.\d+){3}")
# not a file such as logo.png
_BARE_HOST = re.compile(r"www\.[^\s/]+\.[^\W\d_]{2,}(?:[/?#].*)?|(?:[\w-]+\.)+[^\W\d_]{2,}/.*")
_DROPPED = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_BAD_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_FILE = re.compile(r"\.(?:xml|txt|json|webmanifest|ico|png)$", re.I)
_ROUTE_NAME = re.compile(r"[^\s\\/:*?\"<>|#%&;]+")
# in bytes: file systems allow 4,096 for a path, and the output and staging folders need some
_LONGEST_ROUTE = 1_000
_UTF8 = re.compile("(?:%[89A-Fa-f][0-9A-Fa-f])+")
_SAFE = "/:@!$&'()*+,;=~-._%"


def is_safe(text: str) -> bool:
    """Return whether `safe_url` would surely change nothing. It may return False for a safe URL."""
    return (
        _FINE.fullmatch(text) is not None and "%" not in text and not (";" in text and "&" in text)
    )


def safe_url(text: str, note: Note) -> str:
    """Return an absolute http(s) URL in ASCII (RFC 3986), or "" if the text is not a safe one.

    Notes `url-encoded` for a repair, `unsafe-url` for a scheme that is not allowed, `bad-url` for
    other text.
    """
    if is_safe(text):
        return text
    repaired = _repair(text, note)
    if repaired and repaired != text:
        note("url-encoded")
    return repaired


def _repair(text: str, note: Note) -> str:
    text = _DROPPED.sub("", unescape_entities(text, lambda code: None)).strip()
    if not text:
        return ""
    if text.startswith("//"):
        text = "https:" + text
    elif not _SCHEME.match(text) and _BARE_HOST.fullmatch(text):
        text = "https://" + text
    try:
        parts = urlsplit(text)
        host = _ascii_host(parts.hostname or "")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        note("bad-url")
        return ""
    if parts.scheme.lower() not in ("http", "https"):
        note("unsafe-url" if parts.scheme else "bad-url")
        return ""
    if not host or "@" in parts.netloc:
        note("bad-url")
        return ""
    path = _encode(parts.path)
    query = "?" + _encode(parts.query, "?") if parts.query else ""
    fragment = "#" + _encode(parts.fragment, "?") if parts.fragment else ""
    return f"{parts.scheme.lower()}://{host}{port}{path}{query}{fragment}"


def _encode(part: str, more: str = "") -> str:
    return quote(_BAD_PERCENT.sub("%25", part), safe=_SAFE + more)


def _ascii_host(host: str) -> str:
    """Return the host in lower case and ASCII (IDNA), "" if it is invalid. Raises ValueError."""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    host = host.lower()
    return host if _HOST.fullmatch(host) else ""


def safe_image_url(text: str, note: Note) -> str:
    """Return a safe URL as `safe_url` does, or a path from the site's root or the article's file.

    A path from the root is, for example, `/images/a.jpg`. Notes `insecure-picture` where it changes
    `http:` to `https:`, because a page loaded over HTTPS shows no other images (W3C, Mixed
    Content).
    """
    path = _DROPPED.sub("", text).strip()
    if is_near(path) and not _BARE_HOST.fullmatch(path):
        return path
    if path.startswith("/") and not path.startswith("//") and ".." not in path and "\\" not in path:
        repaired = _encode(composed_url(path), "?")
        if repaired != text:
            note("url-encoded")
        return repaired
    url = safe_url(text, note)
    if url.startswith("http:"):
        note("insecure-picture")
        url = "https" + url.removeprefix("http")
    return url


def composed_url(url: str) -> str:
    """Return an address within the site with its path in composed form (NFC).

    File names on the site have that form. The path may be percent-encoded.
    """
    path, mark, more = url.partition("?") if "?" in url.partition("#")[0] else url.partition("#")
    readable = _UTF8.sub(_decoded, path)
    made = composed(readable)
    return url if made == readable else quote(made, safe=_SAFE) + mark + more


def _decoded(found: re.Match[str]) -> str:
    try:
        return unquote(found[0], errors="strict")
    except UnicodeError:
        return found[0]


class CleanLink(NamedTuple):
    """An address in a body as pages use it, "" if it is not a safe one.

    `outside` is true if it leads off the site.
    """

    url: str
    outside: bool = False

    @property
    def within(self) -> bool:
        """Return whether the link leads to a page or file of the site."""
        return bool(self.url) and not self.outside and not self.url.startswith(_OTHER)


def body_link(text: str) -> CleanLink:
    """Return where a browser would go from an address in a body (WHATWG URL Standard, section 4.4).

    Browsers read `/\\host`, and `//host` with a tab in it, as the address of another site. Only the
    schemes http, https, mailto and tel are allowed.
    """
    if _WITHIN.fullmatch(text):
        return CleanLink(composed_url(text) if "%" in text else text)
    if _FINE.fullmatch(text):
        return CleanLink(text, True)
    import ada_url  # few bodies need it

    try:
        url = ada_url.URL(text, base=_BASE)
    except ValueError:
        return CleanLink("")
    if url.protocol not in _PROTOCOLS:
        return CleanLink("")
    if url.protocol in _OTHER:
        return CleanLink(_encoded(url.href))
    if url.host != _HERE:
        return CleanLink("" if url.username or url.password else url.href, True)
    near = _CONTROLS.sub("", text).strip(_SPACE)
    if _SCHEME.match(near):
        return CleanLink("")  # `https:a` leads elsewhere on a page loaded over http
    path, mark, more = near.partition("?") if "?" in near.partition("#")[0] else near.partition("#")
    return CleanLink(_encoded(composed_url(path.replace("\\", "/")) + mark + more))


def _encoded(url: str) -> str:
    """Percent-encode the ASCII characters that are not allowed in URLs.

    See "URL code points" in the WHATWG URL Standard, section 4.3.
    """
    return _NOT_IN_URLS.sub(lambda found: f"%{ord(found[0]):02X}", url)


def own_path(url: str, site: str) -> str:
    """Return the path of an absolute address within the site at `site`, "" for other addresses.

    The path begins at the host's root and has its query and fragment. Scheme, case of the host,
    default port and a final dot make no difference (RFC 3986, sections 6.2.2 and 6.2.3).
    """
    if url.isascii() and _own_host(site) not in url.lower():  # most links; a tenth of the time
        return ""
    return _own_path(url, site)


@lru_cache(8)
def _own_host(site: str) -> str:
    try:
        return _ascii_host((urlsplit(site).hostname or "").rstrip("."))
    except ValueError:
        return ""


@lru_cache(10_000)
def _own_path(url: str, site: str) -> str:
    try:
        parts, home = urlsplit(url), urlsplit(site)
        places = [
            (_ascii_host((one.hostname or "").rstrip(".")), one.port or _PORTS.get(one.scheme))
            for one in (parts, home)
        ]
    except ValueError:
        return ""
    (host, port), (own_host, own_port) = places
    if not host or host != own_host or parts.scheme not in ("", *_PORTS):
        return ""
    default = (None, *_PORTS.values())
    path, base = parts.path or "/", home.path.rstrip("/")
    if (port != own_port and not (port in default and own_port in default)) or f"{path}/".find(
        f"{base}/"
    ) != 0:
        return ""
    return (
        path
        + (f"?{parts.query}" if parts.query else "")
        + (f"#{parts.fragment}" if parts.fragment else "")
    )


_PORTS = {"http": 80, "https": 443}


def body_image(text: str) -> CleanLink:
    """Return the address of an image in a body.

    It begins with https if it is another site's (W3C, Mixed Content).
    """
    link = body_link(text)
    if link.outside:
        return (
            CleanLink("https" + link.url.removeprefix("https").removeprefix("http"), True)
            if link.url
            else link
        )
    return link if link.within and not link.url.startswith("#") else CleanLink("")


_NOT_IN_URLS = re.compile('[\x00-\x20"<>\\\\^`{|}\x7f]')
_HERE = "within.invalid"
_BASE = f"https://{_HERE}/"
_OTHER = ("mailto:", "tel:")
_PROTOCOLS = ("http:", "https:", *_OTHER)
_WITHIN = re.compile(r"(?!//)(?![^/?#]*:)[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]+")
_CONTROLS = re.compile(r"[\t\n\r]")
_SPACE = "".join(map(chr, range(0x21)))
_SRC = re.compile(r'<img [^<>]*?src="([^"]*)"')
_NEAR = re.compile(
    r"(?:\.{1,2}/)*(?!\.)[^/\\:?#<>\"]+(?:/(?!\.)[^/\\:?#<>\"]+)*\.(?:jpe?g|png|webp|gif|avif)",
    re.I,
)


def is_near(url: str) -> bool:
    """Return whether this is the path of an image beside the article's file."""
    return _NEAR.fullmatch(url) is not None


def near(url: str, folder: str) -> str:
    """Return the URL that identifies an image on the site. For an image at a relative path, such as
    one beside its article, that is `./` and its path in the content folder.
    """
    return (
        composed("./" + normpath(f"{folder}/{unquote(url)}").lstrip("/")) if is_near(url) else url
    )


def images_in(body: str) -> list[str]:
    """Return the addresses of the images in sanitised HTML, in their order."""
    return list(map(html.unescape, _SRC.findall(body))) if "<img " in body else []


def domain_of(url: str) -> str:
    """Return the registrable domain of a safe URL, "" for an empty one."""
    if not url:
        return ""
    host = url.split("/", 3)[2].split("?")[0].split("#")[0].split(":")[0]
    return registrable_domain(host)


@lru_cache(256)  # an article's links are compared when they are read, and again for its keys
def comparable(url: str) -> str:
    """Return a safe URL in the form used to match stories.

    It has no scheme, `www.`, fragment and final slash.
    """
    return url.partition("://")[2].partition("#")[0].removeprefix("www.").rstrip("/")


def safe_route(text: str) -> str:
    """Return a path from untrusted text as a route of the site, "" if it is not one.

    A route stays inside the site. It has no hidden names, and no underscored name at its top
    (`_redirects`). It has no character with a special meaning to a browser, a file system or a
    host's list of redirects. The address of a feed, a sitemap or an image is not a page's address.
    """
    try:
        path = composed(unquote(text, errors="strict"))
        path.encode()  # refuses lone surrogates
    except UnicodeError:
        return ""
    names = path.strip("/").split("/")
    bad = any(
        not name
        or name[0] == "."
        or len(name.encode()) > 200
        or not _ROUTE_NAME.fullmatch(name)
        or _FILE.search(name)
        for name in names
    )
    if (
        bad
        or not path.isprintable()
        or names[0][0] == "_"
        or path.startswith("//")
        or len(names) > 20
    ):
        return ""
    route = "/" + "/".join(names)
    if len(route.encode()) > _LONGEST_ROUTE:
        return ""
    return route if route.lower().endswith((".html", ".htm")) else route + "/"
