"""Times as articles write them: ISO 8601, all forms of a YAML timestamp, RFC 822, and others."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz

_CLOCK = (
    r"(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"(?:[ \t]*(?:([Zz]|UTC|GMT)|([-+])(\d{1,2}):?(\d{2})?))?)?"
)
_FORM = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _CLOCK)
_OTHER = re.compile(r"(\d{4})(?:/(\d{1,2})/(\d{1,2})|(\d{2})(\d{2}))(?!\d)")
# RFC 822, section 5, and RFC 5322: the name of the day and the time may be missing.
_MAIL = re.compile(
    r"(?:[A-Za-z]{3,9}, *)?\d{1,2} [A-Za-z]{3} \d{4}"
    r"(?: +\d{1,2}:\d{2}(?::\d{2})?(?: +(?:UTC?|GMT|[ECMP][SD]T|[-+]\d{4}))?)?"
)
FORMS = "|".join(
    (_FORM.pattern, rf"(?:\d{{4}}/\d{{1,2}}/\d{{1,2}}|\d{{8}}){_CLOCK}", _MAIL.pattern)
)

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
    found = _FORM.fullmatch(text.strip()) or _FORM.fullmatch(_in_iso(text.strip()))
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
    """Return a date that is written in another way in ISO 8601, any other text unchanged."""
    if not _MAIL.fullmatch(text):
        return _OTHER.sub(lambda found: "-".join(filter(None, found.groups())), text, count=1)
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
