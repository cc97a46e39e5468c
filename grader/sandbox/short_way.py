"""The short way to run a notebook: its pieces go to a kernel of ours on one socket, one after the other.

What runs is the same, in the same order, and what comes back are the same messages (`grader.sandbox.pieces`).
It is for notebooks in which nothing unusual happens. Where something does, `Unusual` is raised, and whoever
runs the notebook begins anew with a whole kernel (`grader.sandbox.two_ways`).
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_client.session import Session

from grader.sandbox import keeper, pieces, zygotes
from grader.sandbox.limits import Limits

LONGEST = 2 * pieces.MOST_SHOWN  # bytes that are heard about one piece
PROBE = "import grader.student.kernel\ngrader.student.kernel.probe"  # answers a request of the judge
SECONDS_TO_START = 60.0
SECONDS_TO_END = 10.0
Message = tuple[str, dict[str, Any]]


class Unusual(Exception):
    """The notebook is to be run with a whole kernel; the message says why."""


class Kernel:
    """A confined kernel that runs pieces. Closing it ends all that they started.

    Args:
        seconds: how long it may live, the whole notebook long.
        environment: variables that student code finds.
        tests: those that it will be asked, as for `grader.sandbox.zygotes.Zygote.fork_kernel`.
        files: a folder whose folder ``files`` is copied to where the code runs; removed with the kernel.
    """

    def __init__(
        self,
        limits: Limits,
        seconds: float,
        environment: dict[str, str],
        tests: Sequence[str],
        folder: Path | None,
    ) -> None:
        self._until = time.monotonic() + seconds
        self._unpack = Session().unpack
        self._folder = folder
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._lifeline = zygotes.current().fork_pieces(
                replace(limits, seconds=seconds + SECONDS_TO_END), environment, tests, folder, theirs
            )
        self._heard = self._channel.makefile("rb")
        self._left = LONGEST  # bytes that may still be said about this piece
        try:
            said = self._next(time.monotonic() + SECONDS_TO_START)
        except Unusual:
            self.close()
            raise
        self.language_info: dict[str, Any] = said["language_info"]

    def run(self, code: str, store_history: bool, seconds: float | None) -> list[Message]:
        """All messages about one cell's code, the ``execute_reply`` last.

        Raises:
            Unusual: there is no such thing, or not in time.
        """
        return self._say({"code": code, "store_history": store_history}, seconds)

    def ask(self, asked: str, seconds: float | None) -> list[Message]:
        """The same about a request of the judge."""
        code = f"{PROBE}({asked!r})"
        return self._say({"code": code, "store_history": False, "asked": asked}, seconds)

    def _say(self, wanted: dict[str, Any], seconds: float | None) -> list[Message]:
        until = self._until if seconds is None else min(self._until, time.monotonic() + seconds)
        piece = json.dumps(wanted).encode()
        try:
            self._channel.settimeout(max(until - time.monotonic(), 1e-3))
            self._channel.sendall(pieces.LENGTH.pack(len(piece)) + piece)
        except OSError as error:
            raise Unusual(f"the kernel does not listen ({error})") from None
        said: list[Message] = []
        self._left = LONGEST
        while (message := self._next(until)) != []:
            match message:
                case [str(kind), dict(content)] if kind in pieces.TAKEN:
                    said.append((kind, content))
                case [pieces.UNUSUAL, str(why)]:
                    raise Unusual(why)
                case _:
                    raise Unusual("the kernel sent what is no message of a kernel")
        if not said or said[-1][0] != "execute_reply":
            raise Unusual("the kernel did not say how it went")
        return said

    def _next(self, until: float) -> Any:
        """The next message."""
        try:
            (length,) = pieces.LENGTH.unpack(self._read(pieces.LENGTH.size, until))
            self._left -= length
            if self._left < 0:
                raise Unusual("the kernel sent too much")
            return self._unpack(self._read(length, until))
        except (OSError, ValueError, RecursionError) as error:
            raise Unusual(f"the kernel was not heard ({type(error).__name__})") from None

    def _read(self, size: int, until: float) -> bytes:
        self._channel.settimeout(max(until - time.monotonic(), 1e-3))
        read = self._heard.read(size)
        if read is None or len(read) < size:
            raise Unusual("the kernel ended")
        return read

    def close(self) -> None:
        """End it, and wait until nothing of it is left."""
        self._heard.close()
        self._channel.close()
        with contextlib.suppress(OSError):
            self._lifeline.send(keeper.END)
            self._lifeline.settimeout(SECONDS_TO_END)
            self._lifeline.recv(2**16)
        self._lifeline.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
