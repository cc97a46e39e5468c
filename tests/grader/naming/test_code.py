"""In which order a wrong function is named: the first sentence for which the evidence is complete."""

import pytest
import torch
from made_exercises import attending, named, only, weigh, weighing

from grader.asking.rules import sentence

NO_ROOT = "The division by √d is missing."
IN_PLACE = "It changes its input `q` in place; the caller's tensor must stay as it was."
CUT = "No gradient reaches the inputs: the result hangs on a copy (detach, numpy, item, no_grad)."
SHARED_OUT = "{}ach row sums to one, as it should, but is shared out wrongly."
SEVERAL = "It returns 2 values; the first alone is asked for."
SOFTMAX = "scores.softmax(dim=-1)"


def rootless(q, k):
    return (q @ k.mT).softmax(-1)


def told(answer, exercise=None, seed=0):
    found = named(exercise or weighing(), answer, seed)
    return found and (found.how, found.sentence)


@pytest.fixture
def blind(monkeypatch):
    """Nothing is known but the author's slips."""
    only(monkeypatch, {})


# -- the author's slips --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "answer"),
    [
        (f"({SOFTMAX}, scores)", lambda q, k: (weigh(q, k), q @ k.mT / q.shape[-1] ** 0.5)),  # a wrapper
        (f"0 * {SOFTMAX}", lambda q, k: 0 * weigh(q, k)),  # trivial
        (f"2 * {SOFTMAX}", lambda q, k: 2 * weigh(q, k)),  # an exact relation
        (f"{SOFTMAX}.detach()", lambda q, k: weigh(q, k).detach()),
        ("(q @ k.mT).softmax(-1)", rootless),  # an operator's, too
    ],
)
def test_the_authors_words_come_before_all_others(new, answer):
    assert told(answer) != ("authored", "As the author says.")
    exercise = weighing(slips={f"{SOFTMAX} -> {new}": "As the author says."})
    assert told(answer, exercise) == ("authored", "As the author says.")


def test_what_stops_at_some_questions_and_to_the_letter_as_a_slip_does_is_named(blind):
    """Where there are as many queries as keys it runs, and is right."""
    exercise = weighing(slips={f"{SOFTMAX} -> {SOFTMAX}.reshape(len(q), len(q))": "As many keys as queries."})
    square = told(lambda q, k: weigh(q, k).reshape(len(q), len(q)), exercise)
    assert square == ("authored", "As many keys as queries.")
    assert told(lambda q, k: weigh(q, k).reshape(len(k), len(k)), exercise) is None


# -- what is round a value -----------------------------------------------------------------------------


def test_a_wrapper_is_said():
    assert told(lambda q, k: (weigh(q, k), None)) == ("wrapper", SEVERAL)


def test_a_wrapper_then_what_is_wrong_inside():
    found = named(weighing(), lambda q, k: (rootless(q, k), None))
    assert found.sentence == "Two things: it returns 2 values; and the division by √d is missing."
    assert (found.how, found.slips) == ("pair", (SEVERAL, NO_ROOT))


def test_two_slips_inside_a_wrapper_are_too_many_to_say():
    def both(q, k):
        return (q @ k.mT).softmax(0)

    assert told(both) == (
        "pair",
        "Two things: the softmax runs over the second-last axis instead of the last axis; and the division "
        "by √d is missing.",
    )
    assert told(lambda q, k: (both(q, k), None)) == ("wrapper", SEVERAL)


# -- what ignores its inputs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slip", "answer", "sentence"),
    [
        (f"{SOFTMAX} -> 0 * scores", lambda q, k: 0 * weigh(q, k), "Every number is 0."),
        (f"{SOFTMAX} -> q", lambda q, k: q, "The result is `q` itself."),
    ],
)
def test_what_comes_out_whatever_the_inputs_are_is_no_evidence_of_a_cause(
    monkeypatch, slip, answer, sentence
):
    only(monkeypatch, {slip: "The weights are lost."})
    assert told(answer) == ("trivial", sentence)


# -- shared slips --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (rootless, NO_ROOT),
        (lambda q, k: q @ k.mT / q.shape[-1] ** 0.5, "There is no softmax."),
        (lambda q, k: (q @ k.mT / q.shape[-1]).softmax(-1), "It is divided by d, not by √d."),
        (
            lambda q, k: (q @ k.mT / q.shape[-1] ** 0.5).softmax(-2),
            "The softmax runs over the second-last axis instead of the last axis.",
        ),
    ],
)
def test_operators_name_what_nobody_wrote_down(answer, sentence, seed):
    assert told(answer, seed=seed) == ("slip", sentence)


def test_what_an_exercise_is_built_on_is_named_in_its_words():
    def no_root(x, mask=None):
        scores = x @ x.mT
        return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ x

    assert told(no_root, attending()) == ("slip", NO_ROOT)


def test_a_slip_without_a_name_is_never_said(monkeypatch):
    slip = {"math.sqrt(_x) -> 1": NO_ROOT}
    only(monkeypatch, slip)
    assert told(rootless) == ("slip", NO_ROOT)
    only(monkeypatch, dict.fromkeys(slip, ""))
    assert told(rootless) == ("symptom", SHARED_OUT.format("Where its numbers are wrong, e"))


def test_not_even_as_one_of_two(monkeypatch):
    def both(q, k):
        return (q.flip(0) @ k.mT).softmax(-1)

    slips = {"math.sqrt(_x) -> 1": NO_ROOT, "q @ k.mT -> q.flip(0) @ k.mT": "The queries are turned round."}
    only(monkeypatch, slips)
    assert told(both) == (
        "pair",
        "Two things: the division by √d is missing; and the queries are turned round.",
    )
    only(monkeypatch, {**slips, "math.sqrt(_x) -> 1": ""})
    assert told(both) == ("symptom", SHARED_OUT.format("E"))


# -- gradients -----------------------------------------------------------------------------------------


def test_a_gradient_that_reaches_nothing(blind):
    assert told(lambda q, k: weigh(q, k).detach()) == ("rule", CUT)


def test_a_gradient_that_reaches_nothing_then_what_is_wrong_with_the_values():
    found = named(weighing(), lambda q, k: rootless(q, k).detach())
    assert found.sentence == "Two things: no gradient reaches the inputs; and the division by √d is missing."
    assert found.slips == (CUT, NO_ROOT)


def test_a_gradient_that_does_not_reach_one_input(blind):
    assert told(lambda q, k: weigh(q, k.detach())) == (
        "finding",
        "The numbers are right, but no gradient reaches `k`: the result hangs on a copy that is cut off from "
        "it (detach, numpy, item, no_grad).",
    )


# -- broken rules --------------------------------------------------------------------------------------


def test_a_broken_rule_is_what_it_says():
    assert told(lambda q, k: weigh(q.mul_(2), k)) == ("rule", IN_PLACE)
    assert told("text") == ("rule", "It is a str, not a function.")


def in_place(make):
    """In place where that can be noticed: what asks for a gradient may not be changed at all."""

    def answer(q, k):
        value = make(q.clone(), k)
        if not q.requires_grad:
            q += 1
        return value

    return answer


def test_a_broken_rule_then_what_is_wrong_inside():
    assert told(in_place(weigh)) == ("rule", IN_PLACE)
    found = named(weighing(), in_place(rootless))
    assert found.sentence == (
        "Two things: it changes its input `q` in place; and the division by √d is missing."
    )
    assert (found.how, found.slips) == ("pair", (IN_PLACE, NO_ROOT))


def test_where_chance_has_a_part_nothing_else_is_known():
    def noisy(q, k):
        return rootless(q, k) if q.requires_grad else rootless(q + torch.randn_like(q), k)

    assert told(noisy) == ("rule", sentence("by chance", {}))


# -- errors --------------------------------------------------------------------------------------------


def test_an_error_at_every_question_is_explained_or_speaks_for_itself():
    assert told(lambda q, k: 1 / 0) == ("error", "A number is divided by 0.")
    assert told(lambda q, k: q.reshape(1000)) is None


def test_an_error_at_some_questions_is_explained_where_no_cause_is_known():
    def one_long(q, k):
        return weigh(q, k) / (0 if 1 in (*q.shape, *k.shape) and 1 // 0 else 1)

    assert told(one_long) == ("error", "A number is divided by 0.")


# -- symptoms ------------------------------------------------------------------------------------------


ALL_AXES = "`.T` on a batch turns *all* axes round: `.mT` and `.transpose(-2, -1)` turn only the last two."


def turned_twice(q, k):
    return ((k @ q.T).T / q.shape[-1] ** 0.5).softmax(-1)


def turned_and_cubed(q, k):
    return turned_twice(q, k) ** 3 + q.shape[-2]


def turned_too_early(q, k):
    return (q.T @ k).softmax(-1)


@pytest.mark.filterwarnings("ignore:The use of `x.T`")
@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (turned_twice, ("symptom", ALL_AXES)),
        (turned_and_cubed, ("error", ALL_AXES)),  # without a batch, too, something is wrong
        # Without a batch it stops as well, so that is not the cause
        (
            turned_too_early,
            ("symptom", f"Where all sizes are equal, {SHARED_OUT.format('e')}"),
        ),
    ],
)
def test_a_batch_turned_round_whole_is_one_sentence_and_not_the_errors_of_pytorch(blind, answer, found):
    assert told(answer, weighing(inputs="q: (*, Lq, d)  k: (*, Lk, d)")) == found


def test_an_exact_relation():
    assert told(lambda q, k: 3 * weigh(q, k)) == ("symptom", "Every number is 3 times the expected one.")


def test_an_exact_relation_comes_before_two_slips(monkeypatch):
    only(
        monkeypatch, {f"{SOFTMAX} -> {SOFTMAX} * 1.5": "One.", "return weights -> return weights * 2": "Two."}
    )
    assert told(lambda q, k: 3 * weigh(q, k)) == ("symptom", "Every number is 3 times the expected one.")


def test_two_slips_come_before_where_it_is_wrong(monkeypatch):
    def both(q, k):
        return weigh(q, k) ** 1.5 + 0.01 * q[:, :1]

    assert told(both) == ("symptom", "Not every row sums to one.")
    slips = {
        f"{SOFTMAX} -> {SOFTMAX} ** 1.5": "One.",
        "return weights -> return weights + 0.01 * q[:, :1]": "Two.",
    }
    only(monkeypatch, slips)
    assert told(both) == ("pair", "Two things: one; and two.")


def test_what_is_found_of_every_wrong_value_alike():
    """Nothing has no gradient either, and that need not be said."""
    sentence = "It returns None: is something left to write, or is the `return` missing?"
    assert told(lambda q, k: None) == ("finding", sentence)


def test_the_circumstances_in_which_it_is_wrong():
    def nothing_large(q, k):
        return weigh(q, k) if q.abs().max() < 10 else None

    sentence = "It is right for inputs of ordinary size, and wrong for large ones."
    assert told(nothing_large) == ("symptom", sentence)


def test_nothing_is_said_of_what_nobody_knows():
    assert told(lambda q, k: {"weights": weigh(q, k)}) is None
