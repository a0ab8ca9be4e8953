"""newsgen theme use: it writes the setting and changes nothing else in the file."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from newsgen.inspect.theme_setting import with_theme
from support import SmallSite


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: A", "title: A\ntheme:\n  name: brief\n"),
        (
            "theme:\n  # red\n  accent: '#991122'  # ours\nurl: x\n",
            "theme:\n  # red\n  name: brief\n  accent: '#991122'  # ours\nurl: x\n",
        ),
        ("theme:\n  name: default  # plain\n", "theme:\n  name: brief  # plain\n"),
        (
            "theme:\n  fonts:\n    - {family: name, file: /a.ttf}\n  name: default\n",
            "theme:\n  fonts:\n    - {family: name, file: /a.ttf}\n  name: brief\n",
        ),
        ("theme: {serif: Charter}\n", "theme: {name: brief, serif: Charter}\n"),
        ("theme: {serif: A, name: 'x'}\n", "theme: {serif: A, name: brief}\n"),
        ("theme: {}\n", "theme: {name: brief}\n"),
        ("theme:  # later\ntitle: A\n", "theme: {name: brief}  # later\ntitle: A\n"),
        ("{title: A}\n", None),
        ("theme: *other\n", None),
    ],
)
def test_the_name_is_written_where_it_belongs(before: str, after: str | None) -> None:
    """Comments, order and quotes stay, in blocks and in braces; an unclear place is left alone."""
    assert with_theme(before, "brief") == after


VALUES = st.text("ab: #'-{}\n", max_size=8)


@given(
    st.dictionaries(
        st.sampled_from(["title", "theme", "name", "url"]),
        st.one_of(VALUES, st.none(), st.dictionaries(st.sampled_from(["name", "serif"]), VALUES)),
    ),
    st.booleans(),
)
def test_settings_mean_the_same_but_for_the_theme(values: dict[str, object], flow: bool) -> None:
    """With any settings, writing the theme changes no other value."""
    found = with_theme(yaml.safe_dump(values, default_flow_style=flow), "brief")
    theme = values.get("theme") or {}
    if found is not None:
        assert isinstance(theme, dict)
        assert yaml.safe_load(found) == {**values, "theme": {**theme, "name": "brief"}}


def test_the_command_writes_the_file(site: SmallSite) -> None:
    """The site is then built with the other theme, and an unknown name changes nothing."""
    file = site.write("newsgen.yaml", b"title: T\r\nurl: https://wire.example # ours\r\n")
    wrong = site.run("theme", "use", "breif")
    assert (wrong.returncode, b"theme" in file.read_bytes()) == (2, False)
    assert "did you mean brief?" in wrong.stderr
    assert site.run("theme", "use").returncode == 2
    assert site.run("theme", "use", "brief").returncode == 0
    assert file.read_bytes().startswith(
        b"title: T\r\nurl: https://wire.example # ours\r\ntheme:\r\n"
    )
    assert "theme.name  brief" in site.run("config", "theme.name").stdout
