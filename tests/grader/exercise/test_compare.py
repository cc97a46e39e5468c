"""How a value differs: told from the outside in, with nothing of a hidden case in the summary."""

import numpy as np
import pytest
import torch

from grader.asking.wire import Foreign, decode, encode
from grader.exercise.compare import difference

X = torch.tensor([[1.0, -2.0, 3.0], [0.5, 4.0, -1.5]])
NONE = "It returns None: is something left to write, or is the `return` missing?"


def both_ways(expected, given):
    """The difference, which must be the same for a value that crossed the wire."""
    found = difference(expected, given)
    assert found == difference(expected, decode(encode(given)))
    return found


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        (X, X.clone()),
        (X, X.double()),
        (X, X + 1e-6),
        (X, X.T.contiguous().T),
        (X, X.numpy()),
        (X, torch.nn.Parameter(X)),
        (X, X.to(torch.bfloat16).float()),
        (X > 0, X > 0),
        (torch.tensor([1, 2]), torch.tensor([1, 2], dtype=torch.int32)),
        (torch.tensor([1.0, torch.nan, -torch.inf]), torch.tensor([1.0, torch.nan, -torch.inf])),
        (torch.zeros(0, 3), torch.zeros(0, 3)),
        (torch.tensor(2.0), torch.tensor(2.0)),
        (2.0, 2),
        (2, 2.0),
        (2.0, torch.tensor([[2.0]])),
        (2.0, np.float32(2)),
        (3, np.int64(3)),
        (np.float64(2), 2.0),
        (True, np.bool_(True)),
        (float("inf"), float("inf")),
        ("a", "a"),
        (True, torch.tensor(True)),
        ((X, 2), (X, 2)),
        ((X, 2), [X, 2]),
        ([1.0, 2.0], (1, 2)),
        ((1, (X, X)), (1, (X, X))),
    ],
)
def test_equal(expected, given):
    assert both_ways(expected, given) is None


@pytest.mark.parametrize(
    ("expected", "given", "sentence"),
    [
        (X, None, NONE),
        (2.0, None, NONE),
        (X, X[0], "The shape is (3,); (2, 3) is expected."),
        (X, X.T, "The shape is (3, 2); (2, 3) is expected."),
        (X, X.int(), "The dtype is int32; floats are expected."),
        (X, X > 0, "The dtype is bool; floats are expected."),
        (X > 0, X, "The dtype is float32; bool is expected."),
        (X, 3, "It returns an int; a tensor of shape (2, 3) is expected."),
        (X, [X], "It returns a list; a tensor of shape (2, 3) is expected."),
        ((X, X), X, "It returns a Tensor; 2 values are expected."),
        ((X, X), (X,), "It returns a tuple; 2 values are expected."),
        ((X, X), None, "It returns None; 2 values are expected."),
        ((X, X), (X, X[0]), "Value 2: The shape is (3,); (2, 3) is expected."),
        (
            ([X, X], 1),
            ([X, [X]], 1),
            "Value 1: Value 2: It returns a list; a tensor of shape (2, 3) is expected.",
        ),
    ],
)
def test_kind_shape_and_dtype(expected, given, sentence):
    found = both_ways(expected, given)
    assert found.sentence == sentence == found.summary


def test_of_a_single_number_no_place_is_told():
    one = torch.tensor(2.0)
    assert both_ways(one, one + 0.5).sentence == "The number is off by 0.5."
    assert difference(one, one * torch.nan).sentence == "It is NaN."


def test_nan():
    given = X.clone()
    given[1, 2] = torch.nan
    found = both_ways(X, given)
    assert found.sentence == "1 of 6 numbers are NaN, the first at [1, 2]."
    assert found.summary == "Some numbers are NaN."


def test_first_place_and_size_of_the_error():
    given = X.clone()
    given[1, 1] += 0.25
    found = both_ways(X, given)
    assert found.sentence == "1 of 6 numbers differ, the first at [1, 1]; the largest error is 0.25."
    assert found.summary == "The numbers differ."


@pytest.mark.parametrize(
    ("size", "off", "equal"),
    [
        (1.0, 8e-6, True),
        (1.0, 2e-5, False),
        (1000.0, 2e-3, True),  # at 0, by what 1000 beside it rounds by
        (1000.0, 5e-3, False),
        (torch.inf, 8e-6, True),  # what is not finite widens nothing
        (torch.inf, 1e-3, False),
    ],
)
def test_numbers_agree_in_proportion_to_the_largest_of_them(size, off, equal):
    expected = torch.tensor([size, 0.0])
    assert (both_ways(expected, torch.tensor([size, off])) is None) is equal


def test_whole_numbers_agree_exactly_however_large_they_are():
    assert both_ways(torch.tensor([10**6, 3]), torch.tensor([10**6, 4])) is not None


@pytest.mark.parametrize(("off", "equal"), [(7e-3, True), (1e-2, False)])
def test_numbers_agree_within_what_the_result_rounds_by_anyway(off, equal):
    expected, given = torch.tensor([1.0, 0.0]), torch.tensor([1.0, off])
    assert difference(expected, given) is not None
    assert (difference(expected, given, rounding=1e-3) is None) is equal
    assert (difference((1, expected), (1, given), rounding=1e-3) is None) is equal


@pytest.mark.parametrize("factor", [0.5, 2.0, -1.0])
def test_what_the_numbers_have_in_common_is_not_told_here(factor):
    """Symptoms look at all questions together: one alone may deceive."""
    sentence = both_ways(X, X * factor).sentence
    assert sentence.startswith("6 of 6 numbers differ, the first at [0, 0]; the largest error is ")


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        (2.0, 2.001),
        (20_000, 20_001),
        (2**53, 2**53 + 1),
        (torch.tensor([20_000, 3]), torch.tensor([20_001, 3])),
        (2.0, float("nan")),
        (2.0, float("inf")),
        (2.0, 10**400),
        (2, True),
        (True, 1),
        ("a", "b"),
        ("1", 1),
        (2.0, "2.0"),
        (2.0, torch.ones(2)),
        (2.0, [2.0]),
        (X, X + torch.inf),
    ],
)
def test_unequal(expected, given):
    found = (
        both_ways(expected, given)
        if not isinstance(given, int) or given < 2**1000
        else difference(expected, given)
    )
    assert found is not None
    assert not any(character.isdigit() for character in found.summary)


def test_what_did_not_cross_is_called_by_its_name():
    generator = decode(encode(x for x in ()))
    assert (
        difference(X, generator).sentence == "It returns a generator; a tensor of shape (2, 3) is expected."
    )
    assert difference(2.0, generator).sentence == "It gives a generator, which is not the expected value."
    assert difference((X, X), Foreign("object")).sentence == "It returns an object; 2 values are expected."


def test_long_values_are_cut():
    assert len(difference("a", "b" * 1000).sentence) < 100
