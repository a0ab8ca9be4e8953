"""Check the cost of converting HTML to Markdown, in linear time, before a parser reads it.

A parser and a converter of HTML take quadratic time for deep nesting. HTML that exceeds the budgets
would give a body that exceeds them too.
"""

from __future__ import annotations

from newsgen.config.budgets import Budgets
from newsgen.content.body.elements import BLOCKS, CLOSES, NO_ENDS, TABLE, VOID
from newsgen.content.body.tokens import tokens

_OUTER = BLOCKS | TABLE  # the end tag of another element ends none of these
_LONGER = 4  # HTML has up to this many times the characters of its Markdown


def check_html(markup: str, budgets: Budgets) -> None:
    """Raise OverBudget if HTML exceeds the budgets of a body's size, elements and nesting."""
    budgets.check("body", len(markup) // _LONGER)
    stack: list[str] = []
    elements = 0
    for token in tokens(markup):
        if token.ends:
            _close(stack, token.name)
        elif token.name:
            elements += 1
            budgets.check("elements", elements)
            closes, _ = CLOSES.get(token.name, NO_ENDS)
            while stack and stack[-1] in closes:
                stack.pop()
            if token.name not in VOID:
                stack.append(token.name)
                budgets.check("nesting", len(stack))


def _close(stack: list[str], name: str) -> None:
    for i in range(len(stack) - 1, -1, -1):
        if stack[i] == name:
            del stack[i:]
            return
        if stack[i] in _OUTER and name not in _OUTER:
            return
