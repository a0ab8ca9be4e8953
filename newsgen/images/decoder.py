"""A separate process that decodes downloaded images, so that none can slow or stop a fetch.

`images fetch` has a thread for each host, and a process with threads cannot be forked safely. So
the process runs this module as a program. It decodes one image after the other, and a new process
replaces one that ends.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import IO

import msgspec

from newsgen.core import guarded_workers
from newsgen.images.media import CPU_SECONDS, ImageFacts
from newsgen.images.probe import NotAnImage, facts_of
from newsgen.images.programs import start


class Decoder:
    """Decodes images in another process, one at a time: 40 million pixels take 160 MB.

    Each may take `seconds` of CPU time. Several threads may use one decoder. Close it at the end.
    """

    def __init__(self, max_pixels: int, seconds: int = CPU_SECONDS) -> None:
        self._arguments = [str(max_pixels), str(seconds)]
        self._alone = threading.Lock()
        self._program: subprocess.Popen[bytes] | None = None
        self._closed = False

    def look(self, data: bytes) -> ImageFacts:
        """Return the facts of an image. Raises NotAnImage, also for one that ends the process."""
        with self._alone:
            if self._program is None:
                self._program = start("newsgen.images.decoder", *self._arguments)
            if self._closed:
                self._program.kill()
            assert self._program.stdin
            assert self._program.stdout
            try:
                _write(self._program.stdin, data)
                answer = _read(self._program.stdout)
            except OSError:  # the process has ended
                answer = None
            if answer is None:
                raise NotAnImage(f"decoding it {guarded_workers.reason(self._end())}")
        facts = msgspec.msgpack.decode(answer, type=ImageFacts)
        if facts.refused:
            raise NotAnImage(facts.refused)
        return facts

    def close(self) -> None:
        """End the process, also while another thread waits for its answer."""
        self._closed = True
        if program := self._program:
            program.kill()
        with self._alone:
            self._end()

    def _end(self) -> int:
        """Wait for the end of the process and return its exit code."""
        program, self._program = self._program, None
        if program is None:
            return 0
        program.kill()
        program.communicate()
        return program.returncode


def _write(stream: IO[bytes], data: bytes) -> None:
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes | None:
    """Return what `_write` wrote at the other end, None if that has ended."""
    size = stream.read(8)
    data = stream.read(int.from_bytes(size, "big"))
    return data if size else None


def main() -> None:
    """Decode each image of standard input, and write its facts to standard output."""
    max_pixels, seconds = map(int, sys.argv[1:])

    def decode(data: bytes) -> ImageFacts:
        return facts_of(data, max_pixels)

    work = guarded_workers.limited(decode, seconds)
    while (data := _read(sys.stdin.buffer)) is not None:
        _write(sys.stdout.buffer, msgspec.msgpack.encode(work(data)))


if __name__ == "__main__":
    main()
