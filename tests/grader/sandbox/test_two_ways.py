"""The short way and the long one store the same outputs, and what is unusual goes the long one."""

from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader import catalogue
from grader.building.instructor import instructor_notebook
from grader.building.lesson import find_lessons
from grader.demo.student import submission
from grader.plugins import Judge
from grader.repair import NotGradable, heal
from grader.sandbox.limits import Limits
from tests.grader.two_roads import ENDING, KERNEL, answer

LIMITS = Limits(cell_output=20_000, notebook_output=50_000)

ORDINARY = (
    "import sys, warnings\nimport torch\nimport matplotlib.pyplot as plt\nfrom IPython.display import *",
    "print('out'); print('err', file=sys.stderr); print('out again', end='')\n41 + 1",
    "_ + 1",
    "display(HTML('<b>x</b>')); print('between'); display(Markdown('*y*')); torch.arange(6) / 7",
    "def fails(x):\n    print('before')\n    return 1 / x\nfails(0)",
    "fails(0",
    "class Odd:\n    def __repr__(self): raise ValueError('no picture of me')\nOdd()",
    "warnings.warn('careful')",
    "for at in range(3):\n    print(at); clear_output()\nprint('last')",
    "handle = display('first', display_id='me'); handle.update('second')",
    "plt.plot([1, 2, 4]); plt.title('a figure')",
    "plt.figure(); plt.plot([4, 2, 1]); plt.show(); 'after'",
    "input('Your name? ')",
    "quit()",
    "raise SystemExit(3)",
    "raise KeyboardInterrupt",
    "print('é 𝔸', float('nan'))\n{'a': float('inf')}",
    "In[2], Out[2], __name__, len(sys.argv) > 0, '' in sys.path",
    "import asyncio; asyncio.run(asyncio.sleep(0))",
    "sys.stdout.isatty(), sys.stdout.encoding, sys.stdin.isatty()",
    "%matplotlib inline",
    "import os; os.getcwd(), sorted(os.environ), os.getpid(), os.listdir('.')",
    "display({'text/plain': 5}, raw=True)",
    "x: int = 'ünï'; x;",
    "exec(compile('1/0', '<made>', 'exec'))",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise RuntimeError('twice') from error",
    "sys.stdout.write('x' * 9_000)",
    "torch.manual_seed(1); torch.rand(2)",
    "!echo from the shell",
    "print('end')",
)
UNUSUAL = {
    "it waits": "import asyncio\nawait asyncio.sleep(0)\nprint('waited')",
    "a program prints": "import subprocess, time\nsubprocess.run(['echo', 'hello']); time.sleep(0.3)",
    "a forked process prints": "import os, sys, time\n"
    "if os.fork() == 0:\n    print('child'); sys.stdout.flush(); os._exit(0)\nos.wait(); time.sleep(0.3)",
    "a forked process prints and is gone": "import os, time\n"
    "if os.fork() == 0:\n    print('child'); os._exit(0)\nos.wait(); time.sleep(0.3)",
    "a thread goes on": "import threading, time\nthreading.Thread(target=time.sleep, args=(2,)).start()",
    "it ends": "import os\nos._exit(0)",
    "it is killed": "import os\nos.kill(os.getpid(), 9)",
    "it prints for ever": "while True: print('x' * 100)",
    "it never ends": "while True: pass",
    "it says what is no message": "import os\nos.write(4, b'\\0\\0\\0\\5hello')",
    "it closes its ear": "import os\nos.close(4)",
    "it forges a reply": "import os, json\nsaid = b'[\"execute_reply\", 5]'\n"
    "os.write(4, len(said).to_bytes(4, 'big') + said)",
    "it has a widget": "from comm import create_comm\nwidget = create_comm(target_name='x', data={'a': 1})",
    "it replies with what is no reply": "import grader.student.kernel as kernel\n"
    "kernel.reply = lambda *_: {'outcomes': 5}; kernel.answer = lambda _: 5",
    "it is called as one that is lost": "class DeadKernelError(Exception): pass\nraise DeadKernelError",
}


def judged(cells, short: bool, timeout=20):
    """The notebook as the judge leaves it, and why it did not go the short way."""
    notebook = new_notebook(cells=deepcopy(list(cells)), metadata={"kernelspec": KERNEL})
    judge = Judge(
        skip_cells_with_tag="demonstration",
        record_timing=False,
        secret="of a test",
        timeout=timeout,
        goes_short=short,
    )
    judge.limits = LIMITS
    judge.preprocess(notebook, {"nbgrader": {"student": "ada"}, "metadata": {"path": None}})
    return notebook, judge.went_long_because


def cells_of(*sources: str) -> list[nbformat.NotebookNode]:
    return [new_code_cell(source, id=f"cell-{at}") for at, source in enumerate(sources)]


def differing(one, other):
    """The cells that are not the same, as pairs."""
    return [(a, b) for a, b in zip(one.cells, other.cells, strict=True) if a != b]


def test_what_is_ordinary_goes_the_short_way_and_is_stored_alike(confined):
    short, because = judged(cells_of(*ORDINARY), short=True)
    long, _ = judged(cells_of(*ORDINARY), short=False)
    assert because == ""
    assert differing(short, long) == []
    assert short.metadata == long.metadata
    assert len([cell for cell in short.cells if cell.outputs]) > 20


@pytest.mark.parametrize("what", UNUSUAL)
def test_what_is_unusual_goes_the_long_way_and_is_stored_as_there(confined, what):
    handed = [*cells_of("print(1)", UNUSUAL[what], "print(2)"), *answer("leak", "leak = 'c'")]
    short, because = judged(handed, short=True, timeout=3)
    assert because, "it went the short way to its end"
    long, _ = judged(handed, short=False, timeout=3)
    assert differing(without_chance(short), without_chance(long)) == []


def without_chance(notebook):
    """Chance is how much an endless cell has shown, and whether a kernel that is lost was heard before."""
    for cell in notebook.cells:
        if any(output.get("ename") == "DeadKernelError" for output in cell.outputs):
            cell.execution_count = None
        for output in cell.outputs:
            if "text" in output:
                output.text = output.text[-80:]
    return notebook


@pytest.mark.slow
@pytest.mark.parametrize("student", ENDING, ids=lambda student: student.name)
def test_the_demonstration_s_class_is_stored_alike(confined, student):
    lesson = next(one for one in find_lessons(catalogue.EXERCISES.parents[1]) if one.name == "02_attention")
    released = nbformat.read(lesson.released, as_version=4)
    try:
        healed = heal(submission(student, instructor_notebook(lesson), released), released).notebook.cells
    except NotGradable:
        pytest.skip("there is nothing to run")
    (short, _), (long, _) = judged(healed, short=True), judged(healed, short=False)
    assert differing(short, long) == []
