import pytest
import torch
from made_cases import attention, attention_weights, changed, said, values

from grader.naming import symptoms

HAVE = {
    "The numbers are right; only the shape is not: an axis is missing.": changed(lambda x: x.flatten(-2, -1)),
    "The numbers are right; only the shape is not: there is an axis too many.": changed(
        lambda x: x.unsqueeze(-2)
    ),
    "The right result is repeated along an axis too many.": changed(
        lambda x: x.unsqueeze(-2).expand(*x.shape[:-1], 3, x.shape[-1])
    ),
    "The first row is missing; the rest is right.": changed(lambda x: x[..., 1:, :]),
    "The last row is missing; the rest is right.": changed(lambda x: x[..., :-1, :]),
    "The first number of each row is missing; the rest is right.": changed(lambda x: x[..., 1:]),
    "The last number of each row is missing; the rest is right.": changed(lambda x: x[..., :-1]),
    "There is a row too many at the end; the rest is right.": changed(
        lambda x: torch.cat([x, x[..., :1, :] + 1], -2)
    ),
    "Each row has a number too many at the beginning; the rest is right.": changed(
        lambda x: torch.cat([x[..., :1] + 1, x], -1)
    ),
    "It is the sum of all numbers of the right result.": changed(lambda x: x.sum()),
    "It is the mean of all numbers of the right result.": changed(lambda x: x.mean()),
    "It is the largest number of the right result.": changed(lambda x: x.amax()),
    "The right result has been summed over its last axis.": changed(lambda x: x.sum(-1)),
    "The right result has been averaged over its last axis.": changed(lambda x: x.mean(-1, keepdim=True)),
    "The right result has been summed over its rows.": changed(lambda x: x.sum(-2)),
    "The right result has been reduced to its largest number along its rows.": changed(lambda x: x.amax(-2)),
    "It is only the first entry along the last axis of the right result.": changed(lambda x: x[..., 0]),
    "It is only the last entry along the rows of the right result.": changed(lambda x: x[..., -1, :]),
}


@pytest.mark.parametrize("sentence", HAVE)
def test_a_value_of_another_shape(sentence):
    assert said(symptoms.weak, HAVE[sentence]) == sentence


@pytest.mark.parametrize("sentence", HAVE)
def test_nearly_so_is_not_so(sentence):
    def nearly(**inputs):
        x = HAVE[sentence](**inputs).clone()
        return x + torch.randn(x.shape)

    assert said(symptoms.weak, nearly) != sentence


def test_transposed():
    told = "Rows and columns are exchanged: it is the transposed result."
    assert said(symptoms.exact, changed(lambda x: x.mT)) == told


def test_axes_in_another_order():
    x = [torch.randn(2, 3, 4, 5) for _ in range(2)]
    assert symptoms.weak(values(x, [v.transpose(1, 2) for v in x]), []) == (
        "The numbers are right, but two axes are exchanged."
    )
    assert symptoms.weak(values(x, [v.permute(3, 0, 2, 1) for v in x]), []) == (
        "The numbers are right, but their axes come in another order."
    )
    assert symptoms.weak(values(x, [v.permute(3, 0, 2, 1) + 1 for v in x]), []) is None


def test_laid_out_in_another_shape():
    x = [torch.randn(2, 3, 4) for _ in range(2)]
    assert symptoms.weak(values(x, [v.reshape(3, 2, 4) for v in x]), []) == (
        "The numbers are right; only the shape is not."
    )


def test_both_shapes_in_the_names_of_the_sizes():
    assert said(symptoms.weak, attention_weights, attention) == (
        "The shape is (…, Lq, Lk), and (…, Lq, dv) is asked for."
    )

    def merged(q, k, v, mask=None):
        return torch.ones(*q.shape[:-2], q.shape[-2] * v.shape[-1] + 0).cumsum(-1)

    def longer(q, k, v, mask=None):
        return torch.randn(*q.shape[:-1], v.shape[-1] + 1)

    assert said(symptoms.weak, merged) == "The shape is (…, Lq·dv), and (…, Lq, dv) is asked for."
    assert said(symptoms.weak, longer) == "The shape is (…, Lq, dv + 1), and (…, Lq, dv) is asked for."


def test_a_length_without_a_name_is_not_guessed():
    def wrong(q, k, v, mask=None):
        return torch.randn(*q.shape[:-1], int(torch.randint(11, 99, ())))

    told = said(symptoms.weak, wrong)
    assert told is None or "shape" not in told
