"""Problems as values: what is wrong, where, and how to fix it. Nothing here prints.

Line and column are looked up only when a problem is shown, so the fast parser need not track
positions.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, Self

from msgspec import Struct, structs

# Errors of the whole site: nothing is built, and the previous output stays.
STOPPING = ("no-content", "no-articles")
Severity = Literal["error", "warning", "repair"]


class Problem(Struct, frozen=True, array_like=True, gc=False):
    """A problem with a file or with the site.

    `field` is a path such as `$.related[3].title`. `line` and `column` count from 1 and are 0 until
    they are looked up. An error leaves its article out; a warning keeps it; a repair corrected it.
    """

    severity: Severity
    code: str
    message: str
    field: str = "$"
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    source: str = ""


DIED = "reading-died"


def any_died(problems: Iterable[Problem]) -> bool:
    """Return whether reading an article killed its process. Build commands then exit with 1."""
    return any(problem.code == DIED for problem in problems)


class UserError(Exception):
    """A mistake outside the articles that a user can fix: in settings, templates or the output.

    `exit_code` is the exit code of the command (see docs/commands.md).
    """

    def __init__(self, problem: Problem, exit_code: int) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type[Self], tuple[Problem, int]]:
        # pickles all fields, for errors raised in a worker
        return type(self), (self.problem, self.exit_code)


def as_mapping(problem: Problem) -> dict[str, str | int]:
    """Return the problem as a mapping for JSON."""
    return {name: getattr(problem, name) for name in Problem.__struct_fields__}


def settings_error(code: str, message: str, **details: str | int) -> UserError:
    """Return an error of usage or settings: exit code 2."""
    return UserError(structs.replace(Problem("error", code, message), **details), 2)


def build_error(code: str, message: str, **details: str | int) -> UserError:
    """Return an error for a site that could not be built or written: exit code 3.

    The previous output stays.
    """
    return UserError(structs.replace(Problem("error", code, message), **details), 3)


def placed(problems: Sequence[Problem], folder: Path, root: Path) -> list[Problem]:
    """Return problems of files below `folder`, with their files named relative to `root`."""
    if not problems:
        return []
    prefix = os.path.relpath(folder, root)
    return [structs.replace(p, file=f"{prefix}/{p.file}") if p.file else p for p in problems]


def locate(problem: Problem, folder: Path) -> Problem:
    """Return the problem with line, column and source line, read from its file below `folder`.

    They stay unknown if the file is gone or cannot be read.
    """
    return locate_all([problem], folder)[0]


_YAML = (".yaml", ".yml")


def locate_all(problems: Sequence[Problem], folder: Path) -> list[Problem]:
    """Locate many problems, in their order. Each file is read and parsed once.

    `secured` is in no source line.
    """
    out = list(problems)
    by_file: dict[str, list[int]] = {}
    for i, problem in enumerate(problems):
        # do not open other files: one may be a pipe, or not part of the site
        if problem.file and (problem.line or problem.field != "$"):
            by_file.setdefault(problem.file, []).append(i)
    if not by_file:
        return out
    from newsgen.core.frontmatter import decode_head, locate_fields
    from newsgen.core.secret import redact

    for file, members in by_file.items():
        try:
            text = redact(decode_head((folder / file).read_bytes()).text).text
        except (OSError, ValueError):
            continue
        wanted = [i for i in members if not out[i].line and out[i].field != "$"]
        fields = [out[i].field for i in wanted]
        marks = locate_fields(text, fields, file.endswith(_YAML)) if wanted else []
        places = dict(zip(wanted, marks, strict=True))
        lines = text.split("\n")
        for i in members:
            line, column = places.get(i) or (out[i].line, out[i].column)
            source = lines[line - 1][:200].rstrip() if 0 < line <= len(lines) else ""
            out[i] = structs.replace(out[i], line=line, column=column, source=source)
    return out


def render(problem: Problem, prefix: str = "") -> str:
    """Return the problem as text for people: file:line:column, message, source line, hint."""
    where = prefix + problem.file if problem.file else ""
    if where and problem.line:
        where += f":{problem.line}:{problem.column}"
    head = f"{where}: " if where else ""
    name = (
        problem.severity
        if problem.file
        else "error"
        if problem.severity == "error"
        else problem.severity
    )
    out = [f"{head}{name}: {problem.message} [{problem.code}]"]
    if problem.source:
        out.append(f"    {problem.source}")
        if 0 < problem.column <= len(problem.source) + 1:  # a long line is cut
            out.append("    " + " " * (problem.column - 1) + "^")
    if problem.hint:
        out.append(f"    hint: {problem.hint}")
    return "\n".join(out)
