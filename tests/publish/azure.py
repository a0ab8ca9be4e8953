"""An Azure blob store on loopback: azurite, Microsoft's emulator."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any
from urllib.request import Request, urlopen

from obstore.store import from_url

# The account of azurite.
_NAME = "devstoreaccount1"
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
KEYS = {"AZURE_STORAGE_ACCOUNT_NAME": _NAME, "AZURE_STORAGE_ACCOUNT_KEY": _KEY}


class Container:
    """A container `news`. Its clients find KEYS in the environment."""

    def __init__(self, address: str) -> None:
        self.endpoint = address

    def target(self, prefix: str) -> dict[str, Any]:
        """Return the setting for a folder of the container."""
        return {"url": f"az://news/{prefix}", "endpoint": self.endpoint}

    def client(self, prefix: str) -> Any:
        """Return a client for a folder of the container."""
        options: Any = {"config": {"endpoint": self.endpoint}}
        return from_url(f"az://news/{prefix}", client_options={"allow_http": True}, **options)

    def files(self, prefix: str) -> dict[str, bytes]:
        """Return the objects below a folder, by their path in it."""
        client = self.client(prefix)
        paths = [one["path"] for batch in client.list() for one in batch]
        return {path: bytes(client.get(path).bytes()) for path in paths}


@contextmanager
def azure() -> Iterator[Container]:
    """Start a server with an empty container; the system chooses the port."""
    command = ["azurite-blob", "--blobPort", "0", "--inMemoryPersistence", "--disableTelemetry"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stdout
        try:
            found = (re.search(r"listens on (\S+)", line) for line in server.stdout)
            address = f"{next(match[1] for match in found if match)}/{_NAME}"
            _create(address, "news")
            yield Container(address)
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # if node is a script that starts another program


def _create(address: str, container: str) -> None:
    """Create a container, by a request signed with the account's key (Azure, Shared Key)."""
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
    signed = "".join(f"{name}:{value}\n" for name, value in headers.items())
    resource = f"/{_NAME}/{_NAME}/{container}\nrestype:container"
    text = "PUT" + "\n" * 12 + signed + resource
    digest = hmac.digest(base64.b64decode(_KEY), text.encode(), hashlib.sha256)
    headers["Authorization"] = f"SharedKey {_NAME}:{base64.b64encode(digest).decode()}"
    headers |= {"Content-Length": "0", "Content-Type": ""}
    made = Request(f"{address}/{container}?restype=container", headers=headers, method="PUT")
    urlopen(made, timeout=60).close()
