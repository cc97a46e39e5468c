import pytest
import torch
from made_cases import attention, cases_of, changed, values

from grader.asking.outcome import Failure, Outcome
from grader.naming.case import Case
from grader.naming.peel import peel


def peeled(wrong):
    return peel(cases_of(wrong))


WRAPPED = {
    "It returns a tuple with one value in it: is there a comma too many?": lambda x: (x,),
    "It returns 2 values; the first alone is asked for.": lambda x: (x, x.sum()),
    "It returns 2 values; the second alone is asked for.": lambda x: (x.sum(), x),
    "It returns a list of tensors; one tensor is asked for (torch.stack).": lambda x: list(x),
    "It returns a tuple of tensors; one tensor is asked for (torch.stack).": lambda x: tuple(x),
    "It returns a Python list; a tensor is asked for.": lambda x: x.tolist(),
    "There is an axis of length one too many.": lambda x: x.unsqueeze(0),
    "It returns values and indices, as `max(dim=…)` gives them; the values alone are asked for.": (
        lambda x: (x, x.long())
    ),
    "The dtype is int64; floats are asked for.": lambda x: x.long(),
    "It gives True and False; numbers (float32) are asked for.": lambda x: x > 0,
}


@pytest.mark.parametrize("sentence", WRAPPED)
def test_what_wraps_a_value(sentence):
    said, inner = peeled(changed(WRAPPED[sentence]))
    assert said == sentence
    for case in inner:
        assert isinstance(case.given_value, torch.Tensor)
        assert case.given_value.shape == case.right_value.shape
        assert case.given_value.dtype == case.right_value.dtype


UNWRAPPED = [
    lambda x: x,
    lambda x: 2 * x,
    lambda x: (x.sum(), 3),
    lambda x: x.numpy(),
    lambda x: x.sum(-1),
    lambda x: [x.sum()],
    lambda x: [[1.0], [2.0, 3.0]],
    lambda x: None,
    lambda x: "text",
    lambda x: {"x": x},
]


@pytest.mark.parametrize("change", UNWRAPPED)
def test_what_is_no_wrapper(change):
    assert peeled(changed(change)) is None


def test_every_value_must_have_it():
    def sometimes(q, k, v, mask=None):
        x = attention(q, k, v, mask)
        return (x, x) if mask is None else x

    assert peeled(sometimes) is None


def test_what_is_inside_may_be_wrong_too():
    said, inner = peeled(changed(lambda x: (2 * x, None)))
    assert said == "It returns 2 values; the first alone is asked for."
    assert all(torch.equal(case.given_value, 2 * case.right_value) for case in inner)


def test_an_axis_that_is_missing():
    x = [torch.randn(n, 1, 4) for n in (2, 3)]
    said, inner = peel(values(x, [v.squeeze(1) for v in x]))
    assert said == "An axis of length one is missing."
    assert [case.given_value.shape for case in inner] == [v.shape for v in x]


def test_numbers_where_booleans_are_asked_for():
    masks = [torch.rand(4, 4) > 0.5 for _ in range(3)]
    said, inner = peel(values(masks, [m.float() for m in masks]))
    assert said == "It gives numbers, 0 and 1 (float32); True and False are asked for."
    assert all(torch.equal(case.given_value, case.right_value) for case in inner)
    added = [torch.zeros(4, 4).masked_fill(~m, float("-inf")) for m in masks]
    said, inner = peel(values(masks, added))
    assert said == "It gives numbers to be added to scores, 0 and −∞; True and False are asked for."
    assert all(torch.equal(case.given_value, case.right_value) for case in inner)
    assert peel(values(masks, [m.float() * 0.5 for m in masks])) is None


def test_python_numbers():
    losses = [torch.tensor(0.5), torch.tensor(2.0)]
    said, inner = peel(values(losses, [0.5, 2.0]))
    assert said == "It returns a Python number; a tensor is asked for."
    assert [case.given_value for case in inner] == losses
    said, inner = peel(values([3, 4], [(3, 9), (4, 9)]))
    assert said == "It returns 2 values; the first alone is asked for."
    assert [case.given_value for case in inner] == [3, 4]
    assert peel(values([3, 4], [3, 4.5])) is None


def test_more_values_than_are_asked_for():
    pairs = [(torch.randn(2, 3), torch.randn(2)) for _ in range(2)]
    said, inner = peel(values(pairs, [(*pair, 7) for pair in pairs]))
    assert said == "It returns 3 values; the first 2 are asked for."
    assert [len(case.given_value) for case in inner] == [2, 2]
    assert peel(values(pairs, pairs)) is None


def test_errors_stay_and_gradients_are_left_out():
    x = torch.randn(3, 4)
    cases = values([x] * 3, [(x, 1)] * 3)
    failed = Case(cases[2].question, Outcome(value=x), Outcome(failure=Failure("ValueError", "no")), True)
    made = {"value": x, "gradient": {}}
    graded = values([made], [{**made, "value": (x, 1)}])
    graded[0].question.payload["cotangent"] = 1
    _, inner = peel([*cases[:2], failed, *graded])
    assert len(inner) == 3 and inner[2] is failed
