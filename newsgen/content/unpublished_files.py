"""Files in the static folder that are not published.

Files of version control, temporary files of editors and systems, and files with secrets get there
by mistake. Attackers look for `/.git/config` and `/.env` first. Other hidden files are published,
such as `.well-known/`, `.htaccess` and `.nojekyll`.
"""

from __future__ import annotations

import re

from newsgen.core.patterns import lazily

IMAGES = "/_media/"  # image copies, which browsers cache for a year; nothing else may be there
_VERSION_CONTROL = lazily(
    r"\.(?:git|hg|svn|bzr|jj|sl|pijul|fslckout|fossil)|_darcs|_MTN|CVS|\.cvsignore"
    r"|\.(?:git|hg|bzr|jj)(?:ignore|attributes|modules|tags|sub|substate|-blame-ignore-revs)|\.mailmap"
)
_LEFTOVERS = lazily(
    r".+~|#.+#|\.#.+|~\$.+|\.~lock\..+#|\._.+|\.(?:.+\.)?(?:sw[a-p]|kate-swp)|.+\.(?:bak|orig|rej)|.+___jb_(?:tmp|old)___"
    r"|\.(?:idea|vscode|vs|fleet|netrwhist|appledouble|spotlight-v100|fseventsd|trash.*|trashes|directory|fuse_hidden.+|nfs[0-9a-f]{8,})"
    r"|thumbs\.db|ehthumbs\.db|desktop\.ini|__macosx",
    re.I,
)
_SECRETS = lazily(
    r"\.env(?:[.\-_].+)?|.+\.env|\.envrc|\.flaskenv|[._]netrc|\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|\.htpasswd.*|\.git-credentials|\.pgpass|\.my\.cnf"
    r"|\.(?:ssh|aws|azure|gnupg|kube|docker|dockercfg|terraform|vault-token|s3cfg|boto)|\.\w+_history|id_(?:rsa|dsa|ecdsa|ed25519)",
    re.I,
)
_KINDS = (
    (_VERSION_CONTROL, "belongs to version control"),
    (_LEFTOVERS, "is a temporary file of an editor or the system"),
    (_SECRETS, "may contain secrets"),
)
_RESERVED = IMAGES.strip("/")


def refusal(path: str) -> tuple[str, str] | None:
    """Return why a file or folder in the static folder is not published, or None.

    The reason is a code and a message. The caller has already checked the folders above it.
    """
    if path.casefold() == _RESERVED:
        return "route-conflict", f"/{_RESERVED}/ is reserved for image copies; it is not copied"
    name = path.rpartition("/")[2]
    kind = next((kind for pattern, kind in _KINDS if pattern.fullmatch(name)), "")
    return ("not-copied", f"{kind}; it is not copied") if kind else None
