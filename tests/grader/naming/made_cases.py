"""Cases made of a right function and a wrong one, on inputs with named sizes."""

import math
import random

import torch

from grader.asking.attempt import attempt
from grader.asking.outcome import Outcome
from grader.exercise.base import Question
from grader.exercise.compare import difference
from grader.naming.case import Case

PARTS = ("one example", "all sizes equal", "a batch", "an axis of length one", "a mask")


def attention_scores(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return scores if mask is None else scores.masked_fill(~mask, -math.inf)


def attention_weights(q, k, v, mask=None):
    return attention_scores(q, k, v, mask).softmax(-1)


def attention(q, k, v, mask=None):
    return attention_weights(q, k, v, mask) @ v


def attention_questions(seed=0, parts=PARTS, rounds=3):
    chance, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    return [_question(part, chance, generator) for _ in range(rounds) for part in parts]


def _question(part, chance, generator):
    sizes = dict(zip(("Lq", "Lk", "d", "dv"), chance.sample(range(2, 10), 4)))
    if part == "all sizes equal":
        sizes = dict.fromkeys(sizes, chance.randint(3, 7))
    if part == "an axis of length one":
        sizes[chance.choice(sorted(sizes))] = 1
    front = [3] if part in ("a batch", "a mask") else []
    shapes = {"q": ("Lq", "d"), "k": ("Lk", "d"), "v": ("Lk", "dv")}
    inputs = {
        name: torch.randn(*front, *(sizes[size] for size in shape), generator=generator)
        for name, shape in shapes.items()
    }
    if part == "a mask":
        mask = torch.rand(sizes["Lq"], sizes["Lk"], generator=generator) > 0.4
        mask[:, 0] = True
        mask[0] = True
        inputs["mask"] = mask
    return Question(part, {"inputs": inputs}, {**sizes, **({"B": 3} if front else {})})


def cases_of(wrong, right=attention, questions=None):
    """What both functions make of the questions."""
    found = []
    for question in questions or attention_questions():
        expected = Outcome(value=right(**question.payload["inputs"]))
        given = attempt(lambda question=question: wrong(**question.payload["inputs"]))
        differs = given.failure is not None or difference(expected.value, given.value) is not None
        found.append(Case(question, expected, given, differs))
    return found


def changed(change, right=attention):
    """The right function with something done to its result."""
    return lambda **inputs: change(right(**inputs))


def wrong_and_right(cases):
    return [case for case in cases if case.wrong], [case for case in cases if not case.wrong]


def said(symptom, wrong, right=attention, questions=None):
    """What a symptom says of a wrong function."""
    return symptom(*wrong_and_right(cases_of(wrong, right, questions)))


def values(expected, given, inputs=None, sizes=None):
    """Cases of bare values: all wrong, one a pair."""
    return [
        Case(
            Question("a part", {"inputs": (inputs or [{}] * 99)[i]}, (sizes or [{}] * 99)[i]),
            Outcome(value=right),
            Outcome(value=wrong),
            True,
        )
        for i, (right, wrong) in enumerate(zip(expected, given))
    ]
