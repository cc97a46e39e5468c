import pytest
import torch
from made_cases import attention, changed, said, values

from grader.naming import symptoms


def rows_of_v(make):
    return lambda q, k, v, mask=None: make(v).expand(*q.shape[:-1], v.shape[-1])


HAVE = {
    "Every number is 0.": changed(torch.zeros_like),
    "Every number is 1.": changed(torch.ones_like),
    "The result is `q` itself.": lambda q, k, v, mask=None: q,
    "The result is `v`, transposed.": lambda q, k, v, mask=None: v.mT,
    "It is the first row of `v`: the other inputs have no say.": rows_of_v(lambda v: v[..., :1, :]),
    "It is the last row of `v`: the other inputs have no say.": lambda q, k, v, mask=None: v[..., -1, :],
    "It is the mean of the rows of `v`: the other inputs have no say.": rows_of_v(
        lambda v: v.mean(-2, keepdim=True)
    ),
    "It is the sum of the rows of `k`: the other inputs have no say.": lambda q, k, v, mask=None: k.sum(-2),
    "It is the largest number of each column of `v`: the other inputs have no say.": rows_of_v(
        lambda v: v.amax(-2, keepdim=True)
    ),
    "All numbers of the result are the same.": changed(lambda x: x.mean().expand(x.shape)),
}


@pytest.mark.parametrize("sentence", HAVE)
def test_what_comes_out_whatever_the_inputs_are(sentence):
    assert said(symptoms.trivial, HAVE[sentence]) == sentence


@pytest.mark.parametrize(
    "wrong",
    [
        changed(lambda x: x * 2),
        lambda q, k, v, mask=None: q * 1.01,
        rows_of_v(lambda v: v[..., :1, :] + 0.01),
        changed(lambda x: torch.zeros_like(x).index_fill(-1, torch.tensor(0), 1.0)),
    ],
)
def test_nearly_trivial_is_not_trivial(wrong):
    assert said(symptoms.trivial, wrong) is None


def test_booleans_and_masks():
    masks = [torch.rand(4, 4) > 0.5 for _ in range(3)]
    inputs = [{"mask": ~mask} for mask in masks]
    assert symptoms.trivial(values(masks, [torch.zeros_like(m) for m in masks])) == "Every entry is False."
    assert symptoms.trivial(values(masks, [torch.ones_like(m) for m in masks])) == "Every entry is True."
    assert symptoms.trivial(values(masks, [~m for m in masks], inputs)) == "The result is `mask` itself."
    turned = "The result is `mask` with True and False exchanged."
    other = [torch.ones_like(m).triu() for m in masks]
    assert symptoms.trivial(values(other, masks, inputs)) == turned
    assert symptoms.trivial(values(masks, [m.roll(1, 0) for m in masks], inputs)) is None


def test_of_one_input_its_mean_is_a_slip_like_others():
    x = [torch.randn(5, 3) for _ in range(3)]
    inputs = [{"x": value} for value in x]
    expected = [value.amax(-2) for value in x]
    assert symptoms.trivial(values(expected, [v.mean(-2) for v in x], inputs)) is None
    assert symptoms.trivial(values(expected, [v[0] for v in x], inputs)) == "It is the first row of `x`."


def test_numbers():
    inputs = [{"n": n} for n in (3, 5, 7)]
    assert symptoms.trivial(values([9, 25, 49], [1, 1, 1], inputs)) == "It is 1 whatever the inputs are."
    assert symptoms.trivial(values([9, 25, 49], [3, 5, 7], inputs)) == (
        "It is `n` itself, whatever the other inputs are."
    )
    assert symptoms.trivial(values([9, 25, 49], [3, 5, 8], inputs)) is None


def test_it_is_said_where_it_is_true():
    def only_masked(q, k, v, mask=None):
        return attention(q, k, v) * (mask is None)

    assert said(symptoms.trivial, only_masked) == "With `mask`, every number is 0."


def test_an_error_among_the_cases_silences_it():
    def sometimes(q, k, v, mask=None):
        return torch.zeros(q.shape[0], v.shape[-1] if mask is None else 1 // 0)

    assert said(symptoms.trivial, sometimes) is None
