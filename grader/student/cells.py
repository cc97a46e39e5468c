"""In a notebook: what became of the cell that was to define an answer, and what is said where there is none.

Python looks a name up before `check(attention)` can call anything of ours, so after a restart the answer's
name is a NameError; this gives such an error one sentence in place of its traceback. So that it also does
where the cell with the imports was not run, every kernel of the environment loads it at its start
(``scripts/environment.py`` sees to it): nothing heavy is imported here.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any

from grader.student import is_graded
from grader.uses import uses

EXERCISES = Path(__file__).resolve().parents[1] / "exercises"
IMPORTED = ("check", "hint", "mine", "needs", "numbers", "progress", "sign_in")  # what lessons have from us
# Of text that is no Python, what begins at the margin
DEFINED = re.compile(r"^(?:(?:async +)?def|class) +(\w+)|^(\w+) *(?::[^=\n]+)?=(?!=)", re.MULTILINE)
RESTARTED = "After a restart of the kernel, “Run ▸ Run All Above Selected Cell” brings everything back."
NO_ANSWER = f"There is no `{{}}` yet: run the cell that defines it. {RESTARTED}"
NO_IMPORT = f"`{{}}` is not known yet: run the lesson's first cell with code, which imports it. {RESTARTED}"
FAILED = (
    "The cell that defines `{}` stopped with an error ({}), so there is no `{}` yet: mend that cell first."
)
OLDER = (
    "The cell that defines `{}` has stopped with an error since ({}): this is about the version before it."
)

_nothing = object()


class Cells:
    """Notes which names a cell that failed was to define and did not."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._before: dict[str, Any] = {}
        self.failed: dict[str, str] = {}  # name -> the error of its cell
        self.running = ""
        self.ran: list[str] = list(shell.user_ns.get("In", ()))  # the texts of cells, as far as they came
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)
        if not shell.custom_exceptions:
            shell.set_custom_exc((NameError,), self._explain)

    def _begin(self, info: Any) -> None:
        self.running, names = info.raw_cell, self._shell.user_ns
        self._before = {name: names.get(name, _nothing) for name in defined(info.raw_cell)}

    def _end(self, result: Any) -> None:
        error = result.error_before_exec or result.error_in_exec
        before, self._before = self._before, {}
        self.running = ""
        self.ran.append(_as_far_as_it_came(result.info.raw_cell, error))
        for name, value in before.items():
            if error is not None and self._shell.user_ns.get(name, _nothing) is value:
                self.failed[name] = in_words(type(error).__name__, str(error))
            else:
                self.failed.pop(name, None)

    def missing(self, name: str) -> str:
        """What is said of a name that is not there; nothing of one that is no answer and none of ours."""
        if name in self.failed:
            return FAILED.format(name, self.failed[name], name)
        if name in IMPORTED:
            return NO_IMPORT.format(name)
        return NO_ANSWER.format(name) if any(EXERCISES.glob(f"*/{name}.py")) else ""

    def _explain(
        self,
        shell: Any,
        kind: type[NameError],
        error: NameError,
        traceback: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        told = self.missing(error.name or "") if type(error) is NameError else ""
        inside = _innermost(traceback) != "<module>"
        if told and not inside:
            error._render_traceback_ = lambda: [told]  # type: ignore[attr-defined]
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        if told and inside:  # where it is needed is worth seeing, too
            print(told, file=sys.stderr)


_cells: Cells | None = None


def follow(shell: Any) -> Cells:
    """Note from now on what becomes of a shell's cells."""
    global _cells
    if _cells is None or _cells._shell is not shell:
        _cells = Cells(shell)
    return _cells


load_ipython_extension = follow


def follow_this_kernel() -> None:
    """`follow` the shell of this process, where there is one, and it is a reader's own."""
    if "IPython" in sys.modules and not is_graded():
        from IPython.core.getipython import get_ipython

        if (shell := get_ipython()) is not None:
            follow(shell)


def error_of(name: str) -> str:
    """The error of the last cell that was to define a name and did not; nothing where there is none."""
    return _cells.failed.get(name, "") if _cells is not None else ""


def defined(text: str) -> Iterable[str]:
    """The names that a cell is to give a value, be it Python or not yet."""
    return uses(text).defines or {name for found in DEFINED.findall(text) for name in found if name}


def ran() -> list[str]:
    """The texts of the cells that were run in this kernel, in order, each up to where it stopped."""
    return [*_cells.ran, _cells.running] if _cells is not None else []


def _as_far_as_it_came(text: str, error: BaseException | None) -> str:
    """A cell without the statement at which an error stopped it, and what stands below."""
    if error is None:
        return text
    walked = walk_tb(error.__traceback__)
    lines = [line for frame, line in walked if frame.f_code.co_name == "<module>"]  # the cell's is the first
    try:
        body = ast.parse(text).body if lines else []
    except SyntaxError:  # one with magic in it
        body = []
    done = [statement.end_lineno or 0 for statement in body if (statement.end_lineno or 0) < lines[0]]
    return "\n".join(text.split("\n")[: max(done, default=0)])


def _innermost(traceback: TracebackType) -> str:
    """The function in which an error was raised; ``<module>`` is a cell itself."""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_name


def in_words(kind: str, text: str) -> str:
    """An error on one line: its class, and what it says first."""
    first = text.strip().split("\n")[0].rstrip(".")
    return f"{kind}: {first}" if first else kind
