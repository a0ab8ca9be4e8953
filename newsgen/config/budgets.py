"""Limits on what one article may cost.

Budgets count work instead of time, so an article gives the same page on any machine. Only
`cpu_seconds` measures time, as a last resort: an article that exceeds it is left out.
"""

from __future__ import annotations

from newsgen.config.reader import Count, Table


class Budgets(Table, frozen=True):
    """The limits of one article. A body, list or field that exceeds one is left out."""

    body: Count = 300_000
    """Characters of a body."""
    work: Count = 1_000_000
    """The work that Python-Markdown needs for a body, estimated from its text. A unit is about a
    microsecond. CommonMark has no such budget."""
    elements: Count = 20_000
    """HTML elements of a body."""
    nesting: Count = 100
    """Nesting depth of a body's HTML elements."""
    output: Count = 4_000_000
    """Characters of a body as HTML."""
    highlight: Count = 10_000
    """Characters of a body's code that are highlighted. The rest stays plain."""
    names: Count = 100
    """Names in a list, such as `topics`. Each may get a page of its own."""
    items: Count = 1_000
    """Items of any other list, such as `related`."""
    text: Count = 10_000
    """Characters of a text field."""
    cpu_seconds: Count = 60
    """CPU time for reading one article. This is a safety net: over 20 times what the slowest body
    within the default budgets needs. An article that exceeds it is left out as `reading-died`."""

    def check(self, name: str, size: int) -> None:
        """Raise OverBudget if `size` exceeds the budget of this name."""
        limit: int = getattr(self, name)
        if size > limit:
            raise OverBudget(name, limit)


DEFAULT = Budgets()


class OverBudget(ValueError):
    """Part of an article exceeds a budget. `name` is the budget's name in the settings."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(f"exceeds the budget of {limit:,} (budgets.{name})")
        self.name = name
