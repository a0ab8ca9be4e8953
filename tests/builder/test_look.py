"""The stylesheet from the settings of the theme, and the players that may be shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsgen.config.bodies import Embeds
from newsgen.config.theme import Font, Theme
from newsgen.content.body.embeds import frame_hosts, make_player
from newsgen.core.problems import UserError
from newsgen.pages.stylesheet import readable, theme_css
from support import SmallSite

HOSTS = Embeds().hosts


@pytest.mark.parametrize(
    ("address", "made"),
    [
        (
            "https://www.youtube.com/embed/dQw4_x-1?autoplay=1&evil=2",
            "https://www.youtube-nocookie.com/embed/dQw4_x-1",
        ),
        ("https://www.youtube.com/watch?v=abc123", "https://www.youtube-nocookie.com/embed/abc123"),
        ("http://youtu.be/abc123", "https://www.youtube-nocookie.com/embed/abc123"),
        ("https://player.vimeo.com/video/1234?h=x", "https://player.vimeo.com/video/1234?dnt=1"),
        ("https://www.youtube.com/embed/<script>", None),
        ("https://vimeo.com/channels/staffpicks", None),
        ("https://youtube.com.evil.example/embed/abc", None),
        ("https://ads.example/frame", None),
        ("javascript:alert(1)", None),
    ],
)
def test_players(address: str, made: str | None) -> None:
    """A player's address is rebuilt without its parameters, and is empty for a host that is not
    allowed.
    """
    player = make_player(address, HOSTS)
    assert (player.url if player else None) == made
    if player:
        assert player.url.split("/")[2] in frame_hosts(HOSTS)


def test_another_host_by_setting() -> None:
    """A host of the settings keeps its address, over HTTPS."""
    player = make_player("http://video.example/e/1?a=b", ("video.example",))
    assert player
    assert (player.url, player.host) == ("https://video.example/e/1?a=b", "video.example")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("paper", ["#fdfcf9", "#131416"])
@pytest.mark.parametrize(
    "colour", ["#ffee00", "#000080", "#9d1c26", "#ffffff", "#000000", "#7f7f7f"]
)
def test_an_accent_can_be_read(colour: str, paper: str) -> None:
    """Any accent colour gets a contrast of at least 4.5 to 1 with the paper (WCAG 2.2)."""
    high, low = sorted((luminance(readable(colour, paper)), luminance(paper)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.49


def test_nothing_set_is_no_stylesheet() -> None:
    """Without settings of the theme, no stylesheet is made."""
    assert theme_css(Theme(), "") == ""


def test_fonts() -> None:
    """A site's own font comes before its matched fallback in the stack; without a fallback it must
    load at once or not at all.
    """
    fonts = (
        Font(
            family="Lit Era",
            file="/fonts/l.woff2",
            weight="200 900",
            fallback="Georgia",
            size_adjust=98.5,
        ),
        Font(family="Plain", file="/fonts/p.woff2"),
    )
    css = theme_css(
        Theme(serif="Lit Era, Georgia, serif", sans="Plain, sans-serif", fonts=fonts), "/base"
    )
    assert '--serif:"Lit Era","Lit Era fallback",Georgia,serif' in css
    assert (
        'src:url("/base/fonts/l.woff2") format("woff2");font-weight:200 '
        "900;font-style:normal;font-display:swap"
    ) in css
    assert 'font-family:"Lit Era fallback";src:local("Georgia");size-adjust:98.5%' in css
    assert (
        'url("/base/fonts/p.woff2") '
        'format("woff2");font-weight:400;font-style:normal;font-display:optional'
    ) in css


def test_the_page_links_it(make_site: Callable[..., SmallSite]) -> None:
    """The stylesheet's name changes with its content, pages link it and preload the fonts."""
    site = make_site(theme={"accent": "#115577", "fonts": [{"family": "A", "file": "/a.woff2"}]})
    site.article("one")
    site.build()
    first = [path for path in site.tree() if path.startswith("theme.")]
    assert len(first) == 1
    assert f'<link rel="stylesheet" href="/{first[0]}">' in site.page("/news/one/")
    assert '<link rel="preload" href="/a.woff2" as="font" crossorigin>' in site.page("/news/one/")
    site.settings(theme={"accent": "#771155"})
    site.build()
    assert [path for path in site.tree() if path.startswith("theme.")] != first


@pytest.mark.parametrize(
    "theme",
    [
        {"accent": "red"},
        {"serif": "x;}*{"},
        {"logo": "//evil.example/x"},
        {"fonts": [{"family": "A"}]},
    ],
)
def test_bad_settings(make_site: Callable[..., SmallSite], theme: object) -> None:
    """A value that is not a colour, or could break out of the stylesheet, is an error in the
    settings.
    """
    with pytest.raises(UserError) as raised:
        make_site(theme=theme).build()
    assert raised.value.exit_code == 2
