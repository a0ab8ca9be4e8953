"""The Jinja environment, and what is told of a template that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import jinja2
import markupsafe
from jinja2 import nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from newsgen.fingerprint import program
from newsgen.problems import UserError, build_error
from newsgen.render.templates import Templates


class Bytecode(Protocol):
    """Where compiled templates are kept between builds."""

    def bytecode(self, name: str) -> bytes | None:
        """The code of this name, if any."""

    def set_bytecode(self, name: str, code: bytes) -> None:
        """Keep code under a name."""


def _bytecode_cache(store: Bytecode) -> BytecodeCache:
    program_id = program().hex()  # another Jinja may compile the same source to other code

    class Kept(BytecodeCache):
        def load_bytecode(self, bucket: Bucket) -> None:
            code = store.bytecode(program_id + bucket.key)
            if code:
                bucket.bytecode_from_string(code)  # Jinja compares the checksum of the source

        def dump_bytecode(self, bucket: Bucket) -> None:
            store.set_bytecode(program_id + bucket.key, bucket.bytecode_to_string())

    return Kept()


# Not part of MarkupSafe's API: where it is missing, `escape` does the same, slower.
_escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)


def escaped(value: Any) -> str:
    """What Jinja's own escape gives, as a plain string: a third of its cost, at a hundred calls a page."""
    if value.__class__ is str:
        return _escape_text(value)
    return value if value.__class__ is Markup else escape(value)


class _Generator(CodeGenerator):
    """Compiles `{{ value }}` to a call of `escaped`. Should Jinja change here, its own code is the result."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class _Environment(jinja2.Environment):
    code_generator_class = _Generator
    escaped = staticmethod(escaped)


def make_environment(templates: Templates, bytecode: Bytecode | None = None) -> jinja2.Environment:
    """The Jinja environment: escaping everywhere, an undefined name is an error."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        template = templates.by_name.get(name)
        return (template.text, template.file, lambda: True) if template else None

    return _Environment(
        loader=jinja2.FunctionLoader(load),
        bytecode_cache=_bytecode_cache(bytecode) if bytecode else None,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
        cache_size=-1,
    )


def template_problem(error: Exception, templates: Templates, route: str) -> UserError:
    """What went wrong in a template, with its file, line and source line."""
    files = {template.file: template.text for template in templates.by_name.values()}
    file, line = "", 0
    if isinstance(error, jinja2.TemplateSyntaxError):
        file, line = error.filename or "", error.lineno
    elif isinstance(error, jinja2.TemplateNotFound):
        return build_error("missing-template", f"there is no template {error.name}", hint=f"it is needed by {route}")
    trace = error.__traceback__
    while trace and not isinstance(error, jinja2.TemplateSyntaxError):
        if trace.tb_frame.f_code.co_filename in files:
            file, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    lines = files.get(file, "").split("\n")
    source = lines[line - 1][:200] if 0 < line <= len(lines) else ""
    message = f"{error.message if isinstance(error, jinja2.TemplateError) and error.message else error or type(error).__name__}"
    hint = f"while rendering {route}"
    return build_error("template-error", message, file=file, line=line, column=1, source=source, hint=hint)
