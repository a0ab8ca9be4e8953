"""The Jinja environment."""

from __future__ import annotations

from collections.abc import Callable

import jinja2

from newsgen.render.bytecode import Bytecode, CompiledTemplates
from newsgen.render.fast_jinja import FastEnvironment, NeverDefined
from newsgen.render.templates import Templates


def make_environment(templates: Templates, bytecode: Bytecode | None = None) -> jinja2.Environment:
    """Create the Jinja environment: it always escapes, and an undefined name is an error."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        template = templates.by_name.get(name)
        return (template.text, template.file, lambda: True) if template else None

    return FastEnvironment(
        loader=jinja2.FunctionLoader(load),
        bytecode_cache=CompiledTemplates(templates, bytecode) if bytecode else None,
        autoescape=True,
        undefined=NeverDefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
        cache_size=-1,
    )
