"""The Jinja environment."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, Protocol

import jinja2
import markupsafe
from jinja2 import nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from newsgen.fingerprint import program
from newsgen.render.failure import NeverDefined
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
    kind = value.__class__
    if kind is str:
        return _escape_text(value)
    if kind is int:
        return str(value)
    return value if kind is Markup else escape(value)


class _Generator(CodeGenerator):
    """Compiles `{{ value }}` and `value.name` to code that calls no Python function for what is common: text, and an attribute
    that is there. Should Jinja change here, its own code is the result."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._own(frame, finalize):
            self.write("(environment.escape_text(out) if (out := (")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._own(frame, finalize):
            self.write(")).__class__ is str else environment.escaped(out))")
        else:
            super()._output_child_post(node, frame, finalize)

    def _own(self, frame: Frame, finalize: Any) -> bool:
        return not frame.eval_ctx.volatile and frame.eval_ctx.autoescape and finalize.src is None

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """Jinja's rule: the attribute, else the item, else undefined."""
        self.write("(got if (got := getattr(of := (")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing else environment.getattr(of, {node.attr!r}))")


class _Template(jinja2.Template):
    def _get_default_module(self, ctx: Any = None) -> Any:
        """The macros of an imported template: the same for every page, since all globals are the environment's."""
        return super()._get_default_module()


class _Environment(jinja2.Environment):
    code_generator_class = _Generator
    template_class = _Template
    escaped = staticmethod(escaped)
    escape_text = staticmethod(_escape_text)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template: the environment's own, which a context takes over faster than a chain of maps."""
        return super().make_globals(d) if d else self.globals


def make_environment(templates: Templates, bytecode: Bytecode | None = None) -> jinja2.Environment:
    """The Jinja environment: escaping everywhere, an undefined name is an error."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        template = templates.by_name.get(name)
        return (template.text, template.file, lambda: True) if template else None

    return _Environment(
        loader=jinja2.FunctionLoader(load),
        bytecode_cache=_bytecode_cache(bytecode) if bytecode else None,
        autoescape=True,
        undefined=NeverDefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
        cache_size=-1,
    )
