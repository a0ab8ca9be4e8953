"""Read one field at a time, convert and clean its value, and collect problems.

Values come from the fast parser or the exact one (see `core/frontmatter.py`). Where text is
expected and the fast parser made a number of it, the text as written is lost. Then `Inexact` is
raised and the exact parser decides, so both always give the same Article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from msgspec import Struct, field

from newsgen.config.budgets import DEFAULT, Budgets, OverBudget
from newsgen.content import repair, urls
from newsgen.content.repair import Note, is_clean
from newsgen.content.times import parse_day_or_time, parse_time
from newsgen.core.frontmatter import Exact
from newsgen.core.problems import Problem, Severity

# without underscores
INTEGER = re.compile(r"[-+]?(?:[0-9]+|(0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)))")
# A place in an image, from its left and from its top, as in CSS.
FOCUS = re.compile(r"(?:100|[1-9]?[0-9])% +(100|[1-9]?[0-9])%")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_LONGEST_TAG = 35  # characters (RFC 5646, section 4.4.1)
KINDS = ("article", "video")
# Other tools' names for the type `article`.
POSTS = frozenset({"post", "posts", "blog", "text", "micro", "page", "news", "entry"})
BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
LARGEST = 2**53
_HINTS = {
    "missing-title": "add a line such as  title: What happened",
    "missing-date": "add a line such as  publishedDateTime: 2021-11-19T13:11:09Z",
    "bad-date": "write it as 2021-11-19T13:11:09Z or 2021-11-19T13:11:09+08:00",
    "bad-address": "write it from the site's root, as /2026/tide-gates/",
    "bad-alias": "write it from the site's root, as /old/address/",
    "bad-correction": "write it as  - {date: 2021-11-19, text: What was wrong}",
    "unsafe-url": "only http and https are linked",
    "wrong-type": "",
}
DROPPED = {
    "unsafe-url": "is a URL with a scheme that is not allowed; it is left out",
    "bad-url": "is not a URL; it is left out",
}
NOT_A_MAPPING = Problem(
    "error",
    "not-a-mapping",
    "the front matter is not a mapping of fields",
    hint="write fields, name: value",
    line=2,
    column=1,
)


def language_tag(value: Any) -> str:
    """Return a value that names a language (BCP 47) without spaces around it, "" for others."""
    tag = value.strip() if isinstance(value, str) else ""
    return tag if len(tag) <= _LONGEST_TAG and LANGUAGE.fullmatch(tag) else ""


class Inexact(Exception):
    """The fast parser lost the text as written; the exact parser must decide."""


def oddities(exact: Exact, above: int, withheld: bool = False) -> list[Problem]:
    """Return the problems with unusual YAML.

    `above` is the number of lines before it. `withheld` is true if a repeated key withholds the
    article.
    """
    colon, quotes = (
        "a value that contains a colon is read as text",
        "put the value in double quotes",
    )
    counts = "one of its values withholds the article" if withheld else "the last one counts"
    remove = "remove one of them"
    repaired = [
        Problem("warning", "colon-in-scalar", colon, "$", quotes, "", line + above, column)
        for line, column in exact.repaired
    ]
    repeated = Counter(one.path for one in exact.duplicates)
    return repaired + [
        Problem(
            "warning",
            "duplicate-key",
            f"the key occurs {'twice' if more == 1 else f'{more + 1:,} times'}; {counts}",
            path,
            remove,
        )
        for path, more in repeated.items()
    ]


class Reader(Struct):
    """Reads fields of one article's front matter and collects problems with them.

    `repairs` holds the new text of each repaired field, by its field path. Methods take a field as
    its mapping, the mapping's path and the field's name, because most paths are never needed.
    """

    zone: tzinfo
    problems: list[Problem]
    repairs: dict[str, str] = field(default_factory=dict)
    budgets: Budgets = DEFAULT

    def note(
        self, severity: Severity, code: str, message: str, at: str, name: str = "", hint: str = ""
    ) -> None:
        """Add a problem with a field, or with the value at a path."""
        self.problems.append(
            Problem(severity, code, message, _path(at, name), hint or _HINTS.get(code, ""))
        )

    def scalar(self, value: Any, at: str, name: str = "") -> str:
        """Return a scalar's text as written: "" for null, and for text that exceeds its budget.

        A title that exceeds its budget is cut instead, because an article needs one.
        """
        if value.__class__ is str:
            limit = self.budgets.text
            if len(value) <= limit:
                return value
            self.over("text", at, name, "cut" if name == "title" else "left out")
            return value[:limit] if name == "title" else ""
        if value is None:
            return ""
        if isinstance(value, (dict, list)):
            self.note("warning", "wrong-type", "is a list or a mapping instead of text", at, name)
            return ""
        raise Inexact

    def text(self, fields: dict[str, Any], at: str, name: str) -> str:
        """Return the field as a line of clean text."""
        value = fields.get(name)
        if value is None:
            return ""
        within = value.__class__ is str and len(value) <= self.budgets.text
        return value if within and is_clean(value) else self.line(value, at, name)

    def line(self, value: Any, at: str, name: str = "") -> str:
        """Return a value as a line of clean text."""
        raw = self.scalar(value, at, name)
        return raw if is_clean(raw) else self.repaired(raw, repair.clean_text, at, name)

    def repaired(self, text: str, clean: Callable[[str, Note], str], at: str, name: str) -> str:
        """Return the text of a field after the clean-up `clean`."""
        before = len(self.problems)
        repaired = clean(text, lambda code: self.note_repair(code, at, name))
        if (
            repaired != text
            and len(self.problems) > before
            and self.problems[-1].severity == "repair"
        ):
            self.repairs[_path(at, name)] = repaired
        return repaired

    def note_repair(self, code: str, at: str, name: str = "") -> None:
        """Add a problem: a value was repaired or dropped."""
        if code in DROPPED:
            self.note("warning", code, DROPPED[code], at, name)
        else:
            self.note("repair", code, "", at, name)

    def url(self, fields: dict[str, Any], at: str, name: str, image: bool = False) -> str:
        """Return a safe absolute URL, "" if there is none."""
        value = fields.get(name)
        raw = self.scalar(value, at, name)
        if not raw or (urls.is_safe(raw) and not (image and raw.startswith("http:"))):
            return raw
        return self.repaired(raw, urls.safe_image_url if image else urls.safe_url, at, name)

    def integer(self, fields: dict[str, Any], at: str, name: str, default: int = 0) -> int:
        """Return a whole number below 2**53 in magnitude, or the default for null."""
        value = fields.get(name)
        if value.__class__ is int:
            number = value
        elif value is None or value == "":
            return default
        elif value.__class__ is str:
            digits = value.strip().replace("_", "")
            found = INTEGER.fullmatch(digits)
            if not found:
                self.note(
                    "warning",
                    "wrong-type",
                    f"{value.strip()[:40]!r} is not a whole number",
                    at,
                    name,
                )
                return default
            # Python refuses to read thousands of digits, but such numbers are too large anyway.
            number = int(digits, 0 if found[1] else 10) if len(digits) < 1000 else LARGEST
        elif isinstance(value, (dict, list)):
            self.note(
                "warning", "wrong-type", "is a list or a mapping instead of a number", at, name
            )
            return default
        else:
            raise Inexact
        if -LARGEST < number < LARGEST:
            return number
        self.note("warning", "wrong-type", "is too large a number", at, name)
        return default

    def boolean(self, fields: dict[str, Any], at: str, name: str, default: bool) -> bool:
        """Return true or false, also written as yes or no, or the default for null."""
        value = fields.get(name)
        if value.__class__ is bool:
            return value
        if value is None or value == "":
            return default
        if isinstance(value, (dict, list)) or value.__class__ is str:
            known = BOOLEANS.get(value.strip().lower()) if value.__class__ is str else None
            if known is None:
                self.note("warning", "wrong-type", "is neither true nor false", at, name)
                return default
            return known
        raise Inexact

    def time(
        self, fields: dict[str, Any], at: str, name: str, days: bool = False
    ) -> datetime | None:
        """Return a time in UTC, None for null or an invalid date.

        With `days`, a date without a time is marked as a day (see `times.is_day`).
        """
        value = fields.get(name)
        if value is None:
            return None
        text = self.scalar(value, at, name).strip()
        if not text:
            return None
        try:
            return parse_day_or_time(text, self.zone) if days else parse_time(text, self.zone)
        except ValueError as error:
            self.note("warning", "bad-date", f"{text[:40]!r} {error}", at, name)
            return None

    def over(self, budget: str, at: str, name: str = "", done: str = "left out") -> None:
        """Add a problem: a value exceeds a budget, and was left out or cut."""
        self.note(
            "warning",
            "over-budget",
            f"{OverBudget(budget, getattr(self.budgets, budget))}; it is {done}",
            at,
            name,
        )

    def items(
        self, fields: dict[str, Any], at: str, name: str, budget: str = "items"
    ) -> list[tuple[Any, str]]:
        """Return the items of a list with their paths, without nulls.

        A single value is a list of one. A list that exceeds its budget is treated as empty.
        """
        value = fields.get(name)
        if value is None or value == "":
            return []
        path = _path(at, name)
        if not isinstance(value, list):
            return [(value, path)]
        if len(value) > getattr(self.budgets, budget):
            self.over(budget, path)
            return []
        kept = [(item, f"{path}[{i}]") for i, item in enumerate(value) if item is not None]
        if len(kept) < len(value):
            self.note("repair", "null-item", "", path)
        return kept

    def mapping(self, value: Any, at: str, name: str = "") -> dict[str, Any]:
        """Return a mapping, an empty one for null or any other value."""
        if isinstance(value, dict):
            return value
        if value is not None and value != "":
            self.note("warning", "wrong-type", "is not a mapping", at, name)
        return {}


def _path(at: str, name: str) -> str:
    return f"{at}.{name}" if name else at
