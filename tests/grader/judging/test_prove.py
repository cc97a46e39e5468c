"""The proof reports every way in which an exercise's checks may fail to tell right from wrong."""

import pytest
import torch

from grader.exercise import Function
from grader.judging.prove import prove

SEEDS = 4


def proof_of(exercise):
    return prove(exercise, SEEDS)


def problem(exercise):
    """The one problem that the proof finds."""
    (found,) = proof_of(exercise).problems
    return found


@pytest.mark.parametrize("kind", ["function", "formula", "number"])
def test_a_sound_exercise(make, kind):
    exercise = getattr(make, kind)()
    if kind == "formula":
        exercise.also_right("4*d*L", "2*(2*L*d)", "L*d*4", "8*L*d/2", "4·L·d")
    proof = proof_of(exercise)
    assert proof.holds, proof.report()
    assert proof.mistakes and proof.alternatives >= 5
    assert proof.mutants == proof.rejected + len(proof.survivors)
    assert proof.report().startswith(f"✓ {exercise.id}")
    assert {"exercise": exercise.id, "holds": True, "problems": []}.items() <= proof.to_json().items()


@pytest.mark.parametrize("right", ["b", {"a", "c"}, ["c", "a", "b"]])
def test_a_sound_quiz(make, right):
    assert proof_of(make.quiz(right)).holds


def test_a_sound_property_test(catalogued, answers):
    exercise = catalogued["test_sums"]

    def looser(softmax):
        sums = softmax(torch.randn(5, 3)).sum(-1)
        assert len(sums) == 5 and (sums - 1).abs().max() < 1e-3

    exercise.also_right(*[looser] * 5)
    proof = proof_of(exercise)
    assert proof.holds, proof.report()


def test_two_mistakes_that_cannot_be_told_apart(make, answers):
    exercise = make.function()
    exercise.mistake("The axis is wrong.")(lambda x, mask=None: answers.over_columns(x, mask))
    assert problem(exercise) == (
        "the mistake <lambda> is named as another: 'The softmax runs over the columns.' (seed 0)"
    )


def test_a_mistake_that_passes(make, answers):
    exercise = make.function()
    exercise.mistake("It is not wrong at all.", answers.in_double)
    assert problem(exercise) == "the mistake in_double passes (seed 0)"


def fails(x, mask=None):
    raise ValueError


def test_a_mistake_that_only_fails(make):
    exercise = make.function()
    exercise.mistake("It stops with an error.", fails)
    assert problem(exercise) == "the mistake fails is not recognised; it fails as error (seed 0)"


def test_a_correct_alternative_that_fails(make, answers):
    exercise = make.function()
    exercise.also_right(answers.over_columns)
    assert problem(exercise).startswith("the correct alternative over_columns fails with seed 0: ")


def test_every_alternative_is_tried_also_those_of_one_name(make):
    """A number's alternatives are all called <lambda>."""
    exercise = make.number()
    exercise.also_right(lambda L, d: 0.0, lambda L, d: 1e12)
    problems = proof_of(exercise).problems
    assert len([told for told in problems if told.startswith("the correct alternative <lambda> fails")]) == 2


def test_too_few_alternatives(make):
    assert problem(make.formula()) == "only 0 correct alternatives; at least 5 are needed"


def function(reference, case, right):
    """An exercise with one case and five times the same alternative."""
    exercise = Function(
        *(reference.__name__, "A function"),
        **{"points": 1, "difficulty": 1, "minutes": 1, "hints": ["think"]},
        reference=reference,
        cases={"numbers": case},
    )
    exercise.also_right(*[right] * 5)
    return exercise


def clipped(x):
    return 2 * x.clamp(max=9)


@pytest.mark.parametrize("reaches", [False, True])
def test_survivors_are_listed(reaches):
    """Where no question reaches the limit, another limit behaves alike."""
    exercise = function(
        clipped,
        lambda draw: {"x": draw.normal(4) + torch.tensor([0.0, 0, 0, 40 * reaches])},
        lambda x: torch.minimum(2 * x, torch.tensor(18.0)),
    )
    proof = proof_of(exercise)
    assert proof.holds, proof.report()
    other_limit = "clipped: return 2 * x.clamp(max=9) → return 2 * x.clamp(max=10)"
    assert (other_limit in proof.survivors) is not reaches
    assert (f"    ~ {other_limit}" in proof.report()) is not reaches


def rare(x):
    return x + (1.0 if x.abs().max() > 2.2 else 0.0)


def test_a_wrong_mutant_that_passes_is_a_problem():
    """Cases so weak that what a mutant changes shows only now and then."""
    proof = proof_of(function(rare, lambda draw: {"x": draw.normal(2)}, rare))
    assert not proof.holds
    assert any(told.startswith("a wrong mutant passes: rare: ") for told in proof.problems), proof.report()
    assert proof.report().startswith("✗ rare") and "    ! a wrong mutant passes" in proof.report()


def counts(x):
    n = 3
    while n > 0:
        n = n - 1
        x = x + 1
    return x


def test_a_mutant_that_never_ends_is_rejected(monkeypatch):
    monkeypatch.setattr("grader.judging.prove.MUTANT_SECONDS", 0.1)
    proof = proof_of(function(counts, lambda draw: {"x": draw.normal(3)}, lambda x: x + 3))
    assert proof.holds, proof.report()


def test_a_wrong_choice_that_passes(make, monkeypatch):
    exercise = make.quiz("b")
    monkeypatch.setattr(exercise, "wrong_answers", lambda: [("b", "b")])
    assert problem(exercise) == "the wrong choice b passes"


def test_paper_signs_in_a_reference_are_mutated_too(make):
    exercise = make.formula(reference="4·L²·d")
    exercise.also_right("4*L**2*d", "4*L*L*d", "2*(2*L**2*d)", "L^2*d*4", "d*4*L*L")
    proof = proof_of(exercise)
    assert proof.holds and proof.mutants > 5


def test_a_mutant_that_is_no_formula_is_rejected(make):
    exercise = make.formula(reference="d*L**12")  # a mutant has the power 13, which is refused
    exercise.also_right("L**12*d", "L**6*L**6*d", "(L**6)**2*d", "d*(L**4)**3", "d*L**11*L")
    assert proof_of(exercise).holds
