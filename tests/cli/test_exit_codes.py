"""Exit codes 0 to 4, 129, 130 and 143, and their messages: plain text, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from support import PATIENCE, SmallSite, command, eventually, newsgen

CLOCK = ("--as-of", "2026-01-31T12:00")
HOLD = """
import sys
from pathlib import Path
from newsgen.store.output import Output
lock = Output(Path(sys.argv[1])).lock(wait=False)
print("held", flush=True)
sys.stdin.read()
"""


def stopped(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Check that the command ended with this code and printed these words, not a traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            "title: T\nurl: https://x.example\nrelatd:\n  limit: 3\n",
            ["newsgen.yaml:3:1: error: relatd is not a setting", "did you mean related?"],
        ),
        (
            "title: T\nurl: https://x.example\nrelated:\n  limt: 3\n",
            ["newsgen.yaml:4:3: ", "related.limt is not a setting", "did you mean limit?"],
        ),
        (
            "title: T\n",
            [
                "newsgen.yaml:1:1: error: the setting url is required",
                "add a line such as  url: ...",
            ],
        ),
        ("title:\nurl: https://x.example\n", ["the setting title is required"]),
        ("", ["the setting title is required"]),
        (
            "title: T\nurl: example\n",
            [
                "newsgen.yaml:2:6: error: url is not an absolute address",
                "    url: example\n         ^",
            ],
        ),
        *(
            (f"title: T\nurl: '{url}'\n", ["url is not an absolute address"])
            for url in ("https://[", "https://x:y", "https://a@b.example", "http://:80")
        ),
        (
            "title: T\nurl: https://x.example\nper_page: many\n",
            ["newsgen.yaml:3:11: error: per_page is not a whole number"],
        ),
        ("title: T\nurl: https://x.example\nper_page: 0\n", ["per_page is less than 1"]),
        (
            "title: T\nurl: https://x.example\nwithout: [topic, dayy]\n",
            ["without[1] does not know 'dayy'", "did you mean day?"],
        ),
        (
            "title: T\nurl: https://x.example\nrelated: {fill: perhaps}\n",
            ["related.fill is neither true nor false"],
        ),
        (
            "title: T\nurl: https://x.example\ntimezone: Mars\n",
            ["newsgen.yaml:3:11: error: timezone is not a time zone"],
        ),
        (
            "title: T\nurl: https://x.example\nlanguage: '?'\n",
            ["newsgen.yaml:3:11: error: language is not a language tag"],
        ),
        (
            "title: T\nurl: https://x.example\npermalinks: {article: '/{yeer}/'}\n",
            ["permalinks.article does not know {yeer}"],
        ),
        (
            "title: T\nurl: https://x.example\npermalinks: {article: 'x'}\n",
            ["permalinks.article does not start and end with /"],
        ),
        (
            "title: T\nurl: https://x.example\npermalinks: {topic: '/topics/'}\n",
            ["has no part that distinguishes pages"],
        ),
        (
            "title: T\nurl: https://x.example\npermalinks: {date: '/{day}/'}\n",
            ["does not end with {year}/{month}/{day}/"],
        ),
        ("title: T\nurl: [\n", ["newsgen.yaml:3:1: error:", "malformed-yaml"]),
        (
            "title: T\ntitle: U\nurl: https://x.example\n",
            ["newsgen.yaml:2:8: error: the key occurs twice"],
        ),
        ("- a\n- b\n", ["newsgen.yaml:1:1: error: the settings are not a mapping"]),
    ],
)
def test_2_for_mistakes_in_the_settings_file(
    site: SmallSite, settings: str, words: list[str]
) -> None:
    """A mistake in newsgen.yaml ends with 2 and is shown with line, column and a suggestion."""
    site.write("newsgen.yaml", settings)
    stopped(site.run("build", *CLOCK), 2, *words)
    assert not site.output.exists()


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        (
            "relatd.limit=3",
            ["error: --set relatd.limit=3: relatd is not a setting", "did you mean related?"],
        ),
        (
            "related.limit=few",
            ["error: --set related.limit=few: related.limit is not a whole number"],
        ),
        (
            "related=3",
            [
                "error: --set related=3: related is not a group of settings",
                "hint: write it as {limit: ..., fill: ...}",
            ],
        ),
        ("share=email", ["share is not a list", "hint: write it as [email]"]),
        (
            "profiles=3",
            ["profiles is not a list", "hint: write it as [{name: ..., url: ...}, ...]"],
        ),
        ("humans=[a]", ["humans is not text", "hint: write it in quotes, or over several lines"]),
        ("title.x=3", ["error: --set title.x=3: title is not a group of settings"]),
        ("url=x", ["error: --set url=x: url is not an absolute address"]),
        ("theme.accent=red", ["theme.accent is not a colour such as #005a9c"]),
        (
            "menu=[{name: A, url: x}]",
            ["menu[0].url is neither an absolute address nor a path from the site's root"],
        ),
        ("headers.extra=[é]", ["headers.extra[0] contains a character that headers do not allow"]),
        ('output="a\\0b"', ["output is not the name of a folder"]),
        (
            "theme.fonts=[{family: F, file: /f.woff2, ascent: 900}]",
            ["theme.fonts[0].ascent is more than 300"],
        ),
        ("strict", ["error: --set strict: write it as key=value"]),
        ("title={", ["error: --set title={: "]),
    ],
)
def test_2_for_mistakes_in_set(site: SmallSite, assignment: str, words: list[str]) -> None:
    """A mistake in --set ends with 2 and names the option, not the file."""
    done = site.run("build", *CLOCK, "--set", assignment)
    stopped(done, 2, *words)
    assert "newsgen.yaml" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["build"],
        ["check"],
        ["new", "A story"],
        ["status"],
        ["why", "/"],
        ["theme", "list"],
        ["config"],
        ["init", "content"],
    ],
    ids=lambda words: words[0],
)
def test_with_json_a_mistake_is_a_document_too(site: SmallSite, arguments: list[str]) -> None:
    """Every command with --json prints the error that stops it as one JSON document on standard
    output, besides the text on standard error.
    """
    done = site.run(*arguments, "--json", "--set", "per_page=0")
    assert done.returncode == 2
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["code"] in ("bad-setting", "not-empty")
    assert problem["message"] in done.stderr


def test_yes_and_empty_values_are_settings(site: SmallSite) -> None:
    """yes and no are booleans where one is expected, and a key without a value has its default."""
    site.write(
        "newsgen.yaml", "title: T\nurl: https://x.example\nrelated:\n  fill: no\n  limit:\nfeeds:\n"
    )
    assert site.run("build", *CLOCK).returncode == 0
    assert "Related stories" not in site.page("/news/two/")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bild"], ["bild"]),
        (["build", "--nope"], ["--nope"]),
        (["build", "--jobs", "0"], ["--jobs"]),
        (["build", "--as-of", "teatime"], ["--as-of teatime: is not a date"]),
        (
            ["--root", "nowhere", "build"],
            ["nowhere/newsgen.yaml", "the settings cannot be read", "--root"],
        ),
        (["build", "--config", "nowhere.yaml"], ["nowhere.yaml", "the settings cannot be read"]),
        (
            ["build", "--output", "content/site"],
            ["the output", "content", "overlap", "a separate folder"],
        ),
        (["build", "--output", "."], ["overlap"]),
        (["build", "--output", "link/site"], ["overlap"]),
        (["build", "--output", ".newsgen"], ["overlap"]),
    ],
)
def test_2_for_usage(site: SmallSite, arguments: list[str], words: list[str]) -> None:
    """Invalid arguments end with 2 before anything is written, also an output that overlaps an
    input.
    """
    (site.root / "link").symlink_to("content")
    stopped(site.run(*arguments), 2, *words)
    assert not site.output.exists()


@pytest.mark.parametrize(
    ("template", "place"),
    [
        (
            '{% extends "theme/article.html" %}\n{% block main %}\n<p>{{ page.nothing }}</p>\n{% '
            "endblock %}\n",
            "templates/article.html:3:",
        ),
        (
            '{% extends "theme/article.html" %}\n{% block main %}{% if %}{% endblock %}\n',
            "templates/article.html:2:",
        ),
        (
            '{% extends "theme/article.html" %}\n\n{% block main %}{{ 1 / 0 }}{% endblock %}\n',
            "templates/article.html:3:",
        ),
        (
            '{% extends "theme/article.html" %}\n{% block main %}{{ page.title|shout }}{% '
            "endblock %}\n",
            "templates/article.html:2:",
        ),
    ],
)
def test_3_for_a_template_error(site: SmallSite, template: str, place: str) -> None:
    """A template's error ends with 3 and shows file, line and source line; the output stays."""
    site.run("build", *CLOCK)
    before = site.tree()
    site.write("templates/article.html", template)
    done = site.run("build", *CLOCK)
    stopped(done, 3, place, "error:", "while rendering /news/")
    assert "    " + template.split("\n")[int(place.split(":")[1]) - 1] in done.stderr
    assert site.tree() == before


def test_3_for_a_template_that_is_not_there(site: SmallSite) -> None:
    """A missing template that another one needs is named."""
    site.write("templates/article.html", '{% extends "nobody.html" %}')
    stopped(site.run("build", *CLOCK), 3, "there is no template nobody.html")


@pytest.mark.parametrize("option", ["--output", "--cache"])
def test_3_where_a_folder_cannot_be_made(site: SmallSite, option: str) -> None:
    """An output or a cache that cannot be written ends with 3 and is named."""
    stopped(
        site.run("build", *CLOCK, option, "newsgen.yaml/below"), 3, "newsgen.yaml/below", "error:"
    )


def test_3_where_a_foreign_file_is_in_the_way(site: SmallSite) -> None:
    """A file that newsgen did not write is never overwritten: exit code 3, and no other file is
    written.
    """
    foreign = site.write("site/news/two/index.html", "mine")
    stopped(site.run("build", *CLOCK), 3, "news/two/index.html", "blocks its output")
    assert foreign.read_text() == "mine"
    assert set(site.tree()) == {"news/two/index.html"}


def test_3_where_a_file_cannot_be_written_whole(site: SmallSite) -> None:
    """A file that does not fit on the disk ends with 3 and is named; the previous files stay, and
    no partial file is left.
    """
    site.run("build", *CLOCK)
    before = site.tree()
    site.article("two", title="Another title")
    site.write("templates/404.html", "{% for _ in range(150_000) %}0123456789{% endfor %}")
    limited = site.run("build", *CLOCK, "--jobs", "1", before="limits:small_files")
    stopped(limited, 3, "404.html cannot be written", "the previous files stay")
    assert site.tree() == before


def test_3_where_the_cache_cannot_be_written_while_pages_are_rendered(site: SmallSite) -> None:
    """If the cache is full while a template's code is stored, the message names the cache, not the
    template.
    """
    site.run("build", *CLOCK)
    before = site.tree()
    site.write(
        "templates/404.html",
        "".join(
            f"{{% if page.url == 'x{i}' %}}{{{{ page.title }}}}{{% endif %}}\n" for i in range(4000)
        ),
    )
    limited = site.run("build", *CLOCK, "--jobs", "1", before="limits:tiny_files")
    stopped(limited, 3, "cache.sqlite: the cache cannot be written", "[cannot-write]")
    assert site.tree() == before


@contextmanager
def hold(output: Path) -> Iterator[subprocess.Popen[str]]:
    """Run another process that holds the output until its standard input is closed."""
    output.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(output)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        yield holder


def test_4_where_another_run_holds_the_output(site: SmallSite) -> None:
    """While another process holds the output, a build ends with 4; afterwards it succeeds."""
    with hold(site.output) as holder:
        stopped(site.run("build", *CLOCK), 4, "another run holds", "--wait")
        assert site.tree() == {}
        holder.communicate()
    assert site.run("build", *CLOCK).returncode == 0


def test_wait_builds_when_the_other_run_has_ended(site: SmallSite) -> None:
    """With --wait, a build waits for the other run and then builds."""
    with (
        hold(site.output) as holder,
        subprocess.Popen(
            command("build", *CLOCK, "--wait"), cwd=site.root, stderr=subprocess.PIPE
        ) as waiting,
    ):
        assert (
            site.run("build", *CLOCK).returncode == 4
        )  # a later build without --wait has already ended
        assert waiting.poll() is None
        holder.communicate()
        waiting.communicate(timeout=PATIENCE)
    assert waiting.returncode == 0
    assert "news/two/index.html" in site.tree()


def test_a_signal_stops_without_a_traceback(make_site: Callable[..., SmallSite]) -> None:
    """Ctrl-C, SIGTERM or SIGHUP to all processes during rendering ends with 128 plus its number and
    one line; the previous files stay, and no partial file is left.
    """
    site = make_site()
    for i in range(1500):
        site.article(
            f"story-{i}",
            publishedDateTime=f"2025-{1 + i % 12:02}-{1 + i % 28:02}T{i % 24:02}:{i % 60:02}:00Z",
        )
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        code, out, said = eventually(
            partial(_stopped_while_rendering, site, stop), "a build that was still rendering"
        )
        assert (out, said.strip()) == ("", "newsgen: stopped"), stop
        assert code in (128 + stop, -signal.SIGINT)
        assert site.tree() == {}
        assert not [path for path in site.output.rglob("*") if path.is_dir()]


def _stopped_while_rendering(site: SmallSite, stop: signal.Signals) -> tuple[int, str, str] | None:
    """Return exit code, standard output and standard error of a build that a signal stopped, None
    if it had ended before.
    """
    shutil.rmtree(site.output, ignore_errors=True)
    site.output.mkdir()
    run = subprocess.Popen(
        command("build", *CLOCK, "--jobs", "2"),
        cwd=site.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with run:
        eventually(
            lambda: (site.output / "news").exists() or run.poll() is not None, "the first page"
        )
        with suppress(ProcessLookupError):
            os.killpg(run.pid, stop)  # to all processes, as a terminal does
        out, said = run.communicate(timeout=PATIENCE)
    return None if run.returncode == 0 else (run.returncode, out, said)


def test_a_reader_that_goes_away_is_no_error(site: SmallSite) -> None:
    """`newsgen build --json | head -0` ends without a traceback."""
    done = subprocess.run(
        [
            "bash",
            "-c",
            'set -o pipefail; "$@" 2>said | head -c 0; cat said',
            "-",
            *command("build", *CLOCK, "--json", "-q"),
        ],
        cwd=site.root,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stdout
    assert "BrokenPipe" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("where", "code"),
    [("> /dev/full", 3), (">&-", 0), ("2>&-", 0), (">&- 2>&-", 0), (">/dev/full 2>/dev/full", 3)],
)
def test_where_nothing_can_be_said(site: SmallSite, where: str, code: int) -> None:
    """If standard output is full, the command ends with 3 and says so if it can; if it is closed,
    the work is done.
    """
    site.compile()
    for arguments in (
        ["build", "--json", *CLOCK],
        ["status", "--json"],
        ["config"],
        ["schema"],
        ["--help"],
    ):
        shell = f'"$@" {where}'
        done = subprocess.run(
            ["bash", "-c", shell, "-", *command(*arguments)],
            cwd=site.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, (arguments, done.stderr)
        assert "Traceback" not in done.stderr
        assert ("cannot be written: No space left on device" in done.stderr) == (
            where == "> /dev/full"
        )
    assert "news/two/index.html" in site.tree()


def test_a_bug_says_so(site: SmallSite) -> None:
    """An unexpected error ends with 70, a traceback and the word bug."""
    site.write(
        "sitecustomize.py", "import newsgen.build.pipeline\nnewsgen.build.pipeline.build = None\n"
    )
    done = newsgen("build", cwd=site.root, env={"PYTHONPATH": str(site.root)})
    assert done.returncode == 70
    assert "Traceback" in done.stderr
    assert "this is a bug" in done.stderr
