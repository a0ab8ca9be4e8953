"""The progress of a long task: stage, steps done, steps in total."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def quiet(stage: str, done: int, total: int) -> None:
    """Report nothing."""
