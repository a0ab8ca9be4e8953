"""A Python-Markdown extension that marks characters after a backslash, as comrak does. Typography
leaves marked characters unchanged.
"""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

_ESCAPED = re.compile("\x02(34|39|45|46)\x03")  # Python-Markdown's placeholders for " ' - .


class Escapes(Extension):
    """Escaped quotation marks, dashes and dots, each in a span."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        """Register after inline markup (20), and before characters are put back (0)."""
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, '"', "'"]
        md.treeprocessors.register(_Escapes(md), "escapes", 8)


class _Escapes(Treeprocessor):
    def run(self, root: Element) -> None:
        """Replace the escapes in all texts. Attributes and code hold none of them."""
        for element in root.iter():
            if element.text and "\x02" in element.text:
                element.text = _ESCAPED.sub(self._marked, element.text)
            if element.tail and "\x02" in element.tail:
                element.tail = _ESCAPED.sub(self._marked, element.tail)

    def _marked(self, found: re.Match[str]) -> str:
        sign = html.escape(chr(int(found[1])))
        return str(self.md.htmlStash.store(f"<span data-escaped-char>{sign}</span>"))
