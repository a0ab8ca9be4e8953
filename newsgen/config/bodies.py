"""The settings about bodies of articles: `markdown.*` and `embeds.*`."""

from typing import Literal

from newsgen.config.reader import Table


class Markdown(Table, frozen=True):
    """How article bodies are converted."""

    engine: Literal["markdown", "commonmark"] = "commonmark"
    """`commonmark` is CommonMark, by comrak. `markdown` is Python-Markdown, for sites that use its
    extensions; it is much slower. Both have the extensions in [bodies](bodies.md)."""
    extensions: tuple[str, ...] = ("extra", "sane_lists")
    """More extensions of Python-Markdown. The other engine ignores them."""
    typography: bool = True
    """Straight quotation marks become those of the article's language, `--` and `---` dashes, `...`
    an ellipsis."""


class Embeds(Table, frozen=True):
    """The hosts whose video players, and whose audio and video files, articles may show."""

    hosts: tuple[str, ...] = (
        "youtube.com",
        "youtube-nocookie.com",
        "youtu.be",
        "vimeo.com",
        "player.vimeo.com",
    )
    """Hosts whose players articles may show (`featuredContent`, and [embeds](bodies.md#embeds) in
    bodies). newsgen writes the players' addresses itself. Pages request nothing from these hosts
    until a reader plays a video."""
    media: tuple[str, ...] = ()
    """Hosts whose audio and video files articles may play, and whose posters of videos they may
    show, besides the site's own files."""
