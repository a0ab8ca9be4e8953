"""How far a long piece of work is: stage, steps done, steps in all."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def quiet(stage: str, done: int, total: int) -> None:
    """Report nothing."""
