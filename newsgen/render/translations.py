"""The theme's translations: one file for each language, `templates/words/LANGUAGE.yaml`.

A site's file of the same name replaces single words. A word is a text. With `{names}` in it, or
with plural forms (one, other ...), it is a function that templates call.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup

from newsgen.core import digest, frontmatter
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.problems import Problem, build_error
from newsgen.core.text import drop_not_text
from newsgen.render.date_formats import number_filter, plural_rule
from newsgen.render.templates import THEME_PREFIX, Template, Templates

Forms = Mapping[str, str]


class WordList(NamedTuple):
    """The words of a language by name, the theme's English ones, and problems with missing ones."""

    texts: dict[str, Any]
    english: dict[str, Any]
    problems: list[Problem]

    @property
    def titles(self) -> dict[str, str]:
        """Return English page titles with their translations. Planners name pages in English."""
        pairs = ((self.english.get(name), text) for name, text in self.texts.items())
        return {
            english: text
            for english, text in pairs
            if isinstance(english, str) and isinstance(text, str)
        }

    @property
    def digest(self) -> bytes:
        """Return the digest of the words."""
        return digest.of_text(*(f"{name}={self.texts[name]!r}" for name in sorted(self.texts)))


class Words:
    """The words of one language as attributes: `words.older_stories`."""

    def __init__(self, texts: Mapping[str, Any], language: str) -> None:
        number, plural = number_filter(language), plural_rule(language)
        for name, value in texts.items():
            setattr(
                self,
                name,
                _phrase(value, number, plural)
                if isinstance(value, dict) or "{" in value
                else value,
            )


def _phrase(
    value: str | Forms, number: Callable[[float], str], plural: Callable[[float], str]
) -> Callable[..., str]:
    forms = value if isinstance(value, Mapping) else {"other": value}

    @lru_cache(4096, typed=True)  # Markup and str must not share a cache entry
    def phrase(count: int = 0, /, **values: object) -> str:
        """Return the words for this count, with the values filled in. Markup in a value stays
        markup.
        """
        text = (forms.get(plural(count)) or forms["other"]) if len(forms) > 1 else forms["other"]
        if any(isinstance(item, Markup) for item in values.values()):
            text = Markup("{}").format(text)
        return text.format(n=number(count), **values)

    return phrase


def read_words(templates: Templates, language: str) -> WordList:
    """Return the words of a language by name. A missing word is taken from the broader language
    (`pt` for `pt-BR`), finally from English.

    Raises UserError (exit code 3) for a file that is not a mapping of names to words.
    """
    english = _read(templates, THEME_PREFIX + "words/en.yaml")
    words = {**english, **_read(templates, "words/en.yaml")}
    found: dict[str, Any] = {}
    parts = language.split("-")
    for end in range(1, len(parts) + 1):
        tag = "-".join(parts[:end])
        for prefix in (THEME_PREFIX, ""):
            found |= _read(templates, f"{prefix}words/{tag}.yaml")
    problems = []
    missing = sorted(english.keys() - found.keys()) if parts[0] != "en" else []
    if missing:
        told = (
            ", ".join(missing[:8]) + (" ..." if len(missing) > 8 else "")
            if found
            else "there are none"
        )
        hint = f"add them to templates/words/{parts[0]}.yaml"
        problems.append(
            Problem(
                "warning",
                "missing-words",
                f"the theme has no words in {language}, so English is used: {told}",
                hint=hint,
            )
        )
    return WordList(words | found, english, problems)


def load_words(templates: Templates, language: str) -> Words:
    """Return the words that a site's templates see as `words`."""
    return Words(read_words(templates, language).texts, language)


_ALERT = re.compile(
    r'(<div class="alert alert-(note|tip|important|warning|caution)">\s*<p class="alert-title">)'
    r"(\w+)(?=</p>)"
)


def with_alert_titles(body: str, words: Words) -> str:
    """Return a body with the site's words as the titles of alerts that have none of their own."""

    def titled(found: re.Match[str]) -> str:
        word = getattr(words, f"alert_{found[2]}")
        own = found[3].lower() != found[2] or not isinstance(word, str)
        return found[0] if own else found[1] + html.escape(word)

    return _ALERT.sub(titled, body) if 'class="alert-title"' in body else body


def _read(templates: Templates, name: str) -> dict[str, Any]:
    template = templates.by_name.get(name)
    return _parsed(template) if template else {}


@lru_cache(32)
def _parsed(template: Template) -> dict[str, Any]:
    try:
        value = frontmatter.parse_fast(template.text)
        if not isinstance(value, dict):
            value = frontmatter.parse_exact(template.text).value
    except FrontMatterError as error:
        raise build_error(
            "malformed-words",
            str(error),
            file=template.file,
            line=error.line,
            column=error.column,
            hint=error.hint,
        ) from None
    wrong = (
        [key for key, item in value.items() if not _is_word(item)]
        if isinstance(value, dict)
        else ["all"]
    )
    if wrong:
        hint = "write  name: words  or forms of number:  name: {one: ..., other: ...}"
        raise build_error(
            "malformed-words",
            f"{wrong[0]} is neither words nor forms",
            file=template.file,
            hint=hint,
        )
    return {key: drop_not_text(item) for key, item in value.items()}


def _is_word(value: Any) -> bool:
    if isinstance(value, dict):
        return "other" in value and all(isinstance(text, str) for text in value.values())
    return isinstance(value, str)
