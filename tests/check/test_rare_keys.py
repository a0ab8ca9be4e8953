"""Keys of front matter that few articles use."""

from __future__ import annotations

from content.reading import load_bytes
from newsgen.check.rare_keys import rare_keys
from newsgen.core.model import Article
from support import SmallSite

ARTICLES = 300


def _articles(odd: dict[int, str]) -> list[tuple[str, Article]]:
    found = []
    for n in range(ARTICLES):
        front = f"---\ntitle: T\ndate: 2026-01-30\nphotographer: Ann\n{odd.get(n, '')}---\n"
        article = load_bytes(front.encode()).article
        assert article
        found.append((f"{n}.md", article))
    return found


def test_rare_keys_are_found() -> None:
    """Keys that under 1 % use are counted; one that resembles another gets a hint and its file."""
    odd = {7: "photografer: Bob\n", 8: "podcast: /a\nseries: x\n", 9: "podcast: /b\n"}
    rare, problems = rare_keys(_articles(odd), ("series",))
    assert rare == {"photografer": 1, "podcast": 2}
    [problem] = problems
    assert (problem.code, problem.file, problem.field) == ("rare-key", "7.md", "$.photografer")
    assert problem.hint == "did you mean photographer?"


def test_one_percent_is_not_rare() -> None:
    """Three of 300 articles are enough."""
    odd = dict.fromkeys((1, 2, 3), "photografer: Bob\n")
    assert rare_keys(_articles(odd), ()) == ({}, [])


def test_check_lists_them(site: SmallSite) -> None:
    """The command lists them in one line, and shows the place of each warning."""
    for n in range(100):
        site.article(f"a{n}", photographer="Ann")
    site.article("odd", photografer="Bob", podcast="/a.mp3")
    done = site.run("check")
    assert "keys that under 1 % of articles use: photografer 1, podcast 1\n" in done.stderr
    assert "content/odd.md:10:14: warning: of 103 articles only 1 has" in done.stdout
    assert "hint: did you mean photographer?" in done.stdout
