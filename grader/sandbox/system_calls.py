"""Calls to the operating system that student code has no use for, refused by a filter.

Most of them would be a way around a limit: memory that belongs to no process and no folder is counted
nowhere (``memfd_create``, System V shared memory and message queues). The others are large interfaces that a
course never needs, in which holes have been found before. bubblewrap loads the filter; this is its text, a
program of the Linux kernel's own little machine (``struct sock_filter``, see seccomp(2)).
"""

from __future__ import annotations

import platform
import struct

REFUSED = {
    "x86_64": {
        "shmget": 29,
        "msgget": 68,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "perf_event_open": 298,
        "memfd_create": 319,
        "bpf": 321,
        "userfaultfd": 323,
        "io_uring_setup": 425,
        "memfd_secret": 447,
    },
    "aarch64": {
        "msgget": 186,
        "shmget": 194,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "perf_event_open": 241,
        "memfd_create": 279,
        "bpf": 280,
        "userfaultfd": 282,
        "io_uring_setup": 425,
        "memfd_secret": 447,
    },
}
_MACHINE = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}  # AUDIT_ARCH_…
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _NOT_THERE = 0x7FFF_0000, 0x0005_0000 | 38  # 38 is ENOSYS: programs know what to do without
_CALL, _ARCHITECTURE = 0, 4  # where these stand in what the program is given
_OLD_CALLS = 0x4000_0000  # the same calls by other numbers (x32)


def program(machine: str | None = None) -> bytes | None:
    """The filter for this machine, or None for a kind of machine whose calls are not listed here."""
    machine = machine or platform.machine()
    if machine not in REFUSED:
        return None
    numbers = sorted(REFUSED[machine].values())
    refuse = len(numbers) + 1  # how far it is from the first comparison to the last line
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, refuse + 2, _MACHINE[machine]),
        (_LOAD, 0, 0, _CALL),
        (_AT_LEAST, refuse, 0, _OLD_CALLS),
        *((_EQUAL, refuse - 1 - i, 0, number) for i, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _NOT_THERE),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
