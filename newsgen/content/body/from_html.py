"""From the HTML of feeds and exports to a body in Markdown.

What Markdown cannot express stays HTML, cleaned by the sanitiser of bodies: figures with captions,
tables with spans, definition lists. Players become embeds. Text that looks like an embed or like
Markdown is escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from newsgen.config.budgets import DEFAULT, Budgets, OverBudget
from newsgen.content.body.embeds import Hosts
from newsgen.content.body.html_cost import check_html
from newsgen.content.repair import drop_references
from newsgen.core.cpu_limit import CpuLimitReached, cpu_limit
from newsgen.core.text import NOT_TEXT

if TYPE_CHECKING:
    from newsgen.content.body.markdown_converter import Rewrite

_MANY = re.compile(r"\n{3,}")
_SPACES = re.compile(r"([ \t]{300})[ \t]+")  # markdownify takes quadratic time for longer ones
_MORE = "newsgenmoremark"
_MORE_MARK = re.compile(r"<!--\s*more\b(?:(?!<!--).)*?-->", re.S)


class Converted(Struct, frozen=True):
    """A body in Markdown, and how many elements of each name were left out or became links."""

    text: str
    dropped: dict[str, int]


def html_to_markdown(
    markup: str,
    hosts: Hosts = Hosts(),  # noqa: B008 - immutable
    rewrite: Rewrite = str,
    image: Rewrite = str,
    budgets: Budgets = DEFAULT,
) -> Converted:
    """Return HTML as Markdown.

    Frames of `hosts.players` become embeds, and other frames links. So do audio and video files,
    except those of the site and of `hosts.media`. `rewrite` changes the address of each link,
    `image` that of each image, audio and video file. Raises OverBudget, also if that takes more CPU
    time than `budgets.cpu_seconds`.
    """
    check_html(markup, budgets)
    try:
        with cpu_limit(budgets.cpu_seconds):
            return _converted(markup, hosts, rewrite, image)
    except CpuLimitReached:
        raise OverBudget("cpu_seconds", budgets.cpu_seconds) from None


def _converted(markup: str, hosts: Hosts, rewrite: Rewrite, image: Rewrite) -> Converted:
    from newsgen.content.body.markdown_converter import convert  # takes 80 ms

    markup = _SPACES.sub(r"\1", drop_references(NOT_TEXT.sub("", markup)))
    markup = _MORE_MARK.sub(f"<p>{_MORE}</p>", markup, count=1)
    text, dropped = convert(markup, hosts, rewrite, image)
    text = text.replace(_MORE, "<!--more-->", 1)
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return Converted(_MANY.sub("\n\n", lines).strip("\n"), dropped)
