"""Small exercises of every kind, and the roads on which an answer reaches the judge."""

import runpy
import sys
from types import SimpleNamespace

import pytest
import torch

from grader import catalogue
from grader.asking.respond import read_reply, reply
from grader.exercise import Formula, Function, Module, Number, PropertyTest, Quiz
from grader.judging.examination import request
from grader.judging.judge import judge
from grader.questions.draw import Draw

COMMON = {"points": 4, "difficulty": 2, "minutes": 3, "hints": ["a nudge", "the idea", "nearly the line"]}


def weights(x, mask=None):
    """Softmax over the last axis. x: (..., L, L), mask: (..., L, L) boolean -> (..., L, L)"""
    if mask is not None:
        x = x.masked_fill(~mask, float("-inf"))
    return x.softmax(-1)


def over_columns(x, mask=None):
    return weights(x, mask).transpose(-1, -2).softmax(-1)


def upside_down(x, mask=None):
    return weights(x, None if mask is None else ~mask)


def by_hand(x, mask=None):
    e = x.exp() if mask is None else x.exp() * mask
    return e / e.sum(-1, keepdim=True)


def in_double(x, mask=None):
    return weights(x.double(), mask)


def row_by_row(x, mask=None):
    rows = x.flatten(0, -2)
    masks = [None] * len(rows) if mask is None else mask.flatten(0, -2)
    return torch.stack([weights(row, m) for row, m in zip(rows, masks)]).reshape(x.shape)


def with_function(x, mask=None):
    return torch.softmax(x if mask is None else x.where(mask, torch.tensor(-1e9)), dim=-1)


def not_contiguous(x, mask=None):
    flipped = None if mask is None else mask.mT
    return x.mT.masked_fill(torch.tensor(False) if flipped is None else ~flipped, -1e9).softmax(-2).mT


class Scale(torch.nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.zeros(d))

    def forward(self, x):
        return x * self.gain


def gflops(L, d):
    return 2 * L * d * d / 1e9


def test_sums(softmax):
    x = torch.randn(3, 4)
    w = softmax(x)
    assert torch.allclose(w.sum(-1), torch.ones(3))
    assert (w >= 0).all()


def accepts_everything(softmax):
    softmax(torch.zeros(2, 2))


def placed(exercise, id, title):
    """The exercise as it stands once its file is loaded."""
    exercise.place(id, "00_small", title)
    return exercise


def make_function(**other):
    def plain(draw):
        return dict(x=draw.normal(*draw.sizes(2)))

    def masked(draw):
        shape = draw.sizes(2)
        return dict(x=draw.normal(*shape), mask=draw.mask(*shape))

    reference = other.pop("reference", weights)
    exercise = Function(
        reference,
        cases={"rows without a mask": plain, "rows with a mask": masked},
        without=["gradient"],
        may_not_call=["torch.nn.functional.softmin"],
        **{"slips": FUNCTION_SLIPS, "also_right": RIGHT_WEIGHTS, **COMMON, **other},
    )
    return placed(exercise, reference.__name__, "Weights")


FUNCTION_SLIPS = {
    "x.softmax(-1) -> x.softmax(-1).transpose(-1, -2).softmax(-1)": "The softmax runs over the columns.",
    "~mask -> mask": "The mask is read upside down.",
}
RIGHT_WEIGHTS = [by_hand, in_double, row_by_row, with_function, not_contiguous]


def make_formula(id="layer_flops", reference="4*L*d", unit="FLOPs", **other):
    symbols = {"L": "length", "d": "width"}
    exercise = Formula(reference=reference, symbols=symbols, unit=unit, **{**COMMON, **other})
    return placed(exercise, id, "Cost")


def make_module():
    return placed(Module(Scale, inputs="x: (L, d)", without=["large"], **COMMON), "Scale", "Scale")


def make_number(**other):
    def given(draw):
        return dict(L=draw.choice([50, 100, 200, 400, 800, 1600]), d=draw.integer(200, 900))

    slips = {"2*L*d*d": "These are FLOPs."}
    number = Number(given=given, value="2*L*d*d / 1e9", unit="GFLOPs", **{"slips": slips, **COMMON, **other})
    return placed(number, "gflops", "How many")


OPTIONS = {"a": "first", "b": "second", "c": "third"}
WHY = {"a": "Not a.", "b": "Not b.", "c": "Not c."}


def make_quiz(right, id="pick"):
    why = {} if isinstance(right, list) else {k: v for k, v in WHY.items() if k != right}
    return placed(Quiz(question="Which?", options=OPTIONS, right=right, why=why, **COMMON), id, "Pick")


def make_property_test():
    exercise = PropertyTest(
        test_sums,
        base=weights,
        right={"by hand": (by_hand, "The test asks for more than weights have to be.")},
        wrong=[
            ("The test never looks at the sums of the rows.", {"sums over columns": over_columns}),
            ("The test accepts scores.", {"returns the scores": lambda x: x}),
        ],
        **COMMON,
    )
    return placed(exercise, "test_sums", "Sums")


@pytest.fixture
def make():
    """Makers of small exercises, one a kind."""
    return SimpleNamespace(
        function=make_function,
        formula=make_formula,
        module=make_module,
        number=make_number,
        quiz=make_quiz,
        property_test=make_property_test,
    )


@pytest.fixture
def answers():
    """Answers to the small exercises, right and wrong."""
    return SimpleNamespace(**{name: value for name, value in globals().items() if callable(value)})


@pytest.fixture
def catalogued(monkeypatch, make):
    """The small exercises in place of the course's own."""
    exercises = [make.function(), make.formula(), make.module(), make.number(), make.property_test()]
    exercises += [make.quiz("b"), make.quiz({"a", "c"}, "several"), make.quiz(["c", "a", "b"], "order")]
    by_id = {exercise.id: exercise for exercise in exercises}
    find = catalogue.find
    monkeypatch.setattr(catalogue, "ids", lambda: {"00_small": tuple(by_id)})
    monkeypatch.setattr(catalogue, "find", lambda id: by_id[id] if id in by_id else find(id))
    monkeypatch.setattr(catalogue, "points", lambda id: by_id[id].points)
    monkeypatch.setattr(catalogue, "is_bonus", lambda id: False)
    return by_id


@pytest.fixture(autouse=True, scope="module")
def no_course_of_another_file_is_watched():
    """A process that has read a course's configuration beside a formgrader writes down changes of marks for
    good (`grader.marks.changes`): that course is gone with its tests, the process is not."""
    yield
    changes = sys.modules.get("grader.marks.changes")
    if changes and changes._course:
        from sqlalchemy import event
        from sqlalchemy.orm import Session

        event.remove(Session, "before_flush", changes._about_to_write)
        changes._course.clear()


@pytest.fixture
def judged():
    """The verdict on names that a student defined, by the road that answers take when they are graded."""

    def verdict(exercise, namespace, seed=0, key="a key"):
        questions = exercise.questions(Draw(seed, key))
        asked = request(exercise, [question.payload for question in questions])
        answered = reply(asked, namespace, catalogue.implementations)
        return judge(exercise, questions, read_reply(answered, len(questions)))

    return verdict


@pytest.fixture
def written(tmp_path):
    """Runs a student's text as a file, so that errors have lines; returns the names it defines."""

    def run(text):
        file = tmp_path / "submission.py"
        file.write_text(text)
        return runpy.run_path(str(file))

    return run


@pytest.fixture(scope="session")  # in one process it can be started once
def ipython():
    """A running shell, as in a kernel; `check` shows HTML there."""
    from IPython.testing.globalipapp import start_ipython

    shell = start_ipython()
    yield shell
    type(shell).clear_instance()


@pytest.fixture
def nobody(monkeypatch, tmp_path):
    """No student is signed in, and there is no secret: tests do not depend on who runs them, or where."""
    ours = ("COURSE_SECRET", "COURSE_KEY", "COURSE_STUDENT", "COURSE_ANSWERS")
    for name in (*ours, "JUPYTERHUB_USER", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
