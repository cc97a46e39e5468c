"""What an answer has sent serves a regrade exactly where all that it hangs on is the same."""

import shutil

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader import catalogue
from grader.asking.outcome import Failure, Outcome
from grader.asking.respond import Response, as_reply, read_reply
from grader.judging import replies
from grader.judging.verdict import MIME as VERDICT
from grader.plugins import Judge
from grader.sandbox import view
from grader.sandbox.confinement import confinement

EXERCISE = "above_chosen"  # it trains nothing, and is asked in milliseconds
HELPER = "def honest(validation, test):\n    return test[validation == validation.max()].max()"
ANSWER = """
def above_chosen(validation, test, reported):
    return max(int(reported - honest(validation, test)), 0)
"""


@pytest.fixture(autouse=True)
def confined(monkeypatch):
    if not confinement().confined:
        pytest.skip(confinement().because)
    monkeypatch.setenv("COURSE_SECRET", "a secret")
    monkeypatch.setattr(type(catalogue.find(EXERCISE)), "is_kept", True)


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """The exercises that a kernel was asked about."""
    found, ask = [], Judge._ask

    def noted(self, exercise, requests, index):
        found.append(exercise.id)
        return ask(self, exercise, requests, index)

    monkeypatch.setattr(Judge, "_ask", noted)
    return found


def grade(*sources, known=None, student="ada", folder=None, after=(), earlier=None):
    """What the judge says of the answer in these cells, and what it would have kept.

    ``earlier`` is another exercise with its answer, before them.
    """
    cells = [new_code_cell(source) for source in sources]
    cells.append(_graded(EXERCISE))
    if earlier:
        cells = [new_code_cell(earlier[1]), _graded(earlier[0]), *cells]
    place = len(cells) - 1
    cells += [new_code_cell(source) for source in after]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    told = {"nbgrader": {"student": student}, "metadata": {"path": folder and str(folder)}}
    notebook, resources = Judge(replies=known or {}).preprocess(notebook, told)
    return notebook.cells[place].outputs[0].data[VERDICT], resources[replies.RESOURCE]


def _graded(exercise):
    role = {"grade": True, "solution": False, "locked": True, "points": 1}
    return new_code_cell("", metadata={"nbgrader": {"grade_id": exercise, **role}})


def test_the_same_is_not_asked_again_whatever_comes_after_it(asked, tmp_path):
    (tmp_path / "numbers.csv").write_text("1,2")
    verdict, kept = grade(HELPER, ANSWER, folder=tmp_path)
    assert verdict["score"] == catalogue.find(EXERCISE).points and len(kept) == 1
    again, still = grade(HELPER, ANSWER, folder=tmp_path, known=kept, after=["later = 1", "1 / 0"])
    assert again == verdict and still == kept
    assert asked == [EXERCISE]


def test_whatever_it_hangs_on_makes_another_answer_of_it(asked, tmp_path, monkeypatch):
    files = tmp_path / "files"
    files.mkdir()
    (files / "numbers.csv").write_text("1,2")
    right, kept = grade(HELPER, ANSWER, folder=files)
    changed = shutil.copytree(files, tmp_path / "changed")
    (changed / "numbers.csv").write_text("1,3")
    wrong, _ = grade(HELPER.replace("].max", "].min"), ANSWER, folder=files, known=kept)
    assert wrong["score"] < right["score"]
    grade(HELPER, "import torch\n" + ANSWER, folder=files, known=kept)
    grade(HELPER, "1 + 1", ANSWER, folder=files, known=kept)
    grade(HELPER, ANSWER, folder=changed, known=kept)
    grade(HELPER, ANSWER, folder=files, known=kept, student="ben")
    monkeypatch.setenv("COURSE_SECRET", "another secret")
    grade(HELPER, ANSWER, folder=files, known=kept)
    monkeypatch.setenv("COURSE_SECRET", "a secret")
    monkeypatch.setattr(view, "fingerprint", lambda: "another version of the course")
    grade(HELPER, ANSWER, folder=files, known=kept)
    assert asked == [EXERCISE] * 8


def test_another_question_to_an_earlier_answer_counts_too(asked, monkeypatch):
    """An answer may remember what it was asked."""
    earlier = ("merge_heads", "def merge_heads(x):\n    raise ValueError")
    _, kept = grade(HELPER, ANSWER, earlier=earlier)
    assert len(kept) == 1  # of the two, one fails
    grade(HELPER, ANSWER, earlier=earlier, known=kept)
    assert asked == ["merge_heads", EXERCISE, "merge_heads"]
    monkeypatch.setattr(catalogue.find("merge_heads"), "seconds", 9.0)
    grade(HELPER, ANSWER, earlier=earlier, known=kept)
    assert asked[3:] == ["merge_heads", EXERCISE]


def test_what_failed_or_may_be_the_machine_s_doing_is_not_kept(monkeypatch):
    assert grade(HELPER, ANSWER.replace("honest", "modest"))[1] == {}
    assert grade("raise KeyboardInterrupt", HELPER, ANSWER)[1] == {}
    monkeypatch.setattr(Judge, "_is_disturbed", property(lambda _: True, lambda *_: None), raising=False)
    assert grade(HELPER, ANSWER)[1] == {}


def test_a_torn_reply_is_asked_for_again(asked):
    verdict, kept = grade(HELPER, ANSWER)
    for torn in ("", "no base64!", next(iter(kept.values()))[:-8], replies.written({"outcomes": []})):
        again, mended = grade(HELPER, ANSWER, known=dict.fromkeys(kept, torn))
        assert again == verdict and mended == kept
    assert len(asked) == 5


def test_a_reply_is_kept_as_it_was_read():
    response = Response([Outcome(value=[1, 2, 3])], ["UserWarning: hm"], ["torch.stack"])
    assert read_reply(replies.read(replies.written(as_reply(response))), 1) == response
    late = Response([Outcome(value=1), Outcome(failure=Failure.by_judge("late"))])
    assert replies.written(as_reply(late)) == ""
    assert replies.read("") is None and replies.read("AAAA") is None
