"""In place of a kernel: runs a notebook's cells in the worker itself, in milliseconds.

The tests' own notebooks may so do to their worker what a machine does: kill it, hold it up, fill it.
"""

import ast

from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor


class Execute(NbGraderPreprocessor):
    """The value of a graded cell is its score; what another raises is in its outputs, as in a kernel."""

    def preprocess(self, nb, resources):
        self.names = {}
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != "code":
            return cell, resources
        try:
            if utils.is_grade(cell):
                value = eval(compile(ast.parse(cell.source, mode="eval"), "cell", "eval"), self.names)
                shown = {"text/plain": repr(value)}
                cell.outputs = [new_output("execute_result", data=shown, execution_count=None)]
            else:
                exec(cell.source, self.names)
        except Exception as error:
            name = type(error).__name__
            cell.outputs = [new_output("error", ename=name, evalue=str(error), traceback=[str(error)])]
        return cell, resources
