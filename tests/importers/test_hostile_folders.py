"""Folders of other generators whose configuration is damaged, costly or leads elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsgen.core.problems import UserError
from newsgen.importers.folder_settings import folder_settings
from support import newsgen

_LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
REFUSED = {
    "aliases": ("jekyll", "_config.yml", f"{_LAUGHS}title: *i\n", "values"),
    "nested YAML": ("jekyll", "_config.yml", "a: " + "[" * 9_000, "cannot be read"),
    "nested JSON": ("hugo", "hugo.json", '{"a":' * 9_000, "cannot be read"),
    "nested TOML": ("hugo", "hugo.toml", "a = " + "[" * 9_000, "cannot be read"),
    "signs": ("pelican", "pelicanconf.py", "A = " + "-" * 90_000 + "1", "cannot be read"),
    "a sum": ("pelican", "pelicanconf.py", "A = " + "1+" * 20_000 + "1", "cannot be read"),
    "a folder above": ("pelican", "pelicanconf.py", "PATH = '../elsewhere'", "is elsewhere"),
    "another folder": ("pelican", "pelicanconf.py", "PATH = '/etc'", "is elsewhere"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_configuration_that_is_refused(tmp_path: Path, name: str) -> None:
    """A configuration that cannot be read safely is quickly refused with a message."""
    kind, file, text, words = REFUSED[name]
    (tmp_path / file).write_text(text)
    with pytest.raises(UserError) as error:
        folder_settings(kind, tmp_path)
    assert words in error.value.problem.message


@pytest.mark.parametrize(
    ("kind", "file"),
    [("jekyll", "_config.yml"), ("hugo", "config.toml"), ("pelican", "pelicanconf.py")],
)
def test_a_configuration_elsewhere(tmp_path: Path, kind: str, file: str) -> None:
    """A configuration that is a link out of the folder is not read."""
    (tmp_path / "private").write_text('title = "private"\n')
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / file).symlink_to(tmp_path / "private")
    with pytest.raises(UserError, match="has no "):
        folder_settings(kind, tmp_path / "old")


def test_values_of_other_types(tmp_path: Path) -> None:
    """A value of the wrong type for a setting is left out, and the settings are valid."""
    (tmp_path / "hugo.toml").write_text(
        'title = "T"\ntimeZone = "no\\nx: y"\nlanguageCode = [1]\nbaseURL = 7\n'
        '[[menus.main]]\nname = "A"\nurl = "/a/"\nweight = "x"\n'
        '[[menus.main]]\nname = "B"\nurl = "javascript:b"\nweight = -1\n'
    )
    found = folder_settings("hugo", tmp_path).settings
    assert found["menu"] == [{"name": "A", "url": "/a/"}]
    assert (found["language"], found.get("timezone")) == ("en", None)


def test_links_to_other_places_and_damaged_authors(tmp_path: Path) -> None:
    """Nothing outside the folder is copied, and a damaged data file does not stop the import."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private/p.png").write_bytes(b"private")
    (tmp_path / "private/p.md").write_text("---\ntitle: P\ndate: 2026-01-30\n---\nprivate")
    old, site = tmp_path / "old", tmp_path / "site"
    (old / "_data").mkdir(parents=True)
    (old / "_posts").mkdir()
    site.mkdir()
    (old / "_config.yml").write_text("title: T\n")
    (old / "_data/authors.yml").write_bytes(b"\xff: [")
    (old / "_posts/2026-01-30-a.md").write_text("---\ntitle: A\n---\nx")
    (old / "_posts/2026-01-30-b.md").symlink_to(tmp_path / "private/p.md")
    (old / "assets").symlink_to(tmp_path / "private")
    done = newsgen("import", "jekyll", old, cwd=site)
    assert done.returncode == 0, done.stderr
    assert "left out: _data/authors.yml: it cannot be read" in done.stdout
    copied = [path.name for path in site.rglob("*") if path.suffix in (".md", ".png")]
    assert copied == ["2026-01-30-a.md"]
