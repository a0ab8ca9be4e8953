"""The redirects of another generator's site: `_redirects` and `netlify.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from newsgen.importers.folder_files import has_file, load_data

_FILES = ("_redirects", "static/_redirects", "src/_redirects")
_NETLIFY = "netlify.toml"
_STATUS = {"301", "302", "303", "307", "308"}
_FROM = re.compile(r"/[^\s/?#*:][^\s?#*:]*")
_TO = re.compile(r"(?:https?://[^\s/]|/(?!/))[^\s*]*|/")


class RedirectRules(NamedTuple):
    """Redirects in the form of the setting `redirects`, and the rules that cannot become one, with
    the reason.
    """

    redirects: dict[str, str]
    left: dict[str, str]


def read_redirects(folder: Path, base: str) -> RedirectRules:
    """Return the redirects of a site in the folder of another generator.

    `base` is the path of the site on its host, such as `/news`, which these rules name too. Of two
    rules for an address the first counts, as on hosts. Raises an error of UNREADABLE.
    """
    found = RedirectRules({}, {})
    for file, rule in _rules(folder):
        old, new, status, more = rule
        if status.rstrip("!") not in _STATUS or more:
            found.left[f"{file}: {old} {new}"] = "it is more than a redirect"
        elif not _FROM.fullmatch(old) or not _TO.fullmatch(new) or "/:" in new:
            found.left[f"{file}: {old} {new}"] = "it is a pattern"
        else:
            found.redirects.setdefault(_within(old, base), _within(new, base))
    return found


def _within(address: str, base: str) -> str:
    return address.removeprefix(base) if address.startswith(f"{base}/") else address


def _rules(folder: Path) -> Iterator[tuple[str, tuple[str, str, str, bool]]]:
    """Yield each rule and its file: the old address, the new one, the status, and whether there are
    conditions.
    """
    for name in _FILES:
        if has_file(folder, name):
            for line in (folder / name).read_text("utf-8", "replace").splitlines():
                words = line.partition(" #")[0].split()
                if len(words) > 1 and not words[0].startswith("#"):
                    status = words[2] if len(words) > 2 else "301"
                    yield name, (words[0], words[1], status, len(words) > 3)
    rules: Any = (load_data(folder, (_NETLIFY,)) or {}).get("redirects")
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, dict):
            old, new = str(rule.get("from") or ""), str(rule.get("to") or "")
            status = str(rule.get("status") or 301)
            yield _NETLIFY, (old, new, status, bool(rule.get("conditions") or rule.get("query")))
