"""Format dates and numbers in the site's language, with CLDR data from Babel. Everything is cached,
because every card uses it.
"""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from newsgen.content.times import is_day, start_of
from newsgen.pages.base import Link

_SCRIPTS = re.compile(r"-(arab|hebr|syrc|thaa|nkoo|adlm|rohg|mand|samr)\b", re.I)


@cache
def locale_of(language: str) -> Any:
    """Return Babel's locale for a language tag (BCP 47): the nearest that CLDR knows, else
    English.
    """
    from babel import Locale, UnknownLocaleError

    while language:
        try:
            return Locale.parse(language, sep="-")
        except (UnknownLocaleError, ValueError):
            language = language.rpartition("-")[0]
    return Locale("en")


@cache
def direction(language: str) -> str:
    """The direction of a language: `ltr` or `rtl` (CLDR, characterOrder)."""
    return "rtl" if _SCRIPTS.search(language) else str(locale_of(language).text_direction)


def iso(value: datetime) -> str:
    """A time for `<time datetime>`, with its offset (ISO 8601); for a date without a time, the
    date.
    """
    return value.date().isoformat() if is_day(value) else value.isoformat()


def rfc3339(value: datetime) -> str:
    """A time as Atom requires it (RFC 3339); a date without a time becomes midnight."""
    return start_of(value).isoformat()


class _Field(NamedTuple):
    """A field of a CLDR pattern, such as the month, or the text between two.

    `known` caches the texts by what `key` returns, because fields have few values. With it, a site
    of 1,000 articles renders 8 % faster.
    """

    text: str
    key: Callable[[datetime], int] | None
    known: dict[int, str]


class _Part(NamedTuple):
    """A part of a CLDR pattern whose text depends only on the day, the minute, the zone or the
    exact moment. `known` caches the texts.
    """

    rule: str
    fields: list[_Field]
    known: dict[int, str]


def date_filter(language: str, zone: tzinfo = UTC) -> Callable[..., str]:
    """Return the filter `date` for a language and a time zone."""
    locale = locale_of(language)
    patterns: dict[tuple[str, bool], list[_Part]] = {}

    def date(value: datetime, form: str = "long") -> str:
        """A time as text, in the site's language: `card.time|date`, or with `full`, `long`,
        `medium`, `short`; `time` (the clock); `moment` (date, clock and zone); a CLDR skeleton such
        as `yMMMM` or `MMMd`, in the order of the language; or a
        [pattern](https://babel.pocoo.org/en/latest/dates.html#date-fields):
        `card.time|date("d MMMM y")`. A skeleton followed by ` time`, such as `MMMd time`, is date
        and clock. For a date without a time, only the date is shown.

        Such a date (see `times.is_day`) is shown as the skeleton before ` time`, or else as `long`.
        Raises ValueError for a skeleton that CLDR does not know.
        """
        if value.tzinfo is UTC:
            value = value.astimezone(zone)
        day = is_day(value)
        parts = patterns.get((form, day))
        if parts is None:
            parts = patterns[form, day] = _day_parts(locale, form) if day else _parts(locale, form)
        out = ""
        for part in parts:
            if part.rule == "zone":
                out += _zone_name(value, locale)
                continue
            key = value.toordinal() if part.rule == "day" else value.hour * 60 + value.minute
            text = part.known.get(key) if part.rule != "exact" else None
            if text is None:
                text = "".join([_field_text(field, value, locale) for field in part.fields])
                part.known[key] = text
            out += text
        return out

    return date


def dated_filter(date: Callable[..., str]) -> Callable[[datetime, int], str]:
    """Return the filter `dated`. `date` is the filter of that name."""

    def dated(value: datetime, newest: int) -> str:
        """A time as a list shows it: the clock for stories of its newest day, which is given by its
        ordinal, else the date, with the year if that is another:
        `card.time|dated(page.cards[0].time.toordinal())`.
        """
        if value.toordinal() == newest and not is_day(value):
            return date(value, "time")
        return date(value, "MMMd" if value.year == _day_of(newest).year else "yMMMd")

    return dated


_day_of = cache(datetime.fromordinal)


def _parts(locale: Any, form: str) -> list[_Part]:
    from babel.dates import tokenize_pattern

    if form in ("full", "long", "medium", "short"):
        text = str(locale.date_formats[form].pattern)
    elif form == "time":
        text = str(locale.time_formats["short"].pattern)
    elif form == "moment":
        time = f"{locale.time_formats['short'].pattern} z"
        text = str(locale.datetime_formats["medium"]).format(
            time, locale.date_formats["long"].pattern
        )
    elif form.endswith(" time"):
        text = str(locale.datetime_formats["medium"]).format(
            locale.time_formats["short"].pattern, _pattern(locale, form.removesuffix(" time"))
        )
    elif form.isascii() and form.isalpha():
        text = _pattern(locale, form)
    else:
        text = form
    parts: list[_Part] = []
    for _, token in tokenize_pattern(text):
        if isinstance(token, str):
            rule = "day" if not parts or parts[-1].rule == "zone" else parts[-1].rule
            field = _Field("", _always, {0: token})
        else:
            letter, count = token
            rule = _rule(letter, count)
            field = _Field(letter * count, _KEYS.get(letter), {})
        if not parts or parts[-1].rule != rule:
            parts.append(_Part(rule, [], {}))
        parts[-1].fields.append(field)
    return parts


def _always(_: datetime) -> int:
    return 0


# CLDR fields whose text depends on one value only, and that value.
_KEYS: dict[str, Callable[[datetime], int]] = {
    **dict.fromkeys("yu", attrgetter("year")),
    **dict.fromkeys("ML", attrgetter("month")),
    "d": attrgetter("day"),
    **dict.fromkeys("Ec", datetime.weekday),
    **dict.fromkeys("ahHKk", attrgetter("hour")),
    "m": attrgetter("minute"),
}


def _field_text(field: _Field, value: datetime, locale: Any) -> str:
    key = field.key(value) if field.key else -1
    text = field.known.get(key)
    if text is None:
        from babel.dates import format_datetime

        text = str(format_datetime(value, field.text, tzinfo=value.tzinfo or UTC, locale=locale))
        if field.key:
            field.known[key] = text
    return text


def _pattern(locale: Any, skeleton: str) -> str:
    from babel.dates import match_skeleton

    skeletons = locale.datetime_skeletons
    found = skeleton if skeleton in skeletons else match_skeleton(skeleton, skeletons)
    if not found and len(set(skeleton)) > 1:
        raise ValueError(
            f"{skeleton} is neither a name of a format nor a CLDR skeleton of the language"
        )
    return str(skeletons[found].pattern) if found and len(found) == len(skeleton) else skeleton


def _day_parts(locale: Any, form: str) -> list[_Part]:
    parts = _parts(locale, form.removesuffix(" time"))
    return parts if all(part.rule == "day" for part in parts) else _parts(locale, "long")


def _rule(letter: str, count: int) -> str:
    """Return the rule for a CLDR field: the values that its text depends on."""
    if letter == "z" and count < 4:
        return "zone"
    return "minute" if letter in "ahHKkmBb" else "exact" if letter in "sSAZOvVXxz" else "day"


def _zone_name(value: datetime, locale: Any) -> str:
    """Return the zone's short name: CLDR's for the language, else the usual letters (JST), else the
    offset from GMT.
    """
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


def weeks_filter(language: str) -> Callable[[Sequence[Link]], list[list[Link]]]:
    """Return the filter `weeks` for a language."""

    def weeks(days: Sequence[Link]) -> list[list[Link]]:
        """Links to the days of one month as calendar weeks, which start on the weekday usual in the
        language: `page.parts|weeks`. A day without stories has a `count` of 0; a day of another
        month has no `time`.
        """
        month = days[0].time or datetime.min
        links = {link.time.date(): link for link in days if link.time}

        def cell(day: date) -> Link:
            return links.get(day) or Link(
                "",
                "",
                0,
                datetime(day.year, day.month, day.day) if day.month == month.month else None,
            )

        found = Calendar(locale_of(language).first_week_day).monthdatescalendar(
            month.year, month.month
        )
        return [list(map(cell, week)) for week in found]

    return weeks


def number_filter(language: str) -> Callable[[float], str]:
    """Return the filter `number` for a language."""
    from babel.numbers import format_decimal

    locale = locale_of(language)

    @cache
    def number(value: float) -> str:
        """A number with the language's separators: 12,400."""
        return str(format_decimal(value, locale=locale))

    return number


def plural_rule(language: str) -> Callable[[float], str]:
    """Return the function that gives a number's plural form: one, two, few, many, other ... (CLDR,
    plurals).
    """
    rule: Callable[[float], str] = locale_of(language).plural_form
    return rule
