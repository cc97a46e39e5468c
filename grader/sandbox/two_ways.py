"""A notebook's runner that goes the short way, and the long one only where that finds something unusual.

The short way (`grader.sandbox.short_way`) costs a third of the long one, which is nbclient's with a whole
kernel (`grader.sandbox.runner`). Both make the same outputs of the same messages; nothing that came of the
short way is kept where it was not gone to its end.
"""

from __future__ import annotations

import os
from typing import Any

from nbclient import NotebookClient
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import NotebookNode
from traitlets import Bool

from grader.sandbox import short_way, zygotes
from grader.sandbox.confinement import confinement
from grader.sandbox.provisioner import copy_plain_files, handed_on, plain_files, tests, told
from grader.sandbox.runner import GARBLED, SHOWS, Sandboxed, size_of

PYTHON = "python3"  # the name of the kernel that notebooks of the course ask for
SHARE_OF_TIME = 0.2  # of a notebook's seconds, those in which it is to be at the end of the short way


class ShortFirst(Sandboxed, ExecutePreprocessor):
    """The first base of a preprocessor that runs notebooks: of nbgrader's `Execute`, for one."""

    goes_short = Bool(
        True, help="run notebooks the short way, which costs a third, where nothing in them is unusual"
    ).tag(config=True)
    short: short_way.Kernel | None = None  # the kernel, while the notebook goes the short way
    went_long_because = ""  # why it did not go the short way to its end

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple[NotebookNode, Any]:
        """Run all of the notebook's cells."""
        self.went_long_because = "it has a kernel already" if km else self._why_long(nb)
        if not self.went_long_because:
            before = [(cell.outputs, cell.execution_count) for cell in nb.cells if cell.cell_type == "code"]
            try:
                return self._go_short(nb, resources)
            except short_way.Unusual as why:
                self.went_long_because = str(why)
            code = (cell for cell in nb.cells if cell.cell_type == "code")
            for cell, (outputs, count) in zip(code, before, strict=True):
                cell.outputs, cell.execution_count = outputs, count
        return super().preprocess(nb, resources, km)

    def _why_long(self, nb: NotebookNode) -> str:
        """What the short way cannot do, of what is asked; nothing, if it can do all."""
        if not (self.goes_short and confinement().confined):
            return "it is not to, or cannot be confined"
        if self.exercises is None or self.numbers is None:
            return "whose it is, is not known"
        if nb.metadata.get("kernelspec", {}).get("name") != PYTHON:
            return "it is for another kernel"
        if not self.allow_errors or self.force_raise_errors or self.coalesce_streams or self.record_timing:
            return "it is to be run in a way of its own"
        return ""

    def _go_short(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """As `ExecutePreprocessor.preprocess`, but for the kernel."""
        NotebookClient.__init__(self, nb)
        self.reset_execution_trackers()
        self._check_assign_resources(resources)
        self._cut_at = 0.0
        with self._short_kernel() as self.short:
            try:
                nb.metadata["language_info"] = self.short.language_info
                for index, cell in enumerate(nb.cells):
                    self.preprocess_cell(cell, resources, index)
            finally:
                self.short = None
        return nb, self.resources

    def _short_kernel(self) -> short_way.Kernel:
        parent, folder = zygotes.current(), None
        path = self.resources.get("metadata", {}).get("path") or None
        if any(True for _ in plain_files(path)):
            folder = parent.folder_for_kernel()
            copy_plain_files(path, folder / "files", self.limits)
        environment = handed_on(os.environ) | told(self.student, self.numbers or {}, self.references or {})
        seconds = self.limits.seconds * SHARE_OF_TIME
        return short_way.Kernel(self.limits, seconds, environment, tests(self.exercises or ()), folder)

    def execute_cell(self, cell: NotebookNode, cell_index: int, **more: Any) -> NotebookNode:
        """Run a cell; as `nbclient.NotebookClient.execute_cell`."""
        if self.short is None:
            return super().execute_cell(cell, cell_index, **more)
        is_left_out = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or is_left_out:
            return cell
        said = self.short.run(cell.source, more.get("store_history", True), self._get_timeout(cell))
        self.code_cells_executed += 1
        cell.outputs, self.clear_before_next_output = [], False
        try:
            for kind, content in said[:-1]:
                header = {"msg_type": kind}
                message = {"msg_type": kind, "header": header, "parent_header": {}, "content": content}
                self.process_message(message, cell, cell_index)
            self.on_cell_executed(cell=cell, cell_index=cell_index, execute_reply={"content": said[-1][1]})
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            raise short_way.Unusual(f"{GARBLED} ({error})") from None
        self.nb.cells[cell_index] = cell
        return cell

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        output = super().process_message(msg, cell, cell_index)
        if self.short is not None and self._cut_at:
            raise short_way.Unusual("it shows more than it may")
        return output

    def ask_short(self, kernel: short_way.Kernel, asked: str) -> list[NotebookNode]:
        """The outputs of the judge's request, which leaves no trace in the notebook."""
        said = kernel.ask(asked, self._get_timeout(None))
        shown = [content for kind, content in said if kind in SHOWS]
        if sum(map(size_of, shown)) > self.limits.cell_output:
            raise short_way.Unusual("it shows more than it may")
        return [NotebookNode(content) for content in shown]

    def conceal(self, payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The judge's questions, as they may cross to the kernel."""
        return super().conceal(payloads) if self.short is None else zygotes.current().conceal(payloads)
