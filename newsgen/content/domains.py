"""Registrable domains, from the Public Suffix List."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path


@lru_cache(4096)
def registrable_domain(host: str) -> str:
    """Return the registrable domain of a host, such as `bbc.co.uk` for `news.bbc.co.uk`.

    This is the algorithm of publicsuffix.org/list. Return the host itself if there is none: for an
    intranet name, an IP address or a public suffix.
    """
    host = host.lower().rstrip(".")
    if host.replace(".", "").isdigit():
        return host
    labels = host.split(".")
    names = [_unicode(label) for label in labels]
    rules = _rules()
    suffix = 1  # if no rule matches, the last label is the suffix
    for start in range(len(names)):
        name, parent = ".".join(names[start:]), ".".join(names[start + 1 :])
        if f"!{name}" in rules:
            suffix = len(names) - start - 1
            break
        if name in rules or f"*.{parent}" in rules:
            suffix = len(names) - start
            break
    return ".".join(labels[-suffix - 1 :])


def _unicode(label: str) -> str:
    try:
        return label.encode("ascii").decode("idna") if label.startswith("xn--") else label
    except UnicodeError:
        return label


@cache
def _rules() -> frozenset[str]:
    """Return the lines of the list. Its package would parse more than is needed, and take ten times
    as long.
    """
    import publicsuffixlist

    text = Path(publicsuffixlist.__file__).with_name("public_suffix_list.dat").read_text("utf-8")
    return frozenset(text.split("\n"))
