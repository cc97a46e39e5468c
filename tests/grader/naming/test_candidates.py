"""The wrong answers that are made of right ones: where they come from, and what they give."""

import math

import pytest
import torch
from made_exercises import COMMON, Attend, attend, attending, in_one_line, layered, placed, weighing

from grader.exercise import Module
from grader.naming.candidates import Source, candidates_of
from grader.questions.draw import Draw

HALVED = "The weights are halved."


def found(candidates, sentence):
    """The only candidate with this sentence, or the likeliest."""
    return next(one for one in candidates if one.sentence == sentence)


def question(exercise, part="one example", seed=0):
    return next(q for q in exercise.questions(Draw(seed)) if q.part == part)


def inputs(exercise, part="one example"):
    asked = question(exercise, part)
    return asked, asked.payload["inputs"]


# -- where they come from ------------------------------------------------------------------------------


def test_the_authors_slips_come_first():
    candidates = candidates_of(weighing(slips={"scores.softmax(dim=-1) -> scores.softmax(-1) / 2": HALVED}))
    assert (candidates.all[0].sentence, candidates.all[0].source) == (HALVED, Source.AUTHOR)
    assert [one.rank for one in candidates] == sorted(one.rank for one in candidates)
    assert {one.source for one in candidates.all[1:]} == {Source.OPERATOR}
    assert len(candidates.all) > 100


@pytest.mark.parametrize(
    "sentence",
    [
        "The division by √d is missing.",
        "It is divided by d, not by √d.",
        "There is no softmax.",
        "`q` and `k` have changed places.",
        "The softmax runs over the second-last axis instead of the last axis.",
    ],
)
def test_what_operators_find_is_told_in_the_terms_of_the_signature(sentence):
    one = found(candidates_of(weighing()), sentence)
    assert (one.source, one.form) == (Source.OPERATOR, 0)


def test_a_form_that_is_written_otherwise_has_candidates_of_its_own_and_later():
    candidates = candidates_of(weighing(also_right=[in_one_line]))
    first, second = (
        [one for one in candidates if one.form == form and one.sentence == "There is no softmax."]
        for form in (0, 1)
    )
    assert [one.rank - one.slip.rank for one in (*first, *second)] == [1, 9]
    assert candidates.outcome(second, question(candidates.exercise)).failure is None


def test_a_right_answer_that_is_a_patch_is_no_form_of_its_own():
    candidates = candidates_of(weighing(also_right=["math.sqrt(_x) -> _x ** 0.5"]))
    assert {one.form for one in candidates} == {0}


@pytest.mark.parametrize(
    ("patch", "form"),
    [
        ("q.shape[-1] -> 2", 0),
        ("k.shape[-1] -> 2", 1),
        ("-1 -> 0", 0),  # it fits both
    ],
)
def test_an_authors_slip_belongs_to_the_first_form_that_it_fits(patch, form):
    exercise = weighing(also_right=[in_one_line], slips={patch: HALVED})
    authored = [one for one in candidates_of(exercise) if one.source is Source.AUTHOR]
    assert [one.form for one in authored] == [form]


def test_slips_of_the_exercise_that_it_is_built_on_are_inherited():
    candidates = candidates_of(attending(words={"Lq": "L", "Lk": "L", "dv": "d"}))
    theirs = found(candidates, "The mask is multiplied in as well: −inf · 0 is NaN.")
    assert (theirs.source, theirs.form, theirs.rank) == (Source.INHERITED, 0, 2)
    assert found(candidates, "The division by √d is missing.").source is Source.INHERITED
    assert found(candidates, "`mask` is not handed on.").source is Source.OPERATOR


def test_what_is_inherited_speaks_of_the_sizes_by_the_names_that_they_have_here():
    here = {one.sentence for one in candidates_of(attending(words={"Lk": "L", "Lq": "L"}))}
    there = {one.sentence for one in candidates_of(attending())}
    assert "It takes Lk in place of d." in there and "It takes Lk in place of d." not in here
    assert "It takes L in place of d." in here


def test_what_is_built_on_no_exercise_inherits_nothing():
    assert Source.INHERITED not in {one.source for one in candidates_of(weighing())}


def test_they_are_made_once():
    exercise = weighing()
    assert candidates_of(exercise) is candidates_of(exercise)
    assert candidates_of(exercise) is not candidates_of(weighing())


# -- what goes together --------------------------------------------------------------------------------


def goes(exercise, one, other):
    candidates = candidates_of(exercise)
    a, b = (found(candidates, sentence) for sentence in (one, other))
    assert a.goes_with(b) is b.goes_with(a)
    return a.goes_with(b)


def test_slips_in_different_places_go_together():
    assert goes(weighing(), "The division by √d is missing.", "`q` and `k` have changed places.")


def test_two_things_in_one_place_do_not():
    assert not goes(weighing(), "It is divided by d, not by √d.", "The division by √d is missing.")


def test_slips_of_different_forms_do_not_go_together():
    candidates = candidates_of(weighing(also_right=[in_one_line]))
    one = found([c for c in candidates if c.form == 0], "The division by √d is missing.")
    other = next(c for c in candidates if c.form == 1)
    assert not one.goes_with(other) and not other.goes_with(one)


def test_an_inherited_slip_goes_with_one_of_ones_own():
    assert goes(attending(), "The division by √d is missing.", "`mask` is not handed on.")


# -- what they give ------------------------------------------------------------------------------------


def test_the_right_answer_with_one_slip_in_it():
    exercise = weighing()
    asked, given = inputs(exercise)
    one = found(candidates_of(exercise), "The division by √d is missing.")
    expected = (given["q"] @ given["k"].mT).softmax(-1)
    torch.testing.assert_close(candidates_of(exercise).outcome([one], asked).value, expected)
    torch.testing.assert_close(candidates_of(exercise).value([one], asked), expected)


def test_with_two():
    exercise = weighing()
    asked, given = inputs(exercise, "all sizes equal")
    candidates = candidates_of(exercise)
    chosen = [
        found(candidates, "The division by √d is missing."),
        found(candidates, "`q` and `k` have changed places."),
    ]
    expected = (given["k"] @ given["q"].mT).softmax(-1)
    torch.testing.assert_close(candidates.outcome(chosen, asked).value, expected)


def test_no_slip_stays_behind():
    """What is switched on for one answer must not be in the next one, whatever that one raised."""
    exercise = attending()
    asked, given = inputs(exercise)
    candidates = candidates_of(exercise)
    for one in candidates.all[:60]:
        candidates.outcome([one], asked)
    torch.testing.assert_close(exercise.outcome(attend, asked).value, attend(**given))
    torch.testing.assert_close(exercise.right_outcome(asked).value, attend(**given))


def test_one_of_ones_own_with_an_inherited_one():
    exercise = attending()
    asked, given = inputs(exercise, "a mask (Lq, Lk) for the whole batch")
    candidates = candidates_of(exercise)
    chosen = [
        found(candidates, "The division by √d is missing."),
        found(candidates, "`mask` is not handed on."),
    ]
    x = given["x"]
    expected = (x @ x.mT).softmax(-1) @ x
    torch.testing.assert_close(candidates.outcome(chosen, asked).value, expected)
    torch.testing.assert_close(candidates.value(chosen, asked), expected)


def test_an_error_is_an_outcome_and_in_a_hurry_an_error():
    exercise = weighing(slips={"_x.softmax(dim=-1) -> _x.reshape(1000)": HALVED})
    asked, _ = inputs(exercise)
    candidates = candidates_of(exercise)
    failure = candidates.outcome([candidates.all[0]], asked).failure
    assert failure.kind == "RuntimeError" and "1000" in failure.message
    with pytest.raises(RuntimeError, match="1000"):
        candidates.value([candidates.all[0]], asked)


def test_gradients_are_there_where_they_are_asked_for_and_not_in_a_hurry():
    exercise = weighing()
    asked = question(exercise, "the gradient reaches every input")
    candidates = candidates_of(exercise)
    one = found(candidates, "The division by √d is missing.")
    given = candidates.outcome([one], asked).value
    assert given.keys() == {"value", "gradient"} and given["gradient"].keys() == {"q", "k"}
    value = candidates.value([one], asked)
    torch.testing.assert_close(value, given["value"].detach())
    assert not value.requires_grad


def with_weights(weights):
    module = Attend(weights["query.weight"].shape[0])
    module.load_state_dict(weights)
    return module


def test_of_a_module_its_own_slips_and_the_inherited_ones():
    exercise = layered()
    asked = question(exercise)
    x, weights = asked.payload["inputs"]["x"], asked.payload["weights"]
    module, candidates = with_weights(weights), candidates_of(exercise)
    own = found(candidates, "The value layer is never used: its input goes on as it is.")
    theirs = found(candidates, "The division by √d is missing.")
    assert (own.source, theirs.source) == (Source.OPERATOR, Source.INHERITED)
    scores = module.query(x) @ x.mT
    root = x.shape[-1] ** 0.5
    for chosen, expected in (
        ([own], (scores / root).softmax(-1) @ x),
        ([theirs], scores.softmax(-1) @ module.value(x)),
        ([own, theirs], scores.softmax(-1) @ x),
    ):
        torch.testing.assert_close(candidates.outcome(chosen, asked).value, expected)
        torch.testing.assert_close(candidates.value(chosen, asked), expected.detach())


def with_logsumexp(q, k):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return (scores - scores.logsumexp(dim=-1, keepdim=True)).exp()


def test_a_slip_may_fit_only_the_last_of_several_forms():
    slips = {"scores.logsumexp(dim=-1, keepdim=True) -> 0.0": "Nothing is subtracted."}
    candidates = candidates_of(weighing(slips=slips, also_right=[in_one_line, with_logsumexp]))
    assert [(one.sentence, one.form) for one in candidates if one.source is Source.AUTHOR] == [
        ("Nothing is subtracted.", 2)
    ]
    assert {one.form for one in candidates if one.source is Source.OPERATOR} == {0, 1}


class Doubled(Attend):
    """Its constructor can be mistaken, and must not be while a module is kept for the next slip."""

    def __init__(self, d):
        super().__init__(d)
        self.factor = 2.0

    def forward(self, x):
        return self.query(x) * self.factor


def test_a_slip_in_the_constructor_leaves_no_trace_in_the_next_ones_module():
    slips = {"2.0 -> 3.0": "Three times.", "_x * self.factor -> _x": "The factor is left out."}
    exercise = placed(Module(Doubled, inputs="x: (L, d)", without=["large"], slips=slips, **COMMON))
    candidates = candidates_of(exercise)
    asked = question(exercise)
    three, none = (found(candidates, sentence) for sentence in ("Three times.", "The factor is left out."))
    right = exercise.right_outcome(asked).value
    assert torch.equal(candidates.value([three], asked), right)  # it is built once, and right
    assert torch.equal(candidates.value([none], asked), right / 2)
