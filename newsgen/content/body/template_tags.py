"""Tags of template languages in bodies: Liquid (Jekyll), Nunjucks (Eleventy), Tera (Zola). Pure.

Bodies are not templates here, so these tags are left out. What they enclose stays, except comments.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_OPENING = (
    *("if", "unless", "for", "case", "capture", "tablerow", "macro", "block", "filter", "with"),
    *("autoescape", "call", "set"),
)
_INSIDE = ("elsif", "elseif", "elif", "else", "when", "break", "continue")
_ALONE = ("assign", "import", "from", "extends", "cycle", "increment", "decrement")
TAGS = frozenset((*_OPENING, *_INSIDE, *_ALONE, *(f"end{name}" for name in _OPENING)))
# These follow another tag, which is reported.
FOLLOWING = TAGS - {*_OPENING, *_ALONE}
RAW = ("raw", "verbatim")
_COMMENT = re.compile(
    r"\{%-?\s*comment\s*-?%\}(?:(?!\{%-?\s*comment\b).)*?\{%-?\s*endcomment\s*-?%\}", re.S
)
_END_OF_RAW = re.compile(rf"\{{%-?\s*end({'|'.join(RAW)})\b")
_FENCE = re.compile(r"^[ >]*(?:```|~~~)", re.M)


def ends_of_raw(text: str) -> dict[str, int]:
    """Return where the last end of each tag for raw text begins."""
    return {found[1]: found.start() for found in _END_OF_RAW.finditer(text)}


def without_comments(text: str) -> str:
    """Return a body without Liquid's comments, on the same lines. Those in code stay."""
    if "endcomment" not in text:
        return text
    fences = [found.start() for found in _FENCE.finditer(text)]

    def blank(found: re.Match[str]) -> str:
        in_fence = bisect_left(fences, found.start()) % 2
        in_code = text[found.start() - 1 : found.start()] == "`"
        return found[0] if in_fence or in_code else "\n" * found[0].count("\n")

    return _COMMENT.sub(blank, text)
