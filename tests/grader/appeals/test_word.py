"""What a word does to a verdict, and for which answer it holds."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.appeals.word import Word, fingerprint, heard, word_on, written
from grader.configure import DEMONSTRATION
from grader.judging import panel
from grader.judging.verdict import Part, Status, Verdict

PARTS = (Part("rows", True), Part("masks", False, "with 3", "It has NaN."))
WRONG = Verdict("e", "E", 2.0, 4.0, Status.WRONG, PARTS, "It is upside down.", how="slip", slips=("It is.",))
RIGHT = Verdict("e", "E", 4.0, 4.0, Status.RIGHT, PARTS[:1])


def word(points=None, answer="f"):
    return Word("A <b>typo</b> of ours.", points, answer, "2026-03-01")


@pytest.mark.parametrize("verdict", [WRONG, RIGHT])
def test_without_points_an_answer_is_judged_by_what_it_does(verdict):
    after = heard(verdict, word())
    assert (after.score, after.status, after.parts, after.slips) == (
        verdict.score,
        verdict.status,
        verdict.parts,
        verdict.slips,
    )
    assert after.word.endswith("it is your own work: A <b>typo</b> of ours.")


@pytest.mark.parametrize(
    ("points", "status"), [(4.0, Status.RIGHT), (3.5, Status.WRONG), (0.0, Status.WRONG)]
)
@pytest.mark.parametrize("verdict", [WRONG, RIGHT, Verdict("e", "E", 0.0, 4.0, Status.FAILED, PARTS)])
def test_points_stand_in_place_of_what_the_checks_found(verdict, points, status):
    after = heard(verdict, word(points))
    assert (after.score, after.maximum, after.status) == (points, 4.0, status)
    assert not (after.parts or after.mistake or after.slips or after.message)


@pytest.mark.parametrize("graded", [True, False])
def test_the_student_reads_it(graded):
    for points, said in ((None, "your own work"), (3.0, "gave it these points")):
        after = heard(WRONG, word(points))
        shown, text = panel.html(after, graded), panel.plain(after, graded)
        assert f"{said}: A <b>typo</b> of ours." in text
        assert f"{said}: A &lt;b&gt;typo&lt;/b&gt; of ours." in shown
        assert after.for_report()["word"] == after.word
    assert "<ul" not in shown and "✗ masks" not in text, "with points, what the checks found is not said"


def cell(source, **role):
    roles = {"grade": False, "solution": False, "locked": False, "grade_id": "x", **role}
    return new_code_cell(source, metadata={"nbgrader": roles})


def test_the_answer_is_the_student_s_code_that_is_run():
    cells = [
        new_code_cell("import torch"),
        new_markdown_cell("words"),
        new_code_cell("shown", metadata={"tags": [DEMONSTRATION]}),
        cell("mine", solution=True),
        cell("check(mine)", grade=True, locked=True),
        cell("given", locked=True),
    ]
    assert written(cells) == ["import torch", "mine"]


def test_a_word_holds_for_that_answer_alone():
    looked_at = [cell("def e():\n    return 1", solution=True)]
    words = {"e": word(answer=fingerprint(written(looked_at)))}
    same = [new_code_cell(""), cell("\r\ndef e():  \r\n\r\n    return 1\r\n", solution=True)]
    assert word_on("e", looked_at, words) == word_on("e", same, words) == words["e"]
    for other in ("def e():\n  return 1", "def e():\n    return 1\ne = 2", "def e():\n    return 2"):
        assert word_on("e", [cell(other, solution=True)], words) is None
    assert word_on("f", looked_at, words) is None
