import math

import pytest
import torch
from made_cases import (
    attention,
    attention_questions,
    attention_scores,
    attention_weights,
    cases_of,
    changed,
    said,
    values,
    wrong_and_right,
)
from torch.overrides import TorchFunctionMode

from grader.naming import symptoms
from grader.naming.case import Case

NAN = "it comes of 0/0, ∞/∞, ∞ − ∞ or 0 · ∞, or of a root or logarithm of negative numbers"

MOST_CALLS = 7_000  # of PyTorch, for all symptoms of a verdict; 5,551 today


class Counted(TorchFunctionMode):
    """Counts what is called of PyTorch."""

    calls = 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.calls += 1
        return func(*args, **(kwargs or {}))


def at(place, value, axis=-2):
    """The right result with something else in one row (axis −2) or in one place of each row."""

    def wrong(q, k, v, mask=None):
        x = attention(q, k, v, mask).clone()
        there = x.select(axis, place)
        there.copy_(torch.full_like(there, value) if isinstance(value, float) else value(there))
        return x

    return wrong


def noise(x):
    return x + 1 + torch.rand(x.shape)


def cut(triangle):
    return lambda q, k, v, mask=None: triangle(attention_weights(q, k, v, mask))


def first_of_batch(q, k, v, mask=None):
    x = attention(q, k, v, mask)
    return torch.cat([x[:1], noise(x[1:])]) if x.dim() > 2 else x


def up_to_a_row(x):
    half = x.shape[-2] // 2
    return torch.cat([x[..., :half, :], noise(x[..., half:, :])], -2)


HAVE = {
    f"Every number is NaN: {NAN}.": changed(lambda x: x * math.nan),
    "Every number is infinite: something overflows, is divided by 0, or an ∞ is left in it.": changed(
        lambda x: x.abs() / 0
    ),
    f"Exactly the last row is NaN: {NAN}.": at(-1, math.nan),
    "Only the last row is wrong: what is there is 0.": at(-1, 0.0),
    "Only the first row is wrong: what is there is 1.": at(0, 1.0),
    "Only the first row is wrong.": at(0, noise),
    "Only the last number of each row is wrong.": at(-1, noise, axis=-1),
    "Only the first number of each row is wrong.": at(0, noise, axis=-1),
    "Only the first row is right.": changed(lambda x: torch.cat([x[..., :1, :], noise(x[..., 1:, :])], -2)),
    "Only the numbers on the diagonal are wrong: what is there is 0.": changed(
        lambda x: x - x * torch.eye(*x.shape[-2:])
    ),
    "Only the numbers above the diagonal are wrong: what is there is 0.": changed(torch.tril),
    "Only the numbers below the diagonal are wrong.": changed(lambda x: x.triu() + noise(x).tril(-1)),
    "Only the numbers that should be negative are wrong.": changed(lambda x: x.where(x > 0, noise(x))),
    "With axes in front, only the first item of the batch is right.": first_of_batch,
    "It is right up to some row, and wrong from there on.": changed(up_to_a_row),
    "Only the rows in which `mask` forbids something are wrong.": (
        lambda q, k, v, mask=None: attention(q, k, v)
    ),
    "The numbers are rounded to 2 decimals.": changed(lambda x: (100 * x).round() / 100),
    "The numbers are right to about three digits only: it has gone through bfloat16.": changed(
        lambda x: x.bfloat16().float()
    ),
    "The numbers are right to about three digits only: it has gone through float16.": changed(
        lambda x: x.half().float()
    ),
    "The numbers are right to about three digits only: nearly all are a little too small in size. "
    "Is a small constant another one?": changed(lambda x: x / (1 + 1e-3 * (1 + torch.rand(x.shape)))),
    "The numbers are right to about two digits only: something is rounded, computed in lower precision, "
    "or a small constant or term is another.": changed(
        lambda x: x * (1 + 0.03 * torch.rand(x.shape).sub(0.5))
    ),
    "Each row is right but for a factor of its own.": changed(
        lambda x: x * torch.rand(x.shape[:-1]).add(1).unsqueeze(-1)
    ),
    "Each column is right but for a factor of its own.": changed(
        lambda x: x * torch.rand(x.shape[-1]).add(1)
    ),
    "Each row is right but for one number that is added to all of it.": changed(
        lambda x: x + torch.rand(x.shape[:-1]).add(1).unsqueeze(-1)
    ),
    "All rows of the result are alike.": changed(lambda x: noise(x)[..., :1, :].expand(x.shape)),
    "All columns of the result are alike.": changed(lambda x: noise(x)[..., :1].expand(x.shape)),
    "Each row has the right numbers, in the wrong places.": changed(
        lambda x: torch.stack([row.roll(i % 3 + 1, -1) for i, row in enumerate(x.unbind(-2))], -2)
    ),
    "The rows are the right ones, in another order.": changed(
        lambda x: torch.stack(sorted(x.unbind(-2), key=lambda row: float(row.sum())), -2)
    ),
}


@pytest.mark.parametrize("sentence", HAVE)
def test_what_is_true_of_the_wrong_values(sentence):
    assert said(symptoms.weak, HAVE[sentence]) == sentence


@pytest.mark.parametrize("sentence", HAVE)
def test_nearly_so_is_not_so(sentence):
    def nearly(**inputs):
        x, right = HAVE[sentence](**inputs).clone(), attention(**inputs)
        middle = x.shape[-2] // 2, x.shape[-1] // 2
        for row, column in ((0, middle[1]), (middle[0], 0), middle):
            old = x[..., row, column].nan_to_num(0).clamp(-9, 9)
            x[..., row, column] = right[..., row, column] + 0.4 + (0.3 * old).abs()
        return x

    told = said(symptoms.weak, nearly) or ""
    assert sentence.lower() not in told.lower()


OF_WEIGHTS = {
    "The rows are right but for a factor: they do not sum to one.": changed(
        lambda x: x * torch.rand(x.shape[:-1]).add(1).unsqueeze(-1), attention_weights
    ),
    "The rows are right but for a factor: the numbers of several rows together sum to one, where each row "
    "should.": changed(lambda x: x / x.shape[-2], attention_weights),
    "The columns sum to one, where each row should.": changed(lambda x: x.softmax(-2), attention_scores),
    "Some of these weights are negative.": changed(lambda x: x - 0.3, attention_weights),
    "Not every row sums to one.": changed(lambda x: x.abs() + 0.1, attention_scores),
    "Each row sums to one, as it should, but is shared out wrongly.": changed(
        lambda x: (3 * x).softmax(-1), attention_scores
    ),
    "Only the numbers above the diagonal are wrong: what is there is 0.": cut(torch.tril),
}


@pytest.mark.parametrize("sentence", OF_WEIGHTS)
def test_what_is_true_of_weights(sentence):
    questions = attention_questions(parts=("one example", "a batch"))
    assert said(symptoms.weak, OF_WEIGHTS[sentence], attention_weights, questions) == sentence


def test_where_a_mask_forbids():
    def unmasked(q, k, v, mask=None):
        return attention_weights(q, k, v)

    def zeroed(q, k, v, mask=None):
        return attention_scores(q, k, v) * (1 if mask is None else mask)

    def negative(q, k, v, mask=None):
        return attention_scores(q, k, v) if mask is None else attention_scores(q, k, v).masked_fill(~mask, -9)

    assert said(symptoms.weak, unmasked, attention_weights) == (
        "Only the rows in which `mask` forbids something are wrong."
    )
    assert said(symptoms.weak, zeroed, negative) == (
        "Only the numbers where `mask` is False are wrong: what is there is 0."
    )


def test_a_symptom_of_the_part_with_the_most_numbers():
    def wrong(q, k, v, mask=None):
        x = attention(q, k, v, mask)
        return x + torch.randn(x.shape) if x.dim() < 3 else x if mask is None else 2 * x

    assert said(symptoms.weak, wrong) == "In “a mask”, every number is 2 times the expected one."


CIRCUMSTANCES = {
    "It is right without `mask`, and wrong with it.": lambda q, k, v, mask: mask is not None,
    "It is right with `mask`, and wrong without it.": lambda q, k, v, mask: mask is None,
    "It is right for a single example, and wrong with axes in front (a batch, heads).": (
        lambda q, k, v, mask: q.dim() > 2
    ),
    "It is wrong only where all sizes are equal.": lambda q, k, v, mask: q.shape == k.shape == v.shape,
    "It is right where all sizes are equal, and wrong where they differ: is one size taken for another?": (
        lambda q, k, v, mask: not q.shape == k.shape == v.shape
    ),
}


@pytest.mark.parametrize("sentence", CIRCUMSTANCES)
def test_in_what_circumstances_it_is_wrong(sentence):
    def wrong(q, k, v, mask=None):
        x = attention(q, k, v, mask)
        return x + torch.randn(x.shape) if CIRCUMSTANCES[sentence](q, k, v, mask) else x

    questions = attention_questions(parts=("one example", "all sizes equal", "a batch", "a mask"))
    assert said(symptoms.weak, wrong, questions=questions) == sentence


def test_two_sizes_that_are_taken_for_one_another():
    def wrong(q, k, v, mask=None):
        x = attention(q, k, v)
        return x + torch.randn(x.shape) * (q.shape[-2] != k.shape[-2])

    questions = attention_questions(parts=("one example",), rounds=6)
    for question in questions[:3]:
        question.payload["inputs"]["q"] = torch.randn(question.sizes["Lk"], question.sizes["d"])
        question.sizes["Lq"] = question.sizes["Lk"]
    assert said(symptoms.weak, wrong, questions=questions) == (
        "It is right where Lk and Lq are equal, and wrong where they differ: is one taken for the other?"
    )


def test_large_inputs():
    def right(x):
        return x.softmax(-1)

    def wrong(x):
        return x.exp() / x.exp().sum(-1, keepdim=True)

    questions = attention_questions(parts=("one example",), rounds=4)
    for question, scale in zip(questions, (1, 1, 500, 500)):
        question.payload["inputs"] = {"x": scale * torch.randn(4, 5)}
    assert said(symptoms.weak, wrong, right, questions).startswith("With large inputs, ")


def test_only_an_axis_of_length_one():
    def wrong(q, k, v, mask=None):
        return attention(q, k, v, mask) + (1 in q.shape or 1 in v.shape) * torch.randn(1)

    assert said(symptoms.weak, wrong) == (
        "It is wrong only where an axis has length one: is that axis lost somewhere (squeeze)?"
    )


def test_errors_are_no_evidence_for_values():
    def wrong(q, k, v, mask=None):
        return 2 * attention(q, k, v, mask) if mask is None else mask.missing

    told = said(symptoms.weak, wrong)
    assert told is None or "Without `mask`" in told or "Where its numbers are wrong" in told


def test_noise_has_no_symptom():
    assert said(symptoms.weak, changed(lambda x: x + torch.randn(x.shape))) is None


def test_a_wrong_gradient_alone_is_no_wrong_value():
    value = torch.randn(3, 4)
    made = {"value": value, "gradient": {"x": value}}
    cases = values([made] * 3, [{**made, "gradient": {"x": None}}] * 3)
    for case in cases:
        case.question.payload["cotangent"] = 1
    assert symptoms.trivial(cases) is symptoms.exact(cases, []) is symptoms.weak(cases, []) is None


def test_all_symptoms_of_a_verdict_take_few_operations():
    """Some 25 ms; counted, for a busy machine takes longer."""
    parts = ("one example", "all sizes equal", "a batch", "a mask") * 2
    questions = attention_questions(parts=parts)
    wrong, right = wrong_and_right(cases_of(changed(lambda x: x + torch.randn(x.shape)), questions=questions))
    assert len(wrong) == 24
    again = [Case(case.question, case.expected, case.given, case.wrong) for case in wrong]
    with Counted() as counted:
        symptoms.trivial(again, right), symptoms.exact(again, right), symptoms.weak(again, right)
    assert 0 < counted.calls < MOST_CALLS


@pytest.mark.parametrize("seed", range(40))
def test_no_value_of_any_shape_or_dtype_is_too_odd(seed):
    generator = torch.Generator().manual_seed(seed)

    def number(below):
        return int(torch.randint(below, (), generator=generator))

    def odd():
        shape = [number(4) for _ in range(number(5))]
        dtype = (torch.float32, torch.float64, torch.int64, torch.bool, torch.float16)[number(5)]
        value = (3 * torch.randn(shape, generator=generator)).to(dtype)
        return value / 0 if number(5) == 0 and dtype.is_floating_point else value

    expected, given = [odd() for _ in range(4)], [odd() for _ in range(4)]
    inputs = [{"x": odd(), "mask": odd()} for _ in range(4)]
    for shared in (
        given,
        [value.new_ones(value.shape) for value in expected],
        [value.mT for value in expected if value.dim() > 1],
    ):
        cases = values(expected, shared, inputs)
        for symptom in (symptoms.trivial, symptoms.exact, symptoms.weak):
            told = symptom(cases[:2], cases[2:])
            assert told is None or told[-1] in ".?"
