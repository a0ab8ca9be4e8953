"""All changes to Jinja that use names outside its public API. No other module uses private names of
another package. This module saves a quarter of the CPU time of a cold build: 2.3 s instead of 3.1 s
with Jinja's own environment (300 articles, one process, lowest of three). If a name is missing in
another version of Jinja or MarkupSafe, the public way is used, or the tests of this room fail.
Decisions 6 and 12 say how and why.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import cached_property, lru_cache
from keyword import iskeyword
from types import FunctionType, MethodType
from typing import Any

import jinja2
import markupsafe
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import BlockReference, Context, Macro
from markupsafe import Markup, escape

from newsgen.core.card import Card
from newsgen.pages.base import Link


class UndefinedMessage(str):
    """The message of an undefined value, with the requested name and the value that lacks it."""

    name: str
    owner: Any


class NeverDefined(jinja2.StrictUndefined):
    """An undefined name: any use raises an error that says which name was requested."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        told = UndefinedMessage(super()._undefined_message)
        told.name, told.owner = str(self._undefined_name), self._undefined_obj
        return told


# Not part of MarkupSafe's public API. Without it, `escape` does the same, but slower.
_escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)


def escaped(value: Any) -> str:
    """Return the same as Jinja's own escape, as a plain string, at a third of the cost. Pages call
    this about a hundred times.
    """
    kind = value.__class__
    if kind is str:
        return _escape_text(value)
    if kind is int:
        return str(value)
    return value if kind is Markup else escape(value)


class _Generator(CodeGenerator):
    """Compiles `{{ value }}` to code that calls no Python function for text, the common case. If
    Jinja's internals change, its own code is generated.
    """

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


class _Quick(_Generator):
    """Compiles `value.name` to a Python attribute access, which is enough for all values that
    newsgen passes to templates.

    Jinja tries the attribute, then the item, then returns undefined. If the attribute is missing,
    the template is rendered again with Jinja's own code (see _Template).
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        # Blocks are items of `self`, not attributes.
        blocks = isinstance(node.node, nodes.Name) and node.node.name == "self"
        if blocks or iskeyword(node.attr) or not node.attr.isascii():
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")


class _Remembered:
    """A macro of an imported template that caches its output.

    Such a macro sees only its arguments and what all pages share. So its output for a card, for
    texts, numbers and links, or for no arguments is the same on every page.
    """

    def __init__(self, macro: Macro) -> None:
        self._macro = macro
        self._made: dict[tuple[Any, ...], str] = {}

    def of(self, args: tuple[Any, ...]) -> str:
        """Return the macro's output for these arguments, with autoescape on."""
        key: list[Any] = []
        for arg in args:
            kind = arg.__class__
            if kind is Card and arg.digest:
                key.append((arg.index, arg.digest))
            elif (
                kind is str
                or kind is int
                or (kind is tuple and all(one.__class__ is Link for one in arg))
            ):
                key.append(arg)
            else:  # includes Markup, which equals a plain str, and True, which equals 1
                return self._macro(*args)
        at = tuple(key)
        made = self._made.get(at)
        if made is None:
            if len(self._made) == _MOST:
                self._made.clear()
            made = self._made[at] = self._macro(*args)
        return made

    @jinja2.pass_eval_context
    def __call__(self, *args: Any, **kwargs: Any) -> str:
        return self._macro(*args, **kwargs)


_MOST = 20_000  # outputs of a macro, up to about 1 KB each: the cards of over two thousand pages
_PLAIN = (FunctionType, MethodType, BlockReference, type(lru_cache(len)))


class _Context(Context):
    def call(
        self,
        obj: Any,
        /,
        *args: Any,
        _loop_vars: Any = None,
        _block_vars: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Call `obj` as Jinja does, but faster for what templates call most: macros, translations
        and methods.
        """
        kind = obj.__class__
        if kind is _Remembered and not kwargs and self.eval_ctx.autoescape:
            return obj.of(args)
        if kind in _PLAIN and not hasattr(obj, "jinja_pass_arg"):
            return obj(*args, **kwargs)
        return super().call(obj, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **kwargs)


class _Template(jinja2.Template):
    _careful: jinja2.Template | None = None

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Render as Jinja does, but faster. A template that needs more than existing attributes is
        rendered by Jinja's own code from then on.
        """
        if self._careful is None:
            try:
                return "".join(self.root_render_func(self.new_context(dict(*args, **kwargs))))
            except AttributeError:
                assert isinstance(self.environment, FastEnvironment)
                self._careful = self.environment.careful.get_template(self.name or "")
            except Exception:
                self.environment.handle_exception()
        return self._careful.render(*args, **kwargs)

    def _get_default_module(self, ctx: Any = None) -> Any:
        """Return the macros of an imported template. They are the same for every page, because all
        globals belong to the environment.
        """
        if self._module is None:
            for name, value in vars(super()._get_default_module()).items():
                if value.__class__ is Macro:
                    setattr(self._module, name, _Remembered(value))
        return self._module


class FastEnvironment(jinja2.Environment):
    """Renders the same text as jinja2.Environment with autoescape on, faster."""

    code_generator_class: type[CodeGenerator] = _Quick
    template_class = _Template
    context_class = _Context
    escaped = staticmethod(escaped)
    escape_text = staticmethod(_escape_text)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.known: dict[Any, jinja2.Template] = {}  # by name

    @cached_property
    def careful(self) -> jinja2.Environment:
        """The same environment, with Jinja's own rule for `value.name`."""
        other = self.overlay()
        other.code_generator_class, other.template_class, other.known = (
            _Generator,
            jinja2.Template,
            {},
        )
        return other

    def get_template(
        self, name: Any, parent: str | None = None, globals: Any = None
    ) -> jinja2.Template:
        """Return the same as Jinja. Its own cache lookup is slow, and a page needs five
        templates.
        """
        found = self.known.get(name)
        if found is None or globals:
            found = super().get_template(name, parent, globals)
            if not globals:
                self.known[name] = found
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: the environment's own, because a context copies these
        faster than a chain of maps.
        """
        return super().make_globals(d) if d else self.globals
