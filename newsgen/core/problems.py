"""Problems are values: what is wrong, where, and what to do. Nothing here prints.

Line and column are looked up only when a problem is shown, so that the fast parser stays
free of positions.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, Self

from msgspec import Struct, structs

# Errors of the whole site: it is not built, and what was there stays.
STOPPING = ("no-content", "no-articles")
Severity = Literal["error", "warning", "repair"]


class Problem(Struct, frozen=True, array_like=True, gc=False):
    """`field` is a path such as `$.related[3].title`; `line` and `column` count from 1, 0 when
    not known yet. An error leaves its article out, a warning keeps it, a repair mended it."""

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
    """Whether reading an article ended the process that read it. Commands that build then end with 1."""
    return any(problem.code == DIED for problem in problems)


class UserError(Exception):
    """Something that a user can put right, outside the articles: settings, templates, the output.

    `exit_code` is what the command answers with (see docs/commands.md).
    """

    def __init__(self, problem: Problem, exit_code: int) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type[Self], tuple[Problem, int]]:
        return type(self), (self.problem, self.exit_code)  # raised in a worker, it comes back whole


def as_mapping(problem: Problem) -> dict[str, str | int]:
    """The problem as JSON has it."""
    return {name: getattr(problem, name) for name in Problem.__struct_fields__}


def settings_error(code: str, message: str, **details: str | int) -> UserError:
    """An error of usage or of the settings: exit code 2."""
    return UserError(structs.replace(Problem("error", code, message), **details), 2)


def build_error(code: str, message: str, **details: str | int) -> UserError:
    """The site could not be built or written; what was there stays: exit code 3."""
    return UserError(structs.replace(Problem("error", code, message), **details), 3)


def placed(problems: Sequence[Problem], folder: Path, root: Path) -> list[Problem]:
    """Problems of files below a folder, with the files named from the root."""
    if not problems:
        return []
    prefix = os.path.relpath(folder, root)
    return [structs.replace(p, file=f"{prefix}/{p.file}") if p.file else p for p in problems]


def locate(problem: Problem, folder: Path) -> Problem:
    """The problem with line, column and source line, read from its file below `folder`.

    A file that has gone or cannot be read leaves them unknown.
    """
    return locate_all([problem], folder)[0]


def locate_all(problems: Sequence[Problem], folder: Path) -> list[Problem]:
    """The same of many problems, in their order; each file is read and parsed once. `secured` is in no source line."""
    from newsgen.core.frontmatter import decode_head, locate_fields
    from newsgen.core.secret import redact

    out = list(problems)
    by_file: dict[str, list[int]] = {}
    for i, problem in enumerate(problems):
        if problem.file and (problem.line or problem.field != "$"):  # else no file is to be opened: it may be a pipe, or not ours
            by_file.setdefault(problem.file, []).append(i)
    for file, members in by_file.items():
        try:
            text = redact(decode_head((folder / file).read_bytes()).text).text
        except (OSError, ValueError):
            continue
        wanted = [i for i in members if not out[i].line and out[i].field != "$"]
        places = dict(zip(wanted, locate_fields(text, [out[i].field for i in wanted]), strict=True)) if wanted else {}
        lines = text.split("\n")
        for i in members:
            line, column = places.get(i) or (out[i].line, out[i].column)
            source = lines[line - 1][:200].rstrip() if 0 < line <= len(lines) else ""
            out[i] = structs.replace(out[i], line=line, column=column, source=source)
    return out


def render(problem: Problem, prefix: str = "") -> str:
    """The problem as people read it: file:line:column, what is wrong, the source line, what to do."""
    where = prefix + problem.file if problem.file else ""
    if where and problem.line:
        where += f":{problem.line}:{problem.column}"
    head = f"{where}: " if where else ""
    name = problem.severity if problem.file else "error" if problem.severity == "error" else problem.severity
    out = [f"{head}{name}: {problem.message} [{problem.code}]"]
    if problem.source:
        out.append(f"    {problem.source}")
        if problem.column > 0:
            out.append("    " + " " * (problem.column - 1) + "^")
    if problem.hint:
        out.append(f"    hint: {problem.hint}")
    return "\n".join(out)
