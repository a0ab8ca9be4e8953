"""Times in all forms of YAML and ISO 8601, in any zone, and those that do not exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgen.content.times import parse_time

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-11-19T13:11:09Z", "2021-11-19T13:11:09"),
        ("2021-11-19t13:11:09z", "2021-11-19T13:11:09"),
        ("2021-11-19 13:11:09", "2021-11-19T13:11:09"),
        ("2021-11-19  13:11:09  +08:00", "2021-11-19T05:11:09"),
        ("2021-11-19T13:11:09+0530", "2021-11-19T07:41:09"),
        ("2021-11-19T13:11:09-5", "2021-11-19T18:11:09"),
        ("2021-11-19T13:11:09.123456789Z", "2021-11-19T13:11:09"),
        ("2021-11-19T13:11", "2021-11-19T13:11:00"),
        ("2021-11-19", "2021-11-19T00:00:00"),
        ("2021-1-9 1:02:03", "2021-01-09T01:02:03"),
        (" 2021-11-19\t", "2021-11-19T00:00:00"),
        ("2020-02-29", "2020-02-29T00:00:00"),
        ("2021/11/19", "2021-11-19T00:00:00"),
        ("2021/1/9 08:00", "2021-01-09T08:00:00"),
        ("20211119", "2021-11-19T00:00:00"),
        ("20211119 08:00", "2021-11-19T08:00:00"),
        ("2021-11-19 08:00", "2021-11-19T08:00:00"),
        ("2021-11-19 08:00 UTC", "2021-11-19T08:00:00"),
        ("2021-11-19 08:00:00 +0100", "2021-11-19T07:00:00"),
        ("Fri, 19 Nov 2021 08:00:00 +0100", "2021-11-19T07:00:00"),
        ("Fri, 19 Nov 2021 08:00 GMT", "2021-11-19T08:00:00"),
        ("19 Nov 2021 08:00:00 -0330", "2021-11-19T11:30:00"),
        ("19 Nov 2021 08:00", "2021-11-19T08:00:00"),
        ("19 Nov 2021", "2021-11-19T00:00:00"),
        ("January 19, 2021", "2021-01-19T00:00:00"),
        ("19th November 2021", "2021-11-19T00:00:00"),
        ("Fri Nov 19 2021 1:05 pm", "2021-11-19T13:05:00"),
        ("2021-11-19 12:05 AM", "2021-11-19T00:05:00"),
        ("19.11.2021 08:00", "2021-11-19T08:00:00"),
        ("2021.11.19", "2021-11-19T00:00:00"),
        ("11/19/2021", "2021-11-19T00:00:00"),
        ("19/11/2021 08:00", "2021-11-19T08:00:00"),
        ("3/3/2021 1:05 pm", "2021-03-03T13:05:00"),
        ("2021-11-19-08:00", "2021-11-19T08:00:00"),
        ("2021-11-19 08:00:5", "2021-11-19T08:00:05"),
        ("2021-11-19 08:00:00 CET", "2021-11-19T07:00:00"),
        ("2021-11-19 08:00 PST", "2021-11-19T16:00:00"),
        ("2021-11-19 08:00:00 America/New_York", "2021-11-19T13:00:00"),
        ("0002-01-01T00:00:00Z", "0002-01-01T00:00:00"),
        ("9998-12-31T23:59:59Z", "9998-12-31T23:59:59"),
    ],
)
def test_forms(text: str, instant: str) -> None:
    """ISO 8601 and YAML timestamps are read to the second; without an offset they are in the site's
    zone, here UTC.
    """
    found = parse_time(text, UTC)
    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-07-01", "2021-06-30T22:00"),
        ("2021-12-01 12:00", "2021-12-01T11:00"),
        ("2021-12-01 12:00Z", "2021-12-01T12:00"),
        (
            "2021-03-28 02:30",
            "2021-03-28T01:30",
        ),  # skipped when summer time begins: an hour later
        ("2021-10-31 02:30", "2021-10-31T00:30"),  # occurs twice when it ends: the first one
        ("1800-01-01 00:00", "1799-12-31T23:06:32"),  # local mean time
    ],
)
def test_the_sites_zone(text: str, instant: str) -> None:
    """A time without an offset is in the site's zone, in gaps and overlaps of summer time too."""
    assert parse_time(text, BERLIN) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2021-02-30",
        "2021-13-01",
        "2021-00-10",
        "2021-11-19T25:00:00Z",
        "2021-11-19T13:60:00Z",
        "2021/02/30",
        "13/13/2021",
        "20211301",
        "30 Feb 2021",
        "2021-02-29T00:00:00Z",
        "0000-01-01",
        "2021-01-01T00:00+99:00",
    ],
)
def test_dates_that_do_not_exist(text: str) -> None:
    """An impossible date is refused with the reason."""
    with pytest.raises(ValueError, match="is a date that does not exist"):
        parse_time(text, UTC)


def test_the_order_of_day_and_month() -> None:
    """The order is not guessed: the reason names both dates."""
    with pytest.raises(ValueError, match="may be 2021-03-04 or 2021-04-03"):
        parse_time("3/4/2021 08:00", UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "19-11-2021",
        "2021",
        "2021-11-19T",
        "12:30:45",
        "2021-11-19T13Z",
        "2021-11-19 x",
        "1637327469",
    ],
)
def test_what_is_no_date(text: str) -> None:
    """Text that is not a date is refused with an example of one."""
    with pytest.raises(ValueError, match="such as 2021-11-19T13:11:09Z"):
        parse_time(text, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01",
        "0002-01-01T00:00:00+14:00",
        "9998-12-31 23:00-02:00",
        "0001-01-01T00:00+12:00",
    ],
)
def test_the_ends_of_the_calendar(text: str) -> None:
    """The first and the last year are refused, because their times do not exist in every zone."""
    with pytest.raises(ValueError, match="does not exist"):
        parse_time(text, UTC)


@given(
    st.datetimes(datetime(2, 1, 2), datetime(9998, 12, 30)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(["T", "t", " ", "  "]),
)
def test_any_instant_is_read_back(local: datetime, minutes: int, between: str) -> None:
    """A time written with any offset is read back as the same instant."""
    zone = timezone(timedelta(minutes=minutes))
    written = local.replace(microsecond=0, tzinfo=zone)
    text = written.isoformat().replace("T", between)
    found = parse_time(text, BERLIN)
    assert found == written
    for name in ("Pacific/Kiritimati", "Etc/GMT+12"):
        assert found.astimezone(ZoneInfo(name)) == written


@given(st.text(st.sampled_from("0123456789-:TZz+. \t"), max_size=30))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    """Any text is a time or raises ValueError."""
    try:
        found = parse_time(text, BERLIN)
    except ValueError:
        return
    assert 1 < found.year < 9999
