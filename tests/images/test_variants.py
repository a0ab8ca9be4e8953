"""Copies of images: widths, formats, orientation, metadata; each made once."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from newsgen.config.images import Images
from newsgen.core import digest
from newsgen.core.media import Media, Original
from newsgen.images.probe import look
from newsgen.images.variants import Order, copy_file, make_variants, read_variant
from newsgen.pages.image_variants import SMALL, VariantView, copies, social_size, stem_of
from photos import photo, plain
from support import PATIENCE, SmallSite

MEDIA = Media({}, b"encoder")
IMAGES = Images()


def original(folder: Path, data: bytes, name: str = "a") -> Original:
    file = folder / name
    file.write_bytes(data)
    facts = look(data, 40_000_000)
    return Original(
        str(file), digest.of_bytes(data), facts.width, facts.height, facts.alpha, facts.colour
    )


def view(one: Original, width: int, form: str) -> VariantView:
    name = f"{stem_of(one, MEDIA)}-{width}.{form}"
    return VariantView(f"/_media/{name}", name, one, width, form)


def make_bytes(folder: Path, data: bytes, *wanted: tuple[int, str], name: str = "a") -> list[bytes]:
    views = [view(original(folder, data, name), *one) for one in wanted]
    make_variants(views, folder / "cache", IMAGES.quality, 1)
    return [read_variant(folder / "cache", one, IMAGES.quality) for one in views]


def make(folder: Path, data: bytes, *wanted: tuple[int, str], name: str = "a") -> list[Any]:
    return [Image.open(io.BytesIO(made)) for made in make_bytes(folder, data, *wanted, name=name)]


def test_each_format_and_width(tmp_path: Path) -> None:
    """A copy has the requested format and width, and the image's proportions."""
    wanted = [(160, "avif"), (320, "webp"), (480, "jpg"), (600, "avif"), (600, "webp")]
    made = make(tmp_path, photo(), *wanted)
    assert [(image.format, *image.size) for image in made] == [
        ("AVIF", 160, 107),
        ("WEBP", 320, 213),
        ("JPEG", 480, 320),
        ("AVIF", 600, 400),
        ("WEBP", 600, 400),
    ]


def test_a_copy_is_made_once(tmp_path: Path) -> None:
    """A copy in the cache is not made again, even if the original is gone; another original gives
    another copy.
    """
    make(tmp_path, photo(), (160, "webp"))
    view_of = view(original(tmp_path, photo()), 160, "webp")
    file = copy_file(tmp_path / "cache", view_of.title)
    before = file.stat()
    (tmp_path / "a").unlink()
    make_variants([view_of], tmp_path / "cache", IMAGES.quality, 1)
    after = file.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert view(original(tmp_path, photo(2)), 160, "webp").title != view_of.title


def test_a_damaged_copy_is_made_anew(tmp_path: Path) -> None:
    """A copy with other bytes than were written, as from a failing disk, is made again."""
    [data] = make_bytes(tmp_path, photo(), (160, "webp"))
    file = copy_file(tmp_path / "cache", view(original(tmp_path, photo()), 160, "webp").title)
    for damaged in (b"", file.read_bytes()[:-1], b"RIFF" + file.read_bytes()[4:]):
        file.write_bytes(damaged)
        assert make_bytes(tmp_path, photo(), (160, "webp")) == [data]


def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    """Made again in other processes and another order, every copy has the same bytes."""
    wanted = [(width, form) for form in ("avif", "webp", "jpg") for width in (160, 320, 600)]
    trees = []
    for name, order in (("one", wanted), ("two", wanted[::-1])):
        (tmp_path / name).mkdir()
        make(tmp_path / name, photo(5), *order)
        trees.append(
            {path.name: path.read_bytes() for path in (tmp_path / name / "cache").rglob("*.*")}
        )
    assert trees[0] == trees[1]
    assert len(trees[0]) == len(wanted)


def test_the_right_way_up_and_without_metadata(tmp_path: Path) -> None:
    """A rotated image is turned upright, and only its copyright and credit are kept."""
    exif = Image.Exif()
    exif[0x0112], exif[0x8298], exif[0x013B], exif[0x010F] = 6, "(c) Ann", "Ann Doe", "Camera 3000"
    exif.get_ifd(0x8825)[1] = "N"
    forms = ("avif", "webp", "jpg")
    for form, image in zip(
        forms,
        make(tmp_path, photo(1, 60, 40, exif=exif), *((40, form) for form in forms)),
        strict=True,
    ):
        assert image.size == (40, 60), form
        told = image.getexif()
        assert (told.get(0x8298), told.get(0x013B)) == ("(c) Ann", "Ann Doe"), form
        assert not {0x010F, 0x8825} & told.keys(), form
        assert told.get(0x0112, 1) == 1, form
    for data in make_bytes(tmp_path, photo(1, 60, 40, exif=exif), *((40, form) for form in forms)):
        assert b"Camera" not in data
    for data in make_bytes(
        tmp_path, photo(1, 60, 40, comment=b"secret"), *((40, form) for form in forms), name="b"
    ):
        assert b"secret" not in data
        assert b"Exif" not in data


def test_transparent_pictures(tmp_path: Path) -> None:
    """Transparent parts stay transparent, but are white in a JPEG."""
    avif, webp, png, jpg = make(
        tmp_path,
        plain((200, 0, 0, 0), 60, 40),
        (60, "avif"),
        (60, "webp"),
        (60, "png"),
        (60, "jpg"),
    )
    for image in (avif, webp, png):
        assert image.convert("RGBA").getpixel((5, 5))[3] == 0
    assert min(jpg.convert("RGB").getpixel((5, 5))) > 250


def test_odd_pictures(tmp_path: Path) -> None:
    """CMYK, grey, palettes, sixteen bits, one pixel, animations and very high images become
    ordinary images.
    """
    cmyk, deep = io.BytesIO(), io.BytesIO()
    Image.new("CMYK", (64, 48), (0, 255, 255, 0)).save(cmyk, "JPEG")
    Image.new("I;16", (64, 48), 40_000).save(deep, "PNG")
    moving = io.BytesIO()
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    tower = io.BytesIO()
    Image.new("RGB", (300, 20_000), "red").save(tower, "PNG")
    odd = {
        "cmyk": cmyk.getvalue(),
        "deep": deep.getvalue(),
        "moving": moving.getvalue(),
        "dot": plain((9, 9, 9), 1, 1),
        "tower": tower.getvalue(),
    }
    for name, data in odd.items():
        width = look(data, 40_000_000).width
        for image in make(
            tmp_path, data, (width, "avif"), (width, "webp"), (width, "jpg"), name=name
        ):
            image.load()
            assert image.mode in ("RGB", "L"), (name, image.format)
            assert getattr(image, "n_frames", 1) == 1
    red = make(tmp_path, odd["cmyk"], (64, "webp"), name="cmyk")[0].convert("RGB").getpixel((9, 9))
    assert red[0] > 200
    assert red[2] < 90


def test_colours_of_another_space(tmp_path: Path) -> None:
    """Colours with a profile are converted to sRGB and look the same."""
    script = """if True:
        import pyvips, sys
        red = (pyvips.Image.black(64, 48, bands=3) + [200, 90, 90]).cast("uchar")
        image = red.copy(interpretation="srgb")
        wide = image.icc_transform("p3", input_profile="srgb")
        sys.stdout.buffer.write(wide.jpegsave_buffer(Q=95))"""
    data = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout
    assert abs(Image.open(io.BytesIO(data)).convert("RGB").getpixel((9, 9))[0] - 200) > 8
    for image in make(tmp_path, data, (64, "avif"), (64, "webp"), (64, "jpg")):
        found = image.convert("RGB").getpixel((9, 9))
        assert max(abs(one - other) for one, other in zip(found, (200, 90, 90), strict=True)) < 6, (
            image.format
        )


def test_an_original_that_changes_meanwhile(tmp_path: Path) -> None:
    """A copy is made from the bytes in its name, or not at all."""
    from newsgen.core.problems import UserError

    one = view(original(tmp_path, photo()), 160, "webp")
    (tmp_path / "a").write_bytes(photo(2))
    with pytest.raises(UserError, match="changes during"):
        make_variants([one], tmp_path / "cache", IMAGES.quality, 1)
    assert not [name for _, _, names in os.walk(tmp_path / "cache") for name in names]


@given(st.integers(1, 5000), st.integers(1, 5000), st.booleans(), st.sampled_from([SMALL, 1600]))
def test_no_copy_is_wider_than_its_original(
    width: int, height: int, alpha: bool, limit: int
) -> None:
    """Widths ascend, none exceeds the image or its place in the page, and there is always one."""
    one = Original("", b"", width, height, alpha, "000")
    found = copies(one, IMAGES, limit)
    assert found.widths == sorted(set(found.widths))
    assert 0 < found.widths[-1] <= min(width, limit)
    assert found.fallback[0] <= width
    assert 0 < social_size(one)[0] <= min(width, 1200)
    assert social_size(one)[1] > 0
    assert len(found.widths) <= 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_an_encoder_ends_with_the_process_that_waits_for_it(tmp_path: Path) -> None:
    """A running encoder ends when its standard input is closed, as when its parent is killed."""
    os.mkfifo(tmp_path / "endless")
    one = view(Original(str(tmp_path / "endless"), b"", 9, 9, False, "000"), 9, "jpg")
    order = msgspec.msgpack.encode(Order([[one]], str(tmp_path), IMAGES.quality))
    program = subprocess.Popen(
        [sys.executable, "-m", "newsgen.images.encode"], stdin=subprocess.PIPE
    )
    with program:
        assert program.stdin
        program.stdin.write(len(order).to_bytes(8, "big") + order)
        program.stdin.close()
        assert program.wait(PATIENCE) == 1


def test_a_very_high_image_is_cropped_where_people_look(tmp_path: Path) -> None:
    """The copy of a plain image with a coloured face shows the face, in the ratio 2:3. With a
    focus, the page has the whole image, and a class that places it.
    """
    picture = Image.new("RGB", (300, 1800), (230, 230, 230))
    for n in range(12):
        colour = (255, 20 * n, 40) if n % 2 else (20, 90, 255 - 20 * n)
        picture.paste(colour, (90 + 10 * n, 1500, 100 + 10 * n, 1650))
    out = io.BytesIO()
    picture.save(out, "PNG")
    site = SmallSite(tmp_path, images={"avif": False, "widths": [300]})
    site.write("static/high.png", out.getvalue())
    site.article("a", images=["/high.png"])
    site.article("b", images=[{"url": "/high.png", "focus": "50% 20%"}])
    site.article("c", images=[{"url": "/high.png", "focus": "above"}])
    (problem,) = site.build().problems
    assert (problem.code, problem.field) == ("wrong-type", "$.images[0].focus")
    (own, placed) = (
        re.search(r"<figure>.*?<img ([^>]*)>", site.page(f"/news/{n}/"), re.S) for n in "ab"
    )
    assert own
    assert placed
    assert 'width="300" height="450"' in own[1]
    assert 'width="300" height="1800"' in placed[1]
    assert 'column y2"' in placed[1]
    (name,) = re.findall(r'src="/(_media/[^"]*)"', own[1])
    with Image.open(site.output / name) as shown:
        assert shown.size == (300, 450)
        assert len(shown.convert("RGB").getcolors(1 << 20) or []) > 10
