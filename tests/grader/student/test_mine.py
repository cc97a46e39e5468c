"""Answers of earlier lessons as attributes, and the few that a graded kernel is handed."""

import json
import runpy

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from grader.references import text
from grader.sandbox.runner import Sandboxed
from grader.student.mine import VARIABLE, Answer, Mine, NotMine, of_the_course

OWN = Answer("f", "def f():\n    return 1\n", "own.py", "`f`: your own.", "own.py")
COURSES = of_the_course("f", "02_attention", "def f():\n    return 2\n")


def finding(*answers):
    return Mine(lambda name: list(answers), lambda: ["mine.f: kept"])


def test_the_first_that_loads_is_taken_and_says_once_which_it_is(capsys):
    mine = finding(OWN, COURSES)
    assert mine.f() == 1 and mine.f is mine.f
    assert capsys.readouterr().out == "`f`: your own.\n"
    assert repr(mine) == "mine.f: kept"


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("def f(:", "SyntaxError: invalid syntax (own.py, line 1)"),
        ("import nowhere_at_all\ndef f(): pass", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("g = 1", "KeyError: 'f'"),
    ],
)
def test_one_that_cannot_be_loaded_is_a_sentence_and_the_courses_own(capsys, broken, why):
    mine = finding(Answer("f", broken, "own.py", "", "my_answers/f.py"), COURSES)
    assert mine.f() == 2
    said = f"`f` in my_answers/f.py cannot be loaded ({why}).\n`f`: the course's own answer.\n"
    assert capsys.readouterr().out == said


def test_one_that_was_written_anew_is_loaded_anew(capsys):
    answers = [OWN]
    mine = Mine(lambda name: answers, list)
    assert mine.f() == 1
    answers[0] = Answer("f", "def f():\n    return 3\n", "own.py", "`f`: your own.")
    assert mine.f() == 3


def test_what_notebooks_ask_of_everything_is_not_looked_up():
    assert not hasattr(finding(), "_repr_html_") and not hasattr(finding(), "_ipython_display_")


# -- where a submission is graded ----------------------------------------------------------------------


def test_the_stand_in_has_what_it_was_handed_and_nothing_else(root, monkeypatch, capsys):
    monkeypatch.setenv(VARIABLE, json.dumps({"f": ["01_vision", "def f():\n    return 5\n"]}))
    inside = runpy.run_path(str(root / "grader" / "sandbox" / "inside" / "notebook.py"))
    assert inside["mine"].f() == 5 and inside["progress"]() is None
    assert capsys.readouterr().out == "`f`: the course's own answer.\n"
    with pytest.raises(NotMine, match="No lesson before this one has an answer `attention`"):
        _ = inside["mine"].attention


class Runner(Sandboxed, NotebookClient):
    references = {"hard_attention": ("02_attention", text("hard_attention"))}  # noqa: RUF012


def test_a_kernel_that_is_graded_has_the_courses_answers_whatever_is_kept(tmp_path, monkeypatch):
    """In a sandbox where this machine has one, and in a plain kernel where it has none."""
    kept = tmp_path / "02_attention"
    kept.mkdir()
    (kept / "hard_attention.py").write_text("def hard_attention(q, k, v):\n    return 'the reader'\n")
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    sources = [
        "import torch\nfrom grader import mine",
        "print(mine.hard_attention(torch.ones(2), torch.eye(2) * 3, torch.tensor([[7.0], [8.0]])))",
        "mine.look_up",
    ]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    Runner(notebook, timeout=60, allow_errors=True).execute()
    _, own, other = notebook.cells
    assert own.outputs[0].text == "`hard_attention`: the course's own answer.\ntensor([7.])\n"
    assert other.outputs[0].evalue == "No lesson before this one has an answer `look_up`."
