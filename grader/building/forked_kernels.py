"""Kernels for our own notebooks, forked from one process that has loaded PyTorch, Matplotlib and IPython.

To load them takes a kernel three to six seconds of processor, and the tests and the site's pages run fifty
notebooks. Nothing of the course is loaded before the fork, so that what a lesson forgets to import is missing
here as it is in a reader's kernel. Not for student code: nothing is confined (see `grader.sandbox.zygotes`).

What people get wrong: who is forked with threads, or after something was computed, waits for ever for locks
and for a pool of threads that only the parent has.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

from grader import forking

LOADED = (
    "torch",
    "torch._dynamo",  # by the first optimiser, and it takes as long as all else of PyTorch
    "matplotlib.figure",  # not pyplot: with a kernel at hand it looks how figures are to be shown
    "matplotlib.backends.backend_agg",
    "PIL.PngImagePlugin",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
)
ASKS = """import json, os, signal, socket, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
with socket.socket(socket.AF_UNIX) as parent:
    parent.connect(sys.argv[1])
    parent.sendall(json.dumps([sys.argv[2:], os.getcwd(), dict(os.environ)]).encode() + bytes([10]))
    parent.recv(1)
"""  # what Jupyter starts in place of a kernel: it ends with the fork, and the fork with it


class Forks(KernelSpecManager):
    """Says how a kernel is started: by a fork where PyTorch bears it, which is on Linux only."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        spec = super().get_kernel_spec(kernel_name)
        if sys.platform == "linux":
            spec.argv = [sys.executable, "-I", "-S", "-c", ASKS, _parent(), "-f", "{connection_file}"]
        return spec


class ForkedKernel(AsyncKernelManager):
    """For a `NotebookClient`, as its `kernel_manager_class`; a fresh kernel where none can be forked."""

    @default("kernel_spec_manager")
    def _by_forks(self) -> KernelSpecManager:
        return Forks(parent=self)


@cache
def _parent() -> str:
    """The socket of the process that forks; it is started once, and ends with this one."""
    place = str(Path(tempfile.mkdtemp(prefix="kernels-")) / "socket")
    with socket.socket(socket.AF_UNIX) as asked:
        asked.bind(place)
        asked.listen()
        given = asked.fileno()
        program = [sys.executable, "-m", __name__, str(given)]
        process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            pass_fds=[given],
            start_new_session=True,  # Ctrl-C is ours
        )
    atexit.register(process.communicate)  # closes its input, at which it ends, and waits for it
    return place


def main(listening: int) -> None:
    """Load, and fork a kernel for each that asks, until whoever has started us has ended."""
    del sys.path[0]  # the folder that we were started in, which no kernel has either
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # with whom kernels end: IPython looks when it is loaded
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # and so does Matplotlib
    with forking.loading():
        for module in LOADED:
            importlib.import_module(module)
    _run(_forked_for(socket.socket(fileno=listening)))


def _forked_for(asked: socket.socket) -> socket.socket:
    """Who has asked for a kernel: this returns in the fork only."""
    signal.signal(signal.SIGCHLD, _bury)
    while True:
        ready, _, _ = select.select([asked, sys.stdin], [], [])
        if sys.stdin in ready:
            shutil.rmtree(Path(asked.getsockname()).parent)
            sys.exit()
        client, _ = asked.accept()
        if os.fork() == 0:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return client
        client.close()


def _bury(*_: object) -> None:
    """Wait for the forks that have ended: only so does their processor time count as ours."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _run(client: socket.socket) -> None:
    """The kernel, as `ipykernel_launcher` runs one."""
    from ipykernel.kernelapp import launch_new_instance

    arguments, folder, environment = json.loads(client.makefile().readline())
    threading.Thread(target=_end_with, args=[client], daemon=True).start()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    forking.reseed()
    sys.argv = ["ipykernel_launcher.py", *arguments]
    launch_new_instance()


def _end_with(client: socket.socket) -> None:
    client.recv(1)
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
