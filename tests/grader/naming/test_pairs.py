"""Two slips at once: found where both together give the answer, never where something else is in it."""

import pytest
from made_exercises import cases_of, in_one_line, only, weigh, weighing

from grader.naming import pairs
from grader.naming.candidates import candidates_of
from grader.naming.pairs import find_pair

NO_ROOT, HALF_ROOT, SWAPPED = "There is no root.", "It is divided by two.", "The sides are exchanged."
OVERFLOWS, NO_NAN, SIGN = "It overflows.", "NaN becomes 0.", "The sign is turned."
SLIPS = {
    "math.sqrt(_x) -> 1": NO_ROOT,
    "math.sqrt(_x) -> 2": HALF_ROOT,
    "q @ k.mT -> q.flip(0) @ k.mT": SWAPPED,
    "scores.softmax(dim=-1) -> scores.exp() / scores.exp().sum(-1, keepdim=True)": OVERFLOWS,
    "return weights -> return weights.nan_to_num()": NO_NAN,
}


@pytest.fixture
def paired(monkeypatch):
    """The two sentences that an answer is told, if any."""
    only(monkeypatch, SLIPS)

    def told(answer, seed=0, exercise=None):
        exercise = exercise or weighing()
        cases = cases_of(exercise, answer, seed)
        assert any(case.wrong for case in cases)
        found = find_pair(candidates_of(exercise), cases)
        assert found is None or found.how == "pair"
        return found and found.slips

    return told


def flipped(q, k, root=1.0):
    return (q.flip(0) @ k.mT / root).softmax(-1)


def by_hand(q, k, root=None):
    scores = q @ k.mT / (root or q.shape[-1] ** 0.5)
    return scores.exp() / scores.exp().sum(-1, keepdim=True)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("answer", "slips"),
    [
        (flipped, (NO_ROOT, SWAPPED)),
        (lambda q, k: flipped(q, k, 2), (HALF_ROOT, SWAPPED)),
        (lambda q, k: by_hand(q, k, 1), (NO_ROOT, OVERFLOWS)),
        (lambda q, k: by_hand(q.flip(0), k), (SWAPPED, OVERFLOWS)),
    ],
)
def test_two_slips_at_once_the_likelier_first(paired, answer, slips, seed):
    assert paired(answer, seed) == slips


def test_both_are_said(monkeypatch):
    only(monkeypatch, SLIPS)
    exercise = weighing()
    found = find_pair(candidates_of(exercise), cases_of(exercise, flipped))
    assert found.sentence == "Two things: there is no root; and the sides are exchanged."


def test_a_slip_that_is_harmless_alone_counts_beside_another(paired):
    assert paired(lambda q, k: by_hand(q, k).nan_to_num()) == (OVERFLOWS, NO_NAN)


@pytest.mark.parametrize(
    "answer",
    [
        lambda q, k: flipped(q, k) + 1e-2,  # a third thing
        lambda q, k: flipped(q, k, 1.02),
        lambda q, k: by_hand(q.flip(0), k, 1),  # three slips
        lambda q, k: flipped(q, k) if len(q) == len(k) else weigh(q, k),  # in some questions only
        lambda q, k: flipped(q, k).detach(),  # the gradient is another matter
        lambda q, k: flipped(q, k).mT,
        lambda q, k: flipped(q, k).reshape(1000),  # nothing to look at
    ],
)
def test_nothing_is_said_where_something_else_is_in_it(paired, answer):
    assert paired(answer) is None


def test_slips_in_the_same_place_are_no_pair(monkeypatch, paired):
    """Divided by one *and* by two cannot be said of one division."""
    candidates = candidates_of(weighing())
    one, other = (next(c for c in candidates if c.sentence == said) for said in (NO_ROOT, HALF_ROOT))
    assert not one.goes_with(other)
    assert paired(lambda q, k: (q @ k.mT * 3).softmax(-1)) is None


def test_slips_of_two_forms_are_no_pair(monkeypatch):
    """Each is in a program of its own: no program has both."""
    only(monkeypatch, {})
    slips = {"math.sqrt(_x) -> 1": NO_ROOT, "torch.einsum(_e, q, k) -> torch.einsum(_e, q.flip(0), k)": SIGN}
    exercise = weighing(also_right=[in_one_line], slips=slips)
    assert {candidate.form for candidate in candidates_of(exercise)} == {0, 1}
    assert find_pair(candidates_of(exercise), cases_of(exercise, flipped)) is None


def test_only_so_many_are_tried(monkeypatch, paired):
    """Counted, not timed: the same answer is told the same on a slow machine."""
    monkeypatch.setattr(pairs, "MOST_TRIES", 0)
    assert paired(flipped) is None
    tried = []
    monkeypatch.setattr(pairs, "may_be", lambda candidates, pair, first: tried.append(pair))
    monkeypatch.setattr(pairs, "MOST_TRIES", 2)
    assert paired(flipped) is None and len(tried) == 2


def test_likely_ones_are_tried_first_and_only_what_breaks_what_is_broken(monkeypatch, paired):
    """A slip that shows with moderate numbers is in no answer that is right on these."""
    tried = []

    def note(candidates, pair, first):
        tried.append(tuple(one.sentence for one in pair))

    monkeypatch.setattr(pairs, "may_be", note)
    paired(flipped)
    assert tried == [
        *((NO_ROOT, SWAPPED), (NO_ROOT, OVERFLOWS), (HALF_ROOT, SWAPPED)),
        *((HALF_ROOT, OVERFLOWS), (SWAPPED, OVERFLOWS), (SWAPPED, NO_NAN)),
    ]  # without a root large numbers come out right: with no NaN either, nothing would break these
    tried.clear()
    paired(lambda q, k: by_hand(q, k).nan_to_num())
    assert tried == [(OVERFLOWS, NO_NAN)]
