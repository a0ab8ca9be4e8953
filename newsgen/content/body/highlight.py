"""Highlight code by Pygments, as HTML with classes. Pure.

Pygments' lexers are regular expressions. Some take quadratic time on long lines or many empty ones.
So the languages are a closed list, code with such lines stays plain, and `budgets.highlight` bounds
how much code of a body is highlighted.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from newsgen.core.patterns import lazily

CLASS_PREFIX = "hl-"
# Matching from line starts only, and without backtracking, keeps these checks linear.
_COSTLY = lazily(r"[^\n]{401}|^(?:[ \t]*\n){50}", re.M)
# Lexers of languages like Java try each run of words as the head of a method.
_WORDY = lazily(r"(?<![\w$@.])(?:[\w$@.<>?\[\]]++\s++){60}")
_METHODS = frozenset(("c#", "csharp", "groovy", "java", "scala", "kotlin", "dart"))
LANGUAGE = lazily(r"language-[A-Za-z0-9_.+#-]{1,40}")
_ALIASES = {"sh": "bash", "shell": "bash", "zsh": "bash", "golang": "go", "jsonc": "json"}
_NAMES = (
    "apacheconf bash bat c c# c++ clojure cmake console cpp csharp css csv dart diff docker "
    "dockerfile elixir elm erlang f# fortran fsharp go graphql groovy haskell html http ini "
    "java javascript js json jsx julia kotlin latex less lisp lua make makefile markdown matlab md "
    "mysql nginx nix objc ocaml perl php pl powershell ps1 protobuf py python python3 r rb rs ruby "
    "rust scheme scss solidity sql svelte swift tex toml ts tsx typescript vim vue "
    "wasm xml yaml yml zig"
)
LANGUAGES = frozenset(_NAMES.split())


def highlight(text: str, language: str) -> str:
    """Return the text of code as HTML, each token in a span with its class.

    Return "" if the language is not known, or the text would cost too much.
    """
    name = _ALIASES.get(language.lower(), language.lower())
    if name not in LANGUAGES or _COSTLY.search(text):
        return ""
    if name in _METHODS and _WORDY.search(text):
        return ""
    lexer, formatter = _lexer(name), _formatter()
    if lexer is None:
        return ""
    import pygments

    made: str = pygments.highlight(text, lexer, formatter)
    return made if text.endswith("\n") else made.removesuffix("\n")


@cache
def classes() -> frozenset[str]:
    """Return the classes that highlighted code may have."""
    from pygments.token import STANDARD_TYPES

    return frozenset(CLASS_PREFIX + name for name in STANDARD_TYPES.values() if name)


@cache
def _lexer(name: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(name, stripnl=False)
    except ClassNotFound:  # a version of Pygments without it
        return None


@cache
def _formatter() -> Any:
    from pygments.formatters.html import HtmlFormatter

    return HtmlFormatter(nowrap=True, classprefix=CLASS_PREFIX)
