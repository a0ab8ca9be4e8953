"""The address of an object store's bucket, as settings name it."""

from typing import Annotated

from newsgen.config.reader import Table, matching
from newsgen.core.problems import settings_error

BUCKET = r"(?:s3|gs|az)://[^\s/?#]+(?:/[^\s?#]*)?"
SCHEMES = ("s3://", "gs://", "az://")
Address = Annotated[str, matching(r"^https?://[^\s/]+\S*$", "is not an http or https address")]
_WRONG = "is not the address of a bucket, such as s3://bucket/wire"


class Bucket(Table, frozen=True):
    """A folder of an object store.

    `url` is its address, such as `s3://bucket/wire`. `endpoint` is the address of a store that is
    not Amazon's, and `region` its region. Credentials come from the environment.
    """

    url: Annotated[str, matching(rf"^{BUCKET}$", _WRONG)]
    endpoint: Address | None = None
    region: str = ""

    @property
    def address(self) -> str:
        """Return its address without a slash at the end."""
        return self.url.rstrip("/")


class ContentBucket(Bucket, frozen=True):
    """A folder of an object store with the articles, which are copied into the folder `copy`."""

    copy: Annotated[str, matching(r"^[^\x00-\x1f]+$", "is not the name of a folder")] = ".content"


def refuse_bucket(content: Bucket | None) -> None:
    """Raise UserError (exit code 2) if the articles are in a bucket, because newsgen only reads
    there.
    """
    if content:
        message = f"the articles are in {content.address}, where newsgen only reads"
        hint = "write into a folder, with --set content=FOLDER, and copy it there"
        raise settings_error("content-in-bucket", message, hint=hint)
