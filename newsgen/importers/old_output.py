"""Compare the addresses of another generator's built site with those of the new one."""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path

from msgspec import Struct

_OUTPUT = {"hugo": "public", "jekyll": "_site", "pelican": "output", "eleventy": "_site"}


class AddressParity(Struct, frozen=True):
    """The number of the old site's pages, and the addresses without a page on the new one."""

    compared: int
    missing: tuple[str, ...]


def compare_addresses(kind: str, folder: Path, routes: Set[str]) -> AddressParity | None:
    """Compare the pages in the output folder of the old site with the routes of the new one. Return
    None if the old site was not built.
    """
    old = sorted(_addresses(folder / _OUTPUT[kind]))
    return AddressParity(len(old), tuple(one for one in old if one not in routes)) if old else None


def _addresses(output: Path) -> Iterator[str]:
    for file in output.rglob("*.html"):
        path = "/" + file.relative_to(output).as_posix()
        if path != "/404.html":
            yield path.removesuffix("index.html") if path.endswith("/index.html") else path
