"""A forked kernel is what a fresh one is, and ends as one does."""

import os
import time

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from grader.building.forked_kernels import ForkedKernel


def ran(*cells, **options):
    """What each cell gives, run in one kernel: what it prints, or the types of what it shows."""
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)])
    NotebookClient(notebook, timeout=60, kernel_manager_class=ForkedKernel).execute(**options)
    return [
        [output.get("text", "").strip() or sorted(output.data) for output in cell.outputs]
        for cell in notebook.cells
    ]


def ended(process):
    """Whether it is no more: a process that has let go of its sockets may need a moment."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_it_has_the_folder_and_the_environment_that_it_is_started_with(tmp_path):
    environment = {**os.environ, "COURSE_TRIED": "1"}
    asked = "import os; print(os.getcwd(), os.environ['COURSE_TRIED'])"
    assert ran(asked, cwd=str(tmp_path), env=environment) == [[f"{tmp_path} 1"]]


def test_nothing_of_the_course_is_loaded_that_a_cell_has_not_imported():
    asked = "import sys; print([name for name in sys.modules if name.startswith('course')])"
    assert ran(asked, "import course.attention", asked)[0] == ["[]"]


def test_figures_are_shown_as_pictures():
    drawn = "from matplotlib import pyplot; pyplot.plot([1, 2]); pyplot.show()"
    assert ran(drawn) == [[["image/png", "text/plain"]]]


def test_each_draws_numbers_of_its_own_and_has_ended_behind_its_last_cell():
    asked = "import os, random, numpy, torch\n"
    asked += "print(os.getpid(), random.random(), numpy.random.rand(), torch.rand(1).item())"
    first, second = (ran(asked)[0][0].split() for _ in range(2))
    assert not set(first) & set(second)
    assert ended(int(first[0])) and ended(int(second[0]))


def test_an_error_is_told_and_its_kernel_ends_as_well():
    with pytest.raises(CellExecutionError) as told:
        ran("import os; raise ZeroDivisionError(os.getpid())")
    assert told.value.ename == "ZeroDivisionError" and ended(int(told.value.evalue))
