"""Read what a site is made of beside its articles: data, files, images, templates and words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from newsgen.build.attached import without_active
from newsgen.build.inputs import Inputs
from newsgen.build.plan import PlanInputs
from newsgen.build.read import ReadResult, StaticFiles, static_files
from newsgen.config.settings import Config, Settings
from newsgen.content.clock import Clock
from newsgen.content.data import Data, load_data
from newsgen.core import digest
from newsgen.core.engine import Engine
from newsgen.core.model import Navigation
from newsgen.core.problems import Problem
from newsgen.core.progress import Progress
from newsgen.images.library import LoadedMedia, load_media, with_logos
from newsgen.images.missing import LocalFiles, local_files
from newsgen.images.social_cards import LoadedStyle, load_card_style
from newsgen.pages.base import StaticFile
from newsgen.pages.files import overlay
from newsgen.render.filters import site_info
from newsgen.render.templates import Templates
from newsgen.render.translations import WordList, read_words
from newsgen.store.cache import Cache
from newsgen.store.fingerprint import program, theme_folders


class Materials(NamedTuple):
    """What a site is made of beside its articles, each with the problems found in it.

    `shared` are the files of the theme and of other shared folders, `static` those of the static
    folder, and `files` both by path on the site. `originals` are the files of the media folder,
    `near` those beside articles, and `library` the images among all these. `drawn` says how to draw
    social cards. `local` are the files that articles can name as images.
    """

    data: Data
    data_problems: list[Problem]
    shared: list[StaticFiles]
    static: StaticFiles
    originals: StaticFiles
    near: StaticFiles
    files: Mapping[str, StaticFile]
    library: LoadedMedia
    drawn: LoadedStyle
    templates: Templates
    words: WordList
    local: LocalFiles

    @property
    def settled(self) -> bool:
        """Whether all stats can be trusted next time."""
        folders = (*self.shared, self.static, self.originals, self.near)
        return self.library.settled and all(one.settled for one in folders)

    def plan_inputs(self, loaded: ReadResult, settings: Settings, clock: Clock) -> PlanInputs:
        """Return what a plan is made of: these, and the content that was read."""
        templates = self.templates
        layouts = frozenset(name for name in templates.by_name if name.startswith("layouts/"))
        near = {file.path: file for file in self.near.files}
        titles, assets = self.words.titles, templates.assets
        return PlanInputs(
            loaded, self.data, self.files, near, layouts, assets, titles, settings, clock
        )

    def shared_digest(self, settings: Settings, navigation: Navigation) -> bytes:
        """Return the digest of what all pages share."""
        info, encoder = site_info(settings, navigation), self.library.media.encoder
        images = (settings.images.missing, settings.images.avif, settings.images.widths, encoder)
        others = (info, settings.timezone, settings.embeds, images, self.drawn.key)
        return digest.fold([program(), self.words.digest, digest.of_value(others)])


def read_materials(
    config: Config, inputs: Inputs, cache: Cache, engine: Engine, progress: Progress
) -> Materials:
    """Read all of these, from the cache where it still holds.

    Raises UserError (exit code 3) if a template cannot be read, CacheDamaged.
    """
    settings, paths = config.settings, config.paths
    data, data_problems = load_data(paths.data, paths.static, settings.base)
    shared = [
        static_files(one.folder, one.files, cache, f"shared {place}", one.prefix)
        for place, one in enumerate(inputs.shared)
    ]
    static = static_files(paths.static, inputs.static, cache, "static")
    originals = static_files(paths.media, inputs.media, cache, "media")
    near = without_active(static_files(paths.content, inputs.near, cache, "near"), cache)
    library = load_media(config, originals.files, static.files, near.files, cache, engine, progress)
    files = overlay(chain(*(one.files for one in shared)), static.files)
    drawn = load_card_style(config, files, cache)
    themes = theme_folders("templates", settings.theme.name)
    templates = Templates(paths.templates, themes, paths.root, files)
    return Materials(
        with_logos(data, library.media),
        data_problems,
        shared,
        static,
        originals,
        near,
        files,
        library,
        drawn,
        templates,
        read_words(templates, settings.language),
        local_files([file.path for file in near.files], files, settings.base, library.media.names),
    )
