"""How student code is called, and what it may not do meanwhile."""

import pytest
import torch

from grader.asking.call import call
from grader.asking.outcome import Refused

X = torch.arange(6.0).reshape(2, 3)


def ask(function, **payload):
    return call(function, {"inputs": {"x": X}} | payload, {})


def test_inputs_go_in_by_their_place():
    assert torch.equal(ask(lambda anything: anything + 1), X + 1)


def test_behind_an_input_that_is_left_out_they_go_in_by_name():
    def scaled(x, mask=None, scale=1.0):
        return x * scale

    inputs = {"x": X, "scale": 2.0}
    assert torch.equal(call(scaled, {"inputs": inputs, "by_name": ["scale"]}, {}), 2 * X)


@pytest.mark.parametrize("change", [lambda x: x.add_(1), lambda x: x.t_(), lambda x: x.clamp_(max=2)])
def test_an_input_may_not_be_changed(change):
    with pytest.raises(Refused, match="changes its input `x` in place"):
        ask(change)


def test_the_inputs_of_the_question_stay_as_they_were():
    before = X.clone()
    with pytest.raises(Refused):
        ask(lambda x: x.zero_())
    assert torch.equal(X, before)


@pytest.mark.parametrize(
    "answer",
    [torch.rand_like, torch.nn.Dropout(), lambda x: (x, torch.rand(1)), lambda x: torch.rand(x.shape[0])],
)
def test_chance_is_refused(answer):
    torch.manual_seed(0)
    with pytest.raises(Refused, match="Two calls with the same inputs"):
        ask(answer, twice=True)


@pytest.mark.parametrize(
    ("gives", "answer", "said"),
    [
        ("int64", lambda x: x.int(), "The dtype is int32; int64 is asked for"),
        ("int64", lambda x: x.long().numpy(), "an array of numpy; a tensor is asked for"),
        ("floats", lambda x: x.numpy(), "an array of numpy; a tensor is asked for"),
    ],
)
def test_what_has_to_come_of_it(gives, answer, said):
    assert ask(answer) is not None
    with pytest.raises(Refused, match=said):
        ask(answer, gives=gives)


@pytest.mark.parametrize(
    ("gives", "answer"),
    [("int64", lambda x: x.long()), ("floats", lambda x: x.double()), ("int64", lambda x: 1 * x)],
)
def test_of_another_kind_of_numbers_the_comparison_tells(gives, answer):
    assert torch.equal(ask(answer, gives=gives), answer(X))


def test_a_memory_of_the_first_call_is_refused():
    seen = []

    def remembers(x):
        seen.append(x)
        return x * len(seen)

    with pytest.raises(Refused, match="remembers the first call"):
        ask(remembers, twice=True)


@pytest.mark.parametrize(
    "answer", [lambda x: x / 0, lambda x: (x, [x]), lambda x: 10**400, lambda x: x.numpy()]
)
def test_what_is_the_same_twice_is_let_through(answer):
    ask(answer, twice=True)


def test_inputs_in_another_order_in_memory():
    def strides(x):
        assert torch.equal(x, X)
        return x.is_contiguous()

    assert ask(strides) is True
    assert ask(strides, strided=True) is False
    assert call(lambda x: x.is_contiguous(), {"inputs": {"x": torch.ones(3)}, "strided": True}, {}) is False


def test_the_gradient_for_every_float_input():
    def weighted(x, y, n):
        return x * y.detach() * n

    inputs = {"x": X, "y": X + 1, "n": 2}
    asked = call(weighted, {"inputs": inputs, "cotangent": 3}, {})
    noise = torch.randn(X.shape, generator=torch.Generator().manual_seed(3))
    assert torch.equal(asked["value"], 2 * X * (X + 1))
    assert asked["gradient"].keys() == {"x", "y"} and asked["gradient"]["y"] is None
    torch.testing.assert_close(asked["gradient"]["x"], 2 * (X + 1) * noise)


def test_the_gradient_of_several_results_and_none_of_a_constant():
    def both(x, y):
        return x.detach() + 1, (x * y).sum(dim=0)

    asked = call(both, {"inputs": {"x": X, "y": X + 1}, "cotangent": 3, "constants": ["y"]}, {})
    source = torch.Generator().manual_seed(3)
    _, noise = (torch.randn(shape, generator=source) for shape in (X.shape, X.shape[1:]))  # each its own
    assert asked["gradient"].keys() == {"x"}
    torch.testing.assert_close(asked["gradient"]["x"], (X + 1) * noise)


@pytest.mark.parametrize("answer", [lambda x: x.detach(), lambda x: x > 1, lambda x: 3, lambda x: x.argmax()])
def test_no_gradient(answer):
    assert ask(answer, cotangent=0)["gradient"] == {"x": None}


def test_nothing_large_on_the_way():
    def pairs(x):
        return (x.T @ x).sum()  # 3 × 3

    def summed_by_name(x):
        return torch.einsum("ni,nj->ij", x, x).sum()  # einsum returns a view of what it has made

    def pair_by_pair(x):
        return sum(x[:, i] @ x for i in range(3)).sum()  # three times three numbers, and what adds them up

    assert ask(pairs, most_numbers=10) == (X.T @ X).sum()  # a view makes no numbers, and the sum is one
    with pytest.raises(Refused, match="makes a tensor of 3 × 3 numbers"):
        ask(pairs, most_numbers=8)
    assert ask(summed_by_name, most_numbers=10) == (X.T @ X).sum()
    with pytest.raises(Refused, match="makes a tensor of 3 × 3 numbers"):
        ask(summed_by_name, most_numbers=8)
    product = summed_by_name  # a product that is a view is held against the limit by itself, not in the sum
    assert ask(lambda x: product(x) + product(x) + product(x), most_numbers=10) == 3 * (X.T @ X).sum()
    with pytest.raises(Refused, match="Step by step it makes as many numbers"):
        ask(pair_by_pair, most_numbers=8)
