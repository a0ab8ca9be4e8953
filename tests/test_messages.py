"""Numbers with their nouns, and suggestions for mistyped names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from newsgen.cli.images import _print_status
from newsgen.core.messages import count, did_you_mean, nearest, plural
from newsgen.inspect.images import Host, ImageStatus
from support import ROOT, SmallSite

PLURALS = {
    "article": "articles",
    "page": "pages",
    "problem": "problems",
    "address": "addresses",
    "copy": "copies",
    "story": "stories",
    "day": "days",
    "match": "matches",
    "box": "boxes",
    "more host": "more hosts",
    "broken link": "broken links",
}


@pytest.mark.parametrize("noun", PLURALS)
def test_a_number_has_the_right_form_of_its_noun(noun: str) -> None:
    """One has the singular; zero and more have the plural, also of nouns ending in a sibilant or
    in y."""
    assert [count(n, noun) for n in (0, 1, 2, 1000)] == [
        f"0 {PLURALS[noun]}",
        f"1 {noun}",
        f"2 {PLURALS[noun]}",
        f"1,000 {PLURALS[noun]}",
    ]


def test_every_counted_noun_has_a_known_plural() -> None:
    """Each counted noun in the package adds an s, or its plural is listed above.

    A new irregular noun fails here.
    """
    found = set()
    for path in sorted((ROOT / "newsgen").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "count"
                and len(node.args) == 2
            ):
                noun = node.args[1]
                found |= {noun.value} if isinstance(noun, ast.Constant) else set()
    assert {"article", "address", "copy", "story"} <= found
    assert {noun for noun in found if plural(noun) != PLURALS.get(noun, noun + "s")} == set()
    assert not {noun for noun in found if noun.endswith("s") and not noun.endswith("ss")}


# Nouns that may follow a number in a message only through `count`.
_NOUNS = (
    "article page problem file story picture image link edition copy address original "
    "host line warning error"
)


def test_no_message_writes_a_plural_behind_a_number() -> None:
    """No text in the package has a number followed by a fixed plural, which would be wrong for
    one."""
    nouns = "|".join(plural(noun) for noun in _NOUNS.split())
    slip = re.compile(rf"\{{[^{{}}]*(?::,)?\}} (?:\w+ )?(?:{nouns})\b")
    found = []
    for path in sorted((ROOT / "newsgen").rglob("*.py")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            found += [
                f"{path.name}:{number}: {one[0]}" for one in slip.finditer(line) if 'f"' in line
            ]
    assert found == []


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "0 addresses, 0 originals"),
        (1, "1 address, 1 original"),
        (2, "2 addresses, 2 originals"),
    ],
)
def test_the_status_of_images_counts_rightly(
    n: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`newsgen images status` has the right forms for zero, one and more."""
    _print_status(
        ImageStatus(n, n, n, n, n, n, n, n, tuple(Host("x.example", n, n, n) for _ in range(n))), 0
    )
    assert capsys.readouterr().out.startswith(said)


@pytest.mark.parametrize(("n", "said"), [(1, "1 article, "), (2, "2 articles, ")])
def test_a_build_counts_rightly(tmp_path: Path, n: int, said: str) -> None:
    """The line about a build has the right forms."""
    site = SmallSite(tmp_path / "counted")
    for i in range(n):
        site.article(f"story-{i}", webUrl="javascript:alert(1)")
    told = site.run("build", "--as-of", "2026-01-31T12:00").stderr.splitlines()[-1]
    assert told.startswith(said)
    assert f", {count(n, 'problem')}, " in told


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("buidl", "build"),
        ("Build", "build"),
        ("lst", "list"),
        ("pubish", "publish"),
        ("xyzzy", ""),
        ("", ""),
    ],
)
def test_a_name_is_found_by_one_like_it(name: str, meant: str) -> None:
    """Swapped, missing or differently cased letters still find the name.

    Unlike names find nothing.
    """
    known = ("build", "publish", "list", "theme")
    assert nearest(name, known) == meant
    assert did_you_mean(name, known, "see the list") == (
        f"did you mean {meant}?" if meant else "see the list"
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("buidl", "'build'"),
        ("--root . pubish", "'publish'"),
        ("theme lst", "'list'"),
        ("images stauts", "'status'"),
        ("check --format githb", "'github'"),
        ("completion zhs", "'zsh'"),
        ("build --ouput x", "--output"),
        ("--verson", "--version"),
        ("config relatd", "related"),
        ("explain cut-valeu", "cut-value"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_right_one(
    site: SmallSite, typed: str, meant: str
) -> None:
    """Commands, actions, options, choices and settings are suggested, with exit code 2."""
    done = site.run(*typed.split())
    assert done.returncode == 2
    assert re.search(rf"[Dd]id you mean .*{re.escape(meant)}", done.stderr)
