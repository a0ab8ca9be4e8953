"""Make a small stylesheet from the settings `theme.*`, named by its digest.

Without such settings there is none. Values are checked when the settings are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from newsgen.config.fonts import FontFace
from newsgen.config.theme import Font, Theme
from newsgen.core import digest

_PAPER = {"light": "#fdfcf9", "dark": "#131416"}  # the same as in the theme's stylesheet
_ENOUGH = 4.5  # contrast of text (WCAG 2.2, 1.4.3)


def theme_css(theme: Theme, base: str) -> str:
    """Return the stylesheet for these settings, or "" if they change nothing. `base` is prepended
    to the site's own paths.
    """
    fallbacks = dict.fromkeys(rule for font in theme.fonts if (rule := _fallback(font)))
    rules = [*(_face(font, base) for font in theme.fonts), *fallbacks]
    light, dark = _accents(theme)
    stacks = {
        name: getattr(theme, name) for name in ("serif", "sans", "mono") if getattr(theme, name)
    }
    own = [f"--{name}:{_stack(theme, stack)}" for name, stack in stacks.items()]
    own += [f"--accent:{light}"] if light else []
    rules += [f":root{{{';'.join(own)}}}"] if own else []
    rules += [f"@media (prefers-color-scheme:dark){{:root{{--accent:{dark}}}}}"] if dark else []
    rules += ["@media print{:root{--accent:#000}}"] if light or dark else []
    return "\n".join(rules) + "\n" if rules else ""


def theme_route(css: str) -> str:
    """Return the route of the stylesheet. It contains the digest, so that hosts can cache the file
    forever.
    """
    return f"/theme.{digest.of_text(css).hex()[:10]}.css"


def _face(font: Font, base: str) -> str:
    display = (
        "swap" if font.fallback else "optional"
    )  # without a matched fallback the font loads at once or not at all, so the text never shifts
    kind = {"woff2": "woff2", "woff": "woff", "ttf": "truetype", "otf": "opentype"}[
        font.file.rpartition(".")[2]
    ]
    ranged = isinstance(font, FontFace) and font.unicode_range
    span = f";unicode-range:{ranged}" if ranged else ""
    return (
        f'@font-face{{font-family:"{font.family}";src:url("{base}{font.file}") format("{kind}");'
        f"font-weight:{font.weight};font-style:{font.style};font-display:{display}{span}}}"
    )


def _fallback(font: Font) -> str:
    if not font.fallback:
        return ""
    adjust = "".join(f"{name}:{value}%;" for name, value in _adjustments(font) if value)
    return (
        f'@font-face{{font-family:"{font.family} '
        f'fallback";src:local("{font.fallback}");{adjust}font-weight:{font.weight}}}'
    )


def _adjustments(font: Font) -> Iterator[tuple[str, float]]:
    yield "size-adjust", font.size_adjust
    yield "ascent-override", font.ascent
    yield "descent-override", font.descent
    yield "line-gap-override", font.line_gap


def _stack(theme: Theme, stack: str) -> str:
    """Return the font families, each of the site's own fonts followed by its matched fallback."""
    matched = {
        font.family: f'"{font.family}","{font.family} fallback"'
        for font in theme.fonts
        if font.fallback
    }
    families = [family.strip().strip("'\"") for family in stack.split(",")]
    return ",".join(
        matched.get(family) or (f'"{family}"' if " " in family else family) for family in families
    )


def _accents(theme: Theme) -> tuple[str, str]:
    """Return the accent colours for light and dark, moved towards black or white until they are
    readable.
    """
    if not theme.accent:
        return "", ""
    return readable(theme.accent, _PAPER["light"]), readable(
        theme.accent_dark or theme.accent, _PAPER["dark"]
    )


def accent(theme: Theme) -> str:
    """Return the accent colour on light paper as the stylesheet has it, "" for the theme's own."""
    return _accents(theme)[0]


def readable(colour: str, paper: str) -> str:
    """Return the colour (#rrggbb) with a contrast of at least 4.5 to 1: mixed with black on light
    paper, with white on dark.
    """
    ink = 0 if _luminance(_rgb(paper)) > 0.5 else 255
    for step in range(101):
        mixed = [round(part + (ink - part) * step / 100) for part in _rgb(colour)]
        high, low = sorted((_luminance(mixed), _luminance(_rgb(paper))), reverse=True)
        if (high + 0.05) / (low + 0.05) >= _ENOUGH:
            break
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _luminance(rgb: list[int]) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    red, green, blue = (
        part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in rgb
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
