"""Links of menus in exports."""

from __future__ import annotations

import re
from typing import Any

from newsgen.config.settings import MenuLink

_ADDRESS = re.compile(r"(?:https?://[^\s/]|/(?!/))\S*")


def menu_link(name: Any, url: Any) -> MenuLink | None:
    """Return a link of a menu, None if it has no name or leads nowhere.

    A link to the front page is left out: each page's header has one.
    """
    address = str(url or "").strip()
    if not name or address == "/" or not _ADDRESS.fullmatch(address):
        return None
    return MenuLink(name=str(name), url=address)
