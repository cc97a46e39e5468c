"""The process that kernels are forked from, with everything a lesson imports already loaded.

Started by bubblewrap, once for every process that grades (`grader.sandbox.zygotes`), with a file system in
which there is nothing to find out; it gets one message for each kernel to fork, and ends with its socket.

What people get wrong, beside what holds of every fork (`grader.forking`): torch must not have computed
anything before, or its pool of threads is missing in the child.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from grader import forking
from grader.sandbox import keeper, loaded
from grader.sandbox.limits import Limits

LONGEST_MESSAGE = 2**17
READY = b"ready"
CONNECTION = "connection.json"  # in the kernel's folder: where its sockets are to be
FOR_MANY = "--for-many"  # kernels: more than a few dozen
PARENT = "parent"  # in place of what a fork is to run: it is to fork others (`_become_parent`)

_ready: Any = None  # the kernel that stands ready, in the parent of those that get pieces


def main(descriptor: int, for_many: bool) -> None:
    """Load, say so, and fork a kernel for each message on the socket, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever grades
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a keeper: its lifeline has said it all
    with forking.loading(for_many):
        loaded.load()
    _serve(socket.socket(fileno=descriptor), for_many)


def _serve(asked: socket.socket, for_many: bool) -> None:
    """Say that all is loaded, and fork for each message on the socket, until it is closed."""
    asked.send(READY)
    while True:
        message, descriptors, _, _ = socket.recv_fds(asked, LONGEST_MESSAGE, 3)
        if not message:
            return
        lifeline, given = socket.socket(fileno=descriptors[0]), descriptors[1:]
        if os.fork() == 0:
            asked.close()
            wanted = json.loads(message)
            if wanted["code"] == PARENT:
                _become_parent(lifeline, for_many)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            run = functools.partial(CODE[wanted["code"]], wanted)
            keeper.keep(Limits(**wanted["limits"]), lifeline, wanted["sockets"], given, run)
        lifeline.close()
        for descriptor in given:
            os.close(descriptor)


def _become_parent(asked: socket.socket, for_many: bool) -> NoReturn:
    """A zygote of the zygote's own, in which a kernel for `grader.sandbox.pieces` stands ready to be forked.

    A process of its own, as that kernel takes the places of which a process has one: whole kernels, forked
    from the first, must find them empty.
    """
    try:
        with forking.loading(for_many):
            _make_ready()
        _serve(asked, for_many)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _make_ready() -> None:
    global _ready
    from grader.sandbox import pieces

    home = os.environ["HOME"]
    os.environ |= {"HOME": keeper.SCRATCH, "TMPDIR": keeper.SCRATCH}  # where IPython makes folders of its own
    _ready = pieces.prepare()
    tempfile.tempdir = None  # it is found anew
    os.environ["HOME"] = home
    del os.environ["TMPDIR"]


def _kernel(kernel: dict[str, Any], ready: Callable[[], None]) -> None:
    """The student's kernel, in the process that is its own."""
    from ipykernel.kernelapp import IPKernelApp

    os.dup2(0, 2)  # the zygote's way to complain is not the student's
    os.environ.update(kernel["environment"])
    forking.reseed()
    app = IPKernelApp.instance()
    app.initialize(["-f", f"{keeper.SOCKETS}/{CONNECTION}", *kernel["arguments"]])
    shell: Any = app.shell
    shell.ask_exit = lambda: None  # a `quit()` that somebody left behind would cost the other answers
    ready()
    app.start()


def _pieces(kernel: dict[str, Any], ready: Callable[[], None]) -> None:
    """The same for a kernel that gets its pieces on one socket."""
    from grader.sandbox import pieces

    os.environ.update(kernel["environment"])
    forking.reseed()
    ready()
    pieces.serve(_ready, keeper.PIECES)


def _implementations(wanted: dict[str, Any], ready: Callable[[], None]) -> None:
    """What a student's test is held to, in a process that sees the exercises and no student code."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
        del sys.modules[name]
    sys.path.insert(0, keeper.WORK)
    from grader.sandbox_server import serve  # type: ignore[import-not-found]

    ready()
    serve(keeper.HELPER, wanted["key"])


CODE = {"kernel": _kernel, "pieces": _pieces, "implementations": _implementations}


if __name__ == "__main__":
    main(int(sys.argv[1]), FOR_MANY in sys.argv)
