"""Write the setting `theme.name` into the settings file, and change nothing else in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

from newsgen.config.reader import near_or_all
from newsgen.config.theme import ThemeName
from newsgen.core import frontmatter
from newsgen.core.atomic import replace_file
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.problems import build_error, settings_error

_REST = r"[ \t]*(?:#[^\n]*)?"  # of a line without a value
# Places for the name, the best first, and what to write there.
_PLACES = (
    # a name in a block, in braces
    (rf"^(theme:{_REST}\n(?:{_REST}\n| +[^\s#][^\n]*\n)*? +name: *)[^\s#]+", r"\g<1>{}"),
    (r"^(theme: *\{[^}\n]*?\bname: *)[^\s,}]+", r"\g<1>{}"),
    # no name yet: empty braces, others, a block, no value
    (r"^(theme: *\{) *(?=\})", r"\g<1>name: {}"),
    (r"^(theme: *\{) *(?=\S)", r"\g<1>name: {}, "),
    (rf"^(theme:{_REST}\n(?:{_REST}\n)*)( +)(?=\S)", "\\g<1>\\g<2>name: {}\n\\g<2>"),
    (rf"^theme:(?={_REST}$)", "theme: {{name: {}}}"),
)


def use_theme(file: Path, name: str) -> None:
    """Make a settings file name this theme. Comments and everything else stay as they are.

    The file must be valid. Raises UserError with exit code 2 for an unknown theme, or if somebody
    has to change the line by hand. The exit code is 3 if the file cannot be written.
    """
    known = get_args(ThemeName)
    if name not in known:
        raise settings_error(
            "no-such-theme", f"there is no theme {name}", hint=near_or_all(name, known)
        )
    data = file.read_bytes()
    text = with_theme(data.decode("utf-8-sig").replace("\r\n", "\n"), name)
    if text is None:
        hint = f"write  theme: {{name: {name}}}  yourself"
        raise settings_error(
            "theme-not-written", "the place for the theme is not clear", file=str(file), hint=hint
        )
    if b"\r\n" in data:
        text = text.replace("\n", "\r\n")
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    try:
        replace_file(file, mark + text.encode())
    except OSError as error:
        raise build_error("cannot-write", f"{file}: {error.strerror}") from None


def with_theme(text: str, name: str) -> str | None:
    """Return settings with this theme, or None if no line in the usual form changes only that. It
    edits lines, and then compares the values of both texts. So it cannot misread any form of YAML.
    """
    wanted = _values(text)
    theme = wanted.get("theme") or {}
    if not isinstance(theme, dict):
        return None
    wanted["theme"] = {**theme, "name": name}
    end = "" if not text or text.endswith("\n") else "\n"
    changed = [re.sub(place, new.format(name), text, count=1, flags=re.M) for place, new in _PLACES]
    changed.append(f"{text}{end}theme:\n  name: {name}\n")
    return next((one for one in changed if _values(one) == wanted), None)


def _values(text: str) -> dict[str, Any]:
    try:
        found = frontmatter.parse_exact(text)
    except FrontMatterError:
        return {}
    return found.value if isinstance(found.value, dict) and not found.duplicates else {}
