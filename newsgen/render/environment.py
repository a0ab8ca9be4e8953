"""The Jinja environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from newsgen.render.fast_jinja import FastEnvironment, NeverDefined
from newsgen.render.templates import Templates
from newsgen.store.fingerprint import program


class Bytecode(Protocol):
    """A store for compiled templates that lasts between builds."""

    def bytecode(self, name: str) -> bytes | None:
        """Return the code stored under a name, or None."""

    def set_bytecode(self, name: str, code: bytes) -> None:
        """Store code under a name."""


def _bytecode_cache(store: Bytecode) -> BytecodeCache:
    program_id = program().hex()  # another version of Jinja may compile the same source differently

    def name(bucket: Bucket) -> str:
        return program_id + bucket.environment.code_generator_class.__name__ + bucket.key

    class Kept(BytecodeCache):
        def load_bytecode(self, bucket: Bucket) -> None:
            key = name(bucket)
            code = store.bytecode(key)
            if not code and (code := _compiled.get((key, bucket.checksum))):
                store.set_bytecode(key, code)
            if code:
                bucket.bytecode_from_string(code)  # Jinja checks the source's checksum

        def dump_bytecode(self, bucket: Bucket) -> None:
            key, code = name(bucket), bucket.bytecode_to_string()
            if len(_compiled) == _MOST_COMPILED:
                _compiled.clear()
            _compiled[key, bucket.checksum] = code
            store.set_bytecode(key, code)

    return Kept()


# The templates that this process has compiled. One that builds several times, each time with a new
# cache (`check`, `--verify`, `nightly`), compiles them once.
_compiled: dict[tuple[str, str], bytes] = {}
_MOST_COMPILED = 500


def make_environment(templates: Templates, bytecode: Bytecode | None = None) -> jinja2.Environment:
    """Create the Jinja environment: it always escapes, and an undefined name is an error."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        template = templates.by_name.get(name)
        return (template.text, template.file, lambda: True) if template else None

    return FastEnvironment(
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
