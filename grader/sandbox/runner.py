"""A notebook's runner whose kernels are confined, and whose notebook takes in no more than it may.

A kernel sends what is shown as messages, which nbclient collects in the notebook. Here they are counted
first, so that a loop that prints fills no memory, no gradebook and no page. A cell that shows too much and
goes on is interrupted, and if it goes on all the same, its kernel is ended.

A cell's time is what it had (`grader.sandbox.stopwatch`): where other work keeps the machine busy, it may
take longer by the wall's clock. Where even that is over, nobody can say whether the code is slow: then the
submission is not graded. The time that a notebook has is that of all its cells, and a kernel that is started
in place of a lost one has what is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from dataclasses import replace
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode, ValidationError
from nbformat.v4 import new_output
from traitlets import default

from grader.asking.respond import MIME
from grader.exercise import Exercise
from grader.repair import NotGradable
from grader.sandbox import zygotes
from grader.sandbox.confinement import confinement
from grader.sandbox.limits import Limits
from grader.sandbox.provisioner import Confined
from grader.sandbox.stopwatch import Stopwatch

SHOWS = {"stream", "display_data", "execute_result", "error", "update_display_data"}
FLOOD = (
    "TooMuchOutput",
    "it went on printing, and was interrupted: does a loop with a print in it never end?",
)
CUT = "\n[The output was longer than {} kB and is cut here.]\n"
WENT_ON = "It showed more and more, and did not stop when it was told to."
GARBLED = "The kernel sent what is no message of a kernel."
BUSY = (
    "The machine was too busy to grade it: in {:.0f} seconds the notebook's code had {:.0f} for itself. "
    "Run the same command again when the machine is quieter, or with fewer jobs."
)
PATIENCE = 2  # seconds by the wall's clock for each that a notebook has, where it must wait for others
SHORTEST = 0.001  # seconds of a kernel for which no time is left
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_TO_GIVE_UP = 30.0  # from the moment on when a notebook's kernel is too late
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
    _stopwatch: Stopwatch  # of the cell that runs
    _had = 0.0  # seconds of this notebook's cells
    _until: float | None = None  # when nobody waits for them any more, whatever they had
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
        return self._had >= self.limits.seconds

    def create_kernel_manager(self) -> KernelManager:
        if self._until is None:
            if confinement().confined:
                zygotes.current()  # which may take longer than a notebook has
            self._until = time.monotonic() + PATIENCE * self.limits.seconds
        left = max(self._until - time.monotonic(), SHORTEST) + SECONDS_TO_GIVE_UP
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
        self._cell, self._heard, self._kept, self._had, self._until = None, 0, 0, 0.0, None

    async def async_execute_cell(self, *args: Any, **kwargs: Any) -> NotebookNode:
        """Run a cell.

        Raises:
            DeadKernelError: the kernel has ended, or says what no kernel says: student code can speak for it.
            NotGradable: the machine was so busy that the notebook's cells did not come to their end.
        """
        self._interrupted = False
        self._stopwatch = self._confined.stopwatch()
        try:
            cell = await super().async_execute_cell(*args, **kwargs)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise DeadKernelError(GARBLED) from None
        finally:
            self._had += self._stopwatch.had
        if self._interrupted:  # by us: an error of the interrupt's own name would tell nobody why
            own = [output for output in cell.outputs if output.get("ename") != "KeyboardInterrupt"]
            cell.outputs = [*own, new_output("error", ename=FLOOD[0], evalue=FLOOD[1], traceback=[])]
        return cell

    execute_cell = run_sync(async_execute_cell)

    def _get_timeout(self, cell: NotebookNode | None) -> float | None:  # type: ignore[override]
        """Seconds by the wall's clock after which to look whether a cell is too late."""
        last = float("inf") if self._until is None else max(self._until - time.monotonic(), SHORTEST)
        return min(self._due(cell), last)

    def _due(self, cell: NotebookNode | None) -> float:
        """Seconds that a cell may have."""
        left = max(self.limits.seconds - self._had, SHORTEST)
        return min(super()._get_timeout(cell) or left, left)

    async def _async_handle_timeout(self, timeout: float, cell: NotebookNode | None = None) -> Any:
        """Wait on for a cell that has not had its seconds; then as nbclient."""
        while self._stopwatch.had < self._due(cell):
            if self._until is not None and time.monotonic() >= self._until:
                had = self._had + self._stopwatch.had
                raise NotGradable(BUSY.format(PATIENCE * self.limits.seconds, had))
            await self._async_check_alive()
            assert self.kc is not None
            if await ensure_async(self.kc.shell_channel.msg_ready()):
                return None
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        return await super()._async_handle_timeout(timeout, cell)  # type: ignore[arg-type]

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        if msg["msg_type"] not in SHOWS and not msg["msg_type"].startswith("comm"):
            return super().process_message(msg, cell, cell_index)
        if cell is not self._cell:
            self._cell, self._heard = cell, 0
        size, before = size_of(msg["content"]), self._heard
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


def size_of(content: Any) -> int:
    """About how many bytes there are in a message's content."""
    if isinstance(content, dict):
        return sum(len(str(key)) + size_of(value) for key, value in content.items())
    if isinstance(content, (list, tuple)):
        return sum(map(size_of, content))
    return len(content) if isinstance(content, (str, bytes)) else 8
