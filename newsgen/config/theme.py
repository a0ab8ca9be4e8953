"""The settings `theme.*`: changes to the theme that need no template."""

from typing import Annotated, Literal

from msgspec import Meta

from newsgen.config.reader import Table, matching

ThemeName = Literal["default", "brief"]
Colour = Annotated[str, matching(r"^(?:#[0-9A-Fa-f]{6})?$", "is not a colour such as #005a9c")]
Stack = Annotated[
    str, matching(r"^[\w ,'\"\-]*$", "is not a list of fonts such as Literata, Georgia, serif")
]
Percent = Annotated[float, Meta(ge=0, le=300)]


class Font(Table, frozen=True):
    """A font file on the site, or a package with such files.

    `fallback` is a font of the reader's device that is shown until the file has loaded. The
    percentages after it adjust its metrics to match. `package` is the folder of an installed
    @fontsource package; `subsets`, `weights` and `styles` say which of its files are used.
    """

    family: Annotated[str, matching(r"^[\w \-]*$", "is not the name of a font")] = ""
    file: Annotated[
        str,
        matching(
            r"^(?:/[\w./\-]+\.(?:woff2?|ttf|otf))?$", "is not a font file such as /fonts/a.woff2"
        ),
    ] = ""
    weight: Annotated[
        str, matching(r"^\d{1,4}(?: \d{1,4})?$", "is not a weight such as 400, or 200 900")
    ] = "400"
    style: Literal["normal", "italic"] = "normal"
    preload: bool = True
    fallback: Annotated[str, matching(r"^[\w \-]*$", "is not the name of a font")] = ""
    size_adjust: Percent = 0
    ascent: Percent = 0
    descent: Percent = 0
    line_gap: Percent = 0
    package: str = ""
    subsets: tuple[str, ...] = ()
    weights: tuple[Annotated[int, Meta(ge=1, le=1000)], ...] = ()
    styles: Annotated[tuple[Literal["normal", "italic"], ...], Meta(min_length=1)] = ("normal",)


class Theme(Table, frozen=True):
    """Which theme, and changes to it that need no template: colours, fonts, a logo."""

    name: ThemeName = "default"
    """The [theme](templates.md#themes): `default`, or `brief`, which has one column of text.
    `newsgen theme use` writes this setting."""
    accent: Colour = ""
    """The colour of headings and marks, such as `#005a9c`. newsgen darkens it, or lightens it for
    dark screens, until it is readable (contrast 4.5 to 1)."""
    accent_dark: Colour = ""
    """A different colour for dark screens."""
    serif: Stack = ""
    """The font family of headlines, as in CSS: `Literata, Georgia, serif`."""
    sans: Stack = ""
    """The font family of all other text."""
    mono: Stack = ""
    """The font family of code."""
    logo: Annotated[
        str, matching(r"^(?:/(?!/)\S+)?$", "is not a path from the site's root such as /logo.svg")
    ] = ""
    """An image in the static folder that replaces the site's name, such as `/logo.svg`."""
    fonts: tuple[Font, ...] = ()
    """The site's own font files, or packages with such files. See below."""

    @property
    def shows_images(self) -> bool:
        """Whether pages show images. Feeds and social cards have them with any theme."""
        return self.name != "brief"
