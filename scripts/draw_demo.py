"""Draw the images of the demo site: `python scripts/draw_demo.py` writes them to
`content/static/pictures/`. Each run gives the same bytes. Only Pillow is used, and no font.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from canvas import Canvas, Colour, crane, turbine

FOLDER = Path(__file__).parent.parent / "content/static/pictures"
QUALITY = 46

Scene = Callable[[Canvas], None]


def harbour(c: Canvas) -> None:
    """A container ship below cranes at dusk."""
    c.sky("#24405c", "#5f7690", "#e9b98a", bottom=330)
    c.hills(335, 40, "#3b4a60")
    c.water(330, "#7f8794", "#2c4a66", "#1c2f47", light="#b9a99a")
    for x in (120, 250, 380, 510):
        crane(c, x, 316, "#1d2a3c")
    c.shape("#7c2430", (210, 330), (770, 330), (730, 384), (250, 384))
    c.box(700, 250, 44, 80, "#e7e1d4")
    for column in range(17):
        for row in range(c.random.randint(2, 5)):
            colour = c.random.choice(["#c0483c", "#3f6c8f", "#d7a13b", "#5f7f6a", "#8a8f99"])
            c.box(236 + column * 26, 314 - row * 15, 24, 13, colour)


def reservoir(c: Canvas) -> None:
    """A low reservoir with its tower."""
    c.sky("#b4ccd6", "#e8ebe2", bottom=330)
    for level, rise, colour in ((300, 210, "#9fb4b8"), (330, 150, "#6f8f87"), (345, 90, "#3f6653")):
        c.hills(level, rise, colour)
    c.box(0, 340, c.width, 22, "#c4aa7c")
    c.water(358, "#5d8791", "#2e5361", light="#a9c4c6")
    c.shape("#7d6a52", (0, 392), (230, 420), (400, 540), (0, 540))
    c.box(690, 270, 34, 190, "#d6cdbd")
    for y in range(362, 460, 14):
        c.box(690, y, 34, 2, "#a99f8e")
    c.shape("#5a4a4a", (680, 270), (707, 236), (734, 270))
    c.line("#54484a", 6, (724, 292), (960, 276))


def wind(c: Canvas) -> None:
    """Turbines at sea."""
    c.sky("#4f7390", "#a9bfcb", "#e6e7df", bottom=370)
    c.water(370, "#5a7f92", "#23455a", light="#9fb9c2")
    for n in range(9):
        size = c.random.uniform(0.35, 0.6)
        turbine(c, 60 + n * 112, 372, 170 * size, "#c9d3d6")
    turbine(c, 250, 420, 300, "#f4f4ee")
    turbine(c, 690, 400, 235, "#eceee9")


def wafer(c: Canvas) -> None:
    """A wafer with its chips."""
    c.sky("#16202c", "#2a3d4f")
    c.disc(480, 280, 232, "#8d9db0")
    c.disc(480, 280, 224, "#47607c")
    shades = ["#5b7fa6", "#6a90a8", "#8a86b5", "#b98fa0", "#d0b184", "#6fa39a"]
    for x in range(-220, 220, 34):
        for y in range(-220, 220, 34):
            if math.hypot(x + 16, y + 16) < 196:
                shade = shades[int((x + y + 440) / 150 + c.random.random()) % len(shades)]
                c.box(480 + x, 280 + y, 31, 31, shade)
                c.box(480 + x + 4, 280 + y + 4, 12, 9, "#33475c")


def plant(c: Canvas) -> None:
    """A factory by a bay, from above."""
    c.sky("#cfdad6", "#aebfb6")
    c.shape("#5c8694", (0, 0), (960, 0), (960, 90), (620, 130), (300, 210), (0, 200))
    for x, y, w, h in ((220, 250, 330, 150), (600, 220, 210, 110), (610, 370, 240, 90)):
        c.box(x + 12, y + 14, w, h, "#7f938a")
        c.box(x, y, w, h, "#eeeae0")
        for column in range(int(w // 38)):
            c.box(x + 10 + column * 38, y + 12, 24, h - 24, "#c9cdc8")
    for row in range(4):
        for column in range(11):
            colour = c.random.choice(["#4f5b66", "#b7b0a4", "#8c3a38", "#3d6078"])
            c.box(60 + column * 13, 280 + row * 34, 8, 18, colour)
    c.line("#f4f0e6", 16, (0, 470), (420, 450), (960, 500))


def rocket(c: Canvas) -> None:
    """A launch in the evening."""
    c.sky("#141c33", "#3a3d68", "#c9765f", "#f1c27d", bottom=450)
    for _ in range(60):
        c.disc(c.random.uniform(0, 960), c.random.uniform(0, 240), 1, "#cfd4e6")
    c.hills(470, 40, "#1c2030")
    for n in range(36):
        y = 300 + n * 6
        radius = 8 + n * 1.9
        colour = "#f3d9a8" if n < 8 else "#d8b9a3" if n < 20 else "#b09aa0"
        c.disc(480 + c.random.uniform(-1, 1) * n, y, radius, colour)
    c.shape("#f8efd0", (470, 268), (490, 268), (480, 350))
    c.box(469, 150, 22, 120, "#eef0f2")
    c.shape("#c0483c", (469, 150), (480, 112), (491, 150))
    for side in (-1, 1):
        c.shape("#9aa3b2", (480 + side * 11, 236), (480 + side * 28, 276), (480 + side * 11, 270))


def orbit(c: Canvas) -> None:
    """Satellites and pieces around the earth."""
    c.sky("#090d1a", "#141d33")
    for _ in range(120):
        c.disc(c.random.uniform(0, 960), c.random.uniform(0, 540), 0.8, "#aeb7cf")
    c.disc(480, 760, 520, "#3f78a8")
    c.disc(480, 768, 514, "#20507c")
    for x, y, radius in ((330, 360, 70), (420, 420, 90), (610, 380, 60), (700, 470, 90)):
        c.disc(x, y, radius, "#4f8a6b", 0.5)
    for n in range(90):
        angle = math.pi * (1.08 + n / 90 * 0.84)
        far = 600 + c.random.gauss(0, 9)
        x, y = 480 + math.cos(angle) * far, 790 + math.sin(angle) * far
        c.box(x, y, c.random.uniform(1, 4), c.random.uniform(1, 3), "#e6d7a8")
    c.box(300, 120, 34, 26, "#d9dde2")
    for side in (-1, 1):
        c.box(317 + side * 52 - 30, 124, 60, 18, "#5673b8")


def pylons(c: Canvas) -> None:
    """Power lines over fields."""
    c.sky("#90a9bd", "#e6d9c2", bottom=400)
    c.hills(410, 90, "#8a9a86")
    c.hills(460, 60, "#66795f")
    c.hills(520, 30, "#4a5a47")
    feet = [(110, 470, 330), (400, 440, 220), (600, 424, 150), (740, 416, 105), (840, 410, 76)]
    for level in (0.06, 0.2, 0.34):
        for a, b in pairwise(feet):
            c.line("#59616a", 1, *_cable(a, b, level))
    for x, foot, height in feet:
        top = foot - height
        for side in (-1, 1):
            c.line("#39424c", height / 70 + 1, (x + side * height / 7, foot), (x, top))
        for level in (0.06, 0.2, 0.34):
            y, arm = top + level * height, height / 5
            c.line("#39424c", height / 80 + 1, (x - arm, y), (x + arm, y))


def _cable(
    a: tuple[float, float, float], b: tuple[float, float, float], level: float
) -> Iterator[tuple[float, float]]:
    start, end = a[1] - a[2] * (1 - level), b[1] - b[2] * (1 - level)
    left, right = a[0] + a[2] / 5, b[0] + b[2] / 5
    for n in range(13):
        at = n / 12
        sag = 4 * at * (1 - at) * a[2] / 9
        yield left + (right - left) * at, start + (end - start) * at + sag


def voice(c: Canvas) -> None:
    """Speech becoming lines of text."""
    c.sky("#f0e9dc", "#e2d8c6")
    for n in range(44):
        x = 70 + n * 9
        height = 16 + 130 * abs(math.sin(n / 3.1)) * c.random.uniform(0.35, 1)
        c.box(x, 270 - height / 2, 5, height, "#9d1c26" if 14 < n < 30 else "#c98c7d")
    c.box(520, 90, 340, 370, "#fdfcf9")
    c.box(520, 90, 340, 44, "#2f4a5e")
    for row in range(9):
        c.box(548, 168 + row * 30, c.random.randint(150, 282), 9, "#8f979c")
    c.box(548, 168 + 4 * 30, 210, 9, "#9d1c26")


def tracks(c: Canvas) -> None:
    """The movements of phones on a map."""
    c.sky("#dfe4df", "#cfd8d6")
    c.shape("#9fbfcb", (0, 400), (260, 360), (520, 430), (760, 540), (0, 540))
    for n in range(12):
        c.line("#f6f5f0", 7, (n * 92 - 60, 0), (n * 92 + 40, 540))
        c.line("#f6f5f0", 7, (0, n * 56 + 8), (960, n * 56 - 50))
    for colour in ("#9d1c26", "#2f5f8a", "#6b4f8f"):
        x, y = c.random.uniform(80, 400), c.random.uniform(80, 300)
        points = [(x, y)]
        for _ in range(9):
            x, y = x + c.random.uniform(-10, 110), y + c.random.uniform(-80, 80)
            points.append((min(x, 930), min(max(y, 20), 500)))
        c.line(colour, 3, *points)
        for at in points:
            c.disc(*at, 7, colour)


def chamber(c: Canvas) -> None:
    """The seats of a parliament."""
    c.sky("#3a2d2a", "#6a5145")
    for row in range(7):
        radius = 150 + row * 52
        seats = 13 + row * 5
        for n in range(seats):
            angle = math.pi * (1.04 + 0.92 * n / (seats - 1))
            x, y = 480 + math.cos(angle) * radius * 1.05, 520 + math.sin(angle) * radius
            taken = c.random.random()
            c.disc(x, y, 13, "#9d3b35" if taken < 0.55 else "#c9a25b" if taken < 0.9 else "#54423c")
    c.box(430, 470, 100, 70, "#d8c7a4")


def market(c: Canvas) -> None:
    """A chart of prices."""
    c.sky("#f7f4ec", "#efe9dc")
    for y in range(90, 500, 70):
        c.box(60, y, 840, 1.5, "#d3cabb")
    points, y = [(60.0, 410.0)], 410.0
    for n in range(1, 85):
        y -= c.random.gauss(1.5 if n < 60 else 5.5, 9)
        points.append((60 + n * 10, max(y, 84)))
    c.shape("#e7c9bd", *points, (points[-1][0], 470), (60, 470))
    c.line("#9d1c26", 5, *points)
    c.disc(*points[-1], 10, "#9d1c26")


def tanks(c: Canvas) -> None:
    """Tanks of a fuel depot."""
    c.sky("#c9b79c", "#efe2c8", bottom=400)
    c.box(0, 400, 960, 140, "#8b8274")
    for x, width, height in ((90, 210, 170), (340, 240, 210), (630, 230, 180)):
        top = 410 - height
        for n in range(int(width)):
            shade = 0.55 + 0.45 * math.sin(math.pi * (n + 40) / (width + 60))
            grey = tuple(round(part * shade) for part in (236, 232, 222))
            c.box(x + n, top, 1.5, height, f"#{grey[0]:02x}{grey[1]:02x}{grey[2]:02x}")
        c.disc(x + width / 2, top, width / 2, "#dcd6c8", 0.12)
        c.disc(x + width / 2, 410, width / 2, "#8b8274", 0.06)
        c.line("#6f675c", 3, *((x + 16 + n * 10, 408 - n * height / 11) for n in range(12)))


def ward(c: Canvas) -> None:
    """A bed by a window at night."""
    c.sky("#1f2a40", "#2b3a55")
    c.box(560, 70, 300, 220, "#0f1626")
    c.disc(770, 130, 26, "#f0e6c0")
    for n in range(16):
        c.box(566 + n * 18, 290 - c.random.randint(20, 80), 15, 80, "#182238")
    c.box(0, 290, 960, 250, "#35456a")
    c.box(120, 340, 430, 70, "#e9edf2")
    c.box(120, 366, 430, 60, "#8aa6c4")
    c.disc(176, 338, 44, "#f7f7f4", 0.5)
    for x in (128, 530):
        c.box(x, 400, 12, 90, "#aab4c4")
    c.line("#9fe0c0", 4, (600, 380), (660, 380), (675, 340), (695, 420), (712, 380), (860, 380))


def lens(c: Canvas) -> None:
    """A large lens on its bench."""
    c.sky("#22262e", "#3c434f")
    for n in range(12):
        shade = 60 + n * 13
        c.disc(480, 260, 200 - n * 15, f"#{shade // 2:02x}{shade:02x}{min(shade + 50, 255):02x}")
    c.ring(480, 260, 204, 10, "#b8b2a2")
    c.shape("#e4eef5", (380, 150), (450, 116), (420, 190), (370, 220))
    c.box(250, 462, 460, 24, "#77705f")
    c.shape("#8d8675", (400, 462), (430, 440), (530, 440), (560, 462))
    c.line("#d6503f", 3, (0, 300), (300, 270), (660, 262), (960, 400))


def boats(c: Canvas) -> None:
    """Fishing boats in the morning."""
    c.sky("#e8c9a4", "#f2e6cf", "#b9ccd0", bottom=300)
    c.disc(700, 220, 46, "#f8f0d8")
    c.water(300, "#9db9bf", "#4a7280", light="#f0e2c6")
    for x, y, size in ((180, 350, 1.0), (470, 330, 0.7), (720, 400, 1.35)):
        hull = ((0, 0), (150, 0), (128, 38), (20, 38))
        c.shape("#2f4858", *((x + a * size, y + b * size) for a, b in hull))
        c.box(x, y + 4 * size, 150 * size, 6 * size, "#c0483c")
        c.box(x + 30 * size, y - 40 * size, 44 * size, 40 * size, "#f1ece0")
        c.line("#39424c", 3 * size, (x + 100 * size, y), (x + 100 * size, y - 92 * size))
        c.line("#39424c", 1.5, (x + 100 * size, y - 90 * size), (x + 146 * size, y))


def street(c: Canvas) -> None:
    """Houses with heat pumps in the snow."""
    c.sky("#7f93ad", "#d5d9df", bottom=420)
    c.hills(360, 120, "#a9b4c2")
    walls = ["#a4483f", "#c79a4b", "#5f7f8a", "#e3ddcf", "#7a5a4c"]
    for n in range(6):
        x, top = 20 + n * 160, 270 - c.random.randint(0, 24)
        c.box(x, top, 136, 170, walls[n % 5])
        c.shape("#f2f4f6", (x - 12, top), (x + 68, top - 80), (x + 148, top))
        for window in range(2):
            c.box(x + 20 + window * 58, top + 34, 36, 42, "#f6dfa0")
        c.box(x + 88, top + 128, 40, 34, "#d9dde0")
        c.disc(x + 108, top + 145, 13, "#7a838c")
    c.box(0, 432, 960, 108, "#eef1f4")


def log(c: Canvas) -> None:
    """A page of handwriting."""
    c.sky("#4a3a2e", "#35291f")
    c.shape("#e9dcbc", (170, 40), (800, 70), (780, 520), (150, 500))
    for row in range(8):
        y, points = 110 + row * 48, []
        for n in range(c.random.randint(84, 96)):
            tall = c.random.choice([3, 5, 6, 14]) * (1 if n % 2 else -1)
            points.append((206 + n * 5.6, y + row + n * 0.2 + tall))
        c.line("#5a4630", 1.6, *points)
    for y in (188, 332):
        c.box(200, y, 300, 36, "#d8b56a")


def valve(c: Canvas) -> None:
    """A valve being printed in a workshop at sea."""
    c.sky("#3d4f58", "#6f858c")
    c.box(0, 420, 960, 120, "#2c3940")
    for x in (250, 690):
        c.box(x, 70, 20, 360, "#c6ccce")
    c.box(250, 150, 460, 16, "#c6ccce")
    c.box(446, 140, 68, 60, "#d98a3a")
    c.shape("#d98a3a", (466, 200), (494, 200), (480, 226))
    for row in range(19):
        half = 74 + 26 * math.cos(row / 3)
        c.box(480 - half, 230 + row * 10, half * 2, 9, "#e9e2d0" if row % 2 else "#d3cab4")
    c.disc(860, 150, 62, "#aebdc2")
    c.disc(860, 150, 50, "#7fa5b3")
    c.box(798, 160, 124, 3, "#5d8791")


def dome(c: Canvas) -> None:
    """An observatory at dusk."""
    c.sky("#1b2140", "#5b4a7a", "#d98f6a", bottom=430)
    for _ in range(90):
        c.disc(c.random.uniform(0, 960), c.random.uniform(0, 220), 1, "#dfe2f2")
    c.hills(430, 130, "#2a2440")
    c.disc(480, 350, 110, "#d9d4d6")
    c.box(370, 350, 220, 90, "#c3bcc2")
    c.shape("#2a2a40", (462, 244), (498, 244), (510, 350), (450, 350))
    c.hills(500, 70, "#171528")


SCENES: tuple[Scene, ...] = (
    harbour, reservoir, wind, wafer, plant, rocket, orbit, pylons, voice, tracks, chamber,
    market, tanks, ward, lens, boats, street, log, valve, dome,
)  # fmt: skip
PORTRAITS = {
    "ines-harrow": ("#d8c3a8", "#5a3528", "#e6b999", "#2f4a5e"),
    "tomas-veld": ("#b9c7c4", "#c9b28a", "#f0cdb0", "#6a3a3a"),
    "mira-soll": ("#c8bcd0", "#1f1a1c", "#a9744f", "#7a6a2f"),
}
LOGOS = {
    "logo-gridwatch": ("#1f6f5c", "#f3e9a6"),
    "logo-harbour": ("#1d3c66", "#ffffff"),
    "logo-ledger": ("#3a3a44", "#e08a3c"),
    "logo-meridian": ("#8c1f2b", "#f6efe2"),
}


def portrait(c: Canvas, hair: Colour, skin: Colour, coat: Colour) -> None:
    """Draw a head and shoulders."""
    c.disc(160, 330, 120, coat)
    c.disc(160, 128, 74, hair, 1.15)
    c.box(140, 180, 40, 60, skin)
    c.disc(160, 146, 54, skin, 1.2)
    c.disc(160, 92, 58, hair, 0.55)
    for side in (-1, 1):
        c.disc(160 + side * 20, 142, 4, "#2a2320")
    c.line("#8a4a42", 3, (146, 178), (154, 182), (166, 182), (174, 178))


def main() -> None:
    """Draw all images."""
    for scene in SCENES:
        canvas = Canvas(scene.__name__)
        scene(canvas)
        _save(canvas, f"{scene.__name__}.jpg")
    for name, (ground, *colours) in PORTRAITS.items():
        canvas = Canvas(name, 320, 320)
        canvas.sky(ground, ground)
        portrait(canvas, *colours)
        _save(canvas, f"{name}.jpg")
    for name, (ground, mark) in LOGOS.items():
        canvas = Canvas(name, 50, 50)
        canvas.sky(ground, ground)
        canvas.disc(25, 25, 15, mark)
        canvas.box(12 if "r" in name else 22, 22, 26, 6, ground)
        canvas.finished().quantize(16).save(FOLDER / f"{name}.png", optimize=True)
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(list(FOLDER.iterdir()))} images, {size:,} bytes")


def _save(canvas: Canvas, name: str) -> None:
    canvas.finished().save(FOLDER / name, quality=QUALITY, optimize=True, progressive=True)


if __name__ == "__main__":
    main()
