"""A drawing of plain shapes, for the images of the demo site."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 540
SCALE = 2  # drawn larger, then reduced, so that edges are smooth

Colour = str


class Canvas:
    """A drawing of `width` times `height` units, with a random generator of its own."""

    def __init__(self, seed: str, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE))
        self._draw = ImageDraw.Draw(self.image)
        self.random = random.Random(seed)

    def finished(self) -> Image.Image:
        """Return the drawing at its own size."""
        return self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)

    def sky(self, *colours: Colour, top: float = 0, bottom: float | None = None) -> None:
        """Fill from `top` to `bottom` with a gradient of these colours."""
        start, end = int(top * SCALE), int((bottom or self.height) * SCALE)
        stops = [_rgb(colour) for colour in colours]
        for y in range(start, end):
            at = (y - start) / max(end - start - 1, 1) * (len(stops) - 1)
            low = min(int(at), len(stops) - 2)
            parts = zip(stops[low], stops[low + 1], strict=True)
            mixed = tuple(round(a + (b - a) * (at - low)) for a, b in parts)
            self._draw.line([(0, y), (self.image.width, y)], fill=mixed)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Draw a rectangle."""
        if width > 0 and height > 0:
            corner = ((x + width) * SCALE - 1, (y + height) * SCALE - 1)
            self._draw.rectangle([(x * SCALE, y * SCALE), corner], fill=colour)

    def shape(self, colour: Colour, *points: tuple[float, float]) -> None:
        """Draw a polygon."""
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)

    def line(self, colour: Colour, width: float, *points: tuple[float, float]) -> None:
        """Draw a line through these points."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(width * SCALE), joint="curve")

    def disc(self, x: float, y: float, radius: float, colour: Colour, tall: float = 1) -> None:
        """Draw a circle, or an ellipse that is `tall` times as high as wide."""
        across, up = radius * SCALE, radius * tall * SCALE
        x, y = x * SCALE, y * SCALE
        self._draw.ellipse([(x - across, y - up), (x + across, y + up)], fill=colour)

    def ring(self, x: float, y: float, radius: float, width: float, colour: Colour) -> None:
        """Draw a circle's outline."""
        at, size = (x * SCALE, y * SCALE), radius * SCALE
        box = [(at[0] - size, at[1] - size), (at[0] + size, at[1] + size)]
        self._draw.ellipse(box, outline=colour, width=round(width * SCALE))

    def hills(self, level: float, rise: float, colour: Colour) -> None:
        """Draw a range of hills up to `rise` above `level`, down to the lower edge."""
        waves = [(self.random.uniform(0.5, 3.2), self.random.uniform(0, 7)) for _ in range(4)]
        points = [
            (
                x,
                level
                - rise * sum(math.sin(x / self.width * 6 * f + p) / 8 + 0.125 for f, p in waves),
            )
            for x in range(0, self.width + 8, 8)
        ]
        self.shape(colour, (0, self.height), *points, (self.width, self.height))

    def water(self, level: float, *colours: Colour, light: Colour) -> None:
        """Fill the part below `level` with water, and glints on it."""
        self.sky(*colours, top=level)
        for _ in range(46):
            depth = self.random.random() ** 1.6
            y = level + 6 + depth * (self.height - level - 8)
            length = 8 + depth * 60
            x = self.random.uniform(-20, self.width)
            self.box(x, y, length * self.random.uniform(0.4, 1), 1 + depth, light)


def _rgb(colour: Colour) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def crane(c: Canvas, x: float, foot: float, colour: Colour) -> None:
    """Draw a quay crane."""
    for leg in (0, 44):
        c.line(colour, 5, (x + leg, foot + 30), (x + leg, foot - 130))
    c.line(colour, 5, (x - 40, foot - 122), (x + 150, foot - 122))
    c.line(colour, 3, (x - 40, foot - 122), (x + 22, foot - 186), (x + 150, foot - 122))
    c.line(colour, 3, (x + 22, foot - 186), (x + 22, foot - 122))


def turbine(c: Canvas, x: float, foot: float, height: float, colour: Colour) -> None:
    """Draw a wind turbine."""
    top, turn = foot - height, c.random.uniform(0, 2)
    c.shape(colour, (x - 3, foot), (x + 3, foot), (x + 1.5, top), (x - 1.5, top))
    for blade in range(3):
        angle = turn + blade * math.tau / 3
        tip = (x + math.cos(angle) * height * 0.55, top + math.sin(angle) * height * 0.55)
        side = (math.cos(angle + 1.57) * height / 60, math.sin(angle + 1.57) * height / 60)
        c.shape(colour, (x + side[0], top + side[1]), tip, (x - side[0], top - side[1]))
    c.disc(x, top, height / 50 + 1, colour)
