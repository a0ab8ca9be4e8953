"""What docs/architecture.md says of the code is so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

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


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def name_of(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def test_pure_modules_reach_nothing_outside() -> None:
    """The model, the builder, the planners and the repairs read and write no file, and read neither clock nor random numbers."""
    forbidden = {"open", "print", "input", "now", "today", "utcnow", "read_text", "read_bytes", "write_text", "write_bytes"}
    found = {name_of(file): imports(parsed(file)) & OUTSIDE | calls(parsed(file)) & forbidden for file in PURE}
    assert {name: reached for name, reached in found.items() if reached} == {}


def test_the_model_imports_nothing_of_ours() -> None:
    """The words stand at the bottom of everything."""
    assert not [name for name in imports(ast.parse((PACKAGE / "model.py").read_text("utf-8"))) if name.startswith("newsgen")]


def test_only_commands_print_and_exit() -> None:
    """Outside `cli` nothing prints, prompts or ends the program, and nothing imports click."""
    trees = {name_of(file): parsed(file) for file in MODULES if "cli" not in file.relative_to(PACKAGE).parts}
    found = {name: calls(tree) & {"print", "input", "exit", "echo"} | imports(tree) & {"click"} for name, tree in trees.items()}
    assert {name: used for name, used in found.items() if used} == {}


def test_no_module_is_too_long() -> None:
    """Every module is short enough to be read at once."""
    lengths = {name_of(file): len(file.read_text("utf-8").splitlines()) for file in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_room_is_in_the_architecture() -> None:
    """docs/architecture.md names each folder and each module at the top of the package."""
    told = set(re.findall(r"`([\w/.]+)`", (ROOT / "docs/architecture.md").read_text("utf-8")))
    rooms = {path.name + "/" if path.is_dir() else path.name for path in PACKAGE.iterdir() if not path.name.startswith("_")}
    assert rooms - {"py.typed"} <= told
