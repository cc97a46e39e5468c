"""What a module's parameters begin as: asked where the text says so, told apart from everything else."""

import pytest
import torch
from torch import nn

from grader.asking.respond import Response
from grader.exercise import Module, Spread
from grader.exercise.module import STARTS
from grader.judging.judge import judge
from grader.judging.verdict import Status
from grader.questions.draw import Draw


class Gate(nn.Module):
    """x: (B, d) -> (B, d)"""

    def __init__(self, d):
        super().__init__()
        self.gain = nn.Parameter(0.02 * torch.randn(40, d))
        self.last = nn.Linear(d, d)
        nn.init.zeros_(self.last.weight)

    def forward(self, x):
        return self.last(x) + self.gain[:1]


COMMON = {"points": 2, "difficulty": 1, "minutes": 1, "hints": ["Begin small."]}


def exercise(**starts):
    made = Module(Gate, inputs="x: (B, d)", starts=starts, **COMMON)
    made.place("Gate", "00_small", "A gate")
    return made


def verdict(made, answer):
    questions = made.questions(Draw(0))
    return judge(made, questions, Response([made.outcome(answer, question) for question in questions]))


GIVEN = {"gain": Spread(0.02), "last.weight": 0.0}


def starting(change):
    class Changed(Gate):
        def __init__(self, d):
            super().__init__(d)
            with torch.no_grad():
                change(self)

    return Changed


def test_the_reference_begins_as_it_says_on_every_seed():
    made = exercise(**GIVEN)
    assert made.parts[-1] == STARTS and len([q for q in made.questions(Draw(0)) if q.part == STARTS]) == 1
    assert all(verdict(made, Gate).status is Status.RIGHT for _ in range(20))
    assert STARTS not in exercise().parts


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.gain.zero_(), "`gain` begins as one number everywhere; it is to be random"),
        (lambda m: m.gain.mul_(50), "`gain` begins as random numbers with a spread of 0.96"),
        (lambda m: nn.init.normal_(m.last.weight), "`last.weight` begins as other numbers than 0."),
    ],
)  # fmt: skip
def test_what_begins_otherwise_is_said_and_costs_that_part_alone(change, said):
    found = verdict(exercise(**GIVEN), starting(change))
    assert found.status is Status.WRONG and found.mistake.startswith(said)
    assert [part.name for part in found.parts if not part.held and part.is_graded] == [STARTS]
    assert 0 < found.score < found.maximum


def test_random_however_widely():
    made = exercise(gain=Spread())
    assert verdict(made, starting(lambda m: m.gain.mul_(50))).status is Status.RIGHT
    found = verdict(made, starting(lambda m: m.gain.zero_()))
    assert found.mistake == "`gain` begins as one number everywhere; it is to be random."


def test_a_wrong_value_is_named_before_what_it_begins_as():
    class Wrong(Gate):
        def __init__(self, d):
            super().__init__(d)
            nn.init.ones_(self.gain)

        def forward(self, x):
            return 2 * (self.last(x) + self.gain[:1])

    found = verdict(exercise(**GIVEN), Wrong)
    assert "gain" not in (found.mistake or "") and found.score == 0


# -- what is not trained ---------------------------------------------------------------------------------


class Shift(nn.Module):
    """x: (B, d) -> (B, d)"""

    def __init__(self, d):
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(d), requires_grad=False)
        self.gain = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return (x - self.mean) * self.gain


def shift():
    made = Module(Shift, inputs="x: (B, d)", starts={"mean": 0.0}, fixed=["mean"], **COMMON)
    made.place("Shift", "00_small", "A shift")
    return made


def keeping(keep):
    class Changed(Shift):
        def __init__(self, d):
            super().__init__(d)
            del self.mean
            keep(self, d)

    return Changed


@pytest.mark.parametrize(
    "keep",
    [
        lambda m, d: m.register_buffer("mean", torch.zeros(d)),
        lambda m, d: m.register_buffer("mean", torch.zeros(d), persistent=False),
        lambda m, d: setattr(m, "mean", nn.Parameter(torch.zeros(d), False)),
    ],
)
def test_what_is_not_trained_may_be_a_buffer(keep):
    assert verdict(shift(), keeping(keep)).status is Status.RIGHT


def test_what_is_not_trained_must_not_be_trained():
    found = verdict(shift(), keeping(lambda m, d: setattr(m, "mean", nn.Parameter(torch.zeros(d)))))
    assert (found.status, found.how) == (Status.WRONG, "rule")
    assert found.mistake.startswith("The parameter `mean` would be trained")
    assert [part.name for part in found.parts if not part.held and part.is_graded] == [STARTS]


def test_what_is_trained_is_not_frozen():
    found = verdict(exercise(), starting(lambda m: m.gain.requires_grad_(False)))
    assert found.score == 0 and found.mistake.startswith("The parameter `gain` is frozen")


def test_what_is_not_trained_must_be_part_of_the_module():
    found = verdict(shift(), keeping(lambda m, d: setattr(m, "mean", torch.zeros(d))))
    assert found.score == 0 and found.mistake.startswith("The module keeps no `mean`")


def test_what_is_trained_is_no_buffer():
    class Buffer(Shift):
        def __init__(self, d):
            super().__init__(d)
            del self.gain
            self.register_buffer("gain", torch.ones(d))

    assert verdict(shift(), Buffer).mistake == "The module has no parameter called `gain`."


def test_what_is_not_trained_needs_a_first_value():
    with pytest.raises(ValueError, match="`mean` is fixed: say in `starts` what it begins as"):
        Module(Shift, inputs="x: (B, d)", fixed=["mean"], **COMMON)
