"""Results as Markdown: one table for each corpus."""

from __future__ import annotations

from typing import Any

from measure import median

Result = dict[str, Any]
REFERENCE = "Hugo"
_PHASES = {
    "cold": "cold",
    "noop": "nothing changed",
    "edit": "one article edited",
    "add": "one article added",
}


def wall(corpus: Result, contestant: str, phase: str) -> float | None:
    """Return the median seconds of a phase, None if it was not measured."""
    return _median(corpus, contestant, phase, "wall")


def peak(corpus: Result, contestant: str, phase: str = "cold") -> float | None:
    """Return the median peak memory in MB of the largest process."""
    return _median(corpus, contestant, phase, "peak")


def _median(corpus: Result, contestant: str, phase: str, value: str) -> float | None:
    runs = corpus["contestants"].get(contestant, {}).get("phases", {}).get(phase)
    return median([run[value] for run in runs]) if runs else None


def seconds(value: float) -> str:
    """Return seconds with three significant digits."""
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def table(corpus: Result) -> str:
    """Return the table of a corpus, with ratios to Hugo's cold build in brackets, and notes."""
    base = wall(corpus, REFERENCE, "cold")
    head = ["generator", "files", "MB", *_PHASES.values(), "CPU, cold", "peak memory, cold"]
    lines = [
        f"### {corpus['title']}",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "|".join([" --- ", *[" ---: "] * (len(head) - 1)]) + "|",
    ]
    for name, found in corpus["contestants"].items():
        cells = [
            f"{name} {found['version']}".strip(),
            _files(found),
            f"{found['bytes'] / 1e6:,.1f}" if "bytes" in found else "",
        ]
        for phase in _PHASES:
            taken = wall(corpus, name, phase)
            ratio = (
                f" ({taken / base:.{2 if taken > base / 10 else 3}f})"
                if taken is not None and base
                else ""
            )
            cells.append(seconds(taken) + ratio if taken is not None else "")
        used, memory = _median(corpus, name, "cold", "cpu"), peak(corpus, name)
        cells += [
            seconds(used) if used is not None else "",
            f"{memory:,.0f} MB" if memory is not None else "",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *_notes(corpus)])


def _files(found: Result) -> str:
    return f"{found['files']:,}" if "files" in found else ""


def _notes(corpus: Result) -> list[str]:
    entries: dict[str, Result] = corpus["contestants"]
    notes = [
        (
            f"- Medians of {corpus['k']}, run in turn; in brackets the ratio to {REFERENCE}'s "
            "cold build."
        )
    ]
    same = [name for name, found in entries.items() if found.get("differs") == []]
    if same:
        notes.append(
            f"- Counted element by element, the pages hold the same as {REFERENCE}'s: "
            f"{'; '.join(same)}."
        )
    for name, found in entries.items():
        for phase, reason in found["stopped"].items():
            notes.append(f"- {name}, {_PHASES[phase]}: {reason}")
        if "left_out" in found:
            notes.append(
                f"- Files that {name}'s parser refuses, left out of its site: {found['left_out']}."
            )
        if found.get("differs"):
            notes.append(
                f"- {name}, where its pages hold other than {REFERENCE}'s: "
                f"{'; '.join(found['differs'])}."
            )
        if found["same_pages"] and "files" in found:
            notes += _count_note(name, found, entries.get(REFERENCE, {}))
    return notes


def _count_note(name: str, found: Result, reference: Result) -> list[str]:
    """Explain different numbers of files. newsgen's paging does not shift: the newest page of a
    list is longer, and there may be one page fewer.
    """
    if "files" not in reference or found["files"] == reference["files"]:
        return []
    fewer, lists = reference["files"] - found["files"], found["lists"]
    if name == "newsgen" and 0 < fewer <= lists:
        return [
            (
                f"- {name} writes {fewer:,} files fewer: its paging does not shift, so that a list "
                f"({lists:,} here) can have a page fewer."
            )
        ]
    return [
        f"- {name} writes {abs(fewer):,} files {'fewer' if fewer > 0 else 'more'} than {REFERENCE}."
    ]
