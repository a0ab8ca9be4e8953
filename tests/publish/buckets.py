"""An S3 server on loopback, and its content for tests."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

KEYS = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_REGION": "us-east-1",
}


class Stored(NamedTuple):
    """An object: its bytes, and the headers that a reader gets."""

    data: bytes
    headers: dict[str, str]


class Store:
    """A bucket `news` of a server in this process, with a log of the requests for it."""

    def __init__(self, address: str) -> None:
        from obstore.store import S3Store

        self.endpoint = address
        self.requests: list[tuple[str, str]] = []
        config: Any = {"endpoint": address, "region": "us-east-1"}
        config |= {"access_key_id": "key", "secret_access_key": "secret"}
        self._config = config
        self._client = S3Store("news", config=config, client_options={"allow_http": True})

    def target(self, prefix: str = "", **more: str) -> dict[str, Any]:
        """Return the setting for a folder of the bucket."""
        return {"url": f"s3://news/{prefix}".rstrip("/"), "endpoint": self.endpoint, **more}

    def objects(self, prefix: str = "") -> dict[str, Stored]:
        """Return the objects below a folder, by their path in it."""
        found = {}
        for batch in self._client.list(prefix or None):
            for one in batch:
                got = self._client.get(one["path"])
                headers = {str(name): str(value) for name, value in got.attributes.items()}
                path = one["path"].removeprefix(prefix).removeprefix("/")
                found[path] = Stored(bytes(got.bytes()), headers)
        return found

    def client(self, prefix: str) -> Any:
        """Return a client for a folder of the bucket."""
        from obstore.store import S3Store

        return S3Store(
            "news", prefix=prefix, config=self._config, client_options={"allow_http": True}
        )

    def get(self, path: str) -> bytes:
        """Return the bytes of an object."""
        return bytes(self._client.get(path).bytes())

    def put(self, path: str, data: bytes) -> None:
        """Put an object without newsgen's knowledge."""
        self._client.put(path, data)

    def delete(self, path: str) -> None:
        """Delete an object."""
        self._client.delete(path)


@contextmanager
def bucket() -> Iterator[Store]:
    """Start a server with an empty bucket; the system chooses the port."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from moto.s3.models import s3_backends
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = DomainDispatcherApplication(create_backend_app)
    log: list[tuple[str, str]] = []

    def logged(environ: dict[str, Any], start: Any) -> Any:
        log.append((environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/news")))
        return app(environ, start)

    server = make_server("127.0.0.1", 0, logged, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        store = Store(f"http://127.0.0.1:{server.server_port}")
        urlopen(Request(f"{store.endpoint}/news", method="PUT")).close()
        store.requests = log
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        s3_backends["123456789012"]["aws"].reset()
