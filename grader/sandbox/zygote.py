"""The process that kernels are forked from, with everything a lesson imports already loaded.

Started by bubblewrap, once for every process that grades (`grader.sandbox.zygotes`), with a file system in
which there is nothing to find out; it gets one message for each kernel to fork, and ends with its socket.

What people get wrong: a fork copies one thread, so there must be only one, and no lock may be held by
another; torch must not have computed anything before, or its pool of threads is missing in the child; every
random state is copied too, so two kernels would draw the same numbers; and a garbage collection in the child
touches, and so copies, every object of the parent.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import random
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from grader.sandbox import keeper, loaded
from grader.sandbox.limits import Limits

LONGEST_MESSAGE = 2**17
READY = b"ready"
CONNECTION = "connection.json"  # in the kernel's folder: where its sockets are to be
PARENT = "parent"  # in place of what a fork is to run: it is to fork others (`_become_parent`)

_ready: Any = None  # the kernel that stands ready, in the parent of those that get pieces


def main(descriptor: int) -> None:
    """Load, say so, and fork a kernel for each message on the socket, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever grades
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a keeper: its lifeline has said it all
    _load(loaded.load)
    _serve(socket.socket(fileno=descriptor))


def _serve(asked: socket.socket) -> None:
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
                _become_parent(lifeline)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            run = functools.partial(CODE[wanted["code"]], wanted)
            keeper.keep(Limits(**wanted["limits"]), lifeline, wanted["sockets"], given, run)
        lifeline.close()
        for descriptor in given:
            os.close(descriptor)


def _become_parent(asked: socket.socket) -> NoReturn:
    """A zygote of the zygote's own, in which a kernel for `grader.sandbox.pieces` stands ready to be forked.

    A process of its own, as that kernel takes the places of which a process has one: whole kernels, forked
    from the first, must find them empty.
    """
    try:
        _load(_make_ready)
        _serve(asked)
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


def _load(load: Callable[[], None]) -> None:
    """Import what kernels need."""
    gc.disable()  # of what is imported nothing is garbage yet
    load()
    if len(os.listdir("/proc/self/task")) != 1:
        raise RuntimeError("An import started a thread; a process with threads cannot be forked safely.")
    gc.collect()
    gc.freeze()
    gc.enable()


def _kernel(kernel: dict[str, Any], ready: Callable[[], None]) -> None:
    """The student's kernel, in the process that is its own."""
    from ipykernel.kernelapp import IPKernelApp

    os.dup2(0, 2)  # the zygote's way to complain is not the student's
    os.environ.update(kernel["environment"])
    _reseed()
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
    _reseed()
    ready()
    pieces.serve(_ready, keeper.PIECES)


def _reseed() -> None:
    """Random numbers of its own for each kernel, as for a process that was started."""
    import numpy as np
    import torch

    random.seed()
    np.random.seed(None)
    torch.default_generator.seed()  # torch.seed also looks for other devices


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
    main(int(sys.argv[1]))
