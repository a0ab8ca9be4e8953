"""File names in a locale that is not UTF-8: newsgen still reads them as UTF-8."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support import PATIENCE, SmallSite, command, read_tree

AS_OF = ("--as-of", "2026-01-31T12:00")
BARE = {"PYTHONUTF8": "0", "LC_ALL": "POSIX"}

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="Windows has one encoding for file names"
)


def test_names_that_are_not_ascii(tmp_path: Path) -> None:
    """A root, an article and a static file with `ü` in their names give the same bytes as in a
    UTF-8 locale.
    """
    site = SmallSite(tmp_path / "brücke")
    site.article("grüße", title="Grüße")
    site.write("static/größe.txt", "g")
    for environment in ({"PYTHONUTF8": "1"}, BARE):
        done = site.run(
            "--root",
            str(site.root),
            "build",
            *AS_OF,
            "--set",
            "output=" + ("a" if environment is BARE else "b"),
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        assert "0 problems" in done.stderr
    trees = [read_tree(site.root / name) for name in "ab"]
    assert trees[0] == trees[1]
    assert "größe.txt" in trees[0]
    assert site.run("new", "Über", env=BARE).returncode == 0


@pytest.mark.parametrize("environment", [{}, BARE])
def test_names_that_are_not_utf8(site: SmallSite, environment: dict[str, str]) -> None:
    """A file whose name is not UTF-8 is reported in printable form, and other files are built."""
    (Path(os.fsdecode(os.fsencode(site.root) + b"/content/b\xffd.md"))).write_text("x")
    site.write("content/später.md", "---\ntitle: [\n---\n")
    done = site.run("build", *AS_OF, env=environment)
    assert done.returncode == 0, done.stderr
    assert "bytes that are not UTF-8" in done.stderr
    assert "ter.md:3:1: error:" in done.stderr
    assert "Traceback" not in done.stderr
    assert (site.output / "news/one/index.html").exists()


def test_a_python_that_may_not_read_utf8(site: SmallSite) -> None:
    """If Python's own option forbids UTF-8, newsgen does not restart itself for ever."""
    words = command("build", *AS_OF)
    done = subprocess.run(
        [words[0], "-X", "utf8=0", *words[1:]],
        cwd=site.root,
        env={**os.environ, **BARE},
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0
