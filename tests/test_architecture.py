"""What docs/architecture.md says of the code is so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from support import ROOT

PACKAGE = ROOT / "newsgen"
MODULES = sorted(PACKAGE.rglob("*.py"))
PURE = [PACKAGE / "model.py", PACKAGE / "content/repair.py", *(PACKAGE / "builder").glob("*.py"), *(PACKAGE / "pages").glob("*.py")]
OUTSIDE = {"os", "io", "pathlib", "shutil", "subprocess", "socket", "sqlite3", "tempfile", "time", "random", "secrets", "urllib.request"}
LONGEST = 350


def imports(tree: ast.AST) -> set[str]:
    """The modules that are imported, wherever in the file; `PurePath` and the like are not what `pathlib` is avoided for."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not all(name.name.startswith("Pure") for name in node.names):
            found.add(node.module or "")
    return found


def calls(tree: ast.AST) -> set[str]:
    """The names and the attributes that are called."""
    functions = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else "" for f in functions}


@pytest.mark.parametrize("file", PURE, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_pure_modules_reach_nothing_outside(file: Path) -> None:
    """The model, the builder, the planners and the repairs read and write no file, ask no clock and toss no coin."""
    tree = ast.parse(file.read_text("utf-8"))
    assert not imports(tree) & OUTSIDE
    assert not calls(tree) & {"open", "print", "input", "now", "today", "utcnow", "read_text", "read_bytes", "write_text", "write_bytes"}


def test_the_model_imports_nothing_of_ours() -> None:
    """The words stand at the bottom of everything."""
    assert not [name for name in imports(ast.parse((PACKAGE / "model.py").read_text("utf-8"))) if name.startswith("newsgen")]


@pytest.mark.parametrize("file", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_commands_print_and_exit(file: Path) -> None:
    """Outside `cli` nothing prints, asks or ends the program; no file is too long to be read at once."""
    text = file.read_text("utf-8")
    if "cli" not in file.relative_to(PACKAGE).parts:
        assert not calls(ast.parse(text)) & {"print", "input", "exit", "echo"}
        assert "click" not in imports(ast.parse(text))
    assert len(text.splitlines()) <= LONGEST


def test_every_room_is_in_the_architecture() -> None:
    """docs/architecture.md names each folder and each module at the top of the package."""
    told = set(re.findall(r"`([\w/.]+)`", (ROOT / "docs/architecture.md").read_text("utf-8")))
    rooms = {path.name + "/" if path.is_dir() else path.name for path in PACKAGE.iterdir() if not path.name.startswith("_")}
    assert rooms - {"py.typed"} <= told
