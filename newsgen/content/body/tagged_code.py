"""Blocks of code between tags, as Jekyll, Hugo, Hexo and Octopress write them. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from newsgen.core.patterns import lazily

_TAG = lazily(
    r"^(?P<indent>[ \t]*)"
    r"(?:\{%-? *(?P<end>end)?(?:(?P<jekyll>highlight)|codeblock)\b(?P<liquid>[^{}\n]*?)-?%\}"
    r"|\{\{< *(?P<close>/)? *highlight\b(?P<hugo>[^{}\n]*)>\}\})[ ]*$",
    re.M,
)
_LANGUAGE = lazily(r" *([\w+#-]*)(?=[ \t]|\Z)")
_NAMED = lazily(r"\blang:([\w+#-]+)")
_FENCE = "````````"
# Indented code that names its language in the first line, as in Pelican.
_NAMED_CODE = lazily(
    r"(?:(?<=\n\n)|\A)(?: {4}|\t)(?::::|#!)(?P<language>[\w+-]+)[ \t]*\n"
    r"(?P<code>(?:(?:[ \t]*\n)*(?: {4}|\t)[^\n]*(?:\n|\Z))+)(?:[ \t]*\n|\Z)?"
)
_INDENT = lazily(r"^(?: {4}|\t)", re.M)


def named_code(text: str) -> str:
    """Return a body with fences around indented code whose first line names its language."""
    if ":::" not in text and not ("!" in text and "#!" in text):
        return text
    return _NAMED_CODE.sub(
        lambda found: (
            f"{_FENCE}{found['language']}\n{_INDENT.sub('', found['code']).rstrip()}\n{_FENCE}\n"
        ),
        text,
    )


def fenced_code(text: str) -> str:
    """Return a body with fences in place of these tags, on the same lines."""
    if "highlight" not in text and "codeblock" not in text:
        return text
    out, at = [], 0
    for opens, closes in pairwise(_TAG.finditer(text)):
        if not (opens["end"] or opens["close"]) and (closes["end"] or closes["close"]):
            words = opens["liquid"] or opens["hugo"] or ""
            first = opens["jekyll"] or opens["hugo"]
            found = _LANGUAGE.match(words.rstrip()) if first else _NAMED.search(words)
            out += [text[at : opens.start()], opens["indent"], _FENCE, found[1] if found else ""]
            out += [text[opens.end() : closes.start()], closes["indent"], _FENCE]
            at = closes.end()
    return "".join([*out, text[at:]])
