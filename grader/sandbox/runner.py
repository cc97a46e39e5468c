"""A notebook's runner whose kernels are confined, and whose notebook takes in no more than it may.

A kernel sends what is shown as messages, which nbclient collects in the notebook. Here they are counted
first, so that a loop that prints fills no memory, no gradebook and no page. A cell that shows too much and
goes on is interrupted, and if it goes on all the same, its kernel is ended.

The time that a kernel has is the notebook's: one that is started in place of a lost one has what is left.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from dataclasses import replace
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode, ValidationError
from nbformat.v4 import new_output
from traitlets import default

from grader.asking.respond import MIME
from grader.exercise import Exercise
from grader.sandbox import zygotes
from grader.sandbox.confinement import confinement
from grader.sandbox.limits import Limits
from grader.sandbox.provisioner import Confined

SHOWS = {"stream", "display_data", "execute_result", "error", "update_display_data"}
FLOOD = (
    "TooMuchOutput",
    "it went on printing, and was interrupted: does a loop with a print in it never end?",
)
CUT = "\n[The output was longer than {} kB and is cut here.]\n"
WENT_ON = "It showed more and more, and did not stop when it was told to."
GARBLED = "The kernel sent what is no message of a kernel."
SHORTEST = 0.001  # seconds of a kernel for which no time is left
SECONDS_TO_FINISH = 1.0  # for a cell that shows too much: one that is at its end is not worth an interrupt
SECONDS_TO_STOP = 4.0  # from the same moment on, for one that has been interrupted


class Sandboxed(NotebookClient):
    """The first base of a preprocessor that runs notebooks: `Execute`, for one."""

    limits = Limits()
    exercises: list[Exercise] | None = None  # those of the notebook, where they are known
    numbers: dict[str, dict[str, Any]] | None = None  # the student's own in them, likewise
    references: dict[str, tuple[str, str]] | None = None  # the course's answers that it asks for, likewise
    student = ""  # who they are
    _confined: Confined
    _until: float | None = None  # when this notebook's time is up
    _cell: NotebookNode | None = None
    _heard = 0  # bytes, of this cell
    _kept = 0  # bytes, of this notebook
    _cut_at = 0.0  # when this cell began to show too much
    _interrupted = False

    @default("shutdown_kernel")
    def _there_is_nothing_to_tidy_up(self) -> str:
        return "immediate"

    @property
    def is_time_up(self) -> bool:
        """Whether the notebook has had all the seconds that it may have."""
        return self._until is not None and time.monotonic() >= self._until

    def create_kernel_manager(self) -> KernelManager:
        if self._until is None:
            if confinement().confined:
                zygotes.current()  # which may take longer than a notebook has
            self._until = time.monotonic() + self.limits.seconds
        left = max(self._until - time.monotonic(), SHORTEST)
        manager = super().create_kernel_manager()
        manager.client_class = "grader.sandbox.client.QuickClient"
        manager.kernel_id = str(uuid.uuid4())
        self._confined = manager.provisioner = Confined(
            kernel_id=manager.kernel_id,
            kernel_spec=manager.kernel_spec,
            parent=manager,
            limits=replace(self.limits, seconds=left),
            exercises=self.exercises,
            numbers=self.numbers,
            references=self.references or {},
            student=self.student,
        )
        return manager

    def conceal(self, payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The judge's questions, as they may cross to the kernel."""
        return self._confined.conceal(payloads)

    def reset_execution_trackers(self) -> None:
        super().reset_execution_trackers()
        self._cell, self._heard, self._kept, self._until = None, 0, 0, None

    async def async_execute_cell(self, *args: Any, **kwargs: Any) -> NotebookNode:
        """Run a cell.

        Raises:
            DeadKernelError: the kernel has ended, or says what no kernel says: student code can speak for it.
        """
        self._interrupted = False
        try:
            cell = await super().async_execute_cell(*args, **kwargs)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise DeadKernelError(GARBLED) from None
        if self._interrupted:  # by us: an error of the interrupt's own name would tell nobody why
            own = [output for output in cell.outputs if output.get("ename") != "KeyboardInterrupt"]
            cell.outputs = [*own, new_output("error", ename=FLOOD[0], evalue=FLOOD[1], traceback=[])]
        return cell

    execute_cell = run_sync(async_execute_cell)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        if msg["msg_type"] not in SHOWS and not msg["msg_type"].startswith("comm"):
            return super().process_message(msg, cell, cell_index)
        if cell is not self._cell:
            self._cell, self._heard = cell, 0
        size, before = _size(msg["content"]), self._heard
        for_the_judge = MIME in msg["content"].get("data", ())
        left = self.limits.cell_output if for_the_judge else self.limits.notebook_output - self._kept
        most = max(min(self.limits.cell_output, left), 0)
        self._heard += size
        if self._heard <= most:
            self._kept += 0 if for_the_judge else size
            with contextlib.suppress(ValidationError):  # no output at all, such as text that is a number
                return super().process_message(msg, cell, cell_index)
            return None
        if before <= most:
            cell.outputs.append(new_output("stream", name="stdout", text=CUT.format(most // 1000)))
            self._cut_at = time.monotonic()
        elif time.monotonic() > self._cut_at + SECONDS_TO_STOP:
            self._confined.end(WENT_ON)
        elif time.monotonic() > self._cut_at + SECONDS_TO_FINISH and not self._interrupted:
            self._interrupted = True
            self._confined.interrupt()
        return None


def _size(content: Any) -> int:
    """About how many bytes there are in a message's content."""
    if isinstance(content, dict):
        return sum(len(str(key)) + _size(value) for key, value in content.items())
    if isinstance(content, (list, tuple)):
        return sum(map(_size, content))
    return len(content) if isinstance(content, (str, bytes)) else 8
