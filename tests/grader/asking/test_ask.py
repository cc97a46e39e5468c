"""How each kind of answer is asked, and what is refused."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from grader.asking.function import ask_function
from grader.asking.matching import ask_matching
from grader.asking.module import ask_module
from grader.asking.outcome import Refused
from grader.asking.rules import sentence
from grader.asking.training_outcome import ask_training
from grader.asking.value import ask_number, ask_value

CHANCE = sentence("by chance", {})


def inputs(**values):
    return {"inputs": values}


def refusal(ask, answer, payload):
    with pytest.raises(Refused) as error:
        ask(answer, payload)
    return str(error.value)


# -- functions -----------------------------------------------------------------------------------------


def test_function_gets_its_inputs_by_their_place():
    assert ask_function(lambda b, a: (b, a), inputs(a=1, b=2)) == (1, 2)
    assert ask_function(lambda *values: values, inputs(a=1, b=2)) == (1, 2)


def test_what_stands_behind_an_input_that_is_left_out_goes_in_by_name():
    def answer(x, bias=None, mask=None):
        return x, bias, mask

    payload = {"inputs": {"x": 1, "mask": 2}, "by_name": ["mask"]}
    assert ask_function(answer, payload) == (1, None, 2)
    assert ask_function(lambda y, mask, bias=0: (y, bias, mask), payload) == (1, 0, 2)


@pytest.mark.parametrize("answer", [3, "text", None, [1]])
def test_not_a_function(answer):
    assert refusal(ask_function, answer, inputs()).endswith("not a function.")
    assert refusal(ask_training, answer, inputs()).endswith("not a function.")


def add(x):
    x += 1
    return x


CHANGES = [
    add,
    torch.Tensor.zero_,
    lambda x: x.unsqueeze_(0),
    lambda x: x[0].fill_(9.0),
    lambda x: x.resize_(1),
    torch.Tensor.t_,
]


@pytest.mark.parametrize("change", CHANGES)
def test_changing_an_input_in_place_is_refused(change):
    x = torch.randn(2, 3)
    before = x.clone()
    sentence = "It changes its input `x` in place; the caller's tensor must stay as it was."
    assert refusal(ask_function, lambda x: change(x), inputs(x=x)) == sentence
    assert torch.equal(x, before)  # the judge's own inputs stay as they were


def test_inputs_with_nan_are_not_taken_for_changed():
    assert ask_function(lambda x: 1, inputs(x=torch.tensor([torch.nan, 1.0]))) == 1


# -- what a payload may ask for more -------------------------------------------------------------------


def test_strided_inputs_hold_the_same_numbers_in_another_order_in_memory():
    x, y, z = torch.randn(2, 3, 4), torch.randn(5), torch.randn(3, 4)
    given = ask_function(lambda *values: values, inputs(x=x, y=y, z=z, n=3) | {"strided": True})
    assert all(torch.equal(one, other) for one, other in zip(given, (x, y, z))) and given[3] == 3
    assert not any(value.is_contiguous() for value in given[:3])
    assert all(value.is_contiguous() for value in ask_function(lambda *v: v, inputs(x=x, y=y, z=z)))


class Counts:
    """Gives another result each time it is called."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return x + self.calls


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x + torch.rand(1),
        lambda x: torch.nn.functional.dropout(x),
        lambda x: (x, torch.rand(2)),
        lambda x: torch.rand(1).item(),
        lambda x: x if torch.rand(1) < 0.5 else None,
    ],
)
def test_a_result_of_chance_is_refused_where_it_is_asked_twice(answer):
    payload = inputs(x=torch.randn(50)) | {"twice": True}
    torch.manual_seed(1)
    assert refusal(ask_function, answer, payload) == CHANCE
    ask_function(answer, inputs(x=torch.randn(50)))  # asked once, nothing shows


def test_memory_of_the_first_call_is_refused():
    counts = Counts()
    assert refusal(ask_function, counts, inputs(x=torch.ones(2)) | {"twice": True}) == CHANCE
    assert counts.calls == 2


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x * torch.nan,
        lambda x: (x, [x.sum(), 3]),
        lambda x: None,
        lambda x: x.requires_grad_(),
    ],
)
def test_what_is_the_same_twice_is_not_refused(answer):
    ask_function(answer, inputs(x=torch.randn(3)) | {"twice": True})


def test_a_tensor_that_is_larger_than_allowed_is_refused_wherever_it_is_made():
    payload = inputs(q=torch.ones(6, 2), k=torch.ones(6, 2)) | {"most_numbers": 35}

    def squares(q, k):
        return torch.softmax(q @ k.T, -1) @ k

    sentence = "On the way it makes a tensor of 6 × 6 numbers, which this exercise avoids."
    assert refusal(ask_function, squares, payload) == sentence
    assert torch.equal(ask_function(lambda q, k: q @ (k.T @ k), payload), torch.full((6, 2), 12.0))
    assert ask_function(squares, payload | {"most_numbers": 84}).shape == (6, 2)  # 36, 36 and 12 numbers


def gradient(answer, **values):
    return ask_function(answer, inputs(**values) | {"cotangent": 5})


def test_the_gradient_of_every_float_input_comes_beside_the_value():
    a, b = torch.randn(3), torch.randn(3)
    found = gradient(lambda a, b, n, m: a * b * n, a=a, b=b, n=2, m=torch.tensor([True]))
    noise = torch.randn(3, generator=torch.Generator().manual_seed(5))
    assert torch.allclose(found["value"], 2 * a * b)
    assert found["gradient"].keys() == {"a", "b"}
    assert torch.allclose(found["gradient"]["a"], 2 * b * noise)
    assert torch.allclose(found["gradient"]["b"], 2 * a * noise)
    assert not a.requires_grad


@pytest.mark.parametrize(
    ("answer", "reached"),
    [
        (lambda a, b: a.detach() * b, {"b"}),
        (lambda a, b: a * torch.tensor(b.tolist()), {"a"}),
        (lambda a, b: torch.tensor((a * b).tolist()), set()),
        (lambda a, b: a > b, set()),
        (lambda a, b: 3, set()),
    ],
)
def test_no_gradient_arrives_where_the_result_is_cut_off(answer, reached):
    found = gradient(answer, a=torch.randn(3), b=torch.randn(3))["gradient"]
    assert {name for name, value in found.items() if value is not None} == reached


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

    def forward(self, x):
        return x * self.scale


class Wide(Gain):
    def __init__(self, d):
        super().__init__(d + 1)


class More(Gain):
    def __init__(self, d):
        super().__init__(d)
        self.bias = torch.nn.Parameter(torch.zeros(d))


class Other(Gain):
    """What it calls its input is its own affair."""

    def forward(self, tokens):
        return tokens * self.gain


class InPlace(Gain):
    def forward(self, x):
        return x.mul_(self.gain)


class Random(Gain):
    def forward(self, x):
        return torch.nn.functional.dropout(x * self.gain)


class Detached(Gain):
    def forward(self, x):
        return x * self.gain.detach()


class Frozen(Gain):
    def __init__(self, d):
        super().__init__(d)
        self.gain.requires_grad_(False)


PAYLOAD = {
    "init": {"d": 3},
    "weights": {"gain": torch.tensor([1.0, 2.0, 3.0])},
    "inputs": {"x": torch.ones(2, 3)},
}


@pytest.mark.parametrize("answer", [Gain, Other])
def test_module_gets_weights_by_name(answer):
    assert torch.equal(ask_module(answer, PAYLOAD), torch.tensor([[1.0, 2.0, 3.0]] * 2))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda d: None, "It is not a class that inherits from nn.Module."),
        (Gain(3), "It is not a class that inherits from nn.Module."),
        (int, "It is not a class that inherits from nn.Module."),
        (Renamed, "The module has no parameter called `gain`."),
        (Wide, "The parameter `gain` has shape (4,); (3,) is expected."),
        (More, "The module has a parameter `bias` that does not belong to it."),
        (InPlace, "It changes its input `x` in place; the caller's tensor must stay as it was."),
        (Frozen, "The parameter `gain` is frozen (requires_grad=False): it would never learn."),
    ],
)
def test_module_refused(answer, sentence):
    assert refusal(ask_module, answer, PAYLOAD) == sentence
    assert torch.equal(PAYLOAD["inputs"]["x"], torch.ones(2, 3))


def test_of_a_layer_that_is_missing_the_layer_is_told():
    payload = PAYLOAD | {"weights": {"gain": torch.ones(3), "out.weight": torch.ones(3, 3)}}
    said = "The module has no `out`: each layer that the text names is one of its own."
    assert refusal(ask_module, Gain, payload) == said


def test_a_module_is_asked_twice_with_the_same_weights():
    twice = PAYLOAD | {"inputs": {"x": torch.ones(20, 3)}, "twice": True}
    assert refusal(ask_module, Random, twice) == CHANCE
    assert ask_module(Gain, twice).shape == (20, 3)


def test_the_gradient_of_a_module_is_told_for_inputs_and_parameters():
    found = ask_module(Gain, PAYLOAD | {"cotangent": 1})["gradient"]
    assert found.keys() == {"x", "gain"} and all(value is not None for value in found.values())
    found = ask_module(Detached, PAYLOAD | {"cotangent": 1})["gradient"]
    assert found["gain"] is None and found["x"] is not None


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
    assert ask_matching(answer, {}) == value


def test_pairs_cross_as_a_list():
    assert ask_matching({"a": "2", 3: "b"}, {}) == [["a", "2"], [3, "b"]]
    assert ask_matching({}, {}) == []


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
