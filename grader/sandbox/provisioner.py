"""Kernels for jupyter_client that are warm and confined: its extension point, a provisioner.

Chosen by its name, ``course-confined``: in a kernelspec, or for all kernels of a process by the environment
variable ``JUPYTER_DEFAULT_PROVISIONER_NAME``. Where the machine cannot confine, the kernel is a plain one and
that is said loudly; with ``Confined.required`` it is refused.

The sockets are files in a folder that only we and the one kernel see: TCP does not reach into a network
namespace, and whoever is on the machine could connect to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import shutil
import signal
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool, Dict, Instance, List, Unicode

from grader import catalogue
from grader.asking import given
from grader.exercise import Exercise, Number, PropertyTest
from grader.questions.draw import Draw
from grader.sandbox import keeper, zygote, zygotes
from grader.sandbox.confinement import confinement, require
from grader.sandbox.limits import Limits
from grader.sandbox.stopwatch import Stopwatch
from grader.student import mine
from grader.terminal import errors

NAME = "course-confined"
HANDED_ON = ("COURSE_STUDENT", given.VARIABLE, mine.VARIABLE, "NBGRADER_EXECUTION")
KEPT_FROM_IT = ("COURSE_SECRET", "COURSE_KEY")  # what a kernel that is not confined must not find either
NOT_HANDED_ON = (".ipynb", ".py")  # the notebook is run cell by cell; a student's `torch.py` must not be
SECONDS_BETWEEN_LOOKS = 0.01
SECONDS_TO_SHOW = 60.0  # a folder, which on a busy machine may take a while


class Confined(LocalProvisioner):
    """One warm, confined kernel. ``ended`` says, once it is over, why we ended it, if we did."""

    limits = Instance(Limits, (), help="what one kernel may use").tag(config=True)
    required = Bool(False, help="refuse to run student code where it cannot be confined").tag(config=True)
    exercises = List(
        Instance(Exercise), None, allow_none=True, help="those of the notebook; None: they are not known"
    )
    numbers = Dict(
        default_value=None,
        allow_none=True,
        help="the student's own numbers; None: those of the environment's key",
    )
    references = Dict(help="the course's own answers of earlier lessons that the notebook builds on")
    student = Unicode(help="who is graded")
    ended: str | None = None

    _lifeline: socket.socket | None = None
    _shown: int | None = None
    _folder: Path | None = None
    _status: int | None = None

    # -- the life of a kernel, as jupyter_client asks for it ----------------------------------------------

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        if self.required:
            require()
        if not confinement().confined:
            _say_once(str(confinement()))
            return self._with_numbers(await super().pre_launch(**kwargs))
        self._folder = zygotes.current().folder_for_kernel()
        manager: Any = self.parent
        manager.transport, manager.ip = "ipc", str(self._folder / "socket")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        if self._folder is None:
            return await super().launch_kernel(cmd, **kwargs)
        copy_plain_files(kwargs.get("cwd"), self._folder / "files", self.limits)
        manager: Any = self.parent
        connection = json.loads(Path(manager.connection_file).read_text())
        connection["ip"] = f"{keeper.SOCKETS}/socket"  # where the kernel sees its own folder
        (self._folder / zygote.CONNECTION).write_text(json.dumps(connection))
        environment = self._with_numbers(kwargs)["env"]
        self.ended = self._status = None
        self._lifeline = zygotes.current().fork_kernel(
            self._folder,
            self.limits,
            {
                "environment": handed_on(environment),
                "arguments": cmd[len(self.kernel_spec.argv) :],
            },
            tests(self._exercises()),
        )
        self._lifeline.setblocking(False)
        return self.connection_info

    def _with_numbers(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The kernel's environment with who is graded and their numbers in it, and no key and no secret."""
        environment = dict(kwargs.get("env", os.environ))
        numbers = self.numbers
        if numbers is None:
            numbers = _numbers(environment.get("COURSE_KEY"), self._exercises())
        kept = {name: value for name, value in environment.items() if name not in KEPT_FROM_IT}
        return kwargs | {"env": kept | told(self.student, numbers, self.references)}

    def _exercises(self) -> Sequence[Exercise]:
        return catalogue.every_exercise() if self.exercises is None else self.exercises

    @property
    def has_process(self) -> bool:
        return super().has_process if self._folder is None else self._lifeline is not None

    async def poll(self) -> int | None:
        if self._folder is None:
            return await super().poll()
        if self._lifeline is not None and self._status is None:
            self._hear(self._lifeline)
        return 0 if self._lifeline is None else self._status

    async def wait(self) -> int | None:
        if self._folder is None:
            return await super().wait()
        while await self.poll() is None:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        self._let_go()
        return self._status

    async def send_signal(self, signum: int) -> None:
        if self._folder is None:
            await super().send_signal(signum)
        elif signum == signal.SIGINT:
            self.interrupt()
        else:
            self.end()

    async def kill(self, restart: bool = False) -> None:
        if self._folder is None:
            await super().kill(restart)
            return
        self.end()
        await self.wait()

    async def terminate(self, restart: bool = False) -> None:
        await (super().terminate(restart) if self._folder is None else self.kill(restart))

    async def cleanup(self, restart: bool = False) -> None:
        if self._folder is None:
            await super().cleanup(restart)
        else:
            self.end()
            shutil.rmtree(self._folder, ignore_errors=True)
        self._let_go()

    # -- for ourselves ------------------------------------------------------------------------------------

    def conceal(self, payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The judge's questions as they may cross to this kernel (`grader.sandbox.implementations`)."""
        return payloads if self._folder is None else zygotes.current().conceal(payloads)

    def stopwatch(self) -> Stopwatch:
        """One that runs from now on, for the process that runs the cells."""
        if self._shown is None:
            with contextlib.suppress(OSError):
                self._shown = self._show()
        return Stopwatch(self._shown)

    def _show(self) -> int | None:
        """A descriptor of that process's folder in ``/proc``."""
        if self._folder is None:
            return None if self.pid is None else os.open(f"/proc/{self.pid}", os.O_RDONLY)
        if self._lifeline is not None:
            self._lifeline.send(keeper.SHOW)
            select.select([self._lifeline], [], [], SECONDS_TO_SHOW)
            self._hear(self._lifeline)
        return self._shown

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in what runs; code that does not let itself be interrupted goes on."""
        if self._folder is None and self.process is not None:
            self.process.send_signal(signal.SIGINT)
        elif self._lifeline is not None:
            with contextlib.suppress(OSError):
                self._lifeline.send(keeper.INTERRUPT)

    def end(self, because: str | None = None) -> None:
        """End the kernel with all that it started."""
        self.ended = self.ended or because
        if self._folder is None and self.process is not None:
            self.process.kill()
        elif self._lifeline is not None:
            with contextlib.suppress(OSError):
                self._lifeline.send(keeper.END)

    def _hear(self, lifeline: socket.socket) -> None:
        shown: list[int] = []
        try:
            said, shown, _, _ = socket.recv_fds(lifeline, 2**16, 1)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if shown:
            self._shown = shown[0]
            return
        report: dict[str, Any] = json.loads(said) if said else {"status": 1, "ended": None}
        self._status = report["status"]
        self.ended = self.ended or report["ended"]

    def _let_go(self) -> None:
        if self._shown is not None:
            os.close(self._shown)
            self._shown = None
        if self._lifeline is not None:
            self._lifeline.close()
            self._lifeline = None


def told(
    student: str, numbers: Mapping[str, dict[str, Any]], references: Mapping[str, tuple[str, str]]
) -> dict[str, str]:
    """The variables in which a kernel finds who is graded, their numbers, and the course's answers."""
    who = {"COURSE_STUDENT": student} if student else {}
    return who | {given.VARIABLE: given.as_text(numbers), mine.VARIABLE: json.dumps(references)}


def handed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """Of an environment, what student code in the sandbox may find."""
    return {name: environment[name] for name in HANDED_ON if name in environment}


def tests(exercises: Iterable[Exercise]) -> list[str]:
    """Those of the exercises in which a student writes a test."""
    return [exercise.id for exercise in exercises if isinstance(exercise, PropertyTest)]


@cache
def _say_once(text: str) -> None:
    errors.print(text, style="bold red")


def _numbers(key: str | None, exercises: Iterable[Exercise]) -> dict[str, dict[str, Any]]:
    """The numbers of the student with this key, for every exercise that has some."""
    if key is None:
        return {}
    numbers = (exercise for exercise in exercises if isinstance(exercise, Number))
    return {exercise.id: exercise.values(Draw(0, key)) for exercise in numbers}


def copy_plain_files(source: str | None, target: Path, limits: Limits) -> None:
    """What a student handed in beside the notebook: plain files, no links, no more than fits."""
    left = limits.scratch // 2
    for path in plain_files(source):
        size = path.stat().st_size
        if size > min(left, limits.file_size):
            continue
        left -= size
        copy = target / path.relative_to(str(source))
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        copy.chmod(0o644)


def plain_files(folder: str | None) -> Iterator[Path]:
    """What of a submission's folder is handed on to its kernel."""
    if folder is None:
        return
    for place, _, names in os.walk(folder):  # follows no links
        for path in (Path(place, name) for name in sorted(names)):
            if path.is_file() and not path.is_symlink() and path.suffix not in NOT_HANDED_ON:
                yield path
