"""How each kind of answer is asked, and what is refused."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from grader.asking.ask import ask_function, ask_module, ask_number, ask_value
from grader.asking.outcome import Refused


def inputs(**values):
    return {"inputs": values}


def refusal(ask, answer, payload):
    with pytest.raises(Refused) as error:
        ask(answer, payload)
    return str(error.value)


# -- functions -----------------------------------------------------------------------------------------


def test_function_gets_its_inputs_by_name():
    assert ask_function(lambda b, a: (a, b), inputs(a=1, b=2)) == (1, 2)


@pytest.mark.parametrize("answer", [3, "text", None, [1]])
def test_not_a_function(answer):
    assert refusal(ask_function, answer, inputs()).endswith("not a function.")


def add(x):
    x += 1
    return x


@pytest.mark.parametrize(
    "change",
    [
        add,
        torch.Tensor.zero_,
        lambda x: x.unsqueeze_(0),
        lambda x: x[0].fill_(9.0),
        lambda x: x.resize_(1),
        torch.Tensor.t_,
    ],
)
def test_changing_an_input_in_place_is_refused(change):
    x = torch.randn(2, 3)
    before = x.clone()
    sentence = "It changes its input `x` in place; the caller's tensor must stay as it was."
    assert refusal(ask_function, lambda x: change(x), inputs(x=x)) == sentence
    assert torch.equal(x, before)  # the judge's own inputs stay as they were


def test_inputs_with_nan_are_not_taken_for_changed():
    assert ask_function(lambda x: 1, inputs(x=torch.tensor([torch.nan, 1.0]))) == 1


# -- modules -------------------------------------------------------------------------------------------


class Gain(torch.nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.zeros(d))

    def forward(self, x):
        return x * self.gain


class Renamed(torch.nn.Module):
    def __init__(self, d):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.zeros(d))


class Wide(Gain):
    def __init__(self, d):
        super().__init__(d + 1)


class More(Gain):
    def __init__(self, d):
        super().__init__(d)
        self.bias = torch.nn.Parameter(torch.zeros(d))


PAYLOAD = {
    "init": {"d": 3},
    "weights": {"gain": torch.tensor([1.0, 2.0, 3.0])},
    "inputs": {"x": torch.ones(2, 3)},
}


def test_module_gets_weights_by_name():
    assert torch.equal(ask_module(Gain, PAYLOAD), torch.tensor([[1.0, 2.0, 3.0]] * 2))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda d: None, "It is not a class that inherits from nn.Module."),
        (Gain(3), "It is not a class that inherits from nn.Module."),
        (int, "It is not a class that inherits from nn.Module."),
        (Renamed, "The module has no parameter called `gain`."),
        (Wide, "The parameter `gain` has shape (4,); (3,) is expected."),
        (More, "The module has a parameter `bias` that does not belong to it."),
    ],
)
def test_module_refused(answer, sentence):
    assert refusal(ask_module, answer, PAYLOAD) == sentence


# -- values and numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("2*L", "2*L"),
        ({"c", "a"}, ["a", "c"]),
        ({2, "a"}, [2, "a"]),
        (frozenset("b"), ["b"]),
        (("a", "b"), ["a", "b"]),
        (set(), []),
        ([], []),
        (None, None),
        (..., None),
    ],
)
def test_value(answer, value):
    assert ask_value(answer, {}) == value


@pytest.mark.parametrize(
    "answer",
    [
        3,
        3.0,
        np.float64(3),
        np.float32(3),
        np.int64(3),
        np.array(3),
        torch.tensor(3),
        Fraction(3),
        lambda L: L,
    ],
)
def test_number(answer):
    value = ask_number(answer, {"given": {"L": 3}})
    assert type(value) is float and value == 3.0


@pytest.mark.parametrize("answer", [None, ..., lambda L: None])
def test_no_number_yet(answer):
    assert ask_number(answer, {"given": {"L": 3}}) is None


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("3", "It is text in quotes; a number is expected."),
        ([3], "It is a list; one number is expected."),
        ({3: 3}, "It is a dict; one number is expected."),
        (1j, "It is a complex; one number is expected."),
    ],
)
def test_number_refused(answer, sentence):
    assert refusal(ask_number, answer, {"given": {}}) == sentence
