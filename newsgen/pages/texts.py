"""Plan the text files that people and programs look for at fixed addresses: security.txt,
humans.txt and ads.txt.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from newsgen.config.about import Security
from newsgen.core.problems import Problem
from newsgen.pages.base import Page, PlanContext, View

_SECURITY = "/.well-known/security.txt"  # RFC 9116, section 3


class TextView(View, frozen=True, array_like=True, gc=False):
    """A plain text. Its title is the file's name, such as `ads.txt`."""

    text: str
    """The text."""


def security_end(security: Security) -> datetime | None:
    """Return the moment from which security.txt no longer holds, or None without such a file."""
    if not security.contact:
        return None
    return datetime.fromisoformat(security.expires).replace(tzinfo=UTC) + timedelta(days=1)


def plan_texts(planning: PlanContext) -> tuple[list[Page], list[Problem]]:
    """Plan the files that the settings ask for. A security.txt past its day is a problem."""
    settings, problems = planning.settings, list[Problem]()
    texts = {
        _SECURITY: "".join(f"{line}\n" for line in _security_lines(planning)),
        "/humans.txt": settings.humans and settings.humans.rstrip("\n") + "\n",
        "/ads.txt": "".join(f"{line}\n" for line in settings.ads),
    }
    end = security_end(settings.security)
    if end and planning.as_of >= end:
        message = f"security.txt expired on {settings.security.expires}; it is no longer valid"
        hint = "check that it is still right, and set security.expires to a day within a year"
        problems.append(Problem("warning", "security-txt-expired", message, hint=hint))
    pages = [
        Page(route, "text.txt", TextView(planning.href(route), route.rpartition("/")[2], text))
        for route, text in texts.items()
        if text
    ]
    return pages, problems


def _security_lines(planning: PlanContext) -> Iterator[str]:
    security, end = planning.settings.security, security_end(planning.settings.security)
    if end is None:
        return
    yield from (f"Contact: {contact}" for contact in security.contact)
    yield f"Expires: {end - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    for name in ("policy", "encryption", "acknowledgments", "hiring"):
        if value := getattr(security, name):
            yield f"{name.title()}: {value}"
    if security.languages:
        yield f"Preferred-Languages: {', '.join(security.languages)}"
    yield f"Canonical: {planning.settings.url}{_SECURITY}"
