import math
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from grader.asking.attempt import failure_of
from grader.asking.outcome import Failure
from grader.naming.errors import explain

X = torch.randn(2, 3, 4)
NOTHING = None
MASK = torch.ones(2, 3, 4, dtype=torch.bool)


def leaf():
    return torch.ones(3, requires_grad=True)


class NoInit(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(2, 2)


class NoForward(nn.Module):
    pass


def three(a, b, c):
    return a


def read_too_early():
    print(value)  # noqa: F821
    value = 1
    return value


def without_end():
    return without_end()


def changed_in_place():
    y = leaf().exp()
    y += 1
    y.sum().backward()


def backward_twice():
    y = leaf().exp().sum()
    y.backward()
    y.backward()


def assigned_in_place():
    leaf()[0] = 1


RAISE = [
    (lambda: bool(MASK), "write `if mask is not None`"),
    (lambda: ~X, "make a mask first"),
    (lambda: ~2.0, "make a mask first"),
    (lambda: ~NOTHING, "ask `if mask is not None` first"),
    (lambda: 1 - MASK, "`~mask` turns it round"),
    (lambda: MASK - MASK, "`~mask` turns it round"),
    (lambda: -MASK, "`~mask` turns it round"),
    (lambda: X.masked_fill(X, 0.0), "The mask must be boolean"),
    (lambda: torch.where(X, 1.0, 0.0), "The mask must be boolean"),
    (
        lambda: X - X.max(dim=-1),
        "`x.max(dim=…)` gives a pair, values and indices: take `.values`, or use `amax`.",
    ),
    (lambda: X.sort(-1) / 2, "`x.sort(dim=…)` gives a pair, values and indices: take `.values`."),
    (lambda: X.max(-1).unsqueeze(-1), "gives a pair"),
    (lambda: [1].shape, "`.shape` is asked of a list"),
    (lambda: (1.0).exp(), "`.exp` is asked of a float"),
    (lambda: torch.cat(X), "one list of tensors"),
    (lambda: X @ [1, 2], "A list stands where a tensor is needed"),
    (lambda: NOTHING.shape, "Something is None"),
    (lambda: NOTHING + X, "Something is None"),
    (lambda: NOTHING[0], "Something is None"),
    (lambda: X @ None, "Something is None"),
    (NoInit, "`super().__init__()` must come first"),
    (lambda: NoForward()(X), "no `forward`"),
    (lambda: X.softmax(), "must be told its axis"),
    (read_too_early, "`value` is read before it has a value"),
    (lambda: missing_name, "The name `missing_name` is not known here"),  # noqa: F821
    (lambda: __import__("missing_module"), "There is no module `missing_module` here."),
    (without_end, "calls itself without end"),
    (lambda: 1 / 0, "divided by 0"),
    (lambda: math.log(0), "a number for which it has no value"),
    (lambda: math.sqrt(X), "Only a tensor with one number"),
    (lambda: float(X), "Only a tensor with one number"),
    (lambda: X.item(), "Only a tensor with one number"),
    (lambda: torch.tensor([X[0], X[1]]), "torch.stack for a list of tensors"),
    (lambda: torch.exp(2.0), "there is `math.exp` for that"),
    (lambda: list(torch.tensor(1.0)), "an axis was lost before"),
    (lambda: len(torch.tensor(1.0)), "an axis was lost before"),
    (lambda: X.reshape(2, 3, 2, 4 / 2), "divide them with `//`"),
    (lambda: range(4 / 2), "divide them with `//`"),
    (lambda: X[5], "points past the end"),
    (lambda: [1][3], "points past the end"),
    (lambda: nn.Embedding(3, 2)(torch.tensor([5])), "the embedding's table"),
    (lambda: X.sum(5), "names an axis that the tensor has not"),
    (lambda: X.transpose(3, 4), "names an axis that the tensor has not"),
    (lambda: X[0, 0, 0, 0], "more indices than axes"),
    (lambda: torch.ones(3).mT, "`.mT` exchanges the last two axes"),
    (lambda: X.shape(0), "`x.shape` is no function"),
    (lambda: X(2), "called like a function"),
    (lambda: X @ X.mT.double(), "different dtypes"),
    (lambda: X @ torch.ones(4, 4).long(), "different dtypes"),
    (lambda: nn.Linear(4, 2)(X.double()), "different dtypes"),
    (lambda: torch.ones(3).long().softmax(-1), "call `.float()` first"),
    (lambda: torch.ones(3).long().mean(), "call `.float()` first"),
    (lambda: torch.gather(X, -1, torch.ones(2, 3, 1)), "Indices must be whole numbers"),
    (lambda: nn.functional.one_hot(torch.ones(3)), "Indices must be whole numbers"),
    (lambda: X[1.0], "Indices must be whole numbers"),
    (lambda: torch.ones(3).long().add_(0.5), "make that tensor one of floats"),
    (lambda: X.mT.view(2, 12), "`.reshape` works for any tensor"),
    (lambda: leaf().numpy(), "numpy cuts the gradient off"),
    (lambda: np.exp(leaf()), "numpy cuts the gradient off"),
    (lambda: leaf().add_(1), "make a new tensor instead"),
    (assigned_in_place, "make a new tensor instead"),
    (changed_in_place, "that the gradient still needs"),
    (lambda: torch.ones(1, 4).expand(3, 4).add_(1), "What `expand` gives"),
    (backward_twice, "is called twice"),
    (lambda: torch.ones(3).sum().backward(), "was it cut off"),
    (lambda: leaf().exp().backward(), "take the sum or the mean first"),
]


def failure(call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(BaseException) as raised:
            call()
    return failure_of(raised.value)


@pytest.mark.parametrize(("call", "part"), RAISE, ids=[part for _, part in RAISE])
def test_an_exception_in_the_students_terms(call, part):
    told = explain([failure(call)])
    assert told is not None and part in told


@pytest.mark.parametrize(
    "call",
    [
        lambda: torch.ones(3, 4) @ torch.ones(3, 4),
        lambda: torch.ones(3) + torch.ones(4),
        lambda: X.reshape(5, 5),
        lambda: torch.stack([torch.ones(2), torch.ones(3)]),
        lambda: {}["a"],
        lambda: three(1),
        lambda: three(1, 2, 3, 4),
    ],
)
def test_the_exceptions_own_text_where_it_is_best(call):
    assert explain([failure(call)]) is None


def test_two_devices():  # with a GPU, or with "meta", which takes ten seconds to load
    told = explain([Failure("RuntimeError", "Expected all tensors to be on the same device, but found two")])
    assert "`device=x.device`" in told


def called_by_us(message):
    return Failure("TypeError", message)  # without a line: it is our call that failed


def test_inputs_that_the_answer_does_not_take():
    assert explain([called_by_us("f() takes 3 positional arguments but 4 were given")]) == (
        "It takes fewer inputs than the statement names."
    )
    assert explain([called_by_us("Net.forward() takes 2 positional arguments but 3 were given")]) == (
        "Its `forward` takes fewer inputs than the statement names."
    )
    assert explain([called_by_us("f() missing 2 required positional arguments: 'b' and 'c'")]) == (
        "It asks for more than the statement names: `b`, `c`."
    )
    assert explain([called_by_us("f() got an unexpected keyword argument 'mask'")]) == (
        "It has no input called `mask`, which the statement names."
    )


def test_a_wrong_argument_in_the_students_own_call():
    assert explain([failure(lambda: three(1, 2, 3, d=4))]) == "`three` takes no argument called `d`."


def test_what_most_of_the_failures_say():
    zero, none = failure(lambda: 1 / 0), failure(lambda: NOTHING.shape)
    assert explain([none, zero, zero]) == "A number is divided by 0."
    assert explain([]) is None


def test_a_sentence_of_ours_stays():
    assert explain([Failure.by_judge("It took too long.")]) == "It took too long."
