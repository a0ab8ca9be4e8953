"""The code agrees with docs/architecture.md."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from support import ROOT

PACKAGE = ROOT / "newsgen"
MODULES = sorted(PACKAGE.rglob("*.py"))
PURE = [
    PACKAGE / "core/model.py",
    PACKAGE / "core/site.py",
    PACKAGE / "content/repair.py",
    *(
        file
        for room in ("builder", "stories", "search", "pages")
        for file in (PACKAGE / room).glob("*.py")
    ),
]
OUTSIDE = {
    "os",
    "io",
    "pathlib",
    "shutil",
    "subprocess",
    "socket",
    "sqlite3",
    "tempfile",
    "time",
    "random",
    "secrets",
    "urllib.request",
}
LONGEST = 400
LONGEST_FUNCTION = 60
# From top to bottom.
ROOMS = (
    *("cli", "publish", "preview", "check", "importers", "inspect", "build", "render", "images"),
    *("pages",),
    *("builder", "stories", "search", "gather", "network", "content", "config", "store", "core"),
)


def imports(tree: ast.AST) -> set[str]:
    """Return the modules imported anywhere in the file.

    Importing `PurePath` and the like does not count as importing `pathlib`.
    """
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not all(
            name.name.startswith("Pure") for name in node.names
        ):
            found.add(node.module or "")
    return found


def calls(tree: ast.AST) -> set[str]:
    """Return the names and attributes that are called."""
    functions = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else ""
        for f in functions
    }


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def name_of(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def test_pure_modules_reach_nothing_outside() -> None:
    """The model, builder, planners and repairs use no files, no clock and no random numbers."""
    forbidden = {
        "open",
        "print",
        "input",
        "now",
        "today",
        "utcnow",
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
    }
    found = {
        name_of(file): imports(parsed(file)) & OUTSIDE | calls(parsed(file)) & forbidden
        for file in PURE
    }
    assert {name: reached for name, reached in found.items() if reached} == {}


def test_the_model_imports_nothing_of_ours() -> None:
    """The model imports no other module of newsgen."""
    assert not [
        name
        for name in imports(ast.parse((PACKAGE / "core/model.py").read_text("utf-8")))
        if name.startswith("newsgen")
    ]


def test_only_commands_print_and_exit() -> None:
    """Outside `cli` nothing prints, prompts or ends the program, and nothing imports click."""
    trees = {
        name_of(file): parsed(file)
        for file in MODULES
        if "cli" not in file.relative_to(PACKAGE).parts
    }
    found = {
        name: calls(tree) & {"print", "input", "exit", "echo"} | imports(tree) & {"click"}
        for name, tree in trees.items()
    }
    assert {name: used for name, used in found.items() if used} == {}


def arrows() -> dict[str, set[str]]:
    """Return the package's modules that each module imports, at its top or inside a function.

    Names are dotted, relative to the package.
    """
    modules = {
        ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): file
        for file in MODULES
    }
    found: dict[str, set[str]] = {}
    for module, file in modules.items():
        found[module] = set()
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("newsgen."):
                base = (node.module or "").removeprefix("newsgen").removeprefix(".")
                inner = {f"{base}.{name.name}".removeprefix(".") for name in node.names}
                found[module] |= inner & modules.keys() or {base} & modules.keys()
            elif isinstance(node, ast.Import):
                found[module] |= {
                    name.name.removeprefix("newsgen.") for name in node.names
                } & modules.keys()
        found[module].discard(module)
    return found


def test_imports_run_downwards() -> None:
    """A room imports only rooms below it."""
    rooms = {room: level for level, room in enumerate(ROOMS)}
    upwards = [
        f"{module} -> {other}"
        for module, others in arrows().items()
        for other in others
        if "." in module
        and "." in other
        and rooms[module.split(".")[0]] > rooms[other.split(".")[0]]
    ]
    assert upwards == []


def test_imports_make_no_circle() -> None:
    """No module imports itself through others, not even inside a function."""
    left = arrows()
    while free := {module for module, others in left.items() if not others & left.keys()}:
        left = {module: others for module, others in left.items() if module not in free}
    assert {module: others & left.keys() for module, others in left.items()} == {}


def test_few_modules_are_outside_the_rooms() -> None:
    """Outside the rooms, the package has only `__init__` and `__main__`."""
    assert {path.stem for path in PACKAGE.glob("*.py")} == {"__init__", "__main__"}
    assert {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {
        "theme",
        "__pycache__",
    } == set(ROOMS)


def test_no_module_is_too_long() -> None:
    """Every module is short enough to read in one sitting."""
    lengths = {name_of(file): len(file.read_text("utf-8").splitlines()) for file in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_function_is_too_long() -> None:
    """Every function is short enough to see as a whole, from `def` to its last line."""
    found = [
        f"{name_of(file)}:{node.lineno} {node.name}"
        for file in MODULES
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert found == []


def test_each_class_has_a_name_of_its_own() -> None:
    """No two classes of the package have the same name.

    Those of the JSON Schema are part of it: there `Article` is what a file says.
    """
    found = Counter(
        node.name
        for file in MODULES
        if name_of(file) != "content/json_schema.py"
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in found.items() if count > 1] == []


def test_every_room_is_in_the_architecture() -> None:
    """docs/architecture.md names each folder and each top-level module of the package."""
    told = set(re.findall(r"`([\w/.]+)`", (ROOT / "docs/architecture.md").read_text("utf-8")))
    rooms = {
        path.name + "/" if path.is_dir() else path.name
        for path in PACKAGE.iterdir()
        if not path.name.startswith("_")
    }
    assert rooms - {"py.typed"} <= told


def _own_private_names(tree: ast.AST) -> set[str]:
    """Return the names with a leading underscore that a module defines."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.id if isinstance(node, ast.Name) else node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)  # __slots__
    return {name for name in found if name.startswith("_")}


def test_private_names_of_other_packages_stand_in_one_module() -> None:
    """Only render/fast_jinja.py reads private attributes of other packages."""
    trees = {name_of(file): ast.parse(file.read_text("utf-8")) for file in MODULES}
    own = set().union(*map(_own_private_names, trees.values()))
    foreign = {
        (name, node.attr)
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and node.attr not in own
        and node.attr != "_exit"  # os._exit is public
    }
    assert {name for name, _ in foreign} == {"render/fast_jinja.py"}, foreign
