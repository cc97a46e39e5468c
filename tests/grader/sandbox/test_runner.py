"""Notebooks run by nbclient with confined kernels: what they show is cut, and the kernel is ready at once."""

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from grader.sandbox.limits import Limits
from grader.sandbox.runner import CUT, FLOOD, WENT_ON, Sandboxed


class Runner(Sandboxed, NotebookClient):
    """Nothing of its own."""

    limits = Limits(cell_output=20_000, notebook_output=50_000)


@pytest.fixture
def run(confined):
    """Runs cells; gives what each printed, and the runner."""

    def run(*sources):
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
        runner = Runner(notebook, timeout=60, allow_errors=True)
        runner.execute()
        printed = [
            "".join(output.get("text", "") or output.get("ename", "") for output in cell.outputs)
            for cell in notebook.cells
        ]
        return printed, runner

    return run


def test_output_within_the_limit_is_kept(run):
    printed, _ = run("print('x' * 19_000)", "1 / 0", "import grader; print(grader.__name__)")
    assert printed == ["x" * 19_000 + "\n", "ZeroDivisionError", "grader\n"]


def test_an_endless_cell_is_cut_and_interrupted_and_the_next_one_runs(run):
    printed, runner = run("while True: print('x' * 100)", "print('next')")
    assert len(printed[0]) < 20_000 + 200
    assert printed[0].endswith(CUT.format(20) + FLOOD[0])
    assert runner.nb.cells[0].outputs[-1].evalue == FLOOD[1]
    assert printed[1] == "next\n"
    assert runner._confined.ended is None


def test_cells_that_show_little_each_are_cut_together(run):
    printed, _ = run(*["print('x' * 19_000)"] * 4)
    assert [len(text) // 19_000 for text in printed] == [1, 1, 0, 0]
    assert all("is cut here" in text for text in printed[2:])


def test_what_is_no_output_is_not_shown_and_costs_nothing(run):
    number = "from IPython.display import display\ndisplay({'text/plain': 5}, raw=True)"
    kernel = "kernel = get_ipython().kernel\n"
    stream = "{'name': 5, 'text': 'x'}, parent=kernel.get_parent()"
    forged = f"{kernel}kernel.session.send(kernel.iopub_socket, 'stream', {stream})"
    printed, runner = run(number, forged, "print('next')")
    assert printed == ["", "", "next\n"]
    assert runner._confined.ended is None


def test_a_cell_that_does_not_stop_is_ended(run):
    deaf = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {2}); signal.signal(2, signal.SIG_IGN)"
    endless = f"{deaf}\nwhile True:\n    try: print('x' * 1000)\n    except BaseException: pass"
    notebook = new_notebook(cells=[new_code_cell(endless)])
    runner = Runner(notebook, timeout=60, kernel_name="python3")
    with pytest.raises(Exception, match="Kernel died"):
        runner.execute()
    assert runner._confined.ended == WENT_ON


def test_quit_does_not_end_the_rest(run):
    printed, _ = run("quit()", "exit", "print('next')")
    assert printed[-1] == "next\n"


@pytest.mark.parametrize(
    "garbles",
    [
        "import json; json.dumps = lambda *a, **k: '6.0'",
        "k = get_ipython().kernel; k.session.pack = lambda value: b'6.0'",
        "k = get_ipython().kernel; k.session.send(k.iopub_socket, 'status', {}, parent=k.get_parent())",
        "k = get_ipython().kernel; k.session.send(k.iopub_socket, 'display_data', {}, parent=k.get_parent())",
    ],
)
def test_a_kernel_that_garbles_is_as_good_as_dead(run, garbles):
    with pytest.raises(DeadKernelError, match="no message of a kernel"):
        run(garbles + "\n1")
