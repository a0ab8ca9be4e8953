"""Facts about an image from its bytes."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from newsgen.images.probe import NotAnImage, look, pixels, rights
from photos import photo, plain
from support import rounds

LIMIT = 40_000_000


@pytest.mark.parametrize(
    ("form", "suffix"),
    [
        ("JPEG", "jpg"),
        ("PNG", "png"),
        ("WEBP", "webp"),
        ("GIF", "gif"),
        ("AVIF", "avif"),
        ("MPO", "jpg"),
    ],
)
def test_the_type_is_read_from_the_bytes(form: str, suffix: str) -> None:
    """Each accepted type is recognised by its bytes, with its size."""
    facts = look(plain((250, 10, 10), 64, 48, form), LIMIT)
    assert (facts.suffix, facts.width, facts.height, facts.alpha, facts.colour) == (
        suffix,
        64,
        48,
        False,
        "300",
    )


@pytest.mark.parametrize("form", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_types_are_refused(form: str) -> None:
    """Types that not all browsers show, or that decoders rarely handle, are refused."""
    with pytest.raises(NotAnImage, match="not an image of a known type"):
        look(plain((1, 2, 3), form=form), LIMIT)


def test_a_picture_that_was_turned() -> None:
    """The size is that of the upright image, as its metadata says."""
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = look(photo(1, 60, 40, exif=exif), LIMIT)
    assert (facts.width, facts.height) == (40, 60)


def test_transparency() -> None:
    """An image whose alpha channel is unused is opaque."""
    assert look(plain((10, 20, 30, 90)), LIMIT).alpha
    assert not look(plain((10, 20, 30, 255)), LIMIT).alpha


def test_the_commonest_colour() -> None:
    """The dominant colour is the most common one, not the mean."""
    image = Image.new("RGB", (90, 60), (0, 0, 255))
    image.paste((255, 255, 0), (0, 0, 30, 60))
    out = io.BytesIO()
    image.save(out, "PNG")
    assert look(out.getvalue(), LIMIT).colour == "003"


@pytest.mark.parametrize(
    ("copies", "limit", "refused"),
    [(0, LIMIT, False), (50, LIMIT, False), (200, LIMIT, True), (50, 64 * 48, True)],
)
def test_too_many_scans(copies: int, limit: int, refused: bool) -> None:
    """A progressive JPEG with too many scans, each as costly as the whole image, is refused before
    decoding.
    """
    data = photo(1, 64, 48, progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    data = data[:-2] + last * copies + data[-2:]
    if refused:
        with pytest.raises(NotAnImage, match="scans of 3,072 pixels"):
            look(data, limit)
    else:
        assert look(data, limit).width == 64


def test_too_many_pixels() -> None:
    """The limit of pixels is checked before decoding, and an image just within it is accepted."""
    data = plain((1, 2, 3), 100, 50)
    assert look(data, 5000).width == 100
    with pytest.raises(NotAnImage, match="more than 4,999"):
        look(data, 4999)


@settings(max_examples=rounds(30))
@given(
    st.integers(0, 10_000),
    st.binary(min_size=1, max_size=8),
    st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]),
)
def test_damaged_bytes_are_told(place: int, bad: bytes, form: str) -> None:
    """With any damage to its bytes, an image is accepted or refused with a message, and no other
    error is raised.
    """
    data = bytearray(photo(3, 48, 32, form))
    place %= len(data)
    data[place : place + len(bad)] = bad
    for damaged in (bytes(data), bytes(data[:place])):
        with suppress(NotAnImage):
            assert look(damaged, 1_000_000).width > 0


def test_rights() -> None:
    """Of all metadata in an image, only the copyright and the credit are kept."""
    exif = Image.Exif()
    exif[0x8298], exif[0x013B], exif[0x010F], exif[0x9286] = (
        "© Ann".encode(),
        "Ann Doe",
        "Camera 3000",
        "at home",
    )
    kept = Image.Exif()
    kept.load(rights(photo(1, 60, 40, exif=exif)))
    assert {tag: value.encode("latin-1").decode() for tag, value in kept.items()} == {
        0x8298: "© Ann",
        0x013B: "Ann Doe",
    }
    assert rights(photo(1, 60, 40)) == b""


def test_pixels() -> None:
    """Pixels are upright, with a fourth band if parts are transparent."""
    exif = Image.Exif()
    exif[0x0112] = 6
    assert pixels(photo(1, 60, 40, exif=exif))[:3] == (40, 60, 3)
    assert pixels(plain((1, 2, 3, 9), 2, 1)) == (2, 1, 4, bytes((1, 2, 3, 9)) * 2)
