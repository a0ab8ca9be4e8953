"""The settings about the site itself: its profiles, share links, and files at fixed addresses such
as `/humans.txt`.
"""

from datetime import date
from typing import Annotated

from msgspec import Meta

from newsgen.config.reader import SettingsFile, Table, matching, near_or_all

# Services to share a story with, and their addresses for sharing.
SHARE = {
    "bluesky": ("Bluesky", "https://bsky.app/intent/compose?text={title}%20{url}"),
    "email": ("", "mailto:?subject={title}&body={url}"),
    "facebook": ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    "linkedin": ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    "reddit": ("Reddit", "https://www.reddit.com/submit?url={url}&title={title}"),
    "telegram": ("Telegram", "https://t.me/share/url?url={url}&text={title}"),
    "whatsapp": ("WhatsApp", "https://wa.me/?text={title}%20{url}"),
    "x": ("X", "https://x.com/intent/post?text={title}&url={url}"),
}
Name = Annotated[str, Meta(min_length=1)]
Https = Annotated[str, matching(r"^(?:https://[^\s/]+\S*)?$", "is not an address with https://")]
_CONTACT = "is not a contact such as mailto:security@wire.example, tel:+1-201-555-0123 or https://"
_RECORD = (
    r"^(?:#.*"
    r"|[\w\-.]+\.[A-Za-z]{2,}\s*,\s*[^\s,#;=][^,#;=]*,\s*(?i:DIRECT|RESELLER)\s*(?:,\s*[\w\-]+\s*)?(?:[;#].*)?"
    r"|(?i:CONTACT|SUBDOMAIN|OWNERDOMAIN|MANAGERDOMAIN|INVENTORYPARTNERDOMAIN)\s*=\s*[^\s#].*)$"
)


class ProfileLink(Table, frozen=True):
    """A page about the site elsewhere, such as its account on a social network."""

    name: Name
    url: Annotated[str, matching(r"^https?://[^\s/]+\S*$", "is not an absolute address")]


class ShareLink(Table, frozen=True):
    """A service to share stories with. Its address has {url}, and may have {title}."""

    name: Name
    url: Annotated[
        str,
        matching(
            r"^(?=\S*\{url\})(?:https://[^\s/{]+/|mailto:)(?:[^\s{}]|\{url\}|\{title\})*$",
            "is not an address with {url}, such as https://social.example/share?text={title}%20{url}",
        ),
    ]


class Security(Table, frozen=True):
    """Whom to notify of a vulnerability: the fields of security.txt (RFC 9116)."""

    contact: tuple[Annotated[str, matching(r"^(?:mailto:|tel:|https://)\S+$", _CONTACT)], ...] = ()
    """Where to report a vulnerability, best first: `mailto:security@wire.example`,
    `tel:+1-201-555-0123` or an address with `https://`. With it, there is a file
    `/.well-known/security.txt` ([RFC 9116](https://www.rfc-editor.org/rfc/rfc9116))."""
    expires: Annotated[
        str, matching(r"^(?:\d{4}-\d\d-\d\d)?$", "is not a day such as 2027-06-30")
    ] = ""
    """The last day (in UTC) on which that file holds, such as `2027-06-30`; required, and best
    within a year. Later, newsgen warns (`security-txt-expired`)."""
    policy: Https = ""
    """The address of your disclosure policy."""
    encryption: Annotated[
        str,
        matching(
            r"^(?:(?:https://|dns:|openpgp4fpr:)\S+)?$",
            "is not an address with https://, dns: or openpgp4fpr:",
        ),
    ] = ""
    """The address of a key to write with."""
    acknowledgments: Https = ""
    """The address of a page that thanks."""
    hiring: Https = ""
    """The address of security jobs."""
    languages: tuple[
        Annotated[str, matching(r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", "is not a language tag")],
        ...,
    ] = ()
    """The languages in which you read reports, as in `[en, de]`."""


# A record or a variable of ads.txt (IAB Tech Lab, ads.txt 1.1, section 3.4), or a comment.
AdsLine = Annotated[
    str,
    matching(_RECORD, "is not a line of ads.txt such as ads.example, pub-1234, DIRECT, f08c47fec0"),
]


def check_share(share: tuple[ShareLink | str, ...], source: SettingsFile) -> None:
    """Raise UserError (exit code 2) for a service that newsgen does not know."""
    for place, one in enumerate(share):
        if isinstance(one, str) and one not in SHARE:
            hint = near_or_all(one, tuple(SHARE)) + "; or give a name and an url"
            raise source.wrong(f"share[{place}]", f"does not know {one}", hint)


def check_security(security: Security, source: SettingsFile) -> None:
    """Raise UserError (exit code 2) for a day that does not exist, or a contact without one."""
    try:
        if security.expires:
            date.fromisoformat(security.expires)
    except ValueError:
        raise source.wrong("security.expires", "is not a day such as 2027-06-30") from None
    if security.contact and not security.expires:
        hint = "add the last day on which it holds, at most a year from now: expires: 2027-06-30"
        raise source.wrong("security", "has a contact and no day on which it expires", hint)
