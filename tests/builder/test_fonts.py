"""Fonts from an installed package: files, faces and the metrics of the fallback."""

from __future__ import annotations

import re

import pytest

from support import SmallSite
from typefaces import package


def style(site: SmallSite) -> str:
    (file,) = site.output.glob("theme.*.css")
    return file.read_text()


def test_a_packages_files_are_on_the_site(site: SmallSite) -> None:
    """Each subset is a face with its characters. Files are copied, the first is preloaded, and the
    site changes when the package does."""
    package(site.root / "node_modules/boxes")
    site.settings(
        theme={"serif": "Boxes Serif, serif", "fonts": [{"package": "node_modules/boxes"}]}
    )
    assert not site.build().problems
    fonts = {path: data for path, data in site.tree().items() if path.startswith("fonts/")}
    assert list(fonts) == [
        f"fonts/boxes-{subset}-{weight}-normal.woff2"
        for subset in ("latin", "latin-ext")
        for weight in (400, 700)
    ]
    faces = re.findall(
        r'"Boxes Serif";src:url\("/(.*?)"\).*?weight:(\d+).*?range:(.*?)}', style(site)
    )
    assert [(file, weight) for file, weight, _ in faces] == [
        (path, path.split("-")[-2]) for path in fonts
    ]
    assert [span for _, _, span in faces] == ["U+7E", "U+7E", "U+E9", "U+E9"]
    (preloaded,) = re.findall(r'rel="preload" href="/([^"]*)"', site.page("/"))
    assert preloaded == "fonts/boxes-latin-400-normal.woff2"
    file = site.root / "node_modules/boxes/files/boxes-latin-400-normal.woff2"
    file.write_bytes(b"another")
    assert site.build().written
    assert site.tree()[f"fonts/{file.name}"] == b"another"


def test_the_fallback_takes_the_same_space(site: SmallSite) -> None:
    """Letters of Georgia, 0.4533 em wide on average, get the width of the font's, 0.6 em, and the
    same line height.
    """
    package(site.root / "boxes", variable=True)
    chosen = {"package": "boxes", "subsets": ["latin"], "family": "Mine", "preload": False}
    site.settings(theme={"fonts": [chosen], "serif": "Mine"})
    assert not site.build().problems
    assert "font-weight:200 900" in style(site)
    size = 0.6 / 0.4533
    (fallback,) = re.findall(
        r'"Mine fallback";src:local\("Georgia"\);(.*?)font-weight', style(site)
    )
    found = dict(re.findall(r"([\w-]+):([\d.]+)%", fallback))
    assert {name: float(value) for name, value in found.items()} == pytest.approx(
        {
            "size-adjust": 100 * size,
            "ascent-override": 90 / size,
            "descent-override": 30 / size,
        },
        abs=0.01,
    )
    assert '--serif:"Mine","Mine fallback"' in style(site)
    assert "preload" not in site.page("/")


@pytest.mark.parametrize(
    ("font", "told"),
    [
        ("{package: node_modules/@fontsource/none}", "npm install @fontsource/none"),
        ("{package: boxes, weights: [500]}", "its weights (400, 700)"),
        ("{package: boxes, subsets: [thai]}", "its subsets are latin, latin-ext, greek"),
        ("{package: boxes, styles: [italic]}", "has no file boxes/files/boxes-latin-400-italic"),
        ("{family: A}", "has neither a file nor a package"),
    ],
)
def test_what_is_not_installed_is_told(site: SmallSite, font: str, told: str) -> None:
    """The message names the missing file, or the command that installs the package."""
    package(site.root / "boxes")
    done = site.run("config", "--set", f"theme.fonts=[{font}]")
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
