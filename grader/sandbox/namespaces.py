"""What the kernel of the operating system offers for confining a process, as functions.

bubblewrap does all of this for a program that it *starts*. A warm kernel is not started but forked, from a
process that already has torch loaded, and bubblewrap cannot confine a process that runs: hence these few
calls, by hand, through ctypes (`os.unshare` came with Python 3.12 only, and `mount` never did).

Linux only. Each function raises OSError with the name of the call that failed.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

NEW_MOUNTS = 0x0002_0000
NEW_HOST_NAME = 0x0400_0000
NEW_IPC = 0x0800_0000
NEW_USER = 0x1000_0000
NEW_PROCESSES = 0x2000_0000
NEW_NETWORK = 0x4000_0000

READ_ONLY, NO_SETUID, NO_DEVICES, NO_PROGRAMS = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE = 32, 4096, 16384

_DIE_WITH_PARENT, _DUMPABLE, _DROP_FROM_BOUNDING, _NO_NEW_PRIVILEGES = 1, 4, 24, 38
_CAPABILITIES_VERSION = 0x2008_0522
_LAST_CAPABILITY = Path("/proc/sys/kernel/cap_last_cap")

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces shared so far for new ones; a new process namespace begins with the next fork."""
    _check(_libc.unshare(ctypes.c_int(flags)), f"unshare {flags:#x}")


def become_owner() -> None:
    """Enter a user namespace of one's own, with all rights in it and none outside, as the same user."""
    user, group = os.geteuid(), os.getegid()
    unshare(NEW_USER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2)."""
    words = [ctypes.c_char_p(word.encode()) for word in (source, target, kind)]
    result = _libc.mount(*words, ctypes.c_ulong(flags), ctypes.c_char_p(options.encode()))
    _check(result, f"mount {kind or source} on {target}")


def bind(source: str, target: str) -> None:
    """Let ``target`` show what ``source`` holds, with all that is mounted below it."""
    mount(source, target, "", BIND | RECURSIVE)


def make_read_only(target: str) -> None:
    """A mounted folder can be read and not written from here on."""
    mount("none", target, "", REMOUNT | BIND | READ_ONLY | NO_SETUID | NO_DEVICES | NO_PROGRAMS)


def die_with_parent(signal: int) -> None:
    """Get this signal when the process that forked this one ends."""
    _prctl(_DIE_WITH_PARENT, signal)


def be_seen(seen: bool) -> None:
    """Whether other processes of the same user may look into this one, or trace it."""
    _prctl(_DUMPABLE, int(seen))


def last_capability() -> int:
    """The number of the last right that this machine knows; ask while /proc is the usual one."""
    return int(_LAST_CAPABILITY.read_text())


def give_up_rights(last: int) -> None:
    """Keep no right over the namespaces, and no way to get one back."""
    _prctl(_NO_NEW_PRIVILEGES, 1)
    for capability in range(last + 1):
        _prctl(_DROP_FROM_BOUNDING, capability)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _prctl(option: int, value: int) -> None:
    words = (ctypes.c_ulong(word) for word in (value, 0, 0, 0))
    _check(_libc.prctl(ctypes.c_int(option), *words), f"prctl {option}")
