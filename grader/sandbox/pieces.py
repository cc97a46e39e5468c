"""A kernel that is handed a notebook's code piece by piece on one socket: IPython's, with nothing around it.

ipykernel's parts are what run, show and report: its shell, its streams, its requests. What is left out is
what a notebook that is graded has no use for: ZeroMQ's sockets and the six threads that serve them, of which
every kernel starts its own, as threads do not survive a fork. So this one is made before the fork
(`prepare`), and a message costs what writing to a socket does.

It does not do everything: where a notebook asks for more (widgets, what a program of C prints), or shows too
much (nobody is here to interrupt), it says on the socket that the notebook is *unusual*, and the grader runs
that anew, from its beginning, with a whole kernel (`grader.sandbox.short_way`).

On the socket, a message is four bytes that tell its length, and JSON. To the kernel come ``{"code",
"store_history"}``, and with ``"asked"`` besides where the code asks the judge's request of
`grader.student.kernel`. From it come ``{"language_info"}`` once, and for each piece all that it showed and
the ``execute_reply``, a message each ``[type, content]``, and ``[]`` after the last; or ``["unusual", why]``.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import sys
import threading
from typing import Any, NoReturn

import torch
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from traitlets.config import Config

import grader
from grader.asking import wire
from grader.asking.respond import MIME, reply
from grader.student import kernel as student

SHOWS = ("stream", "display_data", "execute_result", "update_display_data", "clear_output", "error")
TAKEN = (*SHOWS, "execute_input", "execute_reply")
LISTENED = ("pre_run_cell", "post_run_cell")  # IPython's events that somebody may wait for
UNUSUAL = "unusual"
DONE = b"[]"
MOST_SHOWN = 4 * 2**20  # bytes of one piece; more than either limit of ours (`grader.sandbox.limits`)
LENGTH = struct.Struct("!I")


class Channel(Session):
    """Where ipykernel's messages go: to the socket, instead of to one of five."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._socket: socket.socket | None = None
        self._shown = 0
        self._writer = 0  # the one process that may write there

    def connect(self, connection: socket.socket) -> None:
        """From now on, messages are sent there, and by this process alone."""
        self._socket, self._writer = connection, os.getpid()

    def begin(self) -> None:
        """A piece begins, of which nothing has been shown."""
        self._shown = 0

    def count(self, size: int) -> None:
        """So much is shown."""
        self._shown += size
        if self._shown > MOST_SHOWN:
            self.give_up("it shows too much")

    def send(
        self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **more: Any
    ) -> dict[str, Any]:
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        kind = message["msg_type"]
        if kind not in TAKEN or more.get("buffers"):
            self.give_up(f"it sends {kind}")
        try:
            packed: bytes = self.pack([kind, message["content"]])
        except (TypeError, ValueError, RecursionError) as error:
            self.give_up(f"it shows what cannot be sent ({error})")
        self.count(len(packed))
        self.write(packed)
        return message

    def write(self, packed: bytes) -> None:
        """One message; what a forked process says is put where all is that Python does not print."""
        if self.is_of_another:
            os.write(1, packed)
        elif self._socket is not None:
            self._socket.sendall(LENGTH.pack(len(packed)) + packed)

    @property
    def is_of_another(self) -> bool:
        """Whether this is a process that student code has forked."""
        return self._socket is not None and os.getpid() != self._writer

    def give_up(self, why: str) -> NoReturn:
        """Say that this notebook needs a whole kernel, and end."""
        self.write(json.dumps([UNUSUAL, why]).encode())
        os._exit(0)


class NoThread(IOPubThread):
    """In place of the thread that sends: what is written is sent when it is flushed."""

    def __init__(self, channel: Channel) -> None:
        """No socket, no loop, no thread."""
        self.thread = self.io_loop = None  # type: ignore[assignment]
        self._channel = channel

    def schedule(self, f: Any) -> None:
        """Later is when the piece ends; for a process that was forked by one, now, as it may end before."""
        if self._channel.is_of_another:
            f()


class Stream(OutStream):
    """ipykernel's, without the thread that looks after it, and with a limit to what it holds."""

    def write(self, string: str) -> int | None:  # type: ignore[override]
        written = super().write(string)
        self.session.count(len(string))
        return written


class Kernel(IPythonKernel):
    """IPython's kernel; it cannot ask anybody anything."""

    def start(self) -> None:
        """There is nothing to start."""


class App(IPKernelApp):
    """What makes a kernel, with a socket in place of all of its own."""

    kernel_class = Kernel
    channel = Channel()

    def init_poller(self) -> None:
        """The keeper looks after us."""

    init_connection_file = init_sockets = init_heartbeat = log_connection_info = init_signal = init_poller

    def write_connection_file(self, **kwargs: Any) -> None:
        """There is one socket, and whoever has it knows."""

    def init_io(self) -> None:
        for name in ("stdout", "stderr"):
            stream = Stream(self.channel, NoThread(self.channel), name, watchfd=False)
            stream._original_stdstream_copy = 1 + (name == "stderr")
            setattr(sys, name, stream)
        self.patch_io()

    def init_kernel(self) -> None:
        self.kernel = Kernel.instance(
            parent=self, session=self.channel, iopub_socket=None, log=self.log, profile_dir=self.profile_dir
        )
        self.kernel._execute_sleep = 0


def prepare() -> App:
    """A kernel that has shown nothing yet and has no thread, to be forked."""
    config = Config()
    config.HistoryManager.enabled = False  # it would be a thread
    config.InteractiveShell.history_load_length = 0
    app = App.instance(config=config)
    app.initialize([])
    shell: Any = app.shell
    shell.ask_exit = lambda: None  # a `quit()` that somebody left behind would cost the other answers
    _rehearse(app)
    return app


def _rehearse(app: App) -> None:
    """Run a cell, and answer a question that nobody asks: what the first ones load is there before the fork.

    The cell does what most first cells do, and leaves nothing behind. The answer is without a gradient, which
    PyTorch takes in no process that was forked from one which has taken some, and without a record of
    operators, which starts a thread.
    """
    cell = {"code": "__import__('torch').manual_seed(0);", "store_history": False}
    asyncio.run(_run(app.kernel, app.channel, cell))
    wanted = {
        "kind": "function",
        "name": "rehearsed",
        "payloads": wire.encode([{"inputs": {"x": torch.eye(2)}, "twice": True}] * 2),
        "seconds": 60.0,
        "operators": False,
    }
    reply(json.dumps(wanted), {"rehearsed": lambda x: (x @ x).softmax(-1)}, lambda _: None)


def serve(app: App, descriptor: int) -> None:
    """Run each piece that comes through the socket, until it is closed."""
    app.channel.connect(socket.socket(fileno=descriptor))
    for stream in (sys.stdout, sys.stderr):
        stream._master_pid = os.getpid()  # type: ignore[union-attr]  # not the one in which it was made
    heard = os.open(os.getcwd(), os.O_TMPFILE | os.O_RDWR)
    for standard in (1, 2):  # what is not Python's writes there
        os.dup2(heard, standard)
    asyncio.run(_serve(app, descriptor, heard))


async def _serve(app: App, descriptor: int, heard: int) -> None:
    """In a running loop, as in Jupyter: a cell that starts another is told the same."""
    kernel: Any = app.kernel
    channel: Channel = app.channel
    channel.write(channel.pack({"language_info": kernel.language_info}))
    with os.fdopen(os.dup(descriptor), "rb") as asked:
        while length := asked.read(LENGTH.size):
            wanted = json.loads(asked.read(*LENGTH.unpack(length)))
            channel.begin()
            if "asked" in wanted and not any(kernel.shell.events.callbacks[name] for name in LISTENED):
                _answer(kernel.shell, channel, wanted["asked"])
            else:
                await _run(kernel, channel, wanted)
            if os.fstat(heard).st_size:
                channel.give_up("something else than Python prints, or another process")
            if threading.active_count() > 1 or len(asyncio.all_tasks()) > 1:
                channel.give_up("something goes on when a cell has ended")
            channel.write(DONE)


async def _run(kernel: Any, channel: Channel, wanted: dict[str, Any]) -> None:
    """Run code as a cell."""
    code = wanted["code"]
    if kernel.shell.should_run_async(code, transformed_cell=code):
        channel.give_up("it has cells that wait for one another")
    content = {
        "code": code,
        "silent": False,
        "store_history": wanted["store_history"],
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }
    parent = channel.msg("execute_request", content)
    kernel.set_parent([], parent)
    await kernel.execute_request(None, [], parent)


def _answer(shell: Any, channel: Channel, asked: str) -> None:
    """Answer the judge, with what the cell that asks it does to a notebook, and none of IPython's work.

    IPython would read the cell, which is long, many times over.
    """
    try:
        shell.events.trigger("pre_execute")
        shell.user_ns["grader"] = grader  # which the cell imports
        answered = student.answer(asked)
        shell.events.trigger("post_execute")  # shows, and so closes, the figures that the answer has drawn
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException as error:
        channel.give_up(f"an answer raised {type(error).__name__}")
    channel.send(None, "display_data", {"data": {MIME: answered}, "metadata": {}})
    channel.send(None, "execute_reply", {"status": "ok"})
