"""What one article may cost. Budgets are counted, never timed, so that the same article gives the same page on any machine."""

from __future__ import annotations

from newsgen.config.reader import Count, Table


class Budgets(Table, frozen=True):
    """The most that one article may hold. Beyond one, the body, list or field that exceeds it is left out."""

    body: Count = 300_000
    work: Count = 1_000_000
    elements: Count = 20_000
    nesting: Count = 100
    output: Count = 4_000_000
    names: Count = 100
    items: Count = 1_000
    text: Count = 10_000
    cpu_seconds: Count = 60

    def check(self, name: str, size: int) -> None:
        """Raise OverBudget where a size exceeds the budget of this name."""
        limit: int = getattr(self, name)
        if size > limit:
            raise OverBudget(name, limit)


DEFAULT = Budgets()


class OverBudget(ValueError):
    """Something of an article exceeds a budget, which is named as it is in the settings."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(f"exceeds the budget of {limit:,} (budgets.{name})")
        self.name = name
