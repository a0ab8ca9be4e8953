"""Dates and numbers in words by the site's language, from CLDR by way of Babel. Called for every card: all is cached."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

_ZONE = "\ue000"  # stands for the zone's name until the text is there
_SCRIPTS = re.compile(r"-(arab|hebr|syrc|thaa|nkoo|adlm|rohg|mand|samr)\b", re.I)


@cache
def locale_of(language: str) -> Any:
    """Babel's locale of a language tag (BCP 47): the nearest that CLDR knows, else English."""
    from babel import Locale, UnknownLocaleError

    while language:
        try:
            return Locale.parse(language, sep="-")
        except (UnknownLocaleError, ValueError):
            language = language.rpartition("-")[0]
    return Locale("en")


@cache
def direction(language: str) -> str:
    """`rtl` for a language that is written from right to left, else `ltr` (CLDR, characterOrder)."""
    return "rtl" if _SCRIPTS.search(language) else str(locale_of(language).text_direction)


class _Pattern(NamedTuple):
    """A CLDR pattern, what of a time it shows, and the texts made by it."""

    text: str
    timed: bool
    zoned: bool
    exact: bool
    known: dict[int, str]


def date_filter(language: str) -> Callable[..., str]:
    """The filter `date` of a language."""
    from babel.dates import format_datetime

    locale = locale_of(language)
    patterns: dict[str, _Pattern] = {}

    def date(value: datetime, form: str = "long") -> str:
        """A time in words: `full`, `long`, `medium` or `short` (the date), `time`, `moment` (date, time and zone),
        a CLDR skeleton such as `yMMMM` (put in the order of the language) or a CLDR pattern such as `d MMMM y`.

        Raises ValueError for a skeleton that CLDR does not know.
        """
        pattern = patterns.get(form)
        if pattern is None:
            pattern = patterns[form] = _pattern(locale, form)
        key = value.toordinal()
        if pattern.timed:
            key = key * 1440 + value.hour * 60 + value.minute
        zone = _zone_name(value, locale) if pattern.zoned else ""
        text = None if pattern.exact else pattern.known.get(key)
        if text is None:
            text = str(format_datetime(value, pattern.text, tzinfo=value.tzinfo or UTC, locale=locale))
            pattern.known[key] = text
        return text.replace(_ZONE, zone) if zone else text

    return date


def _pattern(locale: Any, form: str) -> _Pattern:
    from babel.dates import match_skeleton, tokenize_pattern, untokenize_pattern

    if form in ("full", "long", "medium", "short"):
        text = str(locale.date_formats[form].pattern)
    elif form == "time":
        text = str(locale.time_formats["short"].pattern)
    elif form == "moment":
        time = f"{locale.time_formats['short'].pattern} z"
        text = str(locale.datetime_formats["medium"]).format(time, locale.date_formats["long"].pattern)
    elif form.isascii() and form.isalpha():
        skeletons = locale.datetime_skeletons
        found = form if form in skeletons else match_skeleton(form, skeletons)
        if not found and len(set(form)) > 1:
            raise ValueError(f"{form} is neither a name of a format nor a CLDR skeleton of the language")
        text = str(skeletons[found].pattern) if found and len(found) == len(form) else form
    else:
        text = form
    tokens: list[tuple[str, Any]] = tokenize_pattern(text)
    shown = {value[0] for kind, value in tokens if kind == "field"}
    zoned = any(kind == "field" and value[0] == "z" and value[1] < 4 for kind, value in tokens)
    tokens = [("chars", _ZONE) if kind == "field" and value[0] == "z" and value[1] < 4 else (kind, value) for kind, value in tokens]
    exact = not shown.isdisjoint("sSAZOvVXx") or ("z" in shown and not zoned)
    return _Pattern(str(untokenize_pattern(tokens)), not shown.isdisjoint("ahHKkmBb"), zoned, exact, {})


def _zone_name(value: datetime, locale: Any) -> str:
    """The zone's short name: CLDR's for the language, else the usual letters (JST), else the distance from GMT."""
    key = (str(value.tzinfo), value.tzname() or "UTC", locale)
    name = _zones.get(key)
    if name is None:
        name = _zones[key] = _short_zone(value, key[1], locale)
    return name


def _short_zone(value: datetime, letters: str, locale: Any) -> str:
    from babel.dates import get_timezone_gmt, get_timezone_name

    if value.tzinfo:
        name = str(get_timezone_name(value, "short", locale=locale))
        if len(name) < 6 and name.isalpha():
            return name
    return letters if letters.isalpha() else str(get_timezone_gmt(value, "long", locale=locale))


_zones: dict[Any, str] = {}


def number_filter(language: str) -> Callable[[float], str]:
    """The filter `number` of a language."""
    from babel.numbers import format_decimal

    locale = locale_of(language)

    @cache
    def number(value: float) -> str:
        """A number with the language's separators: 12,400."""
        return str(format_decimal(value, locale=locale))

    return number


def plural_rule(language: str) -> Callable[[float], str]:
    """Which form a number takes in a language: one, two, few, many, other ... (CLDR, plurals)."""
    rule: Callable[[float], str] = locale_of(language).plural_form
    return rule
