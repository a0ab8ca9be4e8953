"""Parse `_headers` and `_redirects`, in the subset on which Netlify and Cloudflare agree."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_PART = re.compile(r"\*|:[A-Za-z]\w*")


class HostRedirect(NamedTuple):
    """The target of a redirect and its status.

    200 serves the target's content under the requested URL.
    """

    target: str
    status: int


@lru_cache(8)
def _header_rules(text: str) -> list[tuple[re.Pattern[str], list[tuple[str, str]]]]:
    rules: list[tuple[re.Pattern[str], list[tuple[str, str]]]] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, value = line.strip().partition(":")
        if not line[0].isspace():
            rules.append((_pattern(line.strip()), []))
        elif rules and colon:
            rules[-1][1].append((name.strip(), value.strip()))
    return rules


def headers_for(text: str, path: str) -> dict[str, str]:
    """Return the headers that a `_headers` file sets for a path.

    If several rules set the same header, all values count.
    """
    found: dict[str, str] = {}
    for pattern, headers in _header_rules(text):
        if pattern.fullmatch(path):
            for name, value in headers:
                known = next((other for other in found if other.lower() == name.lower()), name)
                found[known] = (
                    f"{found[known]}, {value}"
                    if known in found and name.title() != "Content-Type"
                    else value
                )
    return found


def move_for(text: str, path: str) -> HostRedirect | None:
    """Return where a `_redirects` file sends a path that has no page."""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) < 2 or not words[0].startswith("/"):
            continue
        found = _pattern(words[0].rstrip("/") or "/").fullmatch(path.rstrip("/") or "/")
        if found:
            status = words[-1].rstrip("!") if len(words) > 2 else "301"
            return HostRedirect(
                _filled(words[1], found.groupdict()), int(status) if status.isdigit() else 301
            )
    return None


def _filled(target: str, values: dict[str, str]) -> str:
    return re.sub(r":([A-Za-z]\w*)", lambda part: values.get(part[1], part[0]), target)


@lru_cache(1000)
def _pattern(path: str) -> re.Pattern[str]:
    """Turn a path with `*` (the splat) and `:names` into a pattern."""
    parts = [
        f"(?P<{part[1:]}>[^/]+)" if part.startswith(":") else "(?P<splat>.*)"
        for part in _PART.findall(path)
    ]
    between = map(re.escape, _PART.split(path))
    return re.compile(
        next(between) + "".join(part + text for part, text in zip(parts, between, strict=True)),
        re.S,
    )
