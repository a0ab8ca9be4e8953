"""Filters: values formatted by the language and the settings of the site."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsgen.content.times import as_day
from newsgen.render.date_formats import date_filter, direction, number_filter
from support import SmallSite

MOMENT = datetime(2021, 11, 19, 13, 11, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("language", "form", "text"),
    [
        ("en", "long", "November 19, 2021"),
        ("en-GB", "long", "19 November 2021"),
        ("de", "yMMMM", "November 2021"),
        ("es", "yMMMM", "noviembre de 2021"),
        ("zh", "yMMMM", "2021年11月"),
        ("zh", "MMMd", "11月19日"),
        ("en", "MMMd", "Nov 19"),
        ("en-GB", "MMMd", "19 Nov"),
        ("zh", "y", "2021年"),
        ("ar", "full", "الجمعة، 19 نوفمبر 2021"),
        ("en-GB", "time", "13:11"),
        ("en-GB", "moment", "19 November 2021, 13:11 CET"),
        ("de", "moment", "19. November 2021, 13:11 MEZ"),
        ("de", "EEEE 'den' d.", "Freitag den 19."),
        ("en-GB", "HH:mm zzz", "13:11 CET"),
        ("xx-Nowhere", "y", "2021"),
    ],
)
def test_dates(language: str, form: str, text: str) -> None:
    """Names, skeletons and patterns give the words and the order of the language."""
    date = date_filter(language)
    assert date(MOMENT, form) == text
    assert date(MOMENT, form) == text  # and again, from memory


def test_a_zone_without_letters_is_told_by_its_distance() -> None:
    """If neither CLDR nor the zone has a name, the offset from GMT is shown."""
    date = date_filter("en")
    assert date(MOMENT.astimezone(ZoneInfo("America/Sao_Paulo")), "HH:mm z") == "09:11 GMT-03:00"


def test_seconds_are_not_mixed_up() -> None:
    """Two times in one minute differ in a pattern with seconds, and summer and winter differ by
    zone.
    """
    date = date_filter("en-GB")
    assert [date(MOMENT + timedelta(seconds=s), "HH:mm:ss") for s in (0, 5)] == [
        "13:11:00",
        "13:11:05",
    ]
    summer = datetime(2021, 6, 19, 13, 11, tzinfo=ZoneInfo("Europe/Berlin"))
    assert [date(when, "z") for when in (MOMENT, summer)] == ["CET", "CEST"]


def test_an_unknown_skeleton_is_an_error() -> None:
    """Letters that are neither a name nor a skeleton are refused."""
    with pytest.raises(ValueError, match="neither a name"):
        date_filter("en")(MOMENT, "monthly")


def test_numbers_and_directions() -> None:
    """Separators are the language's; the direction is that of the language, or of the script it
    names.
    """
    assert [number_filter(language)(12400) for language in ("en", "de", "zh")] == [
        "12,400",
        "12.400",
        "12,400",
    ]
    assert [
        direction(tag) for tag in ("ar", "he-IL", "fa", "ur", "az-Arab", "en", "zh-Hant", "ks-Deva")
    ] == [*["rtl"] * 5, *["ltr"] * 3]


def test_constants_follow_the_settings(make_site: Callable[..., SmallSite]) -> None:
    """A filter of a constant uses the assets and settings of this build, not those of a stored
    template.
    """
    site = make_site()
    site.article("one")
    text = (
        "{{ 'a.css'|asset }} {{ '/x/'|absolute }} {{ 1234|number }} {{ "
        "('https://youtu.be/x'|player).host|default('') }}"
    )
    site.write("templates/404.html", text)
    site.write("static/a.css", "a{}")
    site.build()
    before = site.page("404.html").split()
    site.write("static/a.css", "b{}")
    site.settings(url="https://other.example", language="de")
    site.build()
    after = site.page("404.html").split()
    assert before[0] != after[0]
    assert (site.output / after[0].lstrip("/")).read_text() == "b{}"
    assert before[1:3] == ["https://wire.example/x/", "1,234"]
    assert after[1:3] == ["https://other.example/x/", "1.234"]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("long", "19 November 2021"),
        ("moment", "19 November 2021"),
        ("time", "19 November 2021"),
        ("MMMd", "19 Nov"),
        ("d MMM, HH:mm", "19 November 2021"),
    ],
)
def test_a_day_has_no_clock(form: str, text: str) -> None:
    """For a date without a time, forms with a clock show the day."""
    date = date_filter("en-GB")
    assert date(as_day(MOMENT), form) == text
    assert date(MOMENT, "time") == "13:11"
