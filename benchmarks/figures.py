"""Print the table of targets with the measured figures.

    python benchmarks/figures.py benchmarks/work/results/*.json

Each corpus is taken from the last of the files that has it: a ratio is always of one run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from contestants import EXTENSIONS, MINIMAL, PYTHON_MARKDOWN, THEME, THEME_ALL
from tables import REFERENCE, Result, peak, seconds, wall

Value = Callable[[dict[str, Result], Result], float | None]


class Figure(NamedTuple):
    """A figure to reach: what is measured, the most that it may be (None: it is only reported), how
    it is shown, and how it is found in the results of all corpora and the start-up times."""

    work: str
    most: float | None
    unit: str
    value: Value


def _ratio(corpus: str, entry: str = MINIMAL, phase: str = "cold") -> Value:
    return lambda corpora, _: _divided(
        _of(corpora, corpus, entry, phase, wall), _of(corpora, corpus, REFERENCE, "cold", wall)
    )


def _memory_ratio(corpus: str) -> Value:
    return lambda corpora, _: _divided(
        _of(corpora, corpus, MINIMAL, "cold", peak), _of(corpora, corpus, REFERENCE, "cold", peak)
    )


def _plain(corpus: str, phase: str, read: Callable[[Result, str, str], float | None]) -> Value:
    return lambda corpora, _: _of(corpora, corpus, MINIMAL, phase, read)


def _start_up(_: dict[str, Result], times: Result) -> float | None:
    return times["help"] / times["click"] if times else None


def _of(
    corpora: dict[str, Result],
    name: str,
    entry: str,
    phase: str,
    read: Callable[[Result, str, str], float | None],
) -> float | None:
    return read(corpora[name], entry, phase) if name in corpora else None


def _divided(value: float | None, base: float | None) -> float | None:
    return value / base if value is not None and base else None


FIGURES = (
    Figure("10,000 articles, cold", 0.35, "ratio", _ratio("10000")),
    Figure("the same with the default theme", 0.6, "ratio", _ratio("10000", THEME)),
    Figure(
        "the same with the default theme and all its pages",
        None,
        "ratio",
        _ratio("10000", THEME_ALL),
    ),
    Figure("10,000, with bodies, cold, a CommonMark engine", 0.4, "ratio", _ratio("10000-bodies")),
    Figure(
        "the same, Python-Markdown without extensions",
        1.3,
        "ratio",
        _ratio("10000-bodies", PYTHON_MARKDOWN),
    ),
    Figure(
        "the same, Python-Markdown with extensions",
        None,
        "ratio",
        _ratio("10000-bodies", EXTENSIONS),
    ),
    Figure("10,000, nothing changed", 0.02, "ratio", _ratio("10000", phase="noop")),
    Figure("10,000, one article edited", 0.04, "ratio", _ratio("10000", phase="edit")),
    Figure("10,000, one article added", 0.06, "ratio", _ratio("10000", phase="add")),
    Figure("10,000, peak memory of the largest process", 0.3, "ratio", _memory_ratio("10000")),
    Figure("100,000, cold", 0.5, "ratio", _ratio("100000")),
    Figure(
        "100,000, cold, peak memory of the largest process",
        1024,
        "MB",
        _plain("100000", "cold", peak),
    ),
    Figure("100,000, nothing changed", 1, "s", _plain("100000", "noop", wall)),
    Figure("100,000, one article edited", 3, "s", _plain("100000", "edit", wall)),
    Figure("real articles (diablo4), cold", 0.4, "ratio", _ratio("diablo4")),
    Figure('`newsgen --help`, to `python -c "import click"`', 3, "ratio", _start_up),
)


def table(results: Sequence[Result]) -> str:
    """Return all figures as Markdown; for each corpus the last result counts."""
    corpora: dict[str, Result] = {}
    start: Result = {}
    for result in results:
        corpora |= result["corpora"]
        start = result.get("start_up") or start
    lines = [f"| work | to reach | measured | |\n|{' --- |' * 4}"]
    for figure in FIGURES:
        value = figure.value(corpora, start)
        most = "reported" if figure.most is None else f"{_shown(figure.most, figure.unit)} or less"
        verdict = (
            ""
            if value is None or figure.most is None
            else "reached"
            if value <= figure.most
            else "**missed**"
        )
        lines.append(
            f"| {figure.work} | {most} | "
            f"{'not measured' if value is None else _shown(value, figure.unit)} | {verdict} |"
        )
    return "\n".join(lines)


def _shown(value: float, unit: str) -> str:
    if unit == "MB":
        return f"{value:,.0f} MB"
    return seconds(value) if unit == "s" else f"{value:.3f}"


def main() -> None:
    """Print the table of the files given; the later one counts."""
    results: list[dict[str, Any]] = [json.loads(Path(name).read_text()) for name in sys.argv[1:]]
    if not results:
        sys.exit(__doc__)
    print(table(sorted(results, key=lambda result: str(result["made"]))))


if __name__ == "__main__":
    main()
