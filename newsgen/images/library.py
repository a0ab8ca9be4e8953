"""Find the images that a site has: those downloaded into `media/`, and its own in the static folder
and beside articles.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from newsgen.config.images import Qualities
from newsgen.config.settings import Config
from newsgen.content.data import Data, NameFact
from newsgen.content.image_places import from_root, only_names
from newsgen.content.scan import INDEX, PICTURES
from newsgen.core import digest, guarded_workers
from newsgen.core.engine import Engine
from newsgen.core.guarded_workers import Lost
from newsgen.core.media import Media, Original
from newsgen.core.model import Image
from newsgen.core.problems import DIED, Problem, placed
from newsgen.core.progress import Progress
from newsgen.images.media import CPU_SECONDS, ImageFacts, read_index, sound
from newsgen.images.variants import EFFORT
from newsgen.pages.base import StaticFile
from newsgen.store.cache import Cache
from newsgen.store.fingerprint import installed, program

_BATCH = 16


class LoadedMedia(NamedTuple):
    """The images, the undamaged originals in the media folder, the problems, and whether the next
    run would find the same.
    """

    media: Media
    sound: frozenset[str]
    problems: list[Problem]
    settled: bool


def load_media(
    config: Config,
    fetched: Sequence[StaticFile],
    static: Sequence[StaticFile],
    near: Iterable[StaticFile],
    cache: Cache,
    engine: Engine,
    progress: Progress,
) -> LoadedMedia:
    """Return the images among these files. Each is probed once.

    `fetched` are in the media folder, `static` in the static folder, `near` beside articles. Raises
    CacheDamaged.
    """
    settings, paths = config.settings, config.paths
    origins, problems = read_index(paths.media)
    names = {origin.file for origin in origins.values() if origin.file}
    files = {file.path: file for file in fetched}
    whole = sound({file.path: file.digest for file in fetched}, names)
    if len(whole) < len(names):
        problems.append(_missing(len(names) - len(whole)))
    problems = placed(problems, paths.media, paths.root)
    images = [file for file in near if file.path.lower().endswith(PICTURES)]
    found = (
        # Pelican and others give images in the content folder an address from the site's root.
        _from_root(images, settings.base)
        | {url: files[origin.file] for url, origin in origins.items() if origin.file in whole}
        | _from_root(static, settings.base)
        | {f"./{file.path}": file for file in images}
    )
    places = {file.digest: file.place for file in found.values()}
    facts, lost = _look_at(places, settings.images.max_pixels, cache, engine, progress)
    originals: dict[int, Original] = {}
    for url, file in found.items():
        known = lost.get(file.digest) or facts[file.digest]
        if known.refused:
            code = DIED if file.digest in lost else "bad-picture"
            place = os.path.relpath(file.place, paths.root)
            message = f"is not used: {known.refused}"
            problems.append(Problem("warning", code, message, hint="replace it", file=place))
        else:
            originals[digest.key(url)] = Original(
                file.place, file.digest, known.width, known.height, known.alpha, known.colour
            )
    encoder = _encoder(settings.images.quality)
    named = only_names(file.path for file in static if file.path.lower().endswith(PICTURES))
    return LoadedMedia(Media(originals, encoder, settings.base, named), whole, problems, not lost)


def _missing(number: int) -> Problem:
    message = f"{number} of the images that it names are missing or damaged"
    hint = "`newsgen images fetch` downloads them again"
    return Problem("warning", "lost-picture", message, hint=hint, file=INDEX)


def _from_root(files: Iterable[StaticFile], base: str) -> dict[str, StaticFile]:
    """Return the images among these files by their address from the site's root."""
    return {
        from_root(f"/{file.path}", base): file
        for file in files
        if file.path.lower().endswith(PICTURES)
    }


def _encoder(quality: Qualities) -> bytes:
    """Return a digest of everything that decides the bytes of an image's copies."""
    code = Path(__file__).with_name("encode.py").read_bytes()
    return digest.of_value((quality, EFFORT, installed(["pyvips_binary"]), code))


def with_logos(data: Data, media: Media) -> Data:
    """Return the data with each image linked to the site's original, so that pages with the image
    change when the original does.
    """

    def known(logo: Image | None) -> Image | None:
        original = media.originals.get(digest.key(logo.url)) if logo else None
        return structs.replace(logo, known=original.digest) if logo and original else logo

    def portrayed(fact: NameFact) -> NameFact:
        profile = fact.profile
        if profile and profile.image:
            profile = structs.replace(profile, image=known(profile.image))
        return structs.replace(fact, profile=profile, logo=known(fact.logo))

    return structs.replace(
        data,
        organizations=tuple(
            structs.replace(one, logo=known(one.logo)) for one in data.organizations
        ),
        topics=tuple(map(portrayed, data.topics)),
        authors=tuple(map(portrayed, data.authors)),
    )


def _look_at(
    places: dict[bytes, str], max_pixels: int, cache: Cache, engine: Engine, progress: Progress
) -> tuple[dict[bytes, ImageFacts], dict[bytes, ImageFacts]]:
    """Return the facts of these images by digest, and those of images that crashed the process that
    decoded them. Only images without known facts are read.
    """
    salt = digest.fold([program(), str(max_pixels).encode()])
    known = cache.load("images", dict[bytes, ImageFacts], salt) or {}
    facts = {one: known[one] for one in places if one in known}
    unknown = sorted(places.keys() - facts.keys())
    batches = [
        [places[one] for one in unknown[i : i + _BATCH]] for i in range(0, len(unknown), _BATCH)
    ]
    done = 0
    lost: dict[bytes, ImageFacts] = {}
    for found in guarded_workers.run(_prepare, max_pixels, batches, engine, CPU_SECONDS):
        for one, seen in zip(unknown[done:], found, strict=False):
            if isinstance(seen, Lost):
                lost[one] = ImageFacts(0, 0, False, "", "", f"decoding it {seen.reason}")
            else:
                facts[one] = seen
        done += len(found)
        progress("looking", done, len(unknown))
    if unknown or len(facts) < len(known):
        cache.save({"images": (salt, facts)})
    return facts, lost


def _prepare(max_pixels: int) -> Callable[[str], ImageFacts]:
    from newsgen.images.probe import facts_of

    def facts(place: str) -> ImageFacts:
        try:
            return facts_of(Path(place).read_bytes(), max_pixels)
        except OSError as error:
            return ImageFacts(0, 0, False, "", "", f"it cannot be read: {error.strerror}")

    return facts
