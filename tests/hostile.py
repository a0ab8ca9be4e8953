"""Articles made to harm, slow down or stop a build: whole files by their effect."""

from __future__ import annotations

import json

_FRONT = {"title": "Hostile", "publishedDateTime": "2026-01-30T08:00:00Z"}


def article(body: str = "", **fields: object) -> bytes:
    """Return a file whose front matter is JSON, which is valid YAML."""
    return f"---\n{json.dumps(_FRONT | fields, ensure_ascii=False)}\n---\n{body}".encode()


def _filled(unit: str, size: int = 20_000) -> str:
    return (unit * (size // len(unit) + 1))[:size]


# Inputs that cost an HTML parser or a Markdown engine far more than their size suggests.
COSTLY_BODIES = {
    "formatting left open": "".join(f"<b id=i{i}><p>" for i in range(4_000)),
    "one formatting element left open": _filled("<b id=i><p>", 51_000),
    "links left open in cells": "<table>" + _filled("<td><a href=/x>", 51_000),
    "elements nested": _filled("<div>", 51_000),
    "lists nested in HTML": _filled("<ul><li>", 51_000),
    "many elements": _filled("<br>", 200_000),
    "opening brackets": _filled("[", 10_000),
    "nested brackets": "[" * 10_000 + "]" * 10_000,
    "images left open": _filled("![a"),
    "links left open": _filled("[a]("),
    "labels left open": _filled("[a]["),
    "footnotes left open": _filled("[^"),
    "one footnote referred to often": _filled("[^1] ") + "\n\n[^1]: x",
    "abbreviations left open": _filled("*["),
    "an abbreviation used often": "*[a]: b\n\n" + _filled("a "),
    "declarations left open": _filled("<![a "),
    "tags left open": _filled("<a "),
    "values left open": _filled("<a b='"),
    "headings in one block": _filled("a\n=\n"),
    "rules in one block": _filled("---\n"),
    "code in tables": "a|b\n-|-\n" + _filled("`|"),
    "fences": _filled("```a\n"),
    "attribute lists left open": _filled("# a {: b="),
    "a wide and long table": "|" + "a|" * 2_500 + "\n|" + "-|" * 2_500 + "\n" + "|a\n" * 3_333,
    "quotations nested": ">" * 20_000 + "x",
    "lists nested": "- " * 10_000 + "x",
    "lists nested by indentation": "\n".join("    " * i + "- x" for i in range(400)),
    "paragraphs in one list": _filled("- a\n\n    b\n\n", 200_000),
    "a long body": _filled("word ", 2_000_000),
    "quotations nested deeper": ">" * 299_000 + "x",
    "words in place of code": f"```csharp\n{_filled('a' + chr(10), 9_900)}```\n",
    "words in another place of code": f"```java\n{_filled('a b' + chr(10), 9_900)}```\n",
    "code of many languages": "".join(
        f"```{name}\n{_filled('a ', 380)}\n```\n\n"
        for name in ("csharp", "java", "php", "perl", "ruby", "scala", "swift", "sql") * 3
    ),
    "definitions": "a\n: b\n\n" * 30_000,
    "definitions without an address": _filled("[a]:\n") + "\n\nx",
}
COSTLY_FIELDS: dict[str, dict[str, object]] = {
    "an iframe in an iframe": {"featuredContent": _filled("<iframe ", 100_000)},
    "iframes of spaces": {"featuredContent": "<iframe src" + " " * 9_000 + "<iframe src='"},
    "thousands of topics": {"topics": [f"Topic {i}" for i in range(2_000)]},
    "thousands of tags": {"tags": [f"Tag {i}" for i in range(2_000)]},
    "thousands of authors": {"authors": [f"Author {i}" for i in range(2_000)]},
    "thousands of related stories": {
        "related": [
            {"title": f"Story {i}", "webUrl": f"https://a.example/{i}"} for i in range(3_000)
        ]
    },
    "thousands of aliases": {"aliases": [f"/old/{i}/" for i in range(5_000)]},
    "a long language": {"language": "en" + "-abcdefg" * 25_000},
    "a long title": {"title": "A title " * 25_000},
    "a long excerpt": {"excerpt": "Ã©" * 100_000},
    "a long address": {"webUrl": "https://a.example/" + "%" * 200_000},
    "a long date": {"updated": "2026-" * 40_000},
}
_DATED = "Title: Hostile\nDate: 2026-01-30\n"


def _toml(fields: str) -> bytes:
    return f"+++\ntitle = 'Hostile'\ndate = 2026-01-30\n{fields}\n+++\nx".encode()


# Files whose front matter is costly, in each format.
COSTLY_FRONT: dict[str, bytes] = {
    "a line that goes on": f"{_DATED}Tags: a\n{_filled(' b' + chr(10), 290_000)}\n\nx".encode(),
    "a line over and over": f"{_DATED}{_filled('a: b' + chr(10), 290_000)}\n\nx".encode(),
    "keys of TOML": _toml("".join(f"a{i} = 1\n" for i in range(25_000))),
    "tables of TOML": _toml("".join(f"[a{i}]\n" for i in range(25_000))),
    "addresses in TOML": _toml(
        "".join('[[images]]\nurl = "javascript:a"\n' for _ in range(900))
        + "".join(f"[a{i}]\n" for i in range(20_000))
    ),
    "keys of JSON": article(**{f"a{i}": 1 for i in range(20_000)}).removeprefix(b"---\n"),
    "numbers of JSON": article(a=[1] * 90_000).removeprefix(b"---\n"),
    "tags left open in a head": b"<html><head><title>Hostile</title>"
    + b"<meta name=date content=2026-01-30>%s</head><body>x" % (b'<meta "' * 14_000),
    "values that YAML cuts": b"---\ntitle: Hostile\ndate: 2026-01-30\n"
    + b"".join(b"a%d: b #c\n" % i for i in range(20_000))
    + b"---\nx",
}
COSTLY = {
    **COSTLY_FRONT,
    **{name: article(body) for name, body in COSTLY_BODIES.items()},
    **{name: article("x", **fields) for name, fields in COSTLY_FIELDS.items()},
}
# Inputs that mislead a sanitiser, a reader or a file system.
MISLEADING = {
    "a tag in a title": article('<abbr title="<img onmouseover=alert(1) src=x ">x</abbr>'),
    "an image of another host": article(
        "![a](//evil.example/a.gif) ![b](/\\evil.example/b.gif) <img "
        "src='/&#9;/evil.example/c.gif'>"
    ),
    "a turned direction": article(
        "Send \u202egpj.exe&#x202e; to \u2066them &#8238;now", title="A \u202eturn"
    ),
    "a deep alias": article(aliases=["/" + "/".join(["a" * 200] * 20) + "/"]),
}
ALL = {**COSTLY, **MISLEADING}
