"""Each row of the table of repairs: common errors in real data are repaired, and nothing else is
changed.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

import pytest
from babel import Locale, localedata
from ftfy import badness
from hypothesis import given
from hypothesis import strategies as st

from content.reading import corpus, load, load_bytes, problems, read
from newsgen.content.repair import (
    clean_provider_name,
    clean_text,
    is_clean,
    is_clean_name,
    says_nothing,
)
from newsgen.core.model import Article
from support import CORPUS, ROOT

SEED = (
    "2021-11-19-sensetime-gets-green-light-from-hong-kong-exchange"
    "-to-proceed-with-us2-billion-ipo-sources-say.md"
)


def cleaned(text: str) -> tuple[str, list[str]]:
    """Return the text repaired by `clean_text`, and the notes."""
    notes: list[str] = []
    return clean_text(text, notes.append), notes


def dirty(kind: str) -> Iterator[Article]:
    """Return the real articles with one kind of error."""
    for path in sorted((CORPUS / "dirt" / kind).glob("*.md")):
        article = load_bytes(path.read_bytes()).article
        assert article is not None, path.name
        yield article


def texts(article: Article) -> Iterator[tuple[str, str]]:
    """Yield every text of an article that readers may see, with its kind."""
    yield from (
        ("title", article.title),
        ("excerpt", article.excerpt),
        ("provider", article.provider.name),
        ("category", article.category),
    )
    yield from (("topic", topic) for topic in article.topics)
    yield from (("picture", picture.title) for picture in article.images)
    for item in article.related:
        yield from (
            ("title", item.title),
            ("excerpt", item.excerpt),
            ("provider", item.provider.name),
        )


def addresses(article: Article) -> Iterator[str]:
    """Yield every address of an article."""
    yield from (
        article.web_url,
        article.original_url,
        article.amp_url,
        article.cdn_amp_url,
        article.embed,
    )
    pictures = [*article.images, article.provider.logo]
    for item in article.related:
        yield item.url
        pictures += [item.image, item.provider.logo]
    yield from (picture.url for picture in pictures if picture)


# The table of repairs, row by row


def test_the_seed_names_its_source_and_mends_its_quote() -> None:
    """The seed's provider is a URL path and becomes scmp.com; the mojibake in its list becomes a
    quotation mark.
    """
    article = load_bytes((ROOT / "content" / SEED).read_bytes()).article
    assert article is not None
    assert (article.provider.name, article.provider.domain) == ("scmp.com", "scmp.com")
    assert article.related[0].excerpt.startswith(
        "Despite continued momentum including impressive accuracy in NIST’s facial"
    )
    assert [item.provider.name for item in article.related] == [
        "Biometric Companies",
        "dealstreetasia",
    ]


@pytest.mark.parametrize(
    ("name", "shown", "code"),
    [
        ("scmp.com/business/article/3156756/sensetime", "scmp.com", "provider-path"),
        ("https://www.SCMP.com/business", "scmp.com", "provider-path"),
        ("https://scmp.com", "scmp.com", "provider-path"),
        ("Morningstar%2c Inc.", "Morningstar, Inc.", "percent-escape"),
        ("M%C3%BCnchner%20%20Merkur%0a", "Münchner Merkur", "percent-escape"),
        ("Reuters on MSN.com", "Reuters", "on-msn"),
        ("Tom's Guide on MSN", "Tom's Guide", "on-msn"),
        ("Reuters%20on%20MSN", "Reuters", "on-msn"),
    ],
)
def test_names_of_providers(name: str, shown: str, code: str) -> None:
    """A name that is a URL path becomes its host; percent escapes and "on MSN" are removed."""
    notes: list[str] = []
    assert clean_provider_name(name, notes.append) == shown
    assert code in notes
    assert not is_clean_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "MSN",
        "MSN.com",
        "24/7 Wall St",
        "PC/104",
        "AC/DC",
        "100% News",
        "Vox.com",
        "On MSFT",
        "I/O",
        "50%de",
        "Amazon MSN",
        "n/a.",
        "%zz",
    ],
)
def test_names_of_providers_that_are_fine(name: str) -> None:
    """A name with a slash, a percent sign or MSN in it stays."""
    notes: list[str] = []
    assert (clean_provider_name(name, notes.append), notes) == (name, [])
    assert is_clean_name(name)


@pytest.mark.corpus
def test_escaped_providers_of_real_articles() -> None:
    """The real articles with percent escapes name Morningstar, Inc.; a copy on MSN has its
    publisher's name.
    """
    assert {article.provider.name for article in dirty("pct-provider")} | {
        item.provider.name for article in dirty("pct-provider") for item in article.related
    } >= {"Morningstar, Inc."}
    everyone = [article for path in corpus() if (article := load_bytes(path.read_bytes()).article)]
    names = {
        provider.name
        for a in everyone
        for provider in (a.provider, *(item.provider for item in a.related))
    }
    assert not [name for name in names if re.search(r"%[0-9a-f]{2}| on msn|/", name, re.I)]


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("NISTâ€™s facial", "NIST’s facial"),
        ("â€˜Sensitive Dataâ€™", "‘Sensitive Data’"),
        ("ï»¿ Cyient", "Cyient"),
        ("Mobiusâ€”hosted", "Mobius—hosted"),
        ("SÃ£o Paulo", "São Paulo"),
        ("PokÃ©mon & cafÃ©", "Pokémon & café"),
        ("ä¸­æ–‡", "中文"),
        ("&acirc;&euro;&trade;s", "’s"),
    ],
)
def test_mojibake(text: str, repaired: str) -> None:
    """UTF-8 that was read as Windows-1252 is corrected, also if it comes from entities."""
    assert cleaned(text)[0] == repaired
    assert "mojibake" in cleaned(text)[1]


@pytest.mark.corpus
def test_mojibake_of_real_articles() -> None:
    """The two real articles with mojibake have their original text."""
    cyient, upguard = dirty("mojibake")
    assert cyient.title.startswith("Cyient to Release")
    assert "‘Sensitive Data’" in upguard.title


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("We&#8217;re", "We’re"),
        ("a&nbsp;b", "a\xa0b"),
        ("H&#038;M", "H&M"),
        ("&amp;#39;", "'"),
        ("&amp;amp;lt;", "<"),
        ("&lt;MSFT.O&gt;", "<MSFT.O>"),
        ("co&shy;op", "coop"),
        ("&#x1F600;", "😀"),
        ("&#146;", "’"),
    ],
)
def test_entities(text: str, repaired: str) -> None:
    """An entity becomes its character, escaped once or more often."""
    assert cleaned(text)[0] == repaired
    assert "entity" in cleaned(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "AT&T",
        "R&D; more",
        "Q&A;",
        "&copyright;",
        "&notit;",
        "Tom & Jerry",
        "a&b;c",
        "&;",
        "&#;",
        "&#xZZ;",
        "1 &lt 2",
    ],
)
def test_what_only_looks_like_an_entity(text: str) -> None:
    """An ampersand that begins no entity stays."""
    assert cleaned(text) == (text, [])


@pytest.mark.corpus
def test_entities_of_real_articles() -> None:
    """The excerpts with entities show the characters."""
    excerpts = [article.excerpt for article in dirty("html-entity-excerpt")]
    assert len(excerpts) == 3
    assert not [excerpt for excerpt in excerpts if re.search(r"&#?\w+;", excerpt)]
    assert any("’" in excerpt for excerpt in excerpts)


def test_a_stock_code_is_text() -> None:
    """Text that looks like a tag stays text."""
    article = read("excerpt: Microsoft Corp <MSFT.O> unveiled\ntopics: ['<b>x</b>']")
    assert (article.excerpt, article.topics) == ("Microsoft Corp <MSFT.O> unveiled", ("<b>x</b>",))


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("\xad\xadDatave", "Datave"),
        ("of \u200b\u200bwhat", "of what"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("a\xa0 b\u3000\u3000c\u2009d\xa0", "a b c d"),
        ("a\U0001fffeb\ufdd0c", "abc"),
        ("  a \r\n\t b ", "a b"),
        ("\ufeffa\u2060", "a"),
        ("a\u202eb\u2066c", "abc"),
        ("a\x00\x1b[0mb", "a[0mb"),
        ("x\U000e0041\U000e0042y", "xy"),
    ],
)
def test_invisible_characters(text: str, repaired: str) -> None:
    """Invisible characters are removed; white space of any kind becomes one space, none at the
    ends.
    """
    assert cleaned(text)[0] == repaired
    assert set(cleaned(text)[1]) <= {"invisible-character", "white-space"} != set()


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d👩\u200d👧 at home",  # an emoji of several characters
        # The flag of Scotland.
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f wins",
        "می\u200cخواهم",  # Persian, with a non-joiner that the spelling requires
        "שלום\u200f!",
        "中文：「新聞」",
        "Il a dit\xa0: «\u202foui\u202f»\u202f!",
        "首相\u3000辞任",
        "10\u202f000 personnes",
        "العربية",
        "naïve Ångström façade Übermut Łódź",
        "“so”, he said… – 5 °C ± 1 µm",
        "Ãguas",
        "¡Olé! ¿Qué?",
        "© 2021 ® ™",
        "C# & C++ <T>",
    ],
)
def test_text_that_is_fine(text: str) -> None:
    """Joiners, direction marks, other scripts, accents and signs carry meaning and stay."""
    assert cleaned(text) == (text, [])


def test_no_language_is_taken_for_dirt() -> None:
    """The names of languages and countries in every language of CLDR stay."""
    seen = 0
    for name in localedata.locale_identifiers():
        if "_" not in name and name != "root":
            locale = Locale.parse(name)
            for text in {
                *locale.languages.values(),
                *locale.territories.values(),
                *locale.months["format"]["wide"].values(),
            }:
                line = " ".join(text.replace("\u200b", "").split())  # some end words by U+200B
                assert cleaned(line) == (line, []), name
                seen += 1
    assert seen > 50_000


@pytest.mark.corpus
def test_invisible_characters_of_real_articles() -> None:
    """Titles with invisible characters and excerpts with line breaks become clean lines."""
    lines = [article.title for article in dirty("invisible-title")] + [
        article.excerpt for article in dirty("newline-excerpt")
    ]
    assert len(lines) == 6
    lines = [re.sub("[\xa0\u202f]", " ", line) for line in lines]  # no-break spaces stay
    assert all(line.isprintable() and line == " ".join(line.split()) for line in lines)


def test_a_plain_scalar_that_holds_a_colon() -> None:
    """`name: DM: Diablo Immortal` is the name, with a warning."""
    assert read("provider:\n  name: DM: Diablo Immortal").provider.name == "DM: Diablo Immortal"
    assert problems("provider:\n  name: DM: Diablo Immortal") == [
        ("warning", "colon-in-scalar", "$")
    ]


@pytest.mark.corpus
def test_colons_of_real_articles() -> None:
    """The malformed real articles are read, and each names DM: Diablo Immortal."""
    assert [article.provider.name for article in dirty("malformed-yaml")] == [
        "DM: Diablo Immortal"
    ] * 4


def test_nulls_are_passed_over() -> None:
    """Null items and null values count as absent."""
    article = read(
        "topics:\n  - AI\n  - \n  - ~\nheat: \nexcerpt:\nprovider:\nimages:\n  -\nrelated:\n "
        " - ~\n  - title:\n"
    )
    assert (article.topics, article.heat, article.excerpt, article.images, article.related) == (
        ("AI",),
        0,
        "",
        (),
        (),
    )


@pytest.mark.corpus
def test_null_topics_of_real_articles() -> None:
    """The real articles with a null topic keep their others."""
    assert [all(article.topics) and bool(article.topics) for article in dirty("null-topic")] == [
        True
    ] * 3


def test_duplicates_in_a_related_list() -> None:
    """A title, an address and the article itself occur at most once, in the list's order."""
    front = """\
webUrl: https://a.example/own
related:
  - {title: B, webUrl: "https://b.example/1"}
  - {title: t, webUrl: "https://a.example/other"}
  - {title: Own, webUrl: "http://www.a.example/own/#top"}
  - {title: b, webUrl: "https://c.example/2"}
  - {title: C, webUrl: "http://b.example/1/"}
  - {title: D}
  - {title: D}
  - {title: E, webUrl: ""}
"""
    assert [item.title for item in read(front).related] == ["B", "D", "E"]
    noted = [(code, field) for _, code, field in problems(front)]
    self_, twice = "related-self", "related-duplicate"
    places = [(self_, 1), (self_, 2), (twice, 3), (twice, 4), (twice, 6)]
    assert noted == [(code, f"$.related[{i}]") for code, i in places]


@pytest.mark.corpus
def test_related_lists_of_real_articles() -> None:
    """No real list names a story twice, or the article itself; videos without an address stay,
    without a link.
    """
    lists = [
        article
        for path in corpus()
        if (article := load_bytes(path.read_bytes()).article) and article.related
    ]
    for article in lists:
        titles = [item.title.casefold() for item in article.related]
        urls = [item.url for item in article.related if item.url]
        assert len(set(titles)) == len(titles)
        assert len(set(urls)) == len(urls)
        assert article.title.casefold() not in titles
        assert article.link not in urls
    assert sum(len(article.related) for article in lists) > 5_000
    assert any(not item.url for article in dirty("related-empty-url") for item in article.related)


def test_odd_addresses() -> None:
    """Spaces, curly quotes and other letters are encoded; an invalid address leaves text without a
    link.
    """
    article = read(
        "webUrl: https://apnews.com/PR Newswire/x\nimages: "
        "['https://i.example/a.png?x=1&#038;y=2 ', 'https://i.example/é.png']"
    )
    assert article.web_url == "https://apnews.com/PR%20Newswire/x"
    assert [picture.url for picture in article.images] == [
        "https://i.example/a.png?x=1&y=2",
        "https://i.example/%C3%A9.png",
    ]
    related = read("related: [{title: R, webUrl: ''}]").related
    assert [(item.title, item.url) for item in related] == [("R", "")]


@pytest.mark.corpus
@pytest.mark.parametrize("kind", ["space-in-url", "nonascii-url", "image-url-trailing-space"])
def test_odd_addresses_of_real_articles(kind: str) -> None:
    """The real articles with odd addresses keep a link for each."""
    for article in dirty(kind):
        assert article.web_url
        assert all(url.isascii() and not re.search(r"\s", url) for url in addresses(article))


def test_the_published_time_rules() -> None:
    """If a file's name has another date, the field's counts."""
    assert read("").time.isoformat() == "2021-11-19T13:11:09+00:00"


@pytest.mark.parametrize("excerpt", ["NA", "n/a", "T", "'-'", "", "~", "'&nbsp;'", "null"])
def test_an_excerpt_that_says_nothing(excerpt: str) -> None:
    """A missing excerpt, a repeated title and a placeholder are all removed."""
    assert read(f"excerpt: {excerpt}").excerpt == ""


@pytest.mark.parametrize(
    ("excerpt", "shown"),
    [
        ("<p>High <b>tide</b> &amp; <a href='/x/'>low</a></p>", "High tide & low"),
        ("High<br/> tide", "High tide"),
        ("The <video> element,<br> new", "The <video> element, new"),
        ("The tag <b> and a < b", "The tag <b> and a < b"),
    ],
)
def test_an_excerpt_in_html(excerpt: str, shown: str) -> None:
    """Its tags are removed; a sentence about a tag stays."""
    assert read(f'excerpt: "{excerpt}"').excerpt == shown


@pytest.mark.parametrize("excerpt", ["Nay.", "T.", "None of them came.", "A to Z", "…and more"])
def test_an_excerpt_that_says_something(excerpt: str) -> None:
    """Any other excerpt is kept, however short."""
    assert not says_nothing(excerpt, "T")
    assert read(f"excerpt: {excerpt}").excerpt == excerpt


@pytest.mark.corpus
def test_empty_excerpts_of_real_articles() -> None:
    """The real articles without an excerpt have none, and one with Markdown in its title has it as
    text.
    """
    assert [article.excerpt for article in dirty("empty-excerpt")] == ["", "", ""]
    assert all(article.title and "<" not in article.title for article in dirty("title-md-char"))


# All at once

CONTROLS = ("Cc", "Cf", "Zl", "Zp", "Cs", "Cn")


@pytest.mark.corpus
def test_nothing_is_left_to_mend_in_real_articles() -> None:
    """No text of the real sites still has an entity, mojibake, an invisible character or odd
    spaces, and each address is ASCII http(s).
    """
    entity = re.compile(r"&#?\w+;?")
    wrong: list[tuple[str, str]] = []
    for path in corpus():
        article = load_bytes(path.read_bytes()).article
        assert article is not None, path.name
        for kind, text in texts(article):
            named = [
                found
                for found in entity.findall(text)
                if found.endswith(";") or html.unescape(found) != found
            ]
            hidden = [
                c
                for c in text
                if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Cn")
                and c not in "\u200c\u200d\u200e\u200f"
            ]
            text = re.sub("[\xa0\u202f]", " ", text)
            if (
                named
                or hidden
                or badness.badness(text)
                or text != " ".join(text.split(" ")).strip()
                or "  " in text
            ):
                wrong.append((kind, text))
        wrong += [
            ("address", url)
            for url in addresses(article)
            if url and not re.fullmatch(r"https?://[!-~]+", url)
        ]
    assert wrong == []


PIECES = [
    "&amp;",
    "&",
    "amp;",
    "#38;",
    "&lt;",
    "lt;",
    "&nbsp;",
    "&shy;",
    "&#8203;",
    "&#x80;",
    "&copy",
    "â€™",
    "â€",
    "™",
    "Ã",
    "©",
    "Â",
]
PIECES += [
    "\xa0",
    " ",
    "\xad",
    "\u200b",
    "\u200d",
    "\ufeff",
    "a",
    "é",
    "<b>",
    "\n",
    "\x85",
    "\x80",
    "\x99",
    "😀",
    "🏴",
    "\U000e0067",
]
PIECES += ["中", "ا", "\u202e", "%2c", "ß"]


@given(st.one_of(st.lists(st.sampled_from(PIECES)).map("".join), st.text()))
def test_clean_text_is_clean(text: str) -> None:
    """Cleaning is idempotent, and text that counts as clean is not changed."""
    once, _ = cleaned(text)
    assert cleaned(once)[0] == once
    assert not is_clean(text) or once == text


def test_repairs_are_listed_with_their_fields() -> None:
    """A repaired value is reported as a repair with the path of its field."""
    loaded = load(
        "title: 'NISTâ€™s  test'\npublishedDateTime: 2021-11-19\nrelated:\n  - title: a&amp;b"
    )
    assert [(p.severity, p.code, p.field) for p in loaded.problems] == [
        ("repair", "mojibake", "$.title"),
        ("repair", "white-space", "$.title"),
        ("repair", "entity", "$.related[0].title"),
    ]
