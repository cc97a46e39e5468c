"""In what circumstances an answer is wrong."""

import torch

from grader.asking.outcome import Outcome
from grader.exercise import Question
from grader.naming.case import Case
from grader.naming.symptoms.circumstances import circumstance

EQUAL = "It is wrong only where all sizes are equal."


def case(wrong, **sizes):
    right = Outcome(value=torch.zeros(2))
    return Case(Question("a part", {"inputs": {}}, sizes), right, right, wrong)


def told(wrong, right):
    found = circumstance(wrong, right)
    return found.sentence if found else None


def test_all_sizes_equal():
    wrong, right = (
        [case(True, L=3, d=3), case(True, L=4, d=4)],
        [case(False, L=2, d=5), case(False, L=5, d=3)],
    )
    assert told(wrong, right) == EQUAL
    assert told(wrong, [*right, case(False, L=6, d=6)]) != EQUAL


def test_inputs_of_unnamed_sizes_say_nothing_of_sizes():
    wrong, right = (
        [case(True, L=3, d=3), case(True, L=4, d=4)],
        [case(False, L=2, d=5), case(False, L=5, d=3)],
    )
    assert told(wrong, [*right, case(False)]) == EQUAL
    assert told(wrong, [case(False), case(False)]) != EQUAL


def test_what_is_not_finite_is_called_what_it_is():
    def holding(number, wrong=True):
        one = case(wrong)
        one.question.payload["inputs"]["x"] = torch.tensor([1.0, number])
        return one

    right = [holding(2.0, wrong=False)] * 2
    for number, what in {-torch.inf: "−∞", torch.inf: "NaN or ∞", torch.nan: "NaN or ∞"}.items():
        said = f"It is right where all inputs are finite, and wrong with {what}."
        assert told([holding(number)] * 2, right) == said
