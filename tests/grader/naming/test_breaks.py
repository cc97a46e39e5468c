"""Which parts a slip breaks: on some questions, on every one, or none, alone."""

import pytest
from made_exercises import only, weighing

from grader.naming.breaks import breaks_of

PLAIN = frozenset({"one example", "all sizes equal", "an axis of length one"})
LARGE, GRADIENT = "large numbers", "the gradient reaches every input"
SOFTMAX = "scores.softmax(dim=-1)"


@pytest.fixture
def broken(monkeypatch):
    """The sentence, the parts that are ever broken and those that always are, for slips of operators."""

    def of(slips, /, **other):
        only(monkeypatch, slips)
        return [(one.candidate.sentence, one.ever, one.always) for one in breaks_of(weighing(**other))]

    return of


def test_a_slip_that_breaks_everything(broken):
    ((said, ever, always),) = broken({f"{SOFTMAX} -> {SOFTMAX} + 1": "One is added."})
    assert (said, ever, always) == ("One is added.", PLAIN | {LARGE, GRADIENT}, PLAIN | {LARGE})


def test_one_that_shows_only_with_large_numbers(broken):
    """Where values are wrong, so are gradients: they are not asked for once more, and never *always* so."""
    by_hand = "scores.exp() / scores.exp().sum(-1, keepdim=True)"
    ((_, ever, always),) = broken({f"{SOFTMAX} -> {by_hand}": "It overflows."})
    assert ever == {LARGE, GRADIENT} and always == {LARGE}


def test_one_that_only_cuts_the_gradient(broken):
    ((_, ever, always),) = broken({f"{SOFTMAX} -> {SOFTMAX}.detach()": "It is cut off."})
    assert (ever, always) == ({GRADIENT}, frozenset())


def test_one_that_shows_by_chance(broken):
    """Item [0] for all: the same where there is one query, and that is the case in some questions only."""
    first = f"{SOFTMAX}[:1].expand(q.shape[0], k.shape[0])"
    ((_, ever, always),) = broken({f"{SOFTMAX} -> {first}": "The first row is repeated."})
    assert "an axis of length one" in ever and "an axis of length one" not in always
    assert {"one example", "all sizes equal"} <= always


def test_what_raises_is_broken(broken):
    ((_, ever, always),) = broken({f"{SOFTMAX} -> {SOFTMAX}.reshape(1000)": "It stops."})
    assert always == PLAIN | {LARGE} and ever == always | {GRADIENT}


def test_what_breaks_nothing_alone_comes_last(broken):
    slips = {f"{SOFTMAX} -> {SOFTMAX}.nan_to_num()": "NaN becomes 0.", "math.sqrt(_x) -> 1": "No root."}
    assert [said for said, _, _ in broken(slips)] == ["No root.", "NaN becomes 0."]
    assert broken(slips)[1][1:] == (frozenset(), frozenset())


def test_of_those_that_behave_alike_the_first_is_enough(broken):
    slips = {
        "math.sqrt(_x) -> 1": "There is no root.",
        "math.sqrt(_x) -> 2 - 1": "It is divided by one.",
        "math.sqrt(_x) -> 2": "It is divided by two.",
    }
    assert [said for said, _, _ in broken(slips)] == ["There is no root.", "It is divided by two."]


def test_what_is_never_said_is_left_out(broken):
    slips = {"math.sqrt(_x) -> 1": "", "math.sqrt(_x) -> 2": "It is divided by two."}
    assert [said for said, _, _ in broken(slips)] == ["It is divided by two."]


def test_the_authors_stand_among_them(broken):
    found = broken(
        {"math.sqrt(_x) -> 2": "It is divided by two."},
        slips={"math.sqrt(_x) -> 3": "It is divided by three."},
    )
    assert [said for said, _, _ in found] == ["It is divided by three.", "It is divided by two."]


def test_it_is_worked_out_once():
    exercise = weighing()
    assert breaks_of(exercise) is breaks_of(exercise)


def test_advice_breaks_nothing(broken):
    """What depends on the order in memory alone is no part that counts."""
    found = broken({f"{SOFTMAX} -> scores.view(q.shape[0], -1).softmax(-1)": "It takes a view."})
    assert found == [("It takes a view.", frozenset(), frozenset())]
