"""The engine of a cluster: Dask distributed, the extra `newsgen[dask]`.

Dask's scheduler places the tasks, and repeats those of a dead worker. Preparing a worker is a task
too, so Dask repeats that as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from newsgen.build.executors import Run, new_run, opened, packed, work
from newsgen.core.engine import AHEAD, WorkerDied, in_order
from newsgen.core.problems import build_error, settings_error

if TYPE_CHECKING:
    from distributed import Client, Future

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")
SCHEME = "dask://"


def gather(client: Client, waiting: deque[Future[Any]]) -> list[Any]:
    """Wait for the first of these futures, and remove it with those after it that are done. Return
    their results. Fetched one by one, each would take some milliseconds.
    """
    waiting[0].exception()  # waits
    done = [waiting.popleft()]
    while waiting and waiting[0].status == "finished":
        done.append(waiting.popleft())
    found: list[Any] = client.gather(done)
    return found


class Cluster:
    """Does tasks in the workers of a Dask scheduler. It connects when it gets the first tasks.

    `address` is `dask://HOST:PORT`. The scheduler, and then a worker, must be there within
    `patience` seconds.
    """

    shares = False

    def __init__(self, address: str, patience: float = 30) -> None:
        self._address = address
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if "_client" in self.__dict__:
            self._client.close()

    @property
    def slots(self) -> int:
        """Return the number of threads that the workers have now. Raises UserError (exit code
        2).
        """
        threads: dict[str, int] = self._client.nthreads()
        return max(sum(threads.values()), 1)

    def run(
        self, prepare: Callable[[S], Callable[[T], R]], state: S, tasks: Iterable[T]
    ) -> Iterator[R]:
        """Yield the result of each task, in order.

        Raises UserError (exit code 2 if the cluster does not answer, 3 if it is lost or has another
        newsgen), WorkerDied.
        """
        client = self._client
        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        run = client.submit(Run, *new_run(prepare, state), pure=False)
        try:
            client.replicate([run])  # tasks go to workers that have it: to one, until then
            yield from opened(
                in_order(
                    lambda task: client.submit(work, run, task, pure=False),
                    map(packed, tasks),
                    AHEAD * self.slots,
                    partial(gather, client),
                )
            )
        except KilledWorker:
            raise WorkerDied from None
        except (CancelledError, CommClosedError):
            message = f"{self._address}: the connection to the scheduler was lost"
            raise build_error("no-cluster", message) from None
        except ModuleNotFoundError as error:
            hint = "install the same newsgen on every machine, then restart the workers"
            message = f"{self._address}: a worker has no module {error.name}"
            raise build_error("worker-differs", message, hint=hint) from None

    @cached_property
    def _client(self) -> Client:
        try:
            from distributed import Client
        except ModuleNotFoundError:
            message = f"{self._address} needs Dask distributed"
            hint = 'pip install "newsgen[dask]"'
            raise settings_error("no-cluster", message, hint=hint) from None
        place, client = "tcp://" + self._address.removeprefix(SCHEME), None
        try:
            client = Client(place, timeout=self._patience, set_as_default=False)
            client.wait_for_workers(1, self._patience)
        except OSError:
            missing = "has no worker" if client else "there is no scheduler"
            if client:
                client.close()
            message = f"{self._address}: {missing} after {self._patience:g} s"
            hint = "see docs/scale.md for how to start one"
            raise settings_error("no-cluster", message, hint=hint) from None
        return client
