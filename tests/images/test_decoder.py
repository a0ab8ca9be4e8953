"""Downloaded images are decoded in another process, which may die."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsgen.images.decoder import Decoder
from newsgen.images.probe import NotAnImage, look
from photos import photo, plain


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    """Return a decoder that allows an image one or two seconds of CPU time."""
    made = Decoder(10**9, seconds=0)
    yield made
    made.close()


def test_an_image_that_costs_too_much_is_lost_alone(decoder: Decoder) -> None:
    """An image that takes too much CPU time is refused, and others before and after are decoded."""
    small = plain((1, 2, 3), 60, 40)
    assert decoder.look(small) == look(small, 10**9)
    slow = photo(1, 3000, 2000, progressive=True, quality=98)
    last = slow[slow.rindex(b"\xff\xda") : -2]
    with pytest.raises(NotAnImage, match="decoding it took too much CPU time"):
        decoder.look(slow[:-2] + last * 80 + slow[-2:])
    assert decoder.look(small).width == 60


def test_what_is_not_an_image_is_refused(decoder: Decoder) -> None:
    """The reason is the same as in a single process, and the decoding process stays."""
    for data in (b"<svg/>", b""):
        with pytest.raises(NotAnImage, match="not an image of a known type"):
            decoder.look(data)


def test_a_closed_decoder_decodes_nothing(decoder: Decoder) -> None:
    """After the end of a fetch, a late thread starts no new process."""
    decoder.close()
    with pytest.raises(NotAnImage, match="ended its process"):
        decoder.look(plain((1, 2, 3)))
