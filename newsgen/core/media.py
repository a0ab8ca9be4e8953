"""The images that a site has."""

from msgspec import Struct


class Original(Struct, frozen=True, array_like=True, gc=False):
    """An image that the site has.

    `place` is its file and `digest` that of its bytes. `width` and `height` are pixels after
    rotation to the upright position. `alpha` is true if parts are transparent. `colour` is the
    dominant colour as three digits from 0 to 3 (red, green, blue).
    """

    place: str
    digest: bytes
    width: int
    height: int
    alpha: bool
    colour: str


class Media(Struct, frozen=True):
    """The images that the site has, fetched ones and its own, by the keys of their URLs.

    `encoder` is a digest of everything but the originals that decides the bytes of their copies.
    `base` is the path that the site's own URLs begin with. `names` holds the path from the root of
    each image in the static folder with a unique name, by that name.
    """

    originals: dict[int, Original]
    encoder: bytes
    base: str = ""
    names: dict[str, str] = {}
