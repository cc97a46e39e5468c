"""Demonstrations: those that an answer needs are run, long ones never are; `check` and score agree on it."""

import json
import time

import nbformat
import pytest

from grader import catalogue, hidden_names
from grader.asking.outcome import Failure, Outcome
from grader.asking.rules import MISSING
from grader.building.instructor import instructor_notebook
from grader.building.lesson import find_lessons
from grader.demonstrations import SENTENCE, absent, explained, needed
from grader.hidden_names import hidden
from grader.judging import panel
from grader.judging.verdict import Status, Verdict
from grader.uses import uses
from tests.grader.two_roads import answer, cell, checked, scored

SHORT, LONG = ("demonstration",), ("demonstration", "long")
SAID = SENTENCE.format("slow")


# -- which are needed ----------------------------------------------------------------------------------------


def places(*cells):
    """Which of the cells, given as text and tags, are needed."""
    return sorted(needed([cell(text, *tags) for text, *tags in cells]))


@pytest.mark.parametrize(
    ("code", "is_needed"),
    [
        ("print(table)", True),
        ("def f(x):\n    return x @ table", True),
        ("class A:\n    table = table", True),
        ("class A:\n    def f(self):\n        return lambda: table", True),
        ("[x for x in table]", True),
        ("def f(x=table): ...", True),
        ("table += 1", True),
        ("table.clear()", True),
        ("%timeit 1\nprint(table)", True),
        ("table = 3\nprint(table)", False),
        ("def f(table):\n    return table", False),
        ("def f():\n    table = 1\n    return table", False),
        ("[table for table in range(3)]", False),
        ("x.table, dict(table=1), 'table'", False),
        ("print(table) (", False),
        ("!ls table", False),
    ],
)
def test_a_demonstration_is_needed_where_its_name_is_loaded(code, is_needed):
    assert places(("table = [1]", *SHORT), (code,)) == ([0] if is_needed else [])


def test_what_a_demonstration_needs_is_run_as_well_and_nothing_else():
    cells = [
        ("import math",),
        ("a = 1", *SHORT),
        ("b = a + 1", *SHORT),
        ("def helper():\n    return b", *SHORT),
        ("other = 1", *SHORT),
        ("def answer():\n    return helper()",),
        ("print(answer(), math.pi)", *SHORT),
    ]
    assert places(*cells) == [1, 2, 3]


def test_the_last_definition_before_counts_and_one_after_where_there_is_none_before():
    assert places(("x = 1", *SHORT), ("x = 2", *SHORT), ("x",), ("x = 3", *SHORT)) == [1]
    assert places(("def f(): return x",), ("x = 3", *SHORT), ("x = 4", *SHORT)) == [1]
    assert places(("x = 1", *SHORT), ("x = x + 1", *SHORT), ("x",)) == [0, 1]


def test_what_the_student_defines_needs_no_demonstration():
    assert places(("x = 1", *SHORT), ("x = 2",), ("x",)) == []
    assert places(("x = 1", *SHORT), ("x",), ("x = 2",)) == [0]


def test_long_ones_are_never_run():
    assert places(("x = 1", *LONG), ("y = 1", *SHORT), ("print(x, y)",)) == [1]
    assert places(("x = 1", *LONG), ("y = x", *SHORT), ("print(y)",)) == [1]


@pytest.mark.parametrize("lesson", catalogue.ids())
def test_no_solution_of_ours_needs_one(lesson):
    root = catalogue.EXERCISES.parents[1]
    released = nbformat.read(root / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)
    solved = next(instructor_notebook(one) for one in find_lessons(root) if one.name == lesson)
    assert needed(released.cells) == needed(solved.cells) == frozenset()


NASTY = [
    "(" * 100_000,
    "1+" * 40_000 + "1",
    "x\0",
    "x = 1\n" * 24_000,
    "x = '\ud800'",
    "lambda:" * 9_000 + "1",
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_text_takes_long_to_read_or_cannot_be_read(text):
    began = time.process_time()
    assert uses(text).needs == frozenset()
    assert time.process_time() - began < 2


# -- what is missing without the long ones -------------------------------------------------------------------


def missing(*texts, hidden=("slow",)):
    return absent([uses(text) for text in texts], hidden)


def test_a_name_that_is_defined_anew_is_not_missing():
    assert missing("x = 1") == {"slow": "slow"}
    assert missing("slow = 1") == {}
    assert missing("def f(): return slow") == {"slow": "slow"}


def test_what_a_cell_that_cannot_go_on_would_have_defined_is_missing_too():
    assert missing("a = 1\nb = slow\nc = 2") == {"slow": "slow", "b": "slow", "c": "slow"}
    stops = "def f(): ...\nprint(half)\ndef g(): ..."
    assert missing("half = slow[:2]", stops).keys() == {"slow", "half", "g"}
    assert missing("half = slow[:2]", "half = 1") == {"slow": "slow"}
    assert missing("ok = slow", hidden=()) == {}


@pytest.mark.parametrize(
    ("failure", "status", "is_told"),
    [
        (Failure("NameError", "name 'slow' is not defined"), Status.WRONG, True),
        (Failure("NameError", "name 'half' is not defined"), Status.FAILED, True),
        (Failure("NameError", "name 'fast' is not defined"), Status.WRONG, False),
        (Failure("NameError", "<b>slow</b>"), Status.WRONG, False),
        (Failure("TypeError", "name 'slow' is not defined"), Status.WRONG, False),
        (Failure.told(MISSING, name="answer"), Status.UNFINISHED, True),
        (Failure("NameError", "name 'slow' is not defined"), Status.RIGHT, False),
        (Failure("NameError", "name 'slow' is not defined"), Status.FORBIDDEN, False),
    ],
)
def test_the_sentence_is_told_of_names_that_are_known_here(failure, status, is_told):
    verdict = Verdict("answer", "An answer", 0.0, 2.0, status, message="Nothing yet.")
    known = dict.fromkeys(["slow", "half", "answer"], "slow")
    told = explained(verdict, [Outcome(1.0), Outcome(failure=failure)], known)
    if not is_told:
        assert told is verdict
    else:
        assert (told.mistake, told.message, told.slips, told.how) == (SAID, "", (SAID,), "error")
        assert told.status is (Status.FAILED if status is Status.UNFINISHED else status)


# -- check and score -----------------------------------------------------------------------------------------

LESSON = [
    cell("import torch"),
    cell("patches = torch.tensor([[4.0, 1.0], [3.0, 0.0], [0.0, 4.0]])\nprint(patches)", *SHORT),
    cell("unneeded = patches\nraise RuntimeError('I was run')", *SHORT),
    cell("import time\n\nslow = torch.eye(3)\nprint('that took a while')\nslower = '2*L*d*n'", *LONG),
    cell("from_slow = slow.sum()", *SHORT),
]


@pytest.fixture
def released(tmp_path, monkeypatch, nobody):
    """A lesson beside the package, with these cells."""
    monkeypatch.setattr(hidden_names, "RELEASES", tmp_path)
    for lesson in ("02_attention", "05_cost"):
        (tmp_path / lesson).mkdir()
        (tmp_path / lesson / f"{lesson}.ipynb").write_text(json.dumps({"cells": LESSON}))
    return tmp_path


# exercise: the answer, whether it is right, and the name for want of which it is not
ANSWERS = {
    "similarities": (
        "expected = patches @ patches.T\n\ndef similarities(x):\n    return x @ x.T + 0 * patches.sum()",
        True,
        "",
    ),
    "matmul_flops": ("matmul_flops = slower", False, "slower"),
    "hard_attention": (
        "def hard_attention(q, k, v):\n    return v[(k @ q).argmax()] + 0 * slow.sum()",
        False,
        "slow",
    ),
    "hard_gradient": ("len(slow)\nhard_gradient = 'b'", False, "slow"),
    "smaller_patches": ("smaller_patches = 'c'\nprint(slow)", True, ""),
    "why_not_reorder": ("half\nwhy_not_reorder = 'b'", False, "slower"),
    "four_times": ("from_slow\nfour_times = 'bde'", False, "slow"),
    "overtakes": ("overtakes = slowest + '- 2*d'", False, "slow"),
    "memory_order": ("slow = 1\nmemory_order = 'cebda'[::slow]", True, ""),
    "attention_matrix_bytes": ("len(half)\nattention_matrix_bytes = '48*B*h*L**2'", False, "slower"),
}
OWN = [cell("half = slower[:4]"), cell("slowest = 'n' if len(slow) else ''")]


def test_check_and_score_agree_and_say_why(released):
    answers = [one for name, (code, *_) in ANSWERS.items() for one in answer(name, code)]
    cells = [*LESSON, *OWN, *answers]
    said, (scores, notebook) = checked(cells), scored(cells)
    told = {name: (said[name].is_right, said[name].mistake or "") for name in ANSWERS}
    graded = {name: (one["score"] == one["maximum"], one["mistake"]) for name, one in scores.items()}
    wanted = {
        name: (right, SENTENCE.format(because) if because else "")
        for name, (_, right, because) in ANSWERS.items()
    }
    assert told == wanted
    assert graded == wanted
    feedback = notebook.cells[-1].outputs[0].data
    assert SENTENCE.format("slower") in feedback["text/plain"]
    assert panel.rich(SENTENCE.format("slower")) in feedback["text/html"]
    outputs = [one.outputs for one in notebook.cells[: len(LESSON)]]
    assert [bool(shown) for shown in outputs] == [False, True, False, False, True]
    assert "slow" in outputs[4][0].evalue


# -- hiding in a notebook ------------------------------------------------------------------------------------

LONG_ONE = LESSON[3].source


@pytest.mark.parametrize(
    ("inputs", "is_hidden"),
    [
        ([LONG_ONE], True),
        ([LONG_ONE.replace("eye(3)", "eye(4)")], True),  # changed a little, it is still the lesson's
        ([LONG_ONE, "slow = 3"], False),
        ([LONG_ONE, "slow = 3", LONG_ONE], False),
        ([LONG_ONE, "def mine():\n    return slow"], True),
        ([LONG_ONE + "\nmine = 1"], False),  # then it is run when it is graded
        ([], True),
        (None, False),
    ],
)
def test_names_are_hidden_where_only_a_long_demonstration_defines_them(released, inputs, is_hidden):
    namespace = {"slow": 1, "fast": 2} | ({} if inputs is None else {"In": inputs})
    before = dict(namespace)
    with hidden("02_attention", namespace):
        assert ("slow" in namespace) is not is_hidden and namespace["fast"] == 2
    assert namespace == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ZeroDivisionError])
def test_names_are_put_back_whatever_happens(released, error):
    namespace = {"slow": 1, "In": [LONG_ONE]}
    with pytest.raises(error), hidden("02_attention", namespace):
        namespace["slow"] = 2
        raise error
    assert namespace == {"slow": 1, "In": [LONG_ONE]}


@pytest.mark.parametrize(
    "text", [None, "", "[]", '{"cells": 1}', '{"cells": [{"source": 1}]}', '{"cells": [3]}']
)
def test_nothing_is_hidden_where_the_lesson_cannot_be_read(released, text):
    file = released / "02_attention" / "02_attention.ipynb"
    file.unlink() if text is None else file.write_text(text)
    namespace = {"slow": 1, "In": [LONG_ONE]}
    with hidden("02_attention", namespace) as names:
        assert names == {} and namespace["slow"] == 1
