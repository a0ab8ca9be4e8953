"""Formulas of TeX in bodies, which stay as they are written: `$$x$$`, `$x^2$`, `\\(x\\)`. Pure.

Markdown would read their underscores, asterisks and backslashes, and typography their primes.
"""

from __future__ import annotations

# Each is short and without code. A dollar and `\(` also occur in prose, so the text after them must
# look like TeX. Jekyll's Markdown needs two backslashes before brackets. `\[` is often only a
# bracket that importers of other tools escaped, like `\_` and `\^`.
_TEX = r"(?:\\[A-Za-z]|[\^=]|_[{\w])"
_SURELY_TEX = r"(?:(?<!\\)\\[A-Za-z]{2}|(?<!\\)\^)"
_LINES = r"(?:(?!\n[ \t]*\n)[^`$])"
_INNER = r"(?:(?!\\[()\[\]]|\n[ \t]*\n)[^`$])"
# Each alternative begins with its character, which lets a search skip all others.
FORMULA = (
    rf"\$\$(?<![\\$]\$\$)(?!\$){_LINES}{{1,2000}}\$\$(?!\$)"
    rf"|\$(?<![\w\\$]\$)(?=[^\s$])(?=[^$\n`]{{0,300}}?(?:\\[A-Za-z]|\^|_\{{))"
    rf"[^$\n`]{{1,300}}(?<=[^\s\\])\$(?![\w$])"
    rf"|\\(?<!\\\\)\\?\((?={_INNER}{{0,300}}?{_TEX}){_INNER}{{1,300}}?\\\\?\)"
    rf"|\\(?<!\\\\)\\?\[(?={_INNER}{{0,300}}?{_SURELY_TEX}){_INNER}{{1,2000}}?\\\\?\]"
)


def may_have_formulas(text: str) -> bool:
    """Return whether a search for formulas is worth its time. Most dollars are prices."""
    if "\\" in text and ("$" in text or "\\(" in text or "\\[" in text):
        return True
    return "$" in text and ("$$" in text or "^" in text or "_{" in text)


def shown(formula: str) -> str:
    """Return a formula as pages show it: with one backslash before each of its brackets."""
    if not formula.startswith("\\\\"):
        return formula
    return formula[1:-3] + formula[-2:] if formula[-3] == "\\" else formula[1:]
