"""What a reader meets after a restart, and after a cell that stopped with an error."""

import runpy

import nbformat
import pytest
from IPython.utils.capture import capture_output
from nbclient import NotebookClient

from grader.student import cells

pytestmark = pytest.mark.usefixtures("nobody")

# Every kind of answer: its call, one that has something in it, and one that cannot be run.
KINDS = {
    "hard_attention": (
        "check(hard_attention)",
        "def hard_attention(q, k, v):\n    return v[0]",
    ),  # a function
    "SelfAttention": ("check(SelfAttention)", "class SelfAttention:\n    pass"),
    "test_attention_weights": (
        "check(test_attention_weights)",
        "def test_attention_weights(weights_of):\n    weights_of()",
    ),
    "matmul_flops": ('check("matmul_flops")', 'matmul_flops = "L"'),
    "layer_gflops": ('check("layer_gflops")', "layer_gflops = 1.0"),
    "leak": ('check("leak")', 'leak = "a"'),  # a quiz
}
kinds = pytest.mark.parametrize(("name", "call", "answer"), [(name, *told) for name, told in KINDS.items()])
ERROR = "ZeroDivisionError: division by zero"


@pytest.fixture
def run(monkeypatch, ipython):
    """Runs a cell as a reader does; gives back all that is then shown, as text."""
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: ipython)
    ipython.reset(new_session=False)
    cells.follow(ipython).failed.clear()
    ipython.run_cell("from grader import check, hint\nfrom course.show import needs")

    def run(source):
        with capture_output() as captured:
            ipython.run_cell(source)
        shown = [output.data.get("text/plain", "") for output in captured.outputs]
        return "\n".join([*shown, captured.stdout, captured.stderr])

    return run


# -- what is not there ---------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["check({0})", "hint({0})", "needs({0}={0})"])
@pytest.mark.parametrize("name", ["hard_attention", "SelfAttention", "layer_gflops"])
def test_an_answer_that_a_restart_has_lost_is_one_sentence(run, call, name):
    assert run(call.format(name)).strip() == cells.NO_ANSWER.format(name)


@pytest.mark.parametrize("name", cells.IMPORTED)
def test_so_is_what_lessons_import(run, ipython, name):
    ipython.user_ns.pop(name, None)
    assert run(f"{name}(x=1)").strip() == cells.NO_IMPORT.format(name)


def test_what_lessons_import_is_all_that_there_is():
    from grader import __all__

    assert set(__all__) | {"needs"} == set(cells.IMPORTED)


@pytest.mark.parametrize("source", ["check(atention)", "1 / 0", "def f():\n    x = x + 1\nf()"])
def test_other_errors_are_pythons_own(run, source):
    said = run(source)
    assert "Error" in said and "There is no" not in said and "Traceback" in said


def test_in_a_function_the_place_is_shown_as_well(run):
    said = run("def look():\n    return hard_attention(1, 2, 3)\nlook()")
    assert "Traceback" in said and "return hard_attention(1, 2, 3)" in said
    assert cells.NO_ANSWER.format("hard_attention") in said


def test_a_handler_of_the_readers_own_stays(monkeypatch, ipython):
    def own(*error):
        return None

    monkeypatch.setattr(ipython, "custom_exceptions", ())
    monkeypatch.setattr(ipython, "CustomTB", None)
    ipython.set_custom_exc((ValueError,), own)
    cells.Cells(ipython)
    assert ipython.custom_exceptions == (ValueError,)


def test_a_new_kernel_says_it_although_nothing_was_imported(root, tmp_path, monkeypatch):
    """As `make lab` starts it: with the settings that it makes."""
    profile = tmp_path / "profile_default"
    profile.mkdir()
    environment = runpy.run_path(str(root / "scripts" / "environment.py"))
    (profile / "ipython_kernel_config.py").write_text(environment["KERNELS"])
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    sources = ["check(attention)", "leak = ''\n1 / 0", "import sys\nprint('torch' in sys.modules)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
    check, own, loaded = (cell.outputs[0] for cell in notebook.cells)
    assert check.traceback == [cells.NO_IMPORT.format("check")]
    assert own.ename == "ZeroDivisionError" and len(own.traceback) > 1
    assert loaded.text == "False\n", "a kernel starts as fast as before"


# -- what has failed -----------------------------------------------------------------------------------


@kinds
def test_a_check_after_a_cell_that_failed_says_that_it_is_about_the_version_before(run, name, call, answer):
    run(answer)
    run(f"1 / 0\n{answer}")
    assert cells.OLDER.format(name, ERROR) in run(call)
    run(answer)
    assert "stopped with an error since" not in run(call)


@kinds
def test_where_there_is_no_version_before_it_is_the_cell_that_has_to_be_mended(run, name, call, answer):
    run(f"1 / 0\n{answer}")
    said = run(call)
    assert cells.FAILED.format(name, ERROR, name) in said and "run the cell that defines it" not in said


@kinds
def test_text_that_is_no_python_fails_as_well(run, name, call, answer):
    run(answer)
    run(f"{answer}\n) (")
    assert "stopped with an error since (SyntaxError: unmatched ')'" in run(call)


def test_what_was_defined_before_the_error_is_the_newest_version(run):
    name, (call, answer) = "hard_attention", KINDS["hard_attention"]
    run(answer)
    run(f"{answer}\n1 / 0")
    assert name and "stopped with an error since" not in run(call)


@pytest.mark.parametrize(
    ("cell", "came"),
    [
        ("a = 1\nb = (2 +\n 3)", "a = 1\nb = (2 +\n 3)"),
        ("a = 1\n\nb = (2 +\n 1 / 0)\nc = 3", "a = 1"),
        ("a = 1\nimport course.no_such_module\nb = 2", "a = 1"),
        ("def f():\n    1 / 0\nf()", "def f():\n    1 / 0"),
        ("a = (", ""),
    ],
)
def test_a_cell_is_remembered_as_far_as_it_came(run, cell, came):
    run(cell)
    *_, last, running = cells.ran()
    assert (last, running) == (came, "")


def test_the_panel_says_it_in_html_too(run, ipython):
    run('leak = "a"')
    run('1 / 0\nleak = "b"')
    with capture_output() as captured:
        ipython.run_cell('check("leak")')
    assert "has stopped with an error since (ZeroDivisionError" in captured.outputs[0].data["text/html"]


def test_validate_tells_a_cell_that_failed_from_one_that_was_not_run(run, monkeypatch):
    """nbgrader's Validate button shows what is on stderr, and an error's own text."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    run("1 / 0\nleak = 'a'")
    with capture_output() as captured:
        run_cell = cells._cells._shell.run_cell
        run_cell('check("leak")')
    assert cells.FAILED.format("leak", ERROR, "leak") in captured.stderr


def test_where_a_submission_is_graded_nothing_is_followed(monkeypatch, ipython):
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: ipython)
    monkeypatch.setattr(cells, "_cells", None)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    cells.follow_this_kernel()
    assert cells._cells is None
