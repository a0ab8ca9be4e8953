"""The small sites of tests/sites, built by the real command: the output and the messages.

A site with `expected/` gives exactly that tree, apart from the theme's static files. A site with
`expected.txt` exits with the code on its first line and prints the rest. `pytest --refresh`
rewrites both: read the difference before you commit it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from newsgen.store.fingerprint import theme_folder
from support import newsgen, read_tree

SITES = Path(__file__).parent / "sites"
CLOCK = ("--as-of", "2026-01-31T12:00")


@pytest.mark.parametrize("name", ["plain"])
def test_a_site_gives_the_expected_tree(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every page of a small site with its own templates is as it was at the last review."""
    site = shutil.copytree(
        SITES / name, tmp_path / name, ignore=shutil.ignore_patterns("expected*")
    )
    done = newsgen("build", *CLOCK, cwd=site)
    assert (done.returncode, "0 problems" in done.stderr) == (0, True), done.stderr
    theme = {
        path.relative_to(theme_folder("static")).as_posix()
        for path in theme_folder("static").rglob("*")
    }
    named = {
        path: re.sub(r"\.[0-9a-f]{10}(?=\.(?:css|js)$)", "", path)
        for path in read_tree(site / "site")
    }
    found = {
        path: data.decode()
        for path, data in read_tree(site / "site").items()
        if named[path] not in theme
    }
    expected = SITES / name / "expected"
    if request.config.getoption("--refresh"):
        shutil.rmtree(expected, ignore_errors=True)
        for path, text in found.items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_text(text, "utf-8")
    assert found == {path: data.decode() for path, data in read_tree(expected).items()}


@pytest.mark.parametrize("name", ["bad-settings", "broken-template", "colliding", "dirty"])
def test_a_site_says_what_is_wrong_with_it(
    name: str, tmp_path: Path, golden: Callable[[Path, bytes], None]
) -> None:
    """Each mistake is reported with a place and a hint, and the exit code says if the site was
    built."""
    site = shutil.copytree(
        SITES / name, tmp_path / name, ignore=shutil.ignore_patterns("expected*")
    )
    done = newsgen("build", "-v", *CLOCK, cwd=site)
    said = re.sub(
        r"^[\d,]+ articles?, .*\n.*\n", "", done.stderr, flags=re.M
    )  # the summary, and the seconds of each stage
    golden(SITES / name / "expected.txt", f"exit {done.returncode}\n{said}".encode())
    if done.returncode == 0:
        assert newsgen("build", "--strict", *CLOCK, cwd=site).returncode == 1
