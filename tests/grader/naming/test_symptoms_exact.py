import math

import pytest
import torch
from made_cases import attention, attention_weights, cases_of, changed, said, values, wrong_and_right
from torch.nn.functional import normalize

from grader.naming import symptoms


def sized(change):
    """The right result changed by the sizes of the inputs."""
    return lambda q, k, v, mask=None: change(attention(q, k, v, mask), q, k, v)


FACTOR = "Every number is {} times the expected one."
OF_RESULT = {
    FACTOR.format("2"): lambda x: x * 2,
    FACTOR.format("3/4"): lambda x: x * 0.75,
    FACTOR.format("−1/3"): lambda x: -x / 3,
    FACTOR.format("1/100"): lambda x: x / 100,
    FACTOR.format("1/ln 2"): lambda x: x / math.log(2),
    FACTOR.format("1.234"): lambda x: x * 1.2345 - x * 0.0005,
    "Every number is 1 too large.": lambda x: x + 1,
    "Every number is 1/2 too small.": lambda x: x - 0.5,
    "The sign of every number is turned.": torch.neg,
    "The sign is lost: these are the absolute values.": torch.abs,
    "It is the exponential of what is expected.": torch.exp,
    "It is the exponential of minus what is expected.": lambda x: (-x).exp(),
    "It is the square of what is expected.": torch.square,
    "It is one divided by what is expected.": torch.reciprocal,
    "It is 1 minus what is expected.": lambda x: 1 - x,
    "Negative numbers are set to 0; the rest is right.": torch.relu,
    "Positive numbers are set to 0; the rest is right.": lambda x: x.clamp(max=0),
    "The numbers are rounded to whole ones.": torch.round,
    "The numbers are rounded down to whole ones.": torch.floor,
    "The numbers are rounded up to whole ones.": torch.ceil,
    "The numbers are cut off at the decimal point.": torch.trunc,
    "Only the signs are left: 1, 0 or −1.": torch.sign,
    "It has gone through a sigmoid.": torch.sigmoid,
    "It has gone through tanh.": torch.tanh,
    "A softmax has been taken over the last axis of it.": lambda x: x.softmax(-1),
    "A log-softmax has been taken over the last axis of it.": lambda x: x.log_softmax(-1),
    "A softmax has been taken over the columns of it.": lambda x: x.softmax(-2),
    "The numbers of each row are summed up one after the other (a cumulative sum).": lambda x: x.cumsum(-1),
    "The mean of each row has been subtracted.": lambda x: x - x.mean(-1, keepdim=True),
    "The mean of each column has been subtracted.": lambda x: x - x.mean(-2, keepdim=True),
    "Each row has been divided by its length.": lambda x: normalize(x, dim=-1),
    "Each row has been divided by its sum.": lambda x: x / x.sum(-1, keepdim=True),
    "The largest number of each row has been subtracted.": lambda x: x - x.amax(-1, keepdim=True),
    "The numbers of each row are the right ones, sorted upwards.": lambda x: x.sort(-1).values,
    "Rows and columns are exchanged: it is the transposed result.": lambda x: x.mT,
    "The last axis runs the other way round.": lambda x: x.flip(-1),
    "The rows come in the opposite order.": lambda x: x.flip(-2),
    "Everything has moved by one place along the last axis: off by one.": lambda x: x.roll(1, -1),
    "Everything has moved by one place from row to row: off by one.": lambda x: x.roll(-1, -2),
}


def three_times(q, k, v, mask=None):  # large enough for rounding and tanh to show
    return 3 * attention(q, k, v, mask)


@pytest.mark.parametrize("sentence", OF_RESULT)
def test_a_function_of_the_right_result(sentence):
    assert said(symptoms.exact, changed(OF_RESULT[sentence], three_times), three_times) == sentence


@pytest.mark.parametrize("sentence", OF_RESULT)
def test_nearly_that_function_is_not(sentence):
    def nearly(x):
        y = OF_RESULT[sentence](x)
        z = y.clone()
        z[..., z.shape[-2] // 2, z.shape[-1] // 2] += 0.05 * (1 + z.abs().nan_to_num(0).amax())
        return z

    assert said(symptoms.exact, changed(nearly, three_times), three_times) is None


OF_WEIGHTS = {
    "It is the logarithm of what is expected.": torch.log,
    "It is the negative logarithm of what is expected.": lambda x: -x.log(),
    "It is the logarithm to base 2 of what is expected.": torch.log2,
    "It is the root of what is expected.": torch.sqrt,
}


@pytest.mark.parametrize("sentence", OF_WEIGHTS)
def test_a_function_of_the_right_weights(sentence):
    change = OF_WEIGHTS[sentence]
    assert said(symptoms.exact, changed(change, attention_weights), attention_weights) == sentence


SIZED = {
    FACTOR.format("√d"): lambda x, q, k, v: x * math.sqrt(q.shape[-1]),
    FACTOR.format("1/√d"): lambda x, q, k, v: x / math.sqrt(q.shape[-1]),
    FACTOR.format("1/Lk"): lambda x, q, k, v: x / k.shape[-2],
    FACTOR.format("(Lk − 1)/Lk"): lambda x, q, k, v: x * (k.shape[-2] - 1) / k.shape[-2],
    FACTOR.format("Lk/d"): lambda x, q, k, v: x * k.shape[-2] / k.shape[-1],
    FACTOR.format("Lk·d"): lambda x, q, k, v: x * k.shape[-2] * k.shape[-1],
    "Every number is dv too large.": lambda x, q, k, v: x + v.shape[-1],
    "Every number is (Lq − 1) too small.": lambda x, q, k, v: x - q.shape[-2] + 1,
    "Every number is too large or too small by one factor, which is another for other inputs.": (
        lambda x, q, k, v: x * (q.mean().abs() + 2)
    ),
    "Every number is off by the same amount, which is another for other inputs.": (
        lambda x, q, k, v: x + q.mean().abs() + 2
    ),
}


@pytest.mark.parametrize("sentence", SIZED)
def test_a_constant_in_the_names_of_the_sizes(sentence):
    assert said(symptoms.exact, sized(SIZED[sentence])) == sentence


def test_a_number_that_a_size_is_by_chance_is_a_number():
    assert said(symptoms.exact, changed(lambda x: x * 4)) == FACTOR.format("4")


@pytest.mark.parametrize(
    "factor, name",
    [(180 / math.pi, "180/π"), (math.pi / 180, "π/180"), (57.29, "57.29"), (9.87e6, "9.87e+06")],
)
def test_a_number_beyond_all_fractions(factor, name):
    """Degrees for radians: 1/57.3 is rounded to 0, and 1/0 has no value."""
    assert said(symptoms.exact, changed(lambda x: x * factor)) == FACTOR.format(name)


def test_several_forms_that_fit_are_no_name():
    cases = cases_of(sized(lambda x, q, k, v: x * q.shape[-1]))
    wrong, _ = wrong_and_right([case for case in cases if case.part == "all sizes equal"])
    assert symptoms.exact(wrong, []).startswith("Every number is too large or too small by one factor")


def test_without_sizes_the_lengths_of_the_axes_have_names():
    x = [torch.randn(n, n + 3) for n in (4, 5, 6)]
    inputs = [{"x": value} for value in x]
    cases = values([v.mean(-1) for v in x], [v.sum(-1) for v in x], inputs)
    assert symptoms.exact(cases, []) == FACTOR.format("`x.shape[-1]`")


def test_an_input_that_is_a_number_has_its_name():
    x = [torch.randn(4) for _ in range(3)]
    inputs = [{"x": value, "tau": tau} for value, tau in zip(x, (0.3, 0.7, 1.9))]
    cases = values(x, [v / known["tau"] for v, known in zip(x, inputs)], inputs)
    assert symptoms.exact(cases, []) == FACTOR.format("1/`tau`")


INPUTS = {
    "`q` is added to the right result.": torch.add,
    "`q` is subtracted from the right result.": torch.sub,
    "It is `q` minus the right result.": lambda right, q: q - right,
    "The right result is multiplied by `q`, number by number.": torch.mul,
}


@pytest.mark.parametrize("sentence", INPUTS)
def test_an_input_in_the_result(sentence):
    def right(q, k):
        return q.softmax(-1) @ k.mT @ k

    def wrong(q, k):
        return INPUTS[sentence](right(q, k), q)

    def nearly(q, k):
        return INPUTS[sentence](right(q, k), q * 1.1)

    inputs = [{"q": torch.randn(3, 4), "k": torch.randn(4, 4)} for _ in range(3)]
    expected = [right(**known) for known in inputs]
    assert symptoms.exact(values(expected, [wrong(**known) for known in inputs], inputs), []) == sentence
    assert symptoms.exact(values(expected, [nearly(**known) for known in inputs], inputs), []) is None


def test_a_step_that_is_still_to_come():
    def scores(q, k, v, mask=None):
        return q @ k.mT / math.sqrt(q.shape[-1])

    def weights(q, k, v, mask=None):
        return scores(q, k, v).softmax(-1)

    assert said(symptoms.exact, scores, weights) == "A softmax over the last axis of it would be right."
    assert said(symptoms.exact, changed(lambda x: 2 * x, scores), weights) is None


def test_booleans():
    masks = [torch.rand(4, 5) > 0.5 for _ in range(3)]
    assert symptoms.exact(values(masks, [~m for m in masks]), []) == "True and False are exchanged."
    lower = [torch.ones(n, n).tril().bool() for n in (4, 5, 6)]
    moved = [torch.ones(n, n).tril(-1).bool() for n in (4, 5, 6)]
    assert symptoms.exact(values(lower, moved), []) == (
        "Everything has moved by one place along the last axis: off by one."
    )


def test_scalars_count_together():
    losses = [torch.tensor(x) for x in (0.5, 1.25, 3.0)]
    assert symptoms.exact(values(losses, [2 * x for x in losses]), []) == FACTOR.format("2")
    assert symptoms.exact(values(losses[:2], [2 * x for x in losses[:2]]), []) is None
    assert symptoms.exact(values(losses, [x * (2 + i) for i, x in enumerate(losses)]), []) is None


def test_two_numbers_are_too_few():
    cases = values([torch.tensor([1.0, 2.0])], [torch.tensor([2.0, 4.0])])
    assert symptoms.exact(cases, []) is None


def test_an_axis_of_length_one_alone_is_no_evidence():
    cases = [c for c in cases_of(changed(lambda x: 2 * x)) if c.part == "an axis of length one"]
    assert symptoms.exact(cases, []) is None


def test_an_error_silences_exact_relations():
    def wrong(q, k, v, mask=None):
        return attention(q, k, v) * (2 if mask is None else mask.missing)

    assert said(symptoms.exact, wrong) is None


def test_where_there_are_right_cases_it_is_said_of_the_wrong_ones():
    def wrong(q, k, v, mask=None):
        return attention(q, k, v, mask) * (1 if mask is None else 2)

    def large_batches(q, k, v, mask=None):
        return attention(q, k, v, mask) * (1 if q.dim() < 3 else 2)

    assert said(symptoms.exact, wrong) == "With `mask`, every number is 2 times the expected one."
    assert said(symptoms.exact, large_batches) == (
        "With axes in front, every number is 2 times the expected one."
    )


def test_a_form_that_is_one_for_the_right_cases_needs_no_more_words():
    assert said(symptoms.exact, sized(lambda x, q, k, v: x * k.shape[-2] / q.shape[-2])) == (
        FACTOR.format("Lk/Lq")
    )


def test_one_of_several_values():
    right = [(torch.randn(3, 4), torch.randn(3)) for _ in range(3)]
    wrong = [(one, 2 * other) for one, other in right]
    assert symptoms.exact(values(right, wrong), []) == (
        "In the second value, every number is 2 times the expected one."
    )
    both = [(2 * one, 2 * other) for one, other in right]
    assert symptoms.exact(values(right, both), []) is None


def test_only_the_dtype():
    x = [torch.randint(0, 9, (4,)) for _ in range(3)]
    assert symptoms.exact(values(x, [v.float() for v in x]), []) == (
        "The numbers are right; the dtype is float32, and int64 is asked for."
    )
    assert symptoms.exact(values(x, [v.float() ** 1.5 + 0.3 for v in x]), []) is None
