"""Parse times in articles: ISO 8601, all forms of a YAML timestamp, RFC 822, and others."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone, tzinfo

from newsgen.core.patterns import lazily

_CLOCK = (
    r"(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d{2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?"
    r"(?:[ \t]*(?:([Zz]|UTC|GMT)|([-+])(\d{1,2}):?(\d{2})?))?)?"
)
_FORM = lazily(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _CLOCK)
_OTHER = lazily(r"(\d{4})(?:/(\d{1,2})/(\d{1,2})|(\d{2})(\d{2}))(?!\d)")
# RFC 822, section 5, and RFC 5322: the name of the day and the time may be missing.
_MAIL = lazily(
    r"(?:[A-Za-z]{3,9}, *)?\d{1,2} [A-Za-z]{3} \d{4}"
    r"(?: +\d{1,2}:\d{2}(?::\d{2})?(?: +(?:UTC?|GMT|[ECMP][SD]T|[-+]\d{4}))?)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# In words, as in `January 30, 2026 8:05 pm`, and in the order of German.
_WORDS = lazily(
    r"(?:[A-Za-z]{3,9}\.?,? +)?(?:(\d{1,2})(?:st|nd|rd|th)?\.? +([A-Za-z]{3,9})\.?,? +"
    r"|([A-Za-z]{3,9})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +)(\d{4})(?!\d)"
)
_DOTTED = lazily(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)|(\d{4})\.(\d{1,2})\.(\d{1,2})(?!\d)")
# The month comes first in America, the day in most other countries.
_SLASHED = lazily(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
# Some of Jekyll's posts have a hyphen before the time.
_HYPHEN = lazily(r"(?<=\d{4}-\d{2}-\d{2})-(?=\d{1,2}:\d{2})")
_UTC = lazily(r" ?(?:UTC|GMT)([-+])(?=\d)")
_HALF = lazily(r"(\d{1,2})(:\d{2}(?::\d{2})?) ?([AaPp])\.?[Mm]\.?")
_ZONE = lazily(r"(?<=\d) ?\(?([A-Z]{3,5}|[A-Z][A-Za-z]+/[A-Za-z_/]+)\)?\Z")
_OFFSETS = {
    **{"EST": "-05", "EDT": "-04", "CST": "-06", "CDT": "-05", "MST": "-07", "MDT": "-06"},
    **{"PST": "-08", "PDT": "-07", "WET": "+00", "WEST": "+01", "BST": "+01", "CET": "+01"},
    **{"CEST": "+02", "EET": "+02", "EEST": "+03", "MSK": "+03", "IST": "+05:30", "JST": "+09"},
    **{"KST": "+09", "AEST": "+10", "AEDT": "+11", "NZST": "+12", "NZDT": "+13"},
}
_DAYS = (
    r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{8}|\d{4}\.\d{1,2}\.\d{1,2}"
    r"|\d{1,2}[./]\d{1,2}[./]\d{4}"
    r"|(?:[A-Za-z]{3,9}\.?,? +)?(?:\d{1,2}(?:st|nd|rd|th)?\.? +[A-Za-z]{3,9}"
    r"|[A-Za-z]{3,9}\.? +\d{1,2}(?:st|nd|rd|th)?),?\.?,? +\d{4}"
)
_REST = (
    r"(?:[Tt,-]?[ \t]*\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"(?: ?(?:UTC|GMT)?[-+]\d{1,2}:?(?:\d{2})?)?(?: ?\(?[A-Z][A-Za-z_/]*\)?)?)?"
)
FORMS = "|".join((_FORM.pattern, f"(?:{_DAYS})(?:{_CLOCK}|{_REST})", _MAIL.pattern))

_DAY = timedelta(microseconds=1)


def parse_day_or_time(text: str, zone: tzinfo) -> datetime:
    """Parse a time as `parse_time` does, and mark a date alone as a day (see `is_day`).

    Raises ValueError.
    """
    time = parse_time(text, zone)
    return time if ":" in text else time + _DAY


def is_day(time: datetime) -> bool:
    """Return whether a time is only a date, which has no hour to show.

    Written times are whole seconds, so one microsecond can mark a day. The mark survives in the
    cache, in any time zone and in sorting.
    """
    return time.microsecond == 1


def as_day(time: datetime) -> datetime:
    """Mark a time as a day, keeping its hour."""
    return time.replace(microsecond=0) + _DAY


def start_of(time: datetime) -> datetime:
    """Return the time at which a time or day begins."""
    return time.replace(microsecond=0)


def parse_time(text: str, zone: tzinfo) -> datetime:
    """Return a time in UTC, to the second.

    A time without an offset is in `zone`; a date is its midnight. Raises ValueError with a reason
    for the author. The first and last years are refused, so that every time exists in every zone.
    """
    if len(text) == 20 and text[19] == "Z" and text[10] == "T" and "0001" < text[:4] < "9999":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    text = text.strip()
    found = _FORM.fullmatch(text) or _FORM.fullmatch(_in_iso(text))
    if not found and (named := _ZONE.search(text)):
        found, zone = _FORM.fullmatch(_spelled_out(text[: named.start()])), _zone(named[1], zone)
    found = found or _FORM.fullmatch(_spelled_out(text))
    if not found:
        raise ValueError("is not a date such as 2021-11-19T13:11:09Z")
    year, month, day, hour, minute, second, _, zulu, sign, offset_h, offset_m = found.groups()
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
        if zulu:
            zone = UTC
        elif sign:
            offset = timedelta(hours=int(offset_h), minutes=int(offset_m or 0))
            zone = timezone(-offset if sign == "-" else offset)
        time = local.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is a date that does not exist") from None
    if not MINYEAR < time.year < MAXYEAR:
        raise ValueError("does not exist as a date in every time zone")
    return time


def _in_iso(text: str) -> str:
    """Return a date in another notation as ISO 8601, any other text unchanged."""
    if not _MAIL.fullmatch(text):
        return _OTHER.sub(lambda found: "-".join(filter(None, found.groups())), text, count=1)
    from email.utils import parsedate_tz  # imported here because few dates are in this form

    parsed = parsedate_tz(text if ":" in text else f"{text} 00:00:00")
    if not parsed:
        return text
    date = "{:04}-{:02}-{:02}".format(*parsed)
    if ":" not in text:
        return date
    clock = "{:02}:{:02}:{:02}".format(*parsed[3:])
    if not re.search(r"(?:[A-Z]|[-+]\d{4})\Z", text):
        return f"{date} {clock}"
    minutes = (parsed[9] or 0) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{date} {clock}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _zone(name: str, zone: tzinfo) -> tzinfo:
    """Return the zone with this name or abbreviation. Raises ValueError."""
    if name in ("UTC", "GMT"):
        return UTC
    if name in _OFFSETS:
        return datetime.fromisoformat(f"2000-01-01T00:00{_OFFSETS[name]}").tzinfo or zone
    from zoneinfo import ZoneInfo  # few articles name one

    try:
        return ZoneInfo(name)
    except (KeyError, OSError):
        raise ValueError(f"names the unknown time zone {name}") from None


def _spelled_out(text: str) -> str:
    """Return a date in words, with dots or slashes, or a time with AM or PM, as ISO 8601.

    Raises ValueError if the order of day and month is uncertain.
    """
    text = _UTC.sub(r"\1", text)
    text = _DOTTED.sub(_with_hyphens, _WORDS.sub(_with_month, text, count=1), count=1)
    text = _HYPHEN.sub(" ", _SLASHED.sub(_month_and_day, text, count=1), count=1)
    return _HALF.sub(_whole_day, text.replace(", ", " "), count=1)


def _with_month(found: re.Match[str]) -> str:
    day, month = found[1] or found[4], (found[2] or found[3])[:3].lower()
    return f"{found[5]}-{_MONTHS.index(month) + 1}-{day}" if month in _MONTHS else found[0]


def _with_hyphens(found: re.Match[str]) -> str:
    parts = (found[3], found[2], found[1]) if found[3] else (found[4], found[5], found[6])
    return "-".join(parts)


def _month_and_day(found: re.Match[str]) -> str:
    first, second, year = int(found[1]), int(found[2]), found[3]
    if first != second and max(first, second) < 13:
        either = f"{year}-{first:02}-{second:02} or {year}-{second:02}-{first:02}"
        raise ValueError(f"may be {either}")
    return f"{year}-{first}-{second}" if first < 13 else f"{year}-{second}-{first}"


def _whole_day(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + 12 * (found[3] in "Pp") if int(found[1]) < 13 else int(found[1])
    return f"{hour}{found[2]}"
