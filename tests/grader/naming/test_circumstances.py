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
