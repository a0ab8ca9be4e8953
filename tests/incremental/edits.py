"""Edits of all kinds to a site, each chosen by a random generator, so that a run can
be repeated.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from hostile import ALL, COSTLY_FRONT
from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.images.media import Origin, keep, read_index, write_index
from photos import plain
from secret_forms import FORMS
from support import AS_OF, SmallSite, read_tree

TOPICS = ["AI", "Markets", "markets", "Énergie", "Energie", "C++", "C#", "人工智能", "Space"]
ALIASES = [
    [],
    ["/old/"],
    ["/old/", "/topics/", "/2020/x.html"],
    ["/old/deeper/", "/2020/X.HTML", "../x"],
]
# Reading each of the other large files takes half a second.
_HOSTILE = [
    data for name, data in ALL.items() if len(data) < (60_000 if name in COSTLY_FRONT else 500_000)
]
DOMAINS = ["paper.example", "wire.example", "msn.com", "daily.co.uk"]
# Small templates that use everything in a view. They compile quickly, so many edits can be tried.
TEMPLATES = {
    "base.html": "<title>{{ page.title }} {{ site.title }}</title>{% block main %}{% endblock "
    "%}{% include 'foot.html' %}",
    "foot.html": "<footer>{{ site.description }} {{ site.language }}{% for m in site.menu %}{{ "
    "m.name }}{{ m.url }}{% for i in m.items %}{{ i.name }}{{ i.url }}{% endfor %}{% endfor %}"
    "{% for m in site.sections + site.footer_menu %}{{ m.name }}{{ m.url }}{% endfor %}"
    "{{ site.has('sources') }}{{ site.has('authors') }}</footer>",
    "card.html": "{% macro show(c) %}<a href='{{ c.url }}'>{{ c.title }}</a>{{ c.excerpt }}{{ "
    "c.kind }}{{ c.external }}"
    "{{ c.language }}{{ c.source.name }}{{ c.source.url }}{{ c.source.logo.url if c.source.logo }}"
    "{% if c.time %}{{ c.time|iso }}{% endif %}{{ c.updated|iso if c.updated }}{{ "
    "c.picture|picture('small', c.title) }}"
    "{% for t in c.topics %}{{ t.name }}{{ t.url }}{% endfor %}{% endmacro %}",
    "list.html": "{% extends 'base.html' %}{% from 'card.html' import show %}{% block main %}{{ "
    "page.count }}{{ page.date }}"
    "{% for c in page.cards %}{{ show(c) }}{% endfor %}{% for p in page.parts %}{{ "
    "p.name }}{{ p.url }}{{ p.count }}{% endfor %}"
    "{% for p in page.crumbs %}{{ p.name }}{{ p.url }}{% endfor %}{{ page.pager.newer }} "
    "{{ page.pager.older }}"
    "{{ page.since.url if page.since }}{{ page.label.name if page.label }}{{ page.months "
    "}}{{ words.latest }}"
    "{% for t in page.top + page.within %}{{ t.label.name }}{{ t.count|number }}{% endfor %}"
    "{% for d in page.busiest %}{{ d.time }}{{ d.count }}{% endfor %}"
    "{% if page.lead %}{{ show(page.lead.card) }}{{ page.lead.also|join }}{% endif %}"
    "{% if page.profile %}{{ page.profile.text }}{{ page.profile.role }}"
    "{{ page.profile.image|image('portrait') }}"
    "{% for l in page.profile.links %}{{ l.name }}{{ l.url }}{% endfor %}{% endif %}"
    "{% if page.introduction %}{{ page.introduction.excerpt }}{{ page.introduction.body|safe }}"
    "{% endif %}"
    "{% block more %}{% endblock %}{% endblock %}",
    "home.html": "{% extends 'list.html' %}{% from 'card.html' import show %}{% block more %}"
    "{% for l in page.leads %}{{ show(l.card) }}{{ l.also|join }}{% endfor %}{% for c in "
    "page.river %}{{ show(c) }}{% endfor %}"
    "{% for s in page.strips %}{{ s.topic.name }}{% for c in s.cards %}{{ show(c) }}{% "
    "endfor %}{% endfor %}"
    "{% for c in page.covered %}{{ show(c.card) }}{{ c.count }}{% endfor %}{% endblock %}",
    "article.html": "{% extends 'base.html' %}{% from 'card.html' import show %}{% block main "
    "%}<h1>{{ article.title }}</h1>"
    "{{ article.excerpt }}{{ article.provider.logo|picture('logo') }}{% set s = "
    "page.card.image|social %}{{ s.url if s }}"
    "{{ article.body|safe }}{{ article.link }}{{ article.quality }}{{ show(page.card) }}"
    "{% for c in sidebar %}{{ show(c) }}{% endfor %}{{ show(page.newer) if page.newer "
    "}}{{ show(page.older) if page.older }}"
    "{% for t in page.terms %}{{ t.key }}{{ t.title }}{{ t.url }}{% for l in t.labels %}{{ l.url }}"
    "{{ l.name }}{% endfor %}{% endfor %}"
    "{% for p in page.crumbs %}{{ p.name }}{{ p.url }}{% endfor %}{% for t in page.tags "
    "%}{{ t.name }}{{ t.url }}{% endfor %}"
    "{% for a in page.authors %}{{ a.name }}{{ a.url }}{{ a.logo|image('logo') }}{% endfor %}"
    "{% if page.lead %}lead {{ show(page.lead) }}{% endif %}{% for c in coverage %}{{ "
    "show(c) }}{% endfor %}"
    "{% for p in page.related %}{{ show(p.card) }}{{ p.topic.name if p.topic }}{{ p.days "
    "}}{% endfor %}"
    "{% for c in page.corrections %}{{ c.time|iso }}{{ c.text }}{% endfor %}{% endblock %}",
    "plain.html": "{% extends 'base.html' %}{% block main %}{{ page.excerpt }}{{ page.body|safe }}"
    "{% for p in page.crumbs %}{{ p.name }}{{ p.url }}{% endfor %}{% endblock %}",
    "layouts/wide.html": "wide {% include 'plain.html' %}",
    "corrections.html": "{% extends 'base.html' %}{% from 'card.html' import show %}{% block "
    "main %}{{ page.excerpt }}{{ page.body|safe }}"
    "{% for i in page.items %}{{ show(i.card) }}{{ i.correction.time|iso }}{{ "
    "i.correction.text }}{% endfor %}{% endblock %}",
    "redirect.html": "{% extends 'base.html' %}{% block main %}{{ page.target }} {{ page.status "
    "}}{% endblock %}",
    "gone.html": "{% extends 'base.html' %}",
    "index.html": "{% extends 'base.html' %}{% block main %}{% for g in page.groups %}{{ "
    "g.label.name }}{{ g.label.url }}{{ g.count }}"
    "{{ g.parent.name if g.parent }}{% endfor %}"
    "{% if page.introduction %}{{ page.introduction.body|safe }}{% endif %}{% endblock %}",
    "404.html": "{% extends 'base.html' %}",
    **{
        f"{kind}.html": "{% extends 'list.html' %}"
        for kind in (
            "older",
            "topic",
            "source",
            "tag",
            "author",
            "term",
            "category",
            "year",
            "month",
            "day",
        )
    },
    **{
        f"{kind}.html": "{% extends 'index.html' %}"
        for kind in ("topics", "sources", "tags", "authors", "taxonomy")
    },
}

PICTURES = ["https://cdn.example/a.jpg", "https://cdn.example/b.jpg", "/own.png", "near.png"]
IMAGES = {"avif": False, "widths": [16], "placeholder": 3}  # quick to encode
Edit = Callable[["Edited", random.Random], None]


class Edited:
    """A site under edit: its folder, settings and clock, and whether it has its own small templates
    instead of the theme's.
    """

    def __init__(self, root: Path, templates: bool = True) -> None:
        self.values: dict[str, Any] = {"per_page": 3, "archive": {"per_page": 4}, "images": IMAGES}
        self.site = SmallSite(root, **self.values)
        self.as_of = AS_OF
        self.made = 0
        self.aged = 0
        self.small = templates
        if templates:
            for name, text in TEMPLATES.items():
                self.site.write(f"templates/{name}", text)

    def articles(self) -> list[Path]:
        """Return the articles, in a fixed order."""
        content = self.site.root / "content"
        return sorted(
            file for file in content.rglob("*.md") if not file.is_relative_to(content / "pages")
        )

    def pick(self, rng: random.Random) -> Path | None:
        """Return one of the content files."""
        files = self.articles()
        return rng.choice(files) if files else None

    def write_settings(self) -> None:
        """Write the current settings."""
        self.site.settings(**self.values)

    def incremental(self, jobs: int = 1) -> dict[str, bytes]:
        """Return the output after a build with the existing cache and output."""
        self.site.build(as_of=self.as_of, jobs=jobs)
        return self.site.tree()

    def clean(self, folder: Path) -> dict[str, bytes]:
        """Return the output of a build from nothing, into another folder."""
        shutil.rmtree(folder, ignore_errors=True)
        config = load_config(self.site.root, output=folder / "site", cache=folder / "cache")
        build(config, BuildOptions(Clock(self.as_of)))
        return read_tree(folder / "site")


def front(file: Path) -> tuple[dict[str, Any], str]:
    """Return the fields and the body of a content file."""
    _, head, body = file.read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(head), body


def rewrite(file: Path, fields: dict[str, Any], body: str) -> None:
    """Write a content file again."""
    head = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)
    file.write_text(f"---\n{head}---\n{body}", "utf-8")


def _time(rng: random.Random) -> str:
    moment = AS_OF + timedelta(days=rng.randint(-400, 3), hours=rng.randint(0, 23))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def add(edited: Edited, rng: random.Random) -> None:
    """A new article, often with a related list of others."""
    edited.made += 1
    name = f"a{edited.made}"
    others = [
        front(file)[0] for file in rng.sample(edited.articles(), min(3, len(edited.articles())))
    ]
    related = [
        {"title": other["title"], "webUrl": other.get("webUrl", ""), "images": _pictures(rng)}
        for other in others
    ]
    related += [{"title": "Elsewhere", "webUrl": "https://x.example/1", "images": _pictures(rng)}]
    edited.site.article(
        rng.choice(["", "sub/"]) + name,
        title=rng.choice([f"Story {name}", "The same title"]),
        excerpt=rng.choice(["", f"About {name}."]),
        publishedDateTime=_time(rng),
        topics=rng.sample(TOPICS, rng.randint(0, 3)),
        provider={"name": rng.choice(["Paper", "The Wire", ""]), "domain": rng.choice(DOMAINS)},
        webUrl=rng.choice([f"https://{rng.choice(DOMAINS)}/{name}", None]),
        related=related,
        images=_pictures(rng),
        body=rng.choice(["", "Some *text*.\n", f"![x]({rng.choice(PICTURES)})\n"]),
    )


def echo(edited: Edited, rng: random.Random) -> None:
    """Add an article of another source about the same event, at about the same time."""
    file = edited.pick(rng)
    if file:
        edited.made += 1
        fields, text = front(file)
        words = rng.sample(
            [
                "harbour",
                "bridge",
                "opens",
                "after",
                "long",
                "delay",
                "storm",
                "closes",
                "northern",
                "road",
            ],
            4,
        )
        time = datetime.fromisoformat(str(fields["publishedDateTime"])).replace(
            tzinfo=UTC
        ) + timedelta(hours=rng.randint(-60, 60))
        changed = {
            "title": f"{fields['title']} {' '.join(words)}",
            "publishedDateTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        site = {
            "provider": {"name": "Echo", "domain": rng.choice(DOMAINS)},
            "webUrl": f"https://echo.example/{edited.made}",
        }
        fields = {key: value for key, value in fields.items() if key not in ("related", "aliases")}
        path = file.with_name(f"e{edited.made}.md")
        rewrite(
            path,
            {
                **fields,
                **changed,
                **site,
                "published": rng.random() < 0.7,
                "quality": rng.randint(0, 9),
            },
            text,
        )


def _change(field: str, value: Callable[[random.Random], Any]) -> Edit:
    def edit(edited: Edited, rng: random.Random) -> None:
        file = edited.pick(rng)
        if file:
            fields, body = front(file)
            new = value(rng)
            fields = {key: old for key, old in fields.items() if key != field} | (
                {} if new is None else {field: new}
            )
            rewrite(file, fields, body)

    return edit


def body(edited: Edited, rng: random.Random) -> None:
    """Change a body."""
    file = edited.pick(rng)
    if file:
        rewrite(file, front(file)[0], f"Body {rng.randint(0, 9)}.\n")


def touch(edited: Edited, rng: random.Random) -> None:
    """Write a file again with the same bytes."""
    file = edited.pick(rng)
    if file:
        file.write_bytes(file.read_bytes())


def age(edited: Edited, rng: random.Random) -> None:
    """Give each input a different old stat, so the next build trusts them."""
    for folder in ("content", "_data", "templates", "static"):
        for file in sorted(
            path for path in (edited.site.root / folder).rglob("*") if path.is_file()
        ):
            edited.aged += 1
            os.utime(file, ns=(10**18, 10**18 + edited.aged))


def delete(edited: Edited, rng: random.Random) -> None:
    """Delete an article."""
    file = edited.pick(rng)
    if file:
        file.unlink()


def rename(edited: Edited, rng: random.Random) -> None:
    """Rename an article's file, sometimes to a name that another had."""
    file = edited.pick(rng)
    if file:
        file.rename(file.with_name(f"{rng.choice(['a1', 'a2', 'renamed'])}.md"))


def break_article(edited: Edited, rng: random.Random) -> None:
    """Make an article unreadable."""
    file = edited.pick(rng)
    if file:
        file.with_suffix(".txt").write_text("---\ntitle: [\n---\n")


def hostile(edited: Edited, rng: random.Random) -> None:
    """Add an article that is made to harm or slow the build."""
    data = rng.choice(_HOSTILE)
    edited.site.write(f"content/hostile-{rng.randint(0, 2)}.md", data)


def beside(edited: Edited, rng: random.Random) -> None:
    """Add, move or withhold an article with files beside it, to which other articles link. Some of
    these files want addresses of the site, or could run code.
    """
    folder = f"content/bundle-{rng.randint(0, 1)}"
    for name in rng.sample(("plan.pdf", "feed.json", "map.svg", "ai/feed.json", "more/a.csv"), 2):
        text = rng.choice(["<svg xmlns='http://www.w3.org/2000/svg'/>", "<svg onload='x'/>", "x"])
        edited.site.write(f"{folder}/{name}", text)
    edited.site.article(
        f"{folder.removeprefix('content/')}/index",
        rng.choice(["", "[a](plan.pdf)", "[a](../bundle-0/plan.pdf)"]),
        draft=rng.choice([True, None]),
        noindex=rng.choice([True, None]),
        permalink=rng.choice([None, "/t.html", "/topics/t.html", "/404.html"]),
    )
    edited.site.article("beside", rng.choice(["[a](bundle-0/plan.pdf)", "[a](bundle-1/map.svg)"]))


def hide_secret(edited: Edited, rng: random.Random) -> None:
    """Add or change an article that hides its `secured` in some form; no other edit picks it."""
    form = rng.choice([*FORMS.values()])
    (edited.site.root / f"content/secret-{rng.randint(0, 2)}.txt").write_text(
        form, "utf-8", newline=""
    )


def gone(edited: Edited, rng: random.Random) -> None:
    """Remove an article that leaves a note at its address."""
    file = edited.pick(rng)
    if file:
        fields, text = front(file)
        rewrite(file, {**fields, "removed": True, "gone": rng.random() < 0.8}, text)


def plain_page(edited: Edited, rng: random.Random) -> None:
    """Add, change or remove a plain page."""
    name = rng.choice(["about", "legal/index", "legal/privacy", "corrections", "news"])
    file = edited.site.root / f"content/pages/{name}.md"
    if file.exists() and rng.random() < 0.3:
        file.unlink()
        return
    edited.site.page_file(
        name,
        title=f"Title {rng.randint(0, 2)}",
        excerpt=rng.choice(["", "A page."]),
        menu=rng.choice([True, False]),
        layout=rng.choice(["", "wide", "missing"]),
        draft=rng.random() < 0.2,
        expires=rng.choice([None, AS_OF, AS_OF + timedelta(hours=20)]),
        aliases=rng.choice(ALIASES),
        body=rng.choice(["", "Some *text*.\n"]),
    )


def section(edited: Edited, rng: random.Random) -> None:
    """Add, change or remove a file about a folder: of a list, of a folder of stories, or of
    neither.
    """
    folder = rng.choice(["", "topics/", "topics/ai/", "news/", "sub/", "series/tides/", "empty/"])
    file = edited.site.root / f"content/{folder}_index.html"
    if file.exists() and rng.random() < 0.3:
        file.unlink()
        return
    link = rng.choice(["/a1.md", "pages/about.md", "nowhere.md"])
    edited.site.write(
        f"content/{folder}_index.html",
        f"---\ntitle: {rng.choice(['', 'About it'])}\ndraft: {rng.random() < 0.2}\n---\n"
        f"<p>Text <a href='{link}'>a</a> <img src='{rng.choice(PICTURES)}'></p>\n",
    )


def taxonomies(edited: Edited, rng: random.Random) -> None:
    """Change the keys that group stories."""
    edited.values["taxonomies"] = rng.choice(
        [{}, {"series": {}}, {"series": {"title": "Tales"}, "language": {}}, {"news": {}}]
    )
    edited.write_settings()
    file = edited.pick(rng)
    if file:
        fields, text = front(file)
        terms = rng.choice([["Tides"], ["tides", "News"], "C#, part 1", None])
        rewrite(file, {**fields, "series": terms, "news": terms}, text)


def topics_data(edited: Edited, rng: random.Random) -> None:
    """Change data files of topics: names, merging, order, parents; or remove all."""
    topics = [
        {
            "name": "Markets",
            "_id": rng.choice(["markets", "money"]),
            "otherNames": rng.choice([[], ["Énergie"], ["C#", "Space"]]),
        },
        {
            "name": "AI",
            "parent": rng.choice(["", "Markets"]),
            "description": rng.choice(["", "Machines that learn.", "Machines."]),
            "image": rng.choice([None, PICTURES[0], {"url": "/own.png", "alt": "A machine"}]),
        },
    ]
    edited.site.write(
        "_data/topics.yaml",
        yaml.safe_dump(rng.sample(topics, rng.randint(0, 2)), allow_unicode=True),
    )


def authors_data(edited: Edited, rng: random.Random) -> None:
    """Add, change or remove data files of authors."""
    for name in rng.sample(["ann", "bob"], rng.randint(1, 2)):
        file = edited.site.root / f"_data/authors/{name}.yaml"
        if file.exists() and rng.random() < 0.3:
            file.unlink()
            continue
        fact = {
            "name": rng.choice(["Ann", "Ann Day"]) if name == "ann" else "Bob",
            "role": rng.choice(["", "Editor"]),
            "bio": rng.choice(["", "Writes.", "Edits."]),
            "image": rng.choice([None, PICTURES[1], "/own.png"]),
            "links": rng.choice([[], ["https://social.example/@ann"]]),
        }
        edited.site.write(f"_data/authors/{name}.yaml", yaml.safe_dump(fact))
    file = edited.pick(rng)
    if file:
        fields, text = front(file)
        rewrite(file, {**fields, "authors": ["ann", "Bob"]}, text)


def menus(edited: Edited, rng: random.Random) -> None:
    """Change the menus of header and footer."""
    edited.values["menu"] = rng.choice(
        [
            [],
            ["about", {"name": "Topics", "url": "/topics/"}],
            ["legal/privacy", "missing"],
            ["AI", {"name": "Markets", "items": ["Space", "about", "news"]}],
        ]
    )
    edited.values["footer_menu"] = rng.choice([[], ["about", "Space"]])
    edited.write_settings()


def organizations_data(edited: Edited, rng: random.Random) -> None:
    """Change a source's name or logo in its data file."""
    fact = {
        "domain": "paper.example",
        "name": rng.choice(["Paper", "Papier"]),
        "images": rng.choice([None, [PICTURES[0]]]),
    }
    edited.site.write("_data/organizations.yaml", yaml.safe_dump([fact]))


def settings(edited: Edited, rng: random.Random) -> None:
    """Change a setting."""
    key, value = rng.choice(
        [
            ("title", rng.choice(["One", "Two"])),
            ("language", rng.choice(["en", "de", "ar"])),
            ("theme", rng.choice([{}, {"accent": "#115577"}, {"logo": "/a.txt"}])),
            ("per_page", rng.choice([2, 3, 5])),
            ("timezone", rng.choice(["UTC", "Asia/Tokyo", "America/Sao_Paulo"])),
            ("related", {"limit": rng.choice([0, 2, 8]), "fill": rng.choice([True, False])}),
            (
                "without",
                rng.choice(
                    [
                        [],
                        ["year"],
                        ["topic", "topics"],
                        ["source"],
                        ["feed", "sitemap"],
                        ["page"],
                        ["tag", "corrections", "gone"],
                        ["search"],
                    ]
                ),
            ),
            (
                "permalinks",
                {
                    "article": rng.choice(
                        ["/{category}/{stem}/", "/{year}/{month}/{slug}/", "/{stem}/"]
                    )
                },
            ),
            ("url", rng.choice(["https://wire.example", "https://wire.example/base"])),
            ("stories", {"window": rng.choice([0, 3, 14]), "redirect": rng.choice([True, False])}),
            ("archive", {"per_page": rng.choice([0, 2, 4])}),
            ("search", {"body": rng.choice([True, False]), "recency": rng.choice([0, 0.5])}),
            ("feeds", {"limit": rng.choice([1, 30]), "full_text": rng.choice([True, False])}),
            (
                "images",
                IMAGES
                | {"missing": rng.choice(["hotlink", "none"]), "placeholder": rng.choice([0, 2])},
            ),
        ]
    )
    edited.values[key] = value
    edited.write_settings()


def template(edited: Edited, rng: random.Random) -> None:
    """Edit, add or remove a template, a partial or a macro."""
    name = rng.choice(["foot.html", "card.html", "article.html", "home.html", "feed.xml"])
    file = edited.site.root / "templates" / name
    if file.exists() and name == "feed.xml":
        file.unlink()
    elif file.exists():
        file.write_text(file.read_text() + f"<!-- {rng.randint(0, 3)} -->")
    else:
        over_theme = name == "feed.xml" or (
            not edited.small and name in ("article.html", "home.html")
        )
        edited.site.write(
            f"templates/{name}",
            f"{{% extends 'theme/{name}' %}}" if over_theme else TEMPLATES.get(name, "new"),
        )


def static(edited: Edited, rng: random.Random) -> None:
    """Add, change or remove a static file."""
    file = edited.site.root / "static" / rng.choice(["a.txt", "deep/b.bin", "newsgen.css"])
    if file.exists() and rng.random() < 0.5:
        file.unlink()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(rng.randint(0, 3)))


def replace(edited: Edited, rng: random.Random) -> None:
    """Add a static file in place of a folder, or the reverse, also at addresses of lists, articles
    and plain pages.
    """
    path = rng.choice(
        [
            "x",
            "x/y.txt",
            "x/y.txt/z",
            "news",
            "news/a1/index.html",
            "about",
            "topics/ai/index.html",
            "_media/x",
            ".git/config",
        ]
    )
    folder = edited.site.root / "static"
    for place in (folder / path, *(folder / path).parents):
        if place == folder:
            break
        if place.is_file():
            place.unlink()
    shutil.rmtree(folder / path, ignore_errors=True)
    if rng.random() < 0.8:
        edited.site.write(f"static/{path}", str(rng.randint(0, 3)))


def conflict(edited: Edited, rng: random.Random) -> None:
    """Give an article a file name that the site itself wants as an address."""
    file = edited.pick(rng)
    if file:
        name = rng.choice(
            [
                "index.html",
                "feed.xml",
                "_headers",
                "404.html",
                "robots.txt",
                "topics",
                "2026",
                "1",
                "a1",
                "about",
            ]
        )
        file.rename(file.with_name(f"{name}.md"))


def _pictures(rng: random.Random) -> list[dict[str, Any]] | None:
    return rng.choice([None, [{"url": rng.choice(PICTURES), "width": 10, "height": 5}]])


def media(edited: Edited, rng: random.Random) -> None:
    """Add, change, damage or remove an original, or one of the site's own images."""
    data = plain((rng.randint(0, 3) * 80, 20, 30), 20, 10)
    url, folder = rng.choice(PICTURES), edited.site.root / "media"
    if url[0] in "/n":
        for file in (
            edited.site.root / "static/own.png",
            edited.site.root / "content/near.png",
            edited.site.root / "content/sub/near.png",
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            if rng.random() < 0.3:
                file.unlink()
        return
    origins, _ = read_index(folder)
    origins[url] = Origin(
        url, AS_OF, AS_OF, keep(folder, data, "png") if rng.random() < 0.8 else ""
    )
    write_index(folder, origins)
    for file in folder.glob("*/*"):
        if rng.random() < 0.2:
            file.write_bytes(b"damaged")


def clock(edited: Edited, rng: random.Random) -> None:
    """Move the clock forward or back."""
    edited.as_of += timedelta(hours=rng.choice([-30, 1, 24, 80]))


def lose_cache(edited: Edited, rng: random.Random) -> None:
    """Delete the cache."""
    shutil.rmtree(edited.site.root / ".newsgen", ignore_errors=True)


def lose_output(edited: Edited, rng: random.Random) -> None:
    """Delete the output."""
    shutil.rmtree(edited.site.output, ignore_errors=True)


def _later(rng: random.Random) -> datetime | None:
    return rng.choice([None, AS_OF + timedelta(hours=rng.randint(-3, 30))])


EDITS: dict[str, Edit] = {
    "add": add,
    "title": _change("title", lambda rng: f"Title {rng.randint(0, 5)}"),
    "excerpt": _change(
        "excerpt", lambda rng: rng.choice(["", "NA", f"Excerpt {rng.randint(0, 5)}"])
    ),
    "time": _change("publishedDateTime", _time),
    "topics": _change("topics", lambda rng: rng.sample(TOPICS, rng.randint(0, 3))),
    "provider": _change(
        "provider",
        lambda rng: rng.choice(
            [
                None,
                *(
                    {"name": name, "domain": rng.choice(DOMAINS)}
                    for name in ("Paper", "PAPER", "Post")
                ),
            ]
        ),
    ),
    "picture": _change("images", _pictures),
    "media": media,
    "published": _change("published", lambda rng: rng.choice([True, False, None])),
    "removed": _change("removed", lambda rng: rng.choice([True, None])),
    "draft": _change("draft", lambda rng: rng.choice([True, None])),
    "expires": _change("expires", _later),
    "category": _change(
        "category",
        lambda rng: rng.choice(
            ["news", "Opinion", "topics", "2026", "page", "about", "AI", "markets", None]
        ),
    ),
    "slug": _change("slug", lambda rng: rng.choice(["same", None])),
    "heat": _change("heat", lambda rng: rng.randint(0, 900)),
    "language": _change("language", lambda rng: rng.choice([None, "ar", "en"])),
    "quality": _change("quality", lambda rng: rng.randint(0, 9)),
    "updated": _change(
        "updated", lambda rng: rng.choice([None, AS_OF, AS_OF - timedelta(days=500)])
    ),
    "tags": _change("tags", lambda rng: rng.sample(TOPICS, rng.randint(0, 2))),
    "authors": _change("authors", lambda rng: rng.choice([None, ["Ann"], ["ann", "Bob"]])),
    "corrections": _change(
        "corrections",
        lambda rng: [{"date": AS_OF, "text": f"Not {n}."} for n in range(rng.randint(0, 2))],
    ),
    "aliases": _change("aliases", lambda rng: rng.choice(ALIASES)),
    "weight": _change("weight", lambda rng: rng.randint(-3, 3)),
    "pin_until": _change("pin_until", _later),
    "echo": echo,
    "gone": gone,
    "plain page": plain_page,
    "body": body,
    "touch": touch,
    "age": age,
    "delete": delete,
    "rename": rename,
    "break": break_article,
    "hostile": hostile,
    "topics data": topics_data,
    "authors data": authors_data,
    "menus": menus,
    "section": section,
    "series": _change("series", lambda rng: rng.choice([None, "Tides", ["Tides", "Tales"]])),
    "taxonomies": taxonomies,
    "organizations data": organizations_data,
    "settings": settings,
    "template": template,
    "static": static,
    "replace": replace,
    "conflict": conflict,
    "hide secret": hide_secret,
    "beside": beside,
    "clock": clock,
    "lose cache": lose_cache,
    "lose output": lose_output,
}


def apply(edited: Edited, name: str, seed: int) -> None:
    """Do the edit of this name, with choices from the seed."""
    EDITS[name](edited, random.Random(seed))
