"""Names in addresses: slugs and percent-encoded links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from newsgen.core import digest
from newsgen.core.model import Image, Label

_MAX = 80
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
)
_FOLDED_SCRIPTS = ("LATIN", "GREEK")  # a Cyrillic й or ї is a separate letter
_YO = ["е", "\u0308"]  # but ё and е spell the same words
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@lru_cache(16384)
def slugify(name: str) -> str:
    """Return a name as part of an address: in lower case, without accents, in any script.

    `C++` and `C#` stay distinct. A name without letters or digits becomes a short digest.
    """
    if len(name) <= _MAX and _PLAIN.fullmatch(name):
        return name
    text = re.sub(r"(?<=\w)\+(?!\w)|(?<=\+)\+", "-plus", name)
    text = re.sub(r"(?<=\w)#(?!\w)", "-sharp", text)
    text = re.sub(r"σ(?!\w)", "ς", fold(text))  # the form of sigma at the end of a word
    kept = "-"
    for c in text:
        kind = unicodedata.category(c)[0]
        kept += c if kind in "LN" or (kind == "M" and kept[-1] != "-") else "-"
    slug = re.sub("-+", "-", kept).strip("-")[:_MAX].strip("-")
    while len(slug.encode()) > 200:
        slug = slug[:-1]
    return slug or digest.of_text(text).hex()[:8]


def fold(name: str) -> str:
    """Return a key that is equal for names that differ only in case or accents."""
    out: list[str] = []
    base_folds = False
    # ™ becomes TM only by decomposition
    for c in _decompose(_decompose(name).casefold().translate(_LETTERS)):
        if unicodedata.category(c) == "Mn":
            if not base_folds and [*out[-1:], c] != _YO:
                out.append(c)
            continue
        base_folds = c.isascii() or unicodedata.name(c, "").startswith(_FOLDED_SCRIPTS)
        out.append(c)
    return " ".join(unicodedata.normalize("NFC", "".join(out)).split())


def _decompose(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


class Slugs:
    """Assigns unique slugs.

    Names that differ only in case or accents share one. Another name whose slug is taken gets `-2`.
    """

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}
        self._given: dict[tuple[str, str], str] = {}
        self._numbers: dict[str, int] = {}  # the last for each slug

    def give(self, name: str, wanted: str = "") -> str:
        """Return the slug of this name. `wanted` is the slug in its data file."""
        slug = slugify(wanted or name)
        same = fold(name)
        if (slug, same) in self._given:
            return self._given[slug, same]
        n = self._numbers.get(slug, 1)
        candidate = f"{slug}-{n}" if n > 1 else slug
        while self._taken.get(candidate, same) != same:
            n += 1
            candidate = f"{slug}-{n}"
        self._numbers[slug] = n
        self._taken[candidate] = same
        self._given[slug, same] = candidate
        return candidate


def href(base: str, route: str) -> str:
    """Return a route as a link, percent-encoded (RFC 3986), with the site's own path before it."""
    return base + (
        route
        if route.isascii() and _SAFE.fullmatch(route)
        else quote(route, safe="/-._~!$'()*,;=:@")
    )


def setting_link(base: str, address: str) -> str:
    """Return an address from the settings as a link: a path from the site's root, which may have a
    query and a fragment, or an absolute address.
    """
    if not address.startswith("/"):
        return address
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    return href(base, path) + address[len(path) :]


def hrefs(base: str, routes: Sequence[str]) -> list[str]:
    """Return routes as links."""
    # usually true, and one check of the joined text is faster than one for each
    plain = _SAFE.fullmatch("".join(routes))
    return [base + route for route in routes] if plain else [href(base, route) for route in routes]


_SAFE = re.compile(r"[A-Za-z0-9/._~-]*")


def make_label(name: str, url: str, slug: str, logo: Image | None = None) -> Label:
    """Return a Label with its digest."""
    return Label(
        name, url, slug, digest.fold([digest.of_text(name, url, slug), digest.of_value(logo)]), logo
    )
