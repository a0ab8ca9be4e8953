"""Report errors in templates: where they are, and which names exist instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

import jinja2
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.utils import missing
from msgspec import Struct

from newsgen.core.messages import did_you_mean
from newsgen.core.problems import UserError, build_error
from newsgen.render.fast_jinja import UndefinedMessage
from newsgen.render.templates import Templates

_SHOWN = 60


def template_problem(
    error: Exception, templates: Templates, filters: Collection[str], route: str
) -> UserError:
    """Return an error in a template as a UserError, with file, line, source line and the names that
    exist.
    """
    if isinstance(error, jinja2.TemplateNotFound):
        return build_error(
            "missing-template",
            f"there is no template {error.name}",
            hint=f"it is needed by {route}",
        )
    files = {template.file: template.text for template in templates.by_name.values()}
    message = (
        str(error.message if isinstance(error, jinja2.TemplateError) and error.message else error)
        or type(error).__name__
    )
    hint, file, line, asked = "", "", 0, ""
    if isinstance(error, jinja2.TemplateSyntaxError):
        file, line = error.filename or "", error.lineno
        unknown = re.match(r"No filter named '([^']*)'", message)
        if unknown:
            asked, hint = unknown[1], _choice(unknown[1], filters, "the filters are")
    else:
        frames = list(_frames(error.__traceback__))
        own = next(
            (frame for frame in reversed(frames) if frame[0].f_code.co_filename in files), None
        )
        if own:
            file, line = own[0].f_code.co_filename, own[1]
        if isinstance(error, jinja2.UndefinedError) and isinstance(error.args[0], UndefinedMessage):
            asked = error.args[0].name
            message, hint = _undefined(error.args[0], own[0].f_locals if own else {})
    lines = files.get(file, "").split("\n")
    source = lines[line - 1][:200] if 0 < line <= len(lines) else ""
    place = re.search(rf"\b{re.escape(asked)}\b", source) if asked else None
    column = place.start() + 1 if place else 1
    hint = f"{hint}; while rendering {route}" if hint else f"while rendering {route}"
    return build_error(
        "template-error", message, file=file, line=line, column=column, source=source, hint=hint
    )


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _undefined(asked: UndefinedMessage, scope: Mapping[str, Any]) -> tuple[str, str]:
    """Return a message with the missing name, and a hint with those that exist: the fields of the
    value, or the names in the template.
    """
    name, owner = asked.name, asked.owner
    if owner is missing:
        names = [
            known
            for known in scope
            if known not in DEFAULT_NAMESPACE and not known.startswith("_") and known != name
        ]
        return f"there is no {name} here", _choice(name, names, "a template has")
    kind = type(owner).__name__
    return f"{kind} has no {name}", _choice(name, _fields(owner), f"{kind} has")


def _fields(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    if type(value).__module__ == "builtins":
        return []  # their methods are Python's, not newsgen's
    own = list(value.__struct_fields__) if isinstance(value, Struct) else []
    return own + [name for name in dir(value) if not name.startswith("_") and name not in own]


def _choice(name: str, known: Collection[str], words: str) -> str:
    shown = ", ".join(list(known)[:_SHOWN])
    return " ".join(filter(None, (did_you_mean(name, known), f"{words} {shown}" if shown else "")))
