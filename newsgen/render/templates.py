"""Load templates: the site's own take precedence over the theme's. Each has a digest of everything
that it is made of.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from newsgen.config.paths import composed
from newsgen.core import digest
from newsgen.core.problems import build_error
from newsgen.pages.base import StaticFile

THEME_PREFIX = "theme/"
DEFAULT_PREFIX = "default/"
_REFERENCE = re.compile(
    r"{%[-+]?\s*(?:extends|include|import|from)\s+(.+?)(?:\s+(?:import|as|ignore|with|without)\b.*?)?\s*[-+]?%}",
    re.S,
)
_LITERAL = re.compile(r"""(?:"([^"]*)"|'([^']*)')""")


_ASSET = re.compile(r"""(?:"([^"]+)"|'([^']+)')\s*\|\s*asset\b""")


class Template(NamedTuple):
    """A template's text, and its file as messages show it."""

    text: str
    file: str


class Templates:
    """All templates by name.

    `theme/NAME` is always the theme's own, so that a site's template can extend the one it
    replaces. With another theme than the default, `default/NAME` is the default theme's, which that
    theme's templates extend. `assets` maps the static files that templates ask for to a path with
    their digest, and `themes` are the folders of the themes.
    """

    def __init__(
        self, site: Path, themes: Sequence[Path], root: Path, files: Mapping[str, StaticFile]
    ) -> None:
        """Read the templates of a site and its theme: those of the default theme, then those that
        replace them.

        Messages show files relative to `root` if they are below it. `files` are the static files.

        Raises UserError if a template cannot be read.
        """

        self._made_of = (site, themes, root, files)
        self.themes = themes

        def shown(path: Path) -> str:
            return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)

        default, *others = [_read_all(theme, shown) for theme in themes]
        themed = dict(ChainMap(*reversed(others), default))
        self.by_name: dict[str, Template] = _prefixed(THEME_PREFIX, themed) | themed
        if others:
            self.by_name |= _prefixed(DEFAULT_PREFIX, default)
        if site.is_dir() and site.resolve() not in {theme.resolve() for theme in themes}:
            self.by_name |= _read_all(site, shown)
        asked = {name for template in self.by_name.values() for name in _assets(template)}
        self.assets = {name: _with_digest(files[name]) for name in sorted(asked) if name in files}
        self._closures: dict[str, frozenset[str]] = {}
        self._digests: dict[str, bytes] = {}

    def __getstate__(self) -> dict[str, Any]:
        # Workers never read templates again, and a site may have many static files.
        return self.__dict__ | {"_made_of": None}

    def again(self) -> Templates:
        """Read the templates again, with the same static files. Raises UserError."""
        return Templates(*self._made_of)

    def plan(self) -> tuple[Any, ...]:
        """Return what the plan depends on in the templates: translations, layouts and assets."""
        words = {
            name: template.text for name, template in self.by_name.items() if name.endswith(".yaml")
        }
        return words, [name for name in self.by_name if name.startswith("layouts/")], self.assets

    def digest(self, name: str) -> bytes:
        """Return the digest of a template, of everything that it extends, includes or imports, and
        of their assets. For "" nothing is included.
        """
        if name not in self._digests:
            used = [
                (other, self.by_name[other])
                for other in sorted(self._closure(name))
                if other in self.by_name
            ]
            assets = (
                self.assets.get(asset, "") for _, template in used for asset in _assets(template)
            )
            self._digests[name] = digest.of_text(
                *(part for other, template in used for part in (other, template.text)), *assets
            )
        return self._digests[name]

    def files(self, name: str) -> tuple[str, ...]:
        """Return the files that a template is made of, its own first."""
        used = [name, *sorted(self._closure(name) - {name})]
        return tuple(self.by_name[other].file for other in used if other in self.by_name)

    def _closure(self, name: str) -> frozenset[str]:
        """Return the template and all it can reach. A reference that is not a plain name can reach
        every template.
        """
        reached: set[str] = set()
        pending = [name]
        while pending:
            current = pending.pop()
            if current in reached:
                continue
            reached.add(current)
            template = self.by_name.get(current)
            for found in _REFERENCE.finditer(template.text if template else ""):
                expression = found[1].strip()
                names = [double or single for double, single in _LITERAL.findall(expression)]
                rest = _LITERAL.sub("", expression)
                if rest.strip("[](), \n\t"):
                    return frozenset(self.by_name)
                pending += names
        return frozenset(reached)


def _prefixed(prefix: str, templates: Mapping[str, Template]) -> dict[str, Template]:
    return {prefix + name: template for name, template in templates.items()}


def _assets(template: Template) -> list[str]:
    """Return the static files that a template asks for by name, as in `{{ "newsgen.css"|asset
    }}`.
    """
    return [composed(double or single) for double, single in _ASSET.findall(template.text)]


def _with_digest(file: StaticFile) -> str:
    folder, slash, name = file.path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    return f"{folder}{slash}{stem or suffix}.{file.digest.hex()[:10]}" + (
        dot + suffix if stem else ""
    )


def _read_all(folder: Path, shown: Callable[[Path], str]) -> dict[str, Template]:
    out = {}
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts) or (
            path.exists() and not path.is_file()
        ):
            continue  # reading a named pipe would block
        try:
            text = path.read_text("utf-8")
        except OSError as error:
            raise build_error(
                "unreadable-template",
                f"the template cannot be read: {error.strerror}",
                file=shown(path),
            ) from None
        except UnicodeDecodeError:
            raise build_error(
                "template-not-utf-8",
                "the template is not UTF-8",
                file=shown(path),
                hint="save it as UTF-8",
            ) from None
        out[composed(path.relative_to(folder).as_posix())] = Template(text, shown(path))
    return out
