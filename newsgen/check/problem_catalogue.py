"""The catalogue of problems: what each code means, and what to do about it.

The texts are in `problem_catalogue.yaml`. They describe a problem in general; its message and its
hint describe the case at hand.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from newsgen.content.repair import REPAIRS
from newsgen.core.messages import did_you_mean
from newsgen.core.problems import Severity, settings_error


class ProblemKind(Struct, frozen=True, forbid_unknown_fields=True):
    """The explanation of all problems with one code. Texts are Markdown with links relative to
    docs/.

    Without an exit code, the problem stops no command by itself.
    """

    severity: tuple[Severity, ...]
    meaning: str
    remedy: str = ""
    exit: tuple[int, ...] = ()


def read_catalogue() -> dict[str, dict[str, ProblemKind]]:
    """Return every explanation by its code, in groups named as in the file."""
    groups = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    more = groups["repairs"]
    groups["repairs"] = {
        code: {
            "severity": ["repair"],
            "meaning": f"{message[0].upper()}{message[1:]}. {more.get(code, '')}".strip(),
        }
        for code, message in REPAIRS.items()
    }
    return msgspec.convert(groups, dict[str, dict[str, ProblemKind]])


def explain(code: str) -> ProblemKind:
    """Return what a problem code means. Raises UserError for a code that newsgen does not have."""
    known = {name: one for group in read_catalogue().values() for name, one in group.items()}
    if code not in known:
        hint = did_you_mean(code, known, "docs/problems.md lists all codes")
        raise settings_error("unknown-code", f"there is no problem code {code!r}", hint=hint)
    return known[code]
