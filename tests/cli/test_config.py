"""newsgen config: each setting, its value and its origin."""

from __future__ import annotations

import json

from support import SmallSite

SETTINGS = (
    "title: The Test Wire\nurl: https://wire.example\nrelated:\n  fill: no\nmenu:\n  - "
    "{name: Archive, url: /2021/}\nper_page:\n"
)


def test_each_setting_tells_where_it_comes_from(site: SmallSite) -> None:
    """The origin is the default, the line of the file, or the last option."""
    site.write("newsgen.yaml", SETTINGS)
    done = site.run(
        "config",
        "--set",
        "related.limit=3",
        "--set",
        "related.limit=5",
        "--set",
        "theme={accent: '#115577'}",
        "--json",
    )
    found = {one["key"]: (one["value"], one["origin"]) for one in json.loads(done.stdout)}
    assert found["title"] == ("The Test Wire", "newsgen.yaml:1")
    assert found["related.fill"] == (False, "newsgen.yaml:4")
    assert found["related.limit"] == (5, "--set related.limit=5")
    assert found["theme.accent"] == ("#115577", "--set theme={accent: '#115577'}")
    assert found["theme.serif"] == ("", "default")
    menu = [{"name": "Archive", "url": "/2021/", "items": []}]
    assert found["menu"] == (menu, "newsgen.yaml:6")
    assert found["per_page"] == (30, "default")


def test_one_setting_or_a_group(site: SmallSite) -> None:
    """KEY shows one setting or a group, as YAML; an unknown KEY is an error with a suggestion."""
    assert site.run("config", "url").stdout == "url  https://wire.example  (newsgen.yaml:2)\n"
    assert (
        site.run("config", "related").stdout
        == "related.limit  8  (default)\nrelated.fill   true  (default)\n"
    )
    done = site.run("config", "related.limt")
    assert done.returncode == 2
    assert "did you mean related.limit?" in done.stderr


def test_a_mistake_in_the_settings_is_told(site: SmallSite) -> None:
    """Settings that a build refuses are refused here too, with their place."""
    site.write("newsgen.yaml", "title: T\nurl: example\n")
    done = site.run("config", "--json")
    assert (done.returncode, json.loads(done.stdout)["problems"][0]["line"]) == (2, 2)
