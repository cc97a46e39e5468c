"""Exercises that ask for a function or a module: what they ask, and what they let pass."""

import math

import pytest
import torch
from torch import nn

from grader.asking.outcome import Outcome
from grader.exercise import Function, Module
from grader.exercise.function import FORGOTTEN, UNWANTED
from grader.questions.draw import Draw
from grader.slips.patch import PatchError

COMMON = {"points": 4, "difficulty": 1, "minutes": 1, "hints": ["think"]}


def softmax(x):
    shifted = x - x.amax(dim=-1, keepdim=True)
    return shifted.exp() / shifted.exp().sum(dim=-1, keepdim=True)


def attend(q, k, mask=None):
    scores = q @ k.mT
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-1)


def scaled(x, mask=None, scale=1.0):
    return x * scale


def squared(x):
    return (x @ x.mT).sum(dim=-1)


class Scale(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return x * self.gain


def made(reference, kind=Function, **other):
    exercise = kind(reference, **COMMON, **other)
    exercise.place(reference.__name__, "00_small", "A title\n\nWhat is asked.")
    return exercise


def held(exercise, answer, seed=0):
    """Which parts an answer gets right."""
    questions = exercise.questions(Draw(seed))
    found = {part: True for part in (*exercise.parts, *exercise.advice)}
    for question in questions:
        right, given = (exercise.outcome(a, question) for a in (exercise.reference, answer))
        assert right.failure is None
        if given.failure or exercise.difference(question, right.value, given.value):
            found[question.part] = False
    return found


def wrong_parts(exercise, answer):
    return [part for part, is_held in held(exercise, answer).items() if not is_held]


def test_parts_follow_from_the_inputs():
    assert made(softmax, inputs="x: (*, R, L)").parts == (
        "one example",
        "all sizes equal",
        "a batch",
        "two axes in front",
        "an axis of length one",
        "large numbers",
        "the gradient reaches every input",
    )
    assert made(softmax, inputs="x: (L)").parts[:2] == ("one example", "an axis of length one")
    assert "a mask of padding, (B, 1, Lk)" in made(attend, inputs="q: (*, L, d)  mask: bool (*, L, L)?").parts


def test_parts_can_be_left_out_renamed_or_made_advice():
    exercise = made(
        softmax,
        inputs="x: (*, R, L)",
        without=["heads", "single"],
        say={"one": "a table of scores"},
        advised=["gradient", "strides"],
    )
    assert exercise.parts == ("a table of scores", "all sizes equal", "a batch", "large numbers")
    assert exercise.advice == ("the gradient reaches every input", "inputs in another order in memory")
    with pytest.raises(ValueError, match="'gradients' is not one of the axes one, equal"):
        made(softmax, inputs="x: (R, L)", without=["gradients"])


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (lambda x: softmax(x.double()), []),
        (lambda x: x.softmax(-1), []),
        (lambda x: x.exp() / x.exp().sum(-1, keepdim=True), ["large numbers"]),
        (lambda x: x.detach().softmax(-1), ["the gradient reaches every input"]),
        (lambda x: torch.as_tensor(x.detach().numpy()).softmax(-1), ["the gradient reaches every input"]),
        (lambda x: x.squeeze().softmax(-1), ["an axis of length one"]),
        (lambda x: x.softmax(1 if x.dim() < 4 else -1), ["a batch", "the gradient reaches every input"]),
        (lambda x: x.view(-1, x.shape[-1]).softmax(-1).view(x.shape), ["inputs in another order in memory"]),
    ],
)
def test_each_axis_shows_what_it_is_there_for(answer, wrong):
    exercise = made(softmax, inputs="x: (*, R, L)")
    found = wrong_parts(exercise, answer)
    assert all(part in found for part in wrong) and bool(found) == bool(wrong)


def test_a_mask_comes_shared_and_as_padding_and_under_the_gradient():
    exercise = made(attend, inputs="q: (*, Lq, d)  k: (*, Lk, d)  mask: bool (*, Lq, Lk)?")

    def ignores(q, k, mask=None):
        return attend(q, k)

    def transposed(q, k, mask=None):
        return attend(q, k, mask.mT if mask is not None and mask.shape[-1] == mask.shape[-2] else mask)

    def cuts_the_gradient(q, k, mask=None):
        return attend(q, k) if mask is None else attend(q.detach(), k, mask)

    masked = ["a mask (Lq, Lk) for the whole batch", "a mask of padding, (B, 1, Lk)"]
    gradient = "the gradient reaches every input"
    assert wrong_parts(exercise, ignores) == [*masked, gradient]
    assert wrong_parts(exercise, cuts_the_gradient) == [gradient]
    assert "a mask of padding, (B, 1, Lk)" not in wrong_parts(
        exercise, transposed
    )  # (B, 1, L) has no such turn


def test_what_may_grow_with_the_square():
    exercise = made(squared, inputs="x: (L, d)", linear_in="L", without=["large"])
    assert "nothing on the way grows with L²" in exercise.parts
    right, wrong = (lambda x: x @ x.sum(dim=-2)), squared
    question = next(q for q in exercise.questions(Draw(0)) if "most_numbers" in q.payload)
    assert exercise.outcome(right, question).failure is None
    assert "1024 × 1024" in str(exercise.outcome(wrong, question).failure)


def test_parameters_may_have_any_name():
    exercise = made(
        scaled, cases={"with a scale": lambda draw: dict(scale=2.0, x=draw.normal(3))}, without=["gradient"]
    )
    (question,) = exercise.questions(Draw(0))[:1]
    assert question.payload["by_name"] == ["scale"] and list(question.payload["inputs"]) == ["x", "scale"]
    assert wrong_parts(exercise, lambda anything, scale=1.0: anything * scale) == []
    assert wrong_parts(exercise, lambda anything, factor=1.0: anything * factor) == ["with a scale"]


def test_large_numbers_are_as_large_as_float32_allows():
    assert made(softmax, inputs="x: (R, L)")._scale == 1024.0

    def wave(x):  # of a large number, float32 knows no sine
        return (x * x).sin()

    assert made(wave, inputs="x: (R, L)")._scale < 1024.0


def test_a_comparison_allows_for_the_results_own_rounding():
    def cancels(x):
        return (x + 1e4) - 1e4

    exercise = made(cancels, inputs="x: (R, L)", without=["large"])
    assert wrong_parts(exercise, lambda x: (x.double() + 1e4) - 1e4) == []
    assert wrong_parts(exercise, lambda x: (x + 1e4) - 1.0001e4) != []


def test_a_module_gets_its_weights_and_its_gradients_are_asked_for_too():
    exercise = made(Scale, Module, inputs="x: (*, L, d)", without=["large"])

    class Cut(Scale):
        def forward(self, x):
            return x * self.gain.detach()

    class ChangesItsInput(Scale):
        def forward(self, x):
            return x.mul_(self.gain)

    assert wrong_parts(exercise, Scale) == []
    assert wrong_parts(exercise, Cut) == ["the gradient reaches every input"]
    assert len(wrong_parts(exercise, ChangesItsInput)) == len(exercise.parts) + 1
    question = exercise.questions(Draw(0))[0]
    assert question.payload["init"] == {"d": question.sizes["d"]}


GRADIENT = "the gradient reaches every input"


def by_size(*batch):
    def case(draw):
        d = draw.integer(2, 5)
        return {"init": {"d": d}, "inputs": {"x": draw.normal(*batch, 3, d)}}

    return case


def test_gradients_are_asked_of_the_cases_where_no_inputs_are_drawn():
    exercise = made(Scale, Module, cases={f"{axes} in front": by_size(*[2] * axes) for axes in range(5)})
    assert exercise.parts == (*exercise.cases, GRADIENT)
    asked = [question for question in exercise.questions(Draw(0)) if question.part == GRADIENT]
    assert sorted(q.payload["inputs"]["x"].dim() - 2 for q in asked) == [0, 1, 2, 3, 4]  # each case once

    class Cut(Scale):
        def forward(self, x):
            return x * self.gain if x.dim() < 6 else x * self.gain.detach()

    assert wrong_parts(exercise, Scale) == []
    assert wrong_parts(exercise, Cut) == [GRADIENT]


def test_no_gradient_is_asked_of_what_has_none():
    def largest(x):
        return x.argmax(dim=-1)

    def both(x):
        return x, x.argmax(dim=-1)

    for reference in (largest, both):
        exercise = made(reference, cases={"some": lambda draw: dict(x=draw.normal(3, 4))})
        assert exercise.parts == ("some",)
    assert made(scaled, cases={"a number": lambda draw: dict(x=draw.integer(1, 3))}).parts == ("a number",)
    smooth = {"some": lambda draw: dict(x=draw.normal(3))}
    assert made(scaled, cases=smooth).parts == ("some", GRADIENT)
    assert made(scaled, cases=smooth, without=["gradient"]).parts == ("some",)


def distil(student, teacher, centre):
    with torch.no_grad():
        moved = (centre + teacher.mean(dim=0)) / 2
    return -((teacher - centre).detach().softmax(-1) * student.log_softmax(-1)).sum(), moved


def three(draw):
    return dict(student=draw.normal(4, 3), teacher=draw.normal(4, 3), centre=draw.normal(3))


def test_a_gradient_arrives_where_it_must_of_several_results_and_nowhere_else():
    exercise = made(distil, cases={"some": three}, constants=["centre"])
    assert exercise.parts == ("some", GRADIENT)

    def lets_the_centre_be_a_number(student, teacher, centre):
        target = (teacher.detach() - centre).softmax(-1)
        return -(target * student.log_softmax(-1)).sum(), (centre + teacher.detach().mean(dim=0)) / 2

    def cut(student, teacher, centre):
        loss, moved = distil(student, teacher, centre)
        return loss.detach(), moved

    def reaches_the_teacher(student, teacher, centre):
        loss = -((teacher - centre).softmax(-1) * student.log_softmax(-1)).sum()
        return loss, distil(student, teacher, centre)[1]

    def moves_with_a_gradient(student, teacher, centre):
        return distil(student, teacher, centre)[0], (centre + teacher.mean(dim=0)) / 2

    assert wrong_parts(exercise, lets_the_centre_be_a_number) == []
    assert found_of_gradients(exercise, cut) == FORGOTTEN.format("student")
    for wrong in (reaches_the_teacher, moves_with_a_gradient):
        assert wrong_parts(exercise, wrong) == [GRADIENT]
        assert found_of_gradients(exercise, wrong) == UNWANTED.format("teacher")


def found_of_gradients(exercise, answer):
    question = next(q for q in exercise.questions(Draw(0)) if "cotangent" in q.payload)
    right, given = (exercise.outcome(a, question).value for a in (exercise.reference, answer))
    return exercise.difference(question, right, given).sentence


def test_one_number_may_be_pythons_own_and_then_hangs_on_no_gradient(judged):
    def spread(x):
        return x.mean(), x.std()

    def loss(x):
        return x.square().mean()

    cases = {"some": lambda draw: dict(x=draw.normal(4, 3))}
    exercise = made(spread, cases=cases, without=["gradient"], slips={"x.std() -> x.var()": "The root."})
    assert judged(exercise, {"spread": lambda x: (x.mean().item(), x.std().item())}).is_right
    assert judged(exercise, {"spread": lambda x: [x.mean(), x.var().item()]}).mistake == "The root."
    found = judged(made(loss, cases=cases), {"loss": lambda x: loss(x).item()})
    assert {part.name: part.held for part in found.parts} == {"some": True, GRADIENT: False}
    assert "No gradient reaches the inputs" in found.mistake
    rows = made(squared, cases=cases, without=["gradient"])
    assert not judged(rows, {"squared": lambda x: 3.0}).is_right


def test_a_constant_is_an_input():
    with pytest.raises(ValueError, match="its constant 'center' is no input"):
        made(distil, cases={"some": three}, constants=["center"])


def test_right_answers_may_be_patches():
    exercise = made(softmax, inputs="x: (R, L)", also_right=["shifted.exp() -> torch.exp(shifted)"])
    (other,) = exercise.alternatives
    assert wrong_parts(exercise, other) == [] and other is not softmax


def test_a_patch_that_fits_nothing_is_the_authors_error():
    with pytest.raises(PatchError, match=r"softmax: `x\.tanh\(\)` stands nowhere in the reference"):
        made(softmax, inputs="x: (R, L)", slips={"x.tanh() -> x": "There is no tanh."})


def test_the_reference_has_the_exercises_name():
    exercise = Function(softmax, inputs="x: (R, L)", **COMMON)
    with pytest.raises(ValueError, match="the reference is called softmax; it must be soft"):
        exercise.place("soft", text="A title")


def test_a_forged_gradient_is_wrong_and_no_crash():
    exercise = made(softmax, inputs="x: (R, L)")
    question = next(q for q in exercise.questions(Draw(0)) if "cotangent" in q.payload)
    right = exercise.outcome(softmax, question).value
    for forged in (None, 3, {}, {"value": right["value"]}, right | {"gradient": {"x": "much"}}):
        assert exercise.received(question, Outcome(value=forged)).failure.is_refusal
    assert exercise.received(question, Outcome(value=right)).value is right
    assert exercise.difference(question, right, right) is None


def test_large_numbers_are_asked_only_where_right_answers_agree():
    exercise = made(attend, inputs="q: (Lq, d)  k: (Lk, d)")
    for seed in range(20):
        for question in exercise.questions(Draw(seed)):
            if question.part == "large numbers":
                assert exercise.rounding_of(question) <= exercise._calm(question)
    tied = exercise.questions(Draw(0))[0]
    tied.payload["inputs"] = {"q": torch.full((1, 3), 1000.0), "k": torch.full((2, 3), 1000.0)}
    assert exercise.rounding_of(tied) > exercise._calm(tied)  # a last digit decides who gets the weight


def test_what_is_right_is_worked_out_once_for_a_question():
    calls = []

    def counted(q, k):
        calls.append(1)
        return q + k

    exercise = made(counted, inputs="q: (L, d)  k: (L, d)", without=["large"])
    questions = exercise.questions(Draw(0))
    asked = len(calls)
    right = exercise.expected(questions)
    once = len(calls) - asked
    assert exercise.expected(questions) == right and len(calls) - asked == once
    exercise.right_outcome(exercise.questions(Draw(0))[0])
    assert len(calls) - asked > once, "another question, however alike, is a new one"


def test_whether_an_outcome_is_right():
    exercise = made(attend, inputs="q: (L, d)  k: (L, d)")
    asked = exercise.questions(Draw(0))[0]
    right = exercise.right_outcome(asked)
    assert exercise.holds(asked, right, exercise.outcome(lambda q, k: attend(q, k).double(), asked))
    assert not exercise.holds(asked, right, exercise.outcome(lambda q, k: 2 * attend(q, k), asked))
    assert not exercise.holds(asked, right, exercise.outcome(lambda q, k: q.reshape(1000), asked))
