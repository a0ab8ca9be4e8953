"""Connect to the bucket of an object store: Amazon S3 and compatible stores, Google Cloud, Azure.
Credentials come from the environment or from the machine's role, as in each provider's own tools.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from newsgen.config.bucket import Bucket
from newsgen.core.problems import UserError, build_error

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

T = TypeVar("T")
_AT_ONCE = 16  # requests in flight
_CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
_REFUSED = ("credential", "Forbidden", "Unauthorized", "denied")


def open_bucket(bucket: Bucket, patience: int) -> ObjectStore:
    """Return a client, which tries a request again for at most `patience` seconds.

    Raises ValueError or obstore's BaseError if the address or the environment is not usable.
    """
    from obstore.store import from_url

    endpoint = "base_url" if bucket.url.startswith("gs:") else "endpoint"
    given = {endpoint: bucket.endpoint, "region": bucket.region}
    config: Any = {name: value for name, value in given.items() if value}
    options: ClientConfig = {"timeout": timedelta(seconds=120)}
    if (bucket.endpoint or "").startswith("http:"):
        options["allow_http"] = True
    retries: RetryConfig = {"max_retries": 4, "retry_timeout": timedelta(seconds=patience)}
    return from_url(bucket.address, config=config, client_options=options, retry_config=retries)


async def each(items: Iterable[T], work: Callable[[T], Coroutine[Any, Any, None]]) -> None:
    """Do the work for each item, several at once. The first error stops the others."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def limited(item: T) -> None:
        async with free:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for item in items:
            group.create_task(limited(item))


def failed(bucket: Bucket, error: BaseException, code: str, hint: str) -> UserError:
    """Return the error for a request that failed: exit code 3.

    The message is the first line of the cause, without the store's own answer, which nobody can
    use. If the store refused the credentials, the hint is where they come from.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    what = " ".join(str(error).partition("\n")[0].partition(": <")[0].split())[:300]
    if any(word in what for word in _REFUSED):
        names = _CREDENTIALS[bucket.url.partition(":")[0]]
        hint = f"credentials come from the environment, such as {names}"
    elif "404 Not Found" in what:
        hint = "look whether the bucket has this name, and the settings its endpoint"
    return build_error(code, f"{bucket.address}: {what}", hint=hint)
