"""Store the code of compiled templates. Compiling the default theme takes a quarter of a second, a
tenth of a cold build of 1,000 articles. Python stores the code of a package's modules in
`__pycache__` when they are first imported. newsgen stores the code of its themes' templates there
too. The code of a site's own templates is in the site's cache. So is that of themes if the folder
is read-only, or Python must not write bytecode.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Protocol

from jinja2.bccache import Bucket, BytecodeCache

from newsgen.core import digest
from newsgen.core.atomic import replace_file
from newsgen.render.templates import Templates
from newsgen.store.fingerprint import program


class Bytecode(Protocol):
    """A store for compiled templates that lasts between builds."""

    def bytecode(self, name: str) -> bytes | None:
        """Return the code stored under a name, or None."""

    def set_bytecode(self, name: str, code: bytes) -> None:
        """Store code under a name."""


class _Beside:
    """The store for the templates of newsgen's own themes: a file for each, beside Python's own. If
    a file there cannot be read or written, the site's store is used.
    """

    def __init__(self, site: Bytecode) -> None:
        self._site = site

    def bytecode(self, name: str) -> bytes | None:
        with suppress(OSError, NotImplementedError):
            data = _beside(name).read_bytes()
            code = data[digest.SIZE :]
            # Damaged code could make Python crash.
            if code.startswith(program()) and data.startswith(digest.of_bytes(code)):
                return code
        return self._site.bytecode(name)

    def set_bytecode(self, name: str, code: bytes) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError, NotImplementedError):
                return replace_file(_beside(name), digest.of_bytes(code) + code)
        return self._site.set_bytecode(name, code)


def _beside(name: str) -> Path:
    return Path(cache_from_source(str(Path(__file__).with_name(f"{name}.py"))))


class CompiledTemplates(BytecodeCache):
    """Jinja's access to the code of compiled templates. `site` stores that of the site's own."""

    def __init__(self, templates: Templates, site: Bytecode) -> None:
        self._themes = tuple(f"{folder}{os.sep}" for folder in templates.themes)
        self._site = site

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the name under which a template's code is stored."""
        own = (filename or "").startswith(self._themes)
        return (_THEME if own else "") + super().get_cache_key(name, filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with the stored code, if there is any for its source."""
        store, name = self._place(bucket)
        mark, code = program(), store.bytecode(name) or b""
        if not code.startswith(mark) and (code := _compiled.get((name, bucket.checksum), b"")):
            store.set_bytecode(name, code)
        if code:
            bucket.bytecode_from_string(code[len(mark) :])  # Jinja checks the source's checksum

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code in the bucket."""
        store, name = self._place(bucket)
        # Another version of Jinja may compile the same source differently.
        code = program() + bucket.bytecode_to_string()
        if len(_compiled) == _MOST_COMPILED:
            _compiled.clear()
        _compiled[name, bucket.checksum] = code
        store.set_bytecode(name, code)

    def _place(self, bucket: Bucket) -> tuple[Bytecode, str]:
        """Return the store of a template and its name there."""
        own = bucket.key.startswith(_THEME)
        generator = bucket.environment.code_generator_class.__name__
        return (_Beside(self._site) if own else self._site), bucket.key + generator


_THEME = "template-"
# The templates that this process has compiled. A process that builds several times with new caches
# (`check`, `--verify`, `nightly`) compiles them only once.
_compiled: dict[tuple[str, str], bytes] = {}
_MOST_COMPILED = 500
