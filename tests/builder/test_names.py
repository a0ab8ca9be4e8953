"""Names in addresses: slugs, names that are the same, links."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgen.content.slugs import Slugs, fold, href, slugify

NAMES = st.one_of(st.text(), st.text(st.sampled_from("aAéÉ+#.-_ ™ßİıøØ中ا١ﬁ½́😀/%")))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("AI", "ai"),
        ("power-apps", "power-apps"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("F# 7", "f-sharp-7"),
        ("A+B", "a-b"),
        ("Google+", "google-plus"),
        (".NET", "net"),
        ("#MeToo", "metoo"),
        ("Ünïcødé", "unicode"),
        ("Łódź Æon", "lodz-aeon"),
        ("Straße", "strasse"),
        ("İstanbul ışık", "istanbul-isik"),
        ("Αθήνα", "αθηνα"),
        ("ΝΕΟΣ ΚΟΣΜΟΣ", "νεος-κοσμος"),
        ("Новый год", "новый-год"),
        ("Київ", "київ"),
        ("人工智能", "人工智能"),
        ("ニュース", "ニュース"),
        ("الذكاء الاصطناعي", "الذكاء-الاصطناعي"),
        ("हिन्दी", "हिन्दी"),
        ("Power™ Ⅷ", "powertm-viii"),
        ("R&D / Q&A", "r-d-q-a"),
        ("../../etc", "etc"),
        ("a\x00b\nc", "a-b-c"),
        ("0\xd7\u0300 x", "0-x"),
        ("word " * 30, "-".join(["word"] * 16)),
        ("人" * 90, "人" * 66),
        ("  x  ", "x"),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    """Slugs are in lower case without accents, keep other scripts, and distinguish C++ from C#."""
    assert slugify(name) == slug


@pytest.mark.parametrize("name", ["", "!!!", "😀", "—", "+", "\u200b"])
def test_a_name_without_letters_has_a_short_digest(name: str) -> None:
    """A name without letters or digits gets a short digest as its slug."""
    assert slugify(name).isalnum()
    assert slugify(name).isascii()
    assert len(slugify(name)) == 8
    assert slugify(name) != slugify(name + "?")


@given(NAMES)
def test_a_slug_is_one_part_of_an_address(name: str) -> None:
    """A slug is not empty, has only letters, digits and hyphens, fits a file name, and is its own
    slug.
    """
    slug = slugify(name)
    assert slug
    assert slugify(slug) == slug
    assert all(c == "-" or unicodedata.category(c)[0] in "LNM" for c in slug)
    assert not any(c.isupper() and c.casefold() != c for c in slug)
    assert slug.strip("-") == slug
    assert len(slug.encode()) <= 200


@given(NAMES)
def test_folding_is_stable(name: str) -> None:
    """Folding is idempotent, and ignores capitals where they map back to the same letters."""
    assert fold(fold(name)) == fold(name)
    if name.upper().casefold() == name.casefold():
        assert fold(name.upper()) == fold(name)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("AI", "ai", True),
        ("Ångström", "ANGSTROM", True),
        ("Café", "Cafe\u0301", True),
        ("Straße", "STRASSE", True),
        ("ﬁrst  thing ", "First thing", True),
        ("C++", "C#", False),
        ("C", "C#", False),
        ("が", "か", False),
        ("Королёв", "КОРОЛЕВ", True),
        ("мой", "мои", False),
        ("Київ", "Киів", False),
        ("हिन्दी", "हनद", False),
        ("A-B", "A B", False),
    ],
)
def test_names_that_are_the_same(one: str, other: str, same: bool) -> None:
    """Names that differ in case or accents are equal; other signs, and marks that are letters of
    other scripts, make a different name.
    """
    assert (fold(one) == fold(other)) is same


def test_slugs_are_given_out_once() -> None:
    """The same name gets its slug again; another name with this slug gets -2, then -3; data files
    may request one.
    """
    slugs = Slugs()
    assert slugs.give("U.S.") == "u-s"
    assert slugs.give("U-S") == "u-s-2"
    assert slugs.give("u.s.") == "u-s"
    assert slugs.give("U S") == "u-s-3"
    assert slugs.give("United States", "usa") == "usa"
    assert slugs.give("USA") == "usa-2"
    assert slugs.give("u-s 2") == "u-s-2-2"


@given(st.lists(NAMES, max_size=8))
def test_different_names_have_different_slugs(names: list[str]) -> None:
    """Two of any names share a slug only if they differ in nothing but case or accents."""
    slugs = Slugs()
    given_out = {name: slugs.give(name) for name in names}
    for one, slug in given_out.items():
        for other, other_slug in given_out.items():
            assert (slug == other_slug) is (fold(one) == fold(other))


@pytest.mark.parametrize(
    ("base", "route", "link"),
    [
        ("", "/topics/ai/", "/topics/ai/"),
        ("/azure", "/", "/azure/"),
        ("", "/topics/人工/", "/topics/%E4%BA%BA%E5%B7%A5/"),
        ("", '/a b"<>%?#/', "/a%20b%22%3C%3E%25%3F%23/"),
    ],
)
def test_links(base: str, route: str, link: str) -> None:
    """A route is a link below the site's own path, its other letters percent-encoded."""
    assert href(base, route) == link


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_link_leads_to_its_route(route: str) -> None:
    """Decoded, a link is the route; encoded, it is ASCII without spaces and quotes."""
    link = href("", route)
    assert unquote(link) == route
    assert link.isascii()
    assert not set(link) & set(' "<>?#\\')


def test_thousands_of_names_with_one_slug() -> None:
    """Each name gets a unique number, and the same number again, in linear time."""
    slugs = Slugs()
    names = [f"{'a' * 80} {n}" for n in range(10_000)]
    given = [slugs.give(name) for name in names]
    assert given[1] == f"{'a' * 80}-2"
    assert given[-1] == f"{'a' * 80}-10000"
    assert [slugs.give(name) for name in names[::500]] == given[::500]
