"""Limits for a process that a test starts: each function changes the calling process."""

from __future__ import annotations

import ctypes
import os
import resource

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
_VERSION_3 = 0x20080522  # of the structures of capget(2) and capset(2)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


def as_anybody() -> None:
    """Make this process, and programs that it starts, respect file permissions, even if root runs
    it."""
    if os.getuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    kept = 0xFFFFFFFF
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        _check(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
        kept &= ~(1 << capability)
    header, sets = _Header(_VERSION_3, 0), (_Sets * 2)()
    _check(libc.capget(ctypes.byref(header), sets))
    sets[0].effective &= kept
    sets[0].permitted &= kept
    _check(libc.capset(ctypes.byref(header), sets))


def small_files() -> None:
    """Let files grow to 1,000,000 bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def tiny_files() -> None:
    """Let files grow to 200,000 bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))


def own_session() -> None:
    """Make this process the first of a session, so that its whole group can be killed."""
    os.setsid()


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "the rights of this process cannot be changed")
