"""The box around a table, in which a wide one scrolls, also by keyboard."""

from __future__ import annotations

import html
from collections.abc import Iterable

LONGEST_LABEL = 100  # characters
BOX_END = "</section>"


def box(heads: Iterable[str]) -> str:
    """Return the start tag of a table's box. The texts of the head cells name it."""
    name = ", ".join(filter(None, (" ".join(head.split()) for head in heads)))
    if len(name) > LONGEST_LABEL:
        name = name[:LONGEST_LABEL].rpartition(" ")[0].rstrip(",") or name[:LONGEST_LABEL]
    label = f' aria-label="{html.escape(name)}"' if name else ""
    return f'<section class="scroll" tabindex="0"{label}>'
