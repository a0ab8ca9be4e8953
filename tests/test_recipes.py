"""The recipes in CONTRIBUTING, applied exactly as written to a copy of the tree."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support import ROOT, SmallSite

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
COPIED = (
    "newsgen",
    "templates",
    "static",
    "tests",
    "docs",
    "content",
    "_data",
    "benchmarks",
    "scripts",
)
# Bytecode is copied too: it is valid for copies with the same times, and compiling takes long.
LEFT = shutil.ignore_patterns("node_modules", "work", ".*", "*.pyc.*")
MOST_FILES = {"Add a field": 6, "Add a page kind": 5, "Add a repair": 3}


class Recipe:
    """A recipe: its changes by file, as pairs of old and new text, and its commands."""

    def __init__(self, heading: str) -> None:
        section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        self.commands = [
            shlex.split(line)
            for block in re.findall(r"```sh\n(.*?)```", section, re.S)
            for line in block.splitlines()
        ]
        self.changes: dict[str, list[tuple[str, str]]] = {}
        for block in re.findall(r"```diff\n(.*?)```", section, re.S):
            for file, text in re.findall(r"^--- (\S+)\n((?:(?!--- ).*\n)*)", block, re.M):
                self.changes.setdefault(file, []).extend(
                    map(change, re.split(r"^@@\n", text, flags=re.M))
                )
        assert self.changes
        assert self.commands

    def apply(self, tree: Path) -> None:
        """Make the changes. New files must not exist; the context lines must occur exactly once."""
        for name, changes in self.changes.items():
            file = tree / name
            for old, new in changes:
                if old:
                    text = "\n" + file.read_text("utf-8")
                    assert text.count(f"\n{old}") == 1, (
                        f"{name} has these lines {text.count(old)} times:\n{old}"
                    )
                    file.write_text(text.replace(f"\n{old}", f"\n{new}")[1:], "utf-8")
                else:
                    with file.open("x", encoding="utf-8") as added:
                        added.write(new)


def change(hunk: str) -> tuple[str, str]:
    """Return the old and the new lines of a hunk."""
    lines = [(line[:1].strip(), f"{line[1:]}\n") for line in hunk.splitlines()]
    old = "".join(text for sign, text in lines if sign != "+")
    return old, "".join(text for sign, text in lines if sign != "-")


def run(tree: Path, *command: str | Path, cwd: Path | None = None) -> str:
    """Return the output of a command that must succeed with the copy's code.

    A recipe's pytest keeps its files here. In the folder that all runs share, it would delete what
    earlier ones left, which can take minutes.
    """
    own = f"--basetemp={tree.parent / 'pytest'}"
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTEST_ADDOPTS": own}
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd or tree,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def newsgen(tree: Path, site: SmallSite, *arguments: str) -> str:
    """Return the output of the copy's newsgen in the site's folder."""
    clock = () if arguments[0] == "check" else ("--as-of", "2026-01-31T12:00")
    return run(tree, sys.executable, "-m", "newsgen", *arguments, *clock, cwd=site.root)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree that uses this environment."""
    copy = tmp_path / "tree"
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=LEFT)
    for file in ROOT.glob("*.*"):
        if file.is_file():
            shutil.copy(file, copy)
    shutil.copy(ROOT / "Makefile", copy)
    (copy / ".venv").symlink_to(sys.prefix)
    return copy


@pytest.fixture
def follow(tree: Path) -> Callable[[str], Path]:
    """Apply a recipe and run its commands, then the linter."""

    def followed(heading: str) -> Path:
        recipe = Recipe(heading)
        recipe.apply(tree)
        run(tree, ".venv/bin/python", "-m", "ruff", "format", "--check", "newsgen", "tests")
        run(tree, ".venv/bin/python", "-m", "ruff", "check", "newsgen", "tests")
        for command in recipe.commands:
            run(tree, *command)
        return tree

    return followed


@pytest.mark.parametrize("heading", MOST_FILES)
def test_recipes_touch_few_files(heading: str) -> None:
    """A change of a common kind touches few files, its test and documentation included."""
    assert len(Recipe(heading).changes) <= MOST_FILES[heading]


def test_add_a_field(follow: Callable[[str], Path], tmp_path: Path) -> None:
    """Lists show a dateline, and after an edit the dry run names it as the reason."""
    tree = follow("Add a field")
    site = SmallSite(tmp_path / "site")
    site.article("one", dateline="Venice")
    newsgen(tree, site, "build", "--strict")
    assert "Venice" in site.page("/topics/ai/")
    site.article("one", dateline="Rotterdam")
    dry = newsgen(tree, site, "build", "--dry-run")
    assert "the card of “Story one” changed: dateline" in dry
    newsgen(tree, site, "build", "--verify")
    assert "Rotterdam" in site.page("/topics/ai/")


def test_add_a_page_kind(follow: Callable[[str], Path], tmp_path: Path) -> None:
    """The page of all videos is built, linked and in the sitemap.

    Older videos have their own pages.
    """
    tree = follow("Add a page kind")
    menu = [{"name": "Videos", "url": "/videos/"}]
    site = SmallSite(tmp_path / "site", per_page=1, menu=menu)
    for name in ("one", "two"):
        site.article(name, type="video")
    newsgen(tree, site, "build", "--strict", "--verify")
    assert "2 stories" in site.page("/videos/")
    assert "Older stories, page 1" in site.page("/videos/page/1/")
    assert 'href="/videos/"' in site.page("/news/two/")
    assert "https://wire.example/videos/" in site.page("/sitemap.xml")


def test_add_a_repair(follow: Callable[[str], Path], tmp_path: Path) -> None:
    """A publisher's name is repaired on the page, reported by `newsgen check`, and written back
    by `--fix`."""
    tree = follow("Add a repair")
    site = SmallSite(tmp_path / "site")
    article = site.article("one", provider={"name": "The Paper (Opinion)"})
    newsgen(tree, site, "build", "--strict")
    assert "The Paper" in site.page("/news/one/")
    assert "(Opinion)" not in site.page("/news/one/")
    assert "“(Opinion)” is removed from a publisher's name" in newsgen(tree, site, "check", "-v")
    newsgen(tree, site, "check", "--fix")
    assert "(Opinion)" not in article.read_text("utf-8")
