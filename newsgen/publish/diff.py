"""Compare two editions: lists of stories for editors, and URLs for a CDN."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from newsgen.content.slugs import href
from newsgen.core.messages import count
from newsgen.publish.editions import Edition, Told

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".svg")


class Moved(Struct, frozen=True):
    """A story whose URL changed."""

    title: str
    before: str
    after: str


class Shown(Struct, frozen=True):
    """A story's title and URL."""

    title: str
    url: str


class Difference(Struct, frozen=True):
    """The changes between two editions. `corrected` stories have a new correction. `edited` stories
    have other content or other related stories. `urls` are the URLs of all files added, changed or
    removed, which a CDN must purge.
    """

    before: str
    after: str
    new: tuple[Shown, ...]
    gone: tuple[Shown, ...]
    corrected: tuple[Shown, ...]
    edited: tuple[Shown, ...]
    moved: tuple[Moved, ...]
    pictures_new: tuple[str, ...]
    pictures_gone: tuple[str, ...]
    urls: tuple[str, ...]

    @property
    def own(self) -> tuple[str, ...]:
        """The URLs of stories that are new, gone, moved, or have changed content."""
        stories = (*self.new, *self.corrected, *self.edited, *self.gone)
        return tuple(
            dict.fromkeys(
                [
                    *[one.url for one in stories],
                    *[url for one in self.moved for url in (one.after, one.before)],
                ]
            )
        )


def address(url: str, base: str, path: str) -> str:
    """Return the absolute URL at which a host serves a file of the site."""
    return url.removesuffix(base) + href(
        base,
        "/" + (path.removesuffix("index.html") if f"/{path}".endswith("/index.html") else path),
    )


def compare(before: Edition | None, after: Edition, url: str, base: str) -> Difference:
    """Return what changed from `before` (None: nothing was published) to `after`.

    `url` is the site's URL and `base` its path.
    """
    old_files, new_files = shown_files(before), shown_files(after)
    differing = sorted(
        path
        for path in old_files.keys() | new_files.keys()
        if old_files.get(path) != new_files.get(path)
    )

    def at(route: str) -> str:
        return address(url, base, route[1:])

    def listed(stories: Iterable[Told]) -> tuple[Shown, ...]:
        return tuple(Shown(story.title, at(story.route)) for story in stories)

    old = {story.file: story for story in (before.stories if before else ())}
    # A renamed file with the same content is the same story.
    renamed = {story.digest: story for story in old.values()}
    new: list[Told] = []
    corrected: list[Told] = []
    edited: list[Told] = []
    moved: list[Moved] = []
    seen = set()
    files = {story.file for story in after.stories}
    for story in after.stories:
        was = old.get(story.file)
        if was is None and story.digest in renamed and renamed[story.digest].file not in files:
            was = renamed[story.digest]
        if was is None:
            new.append(story)
            continue
        seen.add(was.file)
        if was.route != story.route:
            moved.append(Moved(story.title, at(was.route), at(story.route)))
        if story.corrections > was.corrections:
            corrected.append(story)
        elif story.digest != was.digest:
            edited.append(story)
    return Difference(
        before=before.name if before else "",
        after=after.name,
        new=listed(new),
        gone=listed(story for file, story in old.items() if file not in seen),
        corrected=listed(corrected),
        edited=listed(edited),
        moved=tuple(moved),
        pictures_new=_images(new_files.keys() - old_files.keys(), url, base),
        pictures_gone=_images(old_files.keys() - new_files.keys(), url, base),
        urls=tuple(address(url, base, path) for path in differing),
    )


def shown_files(edition: Edition | None) -> dict[str, str]:
    """Return the digest of each file that an edition shows."""
    return (
        {path: file.digest for path, file in edition.files.items() if path not in edition.purged}
        if edition
        else {}
    )


def _images(paths: Iterable[str], url: str, base: str) -> tuple[str, ...]:
    return tuple(
        address(url, base, path) for path in sorted(paths) if path.lower().endswith(_PICTURES)
    )


def summary(difference: Difference) -> str:
    """Return the difference in one line: `2 new, 1 corrected, 5 files changed`."""
    parts = [f"{len(stories):,} {name}" for name, stories in _stories(difference) if stories]
    parts += [count(len(difference.pictures_new), "new image")] if difference.pictures_new else []
    return ", ".join([*parts, f"{count(len(difference.urls), 'file')} changed"])


def lines(difference: Difference, limit: int) -> list[str]:
    """Return the difference story by story, at most `limit` of each kind."""
    out = []
    for name, stories in _stories(difference):
        for one in stories[:limit]:
            where = f"{one.before} -> {one.after}" if isinstance(one, Moved) else one.url
            out.append(f"{name:9} “{one.title}”  {where}")
        if len(stories) > limit:
            out.append(f"{name:9} ... and {len(stories) - limit:,} more")
    for name, images in (("new", difference.pictures_new), ("gone", difference.pictures_gone)):
        if images:
            out.append(f"{name:9} {count(len(images), 'image')}")
    return out


def _stories(difference: Difference) -> list[tuple[str, Sequence[Shown | Moved]]]:
    return [
        ("new", difference.new),
        ("gone", difference.gone),
        ("corrected", difference.corrected),
        ("edited", difference.edited),
        ("moved", difference.moved),
    ]
