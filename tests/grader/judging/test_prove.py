"""The proof reports every way in which an exercise's checks may fail to tell right from wrong."""

import math

import pytest
import torch

from grader.exercise import Function, Matching, TrainingOutcome
from grader.judging.prove import prove

SEEDS = 20
COMMON = {"points": 1, "difficulty": 1, "minutes": 1, "hints": ["think"]}


def proof_of(exercise):
    return prove(exercise, SEEDS)


def problem(exercise):
    """The one problem that the proof finds."""
    (found,) = proof_of(exercise).problems
    return found


def function(reference, inputs="", **other):
    """An exercise that asks for the reference; without a signature it is asked by its cases alone."""
    exercise = Function(reference, inputs=inputs, **{**COMMON, **other})
    exercise.place(reference.__name__, "00_small", "A function")
    return exercise


# -- what is sound -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "right", "slips"), [("function", 6, 2), ("formula", 1, 0), ("number", 6, 1), ("module", 1, 0)]
)
def test_a_sound_exercise(make, kind, right, slips):
    proof = proof_of(getattr(make, kind)())
    assert proof.holds, proof.report()
    assert (proof.right, proof.slips, proof.seeds) == (right, slips, SEEDS)
    assert proof.mutants == proof.rejected + len(proof.survivors)
    assert (proof.mutants > 0) is (kind in ("function", "module"))
    told = {"exercise": proof.exercise.id, "holds": True, "problems": []}
    assert told.items() <= proof.to_json().items()


@pytest.mark.parametrize("right", ["b", {"a", "c"}, ["c", "a", "b"]])
def test_a_sound_quiz(make, right):
    proof = proof_of(make.quiz(right))
    assert proof.holds and proof.right >= 7  # the reference, and the spellings that are understood


def test_a_sound_property_test(catalogued):
    proof = proof_of(catalogued["test_sums"])
    assert proof.holds, proof.report()


def test_sound_pairs():
    common = {"question": "Which?", "left": {"a": "one", "b": "two"}, "right": {"1": "I", "2": "II"}}
    exercise = Matching(**common, pairs={"a": "1", "b": "2"}, **COMMON)
    exercise.place("pairs", "00_small", "Pairs")
    assert proof_of(exercise).holds


def test_a_short_proof_is_short_in_all_its_parts(make):
    whole, short = prove(make.module(), 100), prove(make.module(), 1)
    assert 5 <= short.mutants <= 10 < whole.mutants
    assert short.holds and whole.holds


# -- right answers -------------------------------------------------------------------------------------


def test_a_right_answer_that_fails(make, answers):
    told = problem(make.function(also_right=[answers.by_hand, answers.over_columns]))
    assert told.startswith("the right answer over_columns fails with seed 0: The shape is (")


def test_a_right_answer_that_fails_on_some_seed_is_found():
    def rarely(x):
        return x * 2 + (x[0] > 1.5)

    def twice(x):
        return x * 2

    exercise = function(twice, also_right=[rarely], cases={"numbers": lambda draw: {"x": draw.normal(1)}})
    (found,) = prove(exercise, 20).problems
    assert found.startswith("the right answer rarely fails with seed ")


def test_every_right_answer_is_tried_also_those_of_one_name(make):
    exercise = make.number()
    exercise.also_right = (*exercise.also_right, lambda L, d: 0.0, lambda L, d: 1e12)
    problems = proof_of(exercise).problems
    assert [told.split(": ")[0] for told in problems] == ["the right answer <lambda> fails with seed 0"] * 2


# -- the author's slips --------------------------------------------------------------------------------

FIRST, LAST = "The first is taken.", "The last is taken."


def pick(x):
    return x[1]


def picks(slips):
    return function(pick, slips=slips, cases={"numbers": lambda draw: {"x": draw.normal(3)}})


def test_slips_that_are_named_as_themselves():
    proof = proof_of(picks({"x[1] -> x[0]": FIRST, "x[1] -> x[2]": LAST}))
    assert proof.holds and proof.slips == 2


@pytest.mark.parametrize(
    ("patch", "sentence", "told"),
    [
        ("x[1] -> x[-1]", "Counted from the end.", "is named as another: 'The last is taken.' (seed 0)"),
        ("x[1] -> x[-2]", "It is the same.", "passes (seed 0)"),
        ("x[1] -> x.reshape(7)", "It stops.", "is not recognised; it fails as error (seed 0)"),
        ("x[1] -> 0 * x[1]", "Nothing is left.", None),  # the author comes before what ignores its inputs
    ],
)
def test_a_slip_that_is_not_named_as_itself(patch, sentence, told):
    problems = proof_of(picks({"x[1] -> x[2]": LAST, patch: sentence})).problems
    assert problems == ([f"the slip {sentence!r} {told}"] if told else [])


def test_what_slips_are_warned_of_is_not_said(recwarn):
    assert proof_of(picks({"x[1] -> __import__('warnings').warn('slow') or x[0]": FIRST})).holds
    assert not recwarn.list


def test_a_slip_whose_error_is_explained_is_named_as_that():
    told = problem(picks({"x[1] -> x[7]": "It is out of reach."}))
    assert told.startswith(
        "the slip 'It is out of reach.' is named as another: 'An index points past the end"
    )


def test_a_slip_that_shows_only_sometimes():
    def rounded(x):
        return x.round()

    exercise = function(
        rounded,
        slips={"x.round() -> x.round() + (x > 2)": "Two is too many."},
        cases={"numbers": lambda draw: {"x": torch.tensor([3.5 if draw.seed < 2 else 0.5])}},
    )
    assert problem(exercise) == "the slip 'Two is too many.' passes (seed 2)"


@pytest.mark.parametrize(
    ("kind", "slips"),
    [
        ("formula", {"2*L*d": "One.", "d*2*L": "Other."}),
        ("number", {"2*L*d*d": "One.", "L*d*2*d": "Other."}),
    ],
)
def test_of_formulas_and_numbers_too(make, kind, slips):
    exercise = getattr(make, kind)(slips=slips)
    assert problem(exercise) == "the slip 'Other.' is named as another: 'One.' (seed 0)"


def test_a_wrong_choice_that_passes(make, monkeypatch):
    exercise = make.quiz("b")
    monkeypatch.setattr(exercise, "wrong_answers", lambda: [("b", "b")])
    assert problem(exercise) == "the wrong choice b passes"


# -- mutants and twins ---------------------------------------------------------------------------------

FIRST_AXIS = "`x.shape[0]` stands for `x.shape[-1]`: in a batch, that is another axis."


def scaled(x):
    return x / math.sqrt(x.shape[-1])


def scales(columns):
    """Asked with five rows and so many columns, by the seed."""
    return function(scaled, cases={"numbers": lambda draw: {"x": draw.normal(5, columns(draw.seed))}})


def test_mutants_that_no_question_tells_apart_are_survivors():
    blind, sees = (proof_of(scales(lambda seed, columns=columns: columns)) for columns in (5, 4))
    assert blind.holds and sees.holds
    assert FIRST_AXIS in blind.survivors and FIRST_AXIS not in sees.survivors
    assert f"    ~ {FIRST_AXIS}" in blind.report(everything=True).splitlines()
    assert "~" not in blind.report()
    for proof in (blind, sees):
        assert proof.mutants == proof.rejected + len(proof.survivors) > len(proof.survivors) > 0


def test_a_wrong_mutant_that_passes_is_a_problem():
    """Cases so weak that what a mutant changes shows only now and then."""
    proof = proof_of(scales(lambda seed: 4 if seed else 5))
    told = f"a wrong mutant passes: {FIRST_AXIS}"
    assert proof.problems == [told] and not proof.holds
    assert FIRST_AXIS not in proof.survivors
    assert proof.mutants == proof.rejected + len(proof.survivors) + 1
    first, last = proof.report().splitlines()
    assert first.startswith("✗ scaled") and last == f"    ! {told}"


def counts(x):
    n = 3
    while n > 0:
        n = n - 1
        x = x + 1
    return x


def test_a_mutant_that_never_ends_is_rejected(monkeypatch):
    monkeypatch.setattr("grader.judging.prove.MUTANT_SECONDS", 0.1)
    proof = proof_of(function(counts, cases={"numbers": lambda draw: {"x": draw.normal(3)}}))
    assert proof.holds, proof.report()
    assert proof.rejected > 50


def total(x):
    return x.sum(-1)


def totals(columns, slips):
    return function(total, slips=slips, cases={"numbers": lambda draw: {"x": draw.normal(*columns)}})


COLUMNS = "Over columns."
SECOND_LAST = "The sum runs over the second-last axis instead of the last axis."
FIRST_OF_ALL = "The sum runs over the first axis instead of the last axis."


@pytest.mark.parametrize(
    ("sizes", "twins"),
    [
        ((5, 4), [f"{COLUMNS} = {SECOND_LAST}", f"{COLUMNS} = {FIRST_OF_ALL}"]),
        ((3, 5, 4), [f"{COLUMNS} = {FIRST_OF_ALL}"]),
    ],
)
def test_slips_that_nobody_can_tell_from_the_authors_are_its_twins(sizes, twins):
    proof = proof_of(totals(sizes, {"x.sum(-1) -> x.sum(0)": COLUMNS}))
    assert proof.twins == twins and proof.holds
    lines = proof.report(everything=True).splitlines()
    assert [line for line in lines if line.startswith("    =")] == [f"    = {twin}" for twin in twins]
    assert "    =" not in proof.report()


def test_an_operators_slip_in_the_authors_very_words_is_no_twin():
    proof = proof_of(totals((3, 5, 4), {"x.sum(-1) -> x.sum(0)": FIRST_OF_ALL}))
    assert proof.twins == []


def test_the_report_counts(make):
    proof = proof_of(make.function())
    assert proof.report() == (
        f"✓ weights                    6 right × 20 seeds    2 slips named   "
        f"{proof.rejected:>3} of {proof.mutants} mutants rejected, {len(proof.survivors)} behave alike"
    )


# -- what comes of training ----------------------------------------------------------------------------

ONE_CLASS = "one class for all"


def learns(images, labels, hidden_images):
    """The class whose mean is nearest."""
    means = torch.stack([images[labels == c].mean(0) for c in (0, 1)])
    return torch.cdist(hidden_images, means).argmin(-1)


def two_heaps(draw):
    labels = torch.tensor([0, 1] * 10)
    images = labels[:, None] + 0.01 * draw.normal(20, 2)
    return {"images": images, "labels": labels, "hidden_images": images, "hidden": labels}


def training(reached, **other):
    exercise = TrainingOutcome(
        learns,
        data=two_heaps,
        baselines={ONE_CLASS: lambda images, labels, hidden_images: torch.zeros(20)},
        measured={"reference": (reached, 0.0), ONE_CLASS: (0.5, 0.0)},
        **{**COMMON, **other},
    )
    exercise.place("learns", "00_small", "Learn")
    return exercise


def test_what_training_reaches_is_measured_anew():
    assert prove(training(1.0), 1000).seeds == 20  # each seed is a training
    assert proof_of(training(1.0)).holds
    assert problem(training(0.9)) == "reference reaches 1.000, and the exercise says 0.900"


def test_a_right_answer_that_learns_too_little():
    told = problem(training(1.0, also_right=[lambda images, labels, hidden: 1 - labels * 0]))
    assert told == (
        "the right answer <lambda> fails with seed 0: 50.0% of the images are right. “one class for all” "
        "reaches 50.0%, the course's own training 100.0%: this is 0% of the way."
    )
