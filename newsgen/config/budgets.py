"""Limits on what one article may cost.

Budgets count work instead of time, so an article gives the same page on any machine. Only
`cpu_seconds` measures time, as a last resort: an article that exceeds it is left out.
"""

from __future__ import annotations

from newsgen.config.reader import Count, Table


class Budgets(Table, frozen=True):
    """The limits of one article. A body, list or field that exceeds one is left out."""

    body: Count = 300_000
    work: Count = 1_000_000
    elements: Count = 20_000
    nesting: Count = 100
    output: Count = 4_000_000
    highlight: Count = 10_000
    names: Count = 100
    items: Count = 1_000
    text: Count = 10_000
    cpu_seconds: Count = 60

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
