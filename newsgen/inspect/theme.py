"""Templates of the theme that a site replaces: list them, copy one, compare it with the
original."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from msgspec import Struct

from newsgen.config.settings import Config
from newsgen.core import digest
from newsgen.core.messages import did_you_mean
from newsgen.core.problems import build_error, settings_error
from newsgen.inspect.template_override import differences
from newsgen.render.templates import DEFAULT_PREFIX, THEME_PREFIX, Templates
from newsgen.store.fingerprint import theme_folders

# As docs/commands.md explains them.
State = Literal["theme", "own", "replaced", "replaced, the original has changed"]
_STAMP = re.compile(r"\A{?# newsgen theme: (\S+) ([0-9a-f]{32})(?: #})?\n?")


class TemplateStatus(Struct, frozen=True):
    """A template, its state and its file."""

    name: str
    state: State
    file: str


def list_templates(config: Config) -> list[TemplateStatus]:
    """Return all templates by name. Raises UserError (exit code 3) if one cannot be read."""
    templates = _templates(config)
    prefixes = (THEME_PREFIX, DEFAULT_PREFIX)
    names = sorted(name for name in templates.by_name if not name.startswith(prefixes))
    return [
        TemplateStatus(name, _state(templates, name), templates.by_name[name].file)
        for name in names
    ]


def eject(config: Config, name: str) -> Path:
    """Copy a template of the theme into the site, with a comment that names the original.

    Raises UserError: exit code 2 if there is no such template or the site already has one, 3 if it
    cannot be written.
    """
    text = _original(_templates(config), name)
    file = config.paths.templates / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="") as out:
            stamp = f"# newsgen theme: {name} {_digest(text)}"
            out.write(f"{stamp}\n{text}" if name.endswith(".yaml") else f"{{{stamp} #}}\n{text}")
    except FileExistsError:
        raise settings_error(
            "template-exists",
            f"{file} already exists",
            hint=f"`newsgen theme diff {name}` compares it",
        ) from None
    except OSError as error:
        raise build_error("cannot-write", f"{file}: {error.strerror}") from None
    return file


def diff(config: Config, name: str) -> str:
    """Return unified diffs from the theme's template to the site's.

    Empty if they are equal or the site has none. Raises UserError (exit code 2) if the theme has no
    such template.
    """
    templates = _templates(config)
    _original(templates, name)
    return differences(templates.by_name, name, _STAMP.sub("", templates.by_name[name].text))


def _templates(config: Config) -> Templates:
    themes = theme_folders("templates", config.settings.theme.name)
    return Templates(config.paths.templates, themes, config.paths.root, {})


def _original(templates: Templates, name: str) -> str:
    template = templates.by_name.get(THEME_PREFIX + name)
    if template is None:
        names = [
            known.removeprefix(THEME_PREFIX)
            for known in templates.by_name
            if known.startswith(THEME_PREFIX)
        ]
        hint = did_you_mean(name, names, "`newsgen theme list` lists them")
        raise settings_error("no-such-template", f"the theme has no template {name}", hint=hint)
    return template.text


def _state(templates: Templates, name: str) -> State:
    original = templates.by_name.get(THEME_PREFIX + name)
    if original is None:
        return "own"
    if templates.by_name[name] is original:
        return "theme"
    stamp = _STAMP.match(templates.by_name[name].text)
    return (
        "replaced, the original has changed"
        if stamp and stamp[2] != _digest(original.text)
        else "replaced"
    )


def _digest(text: str) -> str:
    return digest.of_text(text).hex()
