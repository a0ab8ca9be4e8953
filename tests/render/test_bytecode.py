"""Where compiled templates are stored."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from newsgen.render.bytecode import _compiled
from newsgen.render.environment import make_environment
from newsgen.render.templates import Templates
from newsgen.store.cache import Cache
from newsgen.store.fingerprint import theme_folders


def compiled(root: Path) -> list[str]:
    """Load a template of the theme and one of the site, as a new process does. Return those that
    were compiled.
    """
    found = []
    (root / "templates").mkdir(parents=True, exist_ok=True)
    (root / "templates" / "own.html").write_text("{{ 1 }}")
    cache = Cache(root / "cache")
    themes = theme_folders("templates", "default")
    environment = make_environment(Templates(root / "templates", themes, root, {}), cache)
    compile_template = environment.compile

    def compile_and_tell(source: str, name: str, filename: str) -> object:
        found.append(name)
        return compile_template(source, name, filename)

    environment.compile = compile_and_tell  # type: ignore[assignment]
    _compiled.clear()
    for name in ("pager.html", "own.html"):
        environment.get_template(name)
    cache.close()
    return found


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder where Python stores compiled code."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "python"))
    return tmp_path / "python"


def test_a_theme_is_compiled_once(tmp_path: Path, python: Path) -> None:
    """The code of a theme's template serves all sites, that of a site's template only the site."""
    assert compiled(tmp_path / "one") == ["pager.html", "own.html"]
    assert compiled(tmp_path / "one") == []
    assert compiled(tmp_path / "two") == ["own.html"]
    assert len(list(python.rglob("template-*"))) == 1


def test_damaged_code_of_a_theme_is_compiled_again(tmp_path: Path, python: Path) -> None:
    """Code that newsgen did not store is not loaded, and replaced."""
    compiled(tmp_path / "one")
    [file] = python.rglob("template-*")
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[:40] + b"x" + whole[41:], b""):
        file.write_bytes(damaged)
        assert compiled(tmp_path / "one") == ["pager.html"]
        assert file.read_bytes() == whole


def test_python_may_be_told_to_keep_no_code(
    tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If Python must not or cannot write compiled code, the site's cache has it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled(tmp_path / "one") == ["pager.html", "own.html"]
    assert compiled(tmp_path / "one") == []
    assert not python.exists()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    python.write_text("a file")
    assert compiled(tmp_path / "one") == []
    assert compiled(tmp_path / "two") == ["pager.html", "own.html"]
    assert compiled(tmp_path / "two") == []
