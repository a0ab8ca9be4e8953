"""Find the target for an address."""

from __future__ import annotations

from pathlib import Path

from newsgen.config.bucket import SCHEMES
from newsgen.config.publish import TargetBucket
from newsgen.publish.targets.git import Git
from newsgen.publish.targets.object_store import ObjectStore
from newsgen.publish.targets.rsync import Rsync
from newsgen.publish.targets.target import Target


def find_target(address: str | TargetBucket, root: Path) -> Target:
    """Return the target for an entry of the setting publish.targets.

    Addresses are `git+URL#BRANCH`, `rsync://HOST/MODULE/PATH/`, `HOST:PATH/`, or a bucket such as
    `s3://BUCKET/PREFIX`.
    """
    if isinstance(address, TargetBucket):
        return ObjectStore(address)
    if address.startswith(SCHEMES):
        return ObjectStore(TargetBucket(address))
    return Git(address, root) if address.startswith("git+") else Rsync(address)
