"""The explicit formula against PyTorch's kernel, and the properties the lessons rest on."""

import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import scaled_dot_product_attention

from course.attention import (
    AdditiveAttention,
    SelfAttention,
    attention,
    attention_weights,
    causal_mask,
    hard_attention,
    masked_softmax,
    padding_mask,
)

sizes = st.integers(min_value=1, max_value=9)
batches = st.sampled_from([(), (3,), (2, 4)])


def sequences(batch, Lq, Lk, D, Dv, seed):
    generator = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(*batch, *shape, generator=generator) for shape in ((Lq, D), (Lk, D), (Lk, Dv)))
    return q, k, v, torch.rand(*batch, Lq, Lk, generator=generator) < 0.5


@settings(max_examples=150, deadline=None)
@given(batches, sizes, sizes, sizes, sizes, st.integers(0, 10_000), st.booleans())
def test_equals_pytorchs_kernel(batch, Lq, Lk, D, Dv, seed, masked):
    q, k, v, mask = sequences(batch, Lq, Lk, D, Dv, seed)  # about half of the mask: whole rows forbidden, too
    mask = mask if masked else None
    expected = scaled_dot_product_attention(q, k, v, attn_mask=mask)
    torch.testing.assert_close(attention(q, k, v, mask), expected, atol=1e-5, rtol=1e-4)


@settings(max_examples=100, deadline=None)
@given(batches, sizes, sizes, sizes, st.integers(0, 10_000))
def test_weights_sum_to_one_and_never_look_where_the_mask_forbids(batch, Lq, Lk, D, seed):
    q, k, _, mask = sequences(batch, Lq, Lk, D, 1, seed)
    weights = attention_weights(q, k, mask)
    assert weights.shape == mask.shape
    assert (weights >= 0).all()
    assert (weights[~mask] == 0).all()
    torch.testing.assert_close(weights.sum(-1), mask.any(-1).float())  # one, or zero where nothing is allowed


def test_numbers_by_hand():
    """q·k = 12 and 4, from the patch example; dim 2. softmax(8 / √2) by hand."""
    q, k = torch.tensor([[4.0, 1.0]]), torch.tensor([[3.0, 0.0], [0.0, 4.0]])
    first = 1 / (1 + math.exp(-8 / math.sqrt(2)))
    torch.testing.assert_close(attention_weights(q, k), torch.tensor([[first, 1 - first]]))


def test_returns_the_weights_on_request():
    q, k, v, mask = sequences((2,), 3, 4, 5, 6, seed=0)
    output, weights = attention(q, k, v, mask, return_weights=True)
    torch.testing.assert_close(weights, attention_weights(q, k, mask))
    torch.testing.assert_close(output, weights @ v)


def test_one_mask_serves_the_whole_batch():
    q, k, v, _ = sequences((2, 3), 4, 4, 5, 6, seed=0)
    mask = causal_mask(4)
    torch.testing.assert_close(attention(q, k, v, mask), attention(q, k, v, mask.expand(2, 3, 4, 4)))
    column = torch.tensor([True, False, True, True])  # the same keys for every query
    torch.testing.assert_close(attention(q, k, v, column), attention(q, k, v, column.expand(4, 4)))


def test_a_query_that_may_see_nothing_gets_zeros_and_a_clean_gradient():
    q, k, v, _ = sequences((2,), 3, 4, 5, 6, seed=0)
    for tensor in (q, k, v):
        tensor.requires_grad_()
    mask = torch.ones(3, 4, dtype=torch.bool)
    mask[1] = False
    output = attention(q, k, v, mask)
    assert (output[:, 1] == 0).all()
    output.sum().backward()
    for tensor in (q, k, v):
        assert tensor.grad is not None
        assert tensor.grad.isfinite().all()


def test_large_products_fit_into_float16():
    """Scores of 65,536 · 8 are beyond float16, and 8 times smaller ones, which are wanted, are not."""
    q = torch.full((2, 64), 64.0) * torch.tensor([[1.0], [-1.0]])
    k = torch.full((3, 64), 64.0) * torch.tensor([[1.0], [0.999], [-1.0]])
    weights = attention_weights(q.half(), k.half())
    assert weights.isfinite().all()
    torch.testing.assert_close(weights.float(), attention_weights(q, k.half().float()), atol=1e-3, rtol=0)


def test_nan_in_the_input_is_not_hidden():
    q, k, v, mask = sequences((), 3, 4, 5, 6, seed=0)
    q[0, 0] = math.nan
    mask[0] = True
    assert attention(q, k, v, mask)[0].isnan().all()


def test_causal_mask():
    expected = [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    assert torch.equal(causal_mask(3), torch.tensor(expected, dtype=torch.bool))


def test_the_future_changes_nothing_under_a_causal_mask():
    q, k, v, _ = sequences((), 6, 6, 5, 5, seed=0)
    before = attention(q, k, v, causal_mask(6))
    k[4:], v[4:] = 7.0, -7.0
    after = attention(q, k, v, causal_mask(6))
    torch.testing.assert_close(before[:4], after[:4])
    assert not torch.allclose(before[4:], after[4:])


@pytest.mark.parametrize("width", [4, 64, 1024])
def test_scores_have_variance_one_whatever_the_width(width):
    generator = torch.Generator().manual_seed(0)
    q, k = (torch.randn(400, width, generator=generator) for _ in range(2))
    scores = q @ k.T
    assert scores.var().item() == pytest.approx(width, rel=0.1)
    # log-weights are the scores less a constant per row, so their variance within a row is the scores'
    assert attention_weights(q, k).log().var(dim=-1).mean().item() == pytest.approx(1, rel=0.1)


def test_hard_attention_picks_the_best_value():
    q = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    k = torch.tensor([[0.0, 5.0], [3.0, 0.0], [2.0, 2.0]])
    v = torch.tensor([[10.0], [20.0], [30.0]])
    assert torch.equal(hard_attention(q, k, v), torch.tensor([[20.0], [10.0]]))


def test_hard_attention_is_the_limit_of_soft_attention():
    q, k, v, _ = sequences((2,), 3, 4, 5, 6, seed=0)
    torch.testing.assert_close(attention(1e5 * q, k, v), hard_attention(q, k, v))


def test_hard_attention_teaches_only_the_values():
    q, k, v, _ = sequences((2,), 3, 4, 5, 6, seed=0)
    for tensor in (q, k, v):
        tensor.requires_grad_()
    hard_attention(q, k, v).sum().backward()
    assert q.grad is None and k.grad is None
    assert (
        v.grad is not None and v.grad.sum() == 2 * 3 * 6
    )  # each of 2 × 3 queries chose one value of width 6
    attention(q, k, v).sum().backward()
    assert q.grad is not None and q.grad.abs().max() > 0


def test_self_attention_is_the_formula_on_three_projections():
    torch.manual_seed(0)
    layer, x = SelfAttention(5), torch.randn(2, 3, 4, 5)
    assert {name: tuple(p.shape) for name, p in layer.named_parameters()} == {
        "query.weight": (5, 5),
        "key.weight": (5, 5),
        "value.weight": (5, 5),
    }
    q, k, v = x @ layer.query.weight.T, x @ layer.key.weight.T, x @ layer.value.weight.T
    torch.testing.assert_close(layer(x, causal_mask(4)), attention(q, k, v, causal_mask(4)))
    output, weights = layer(x, return_weights=True)
    torch.testing.assert_close(output, layer(x))
    torch.testing.assert_close(weights, attention_weights(q, k))


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(7)), st.integers(0, 10_000))
def test_self_attention_is_equivariant_to_permutation(order, seed):
    torch.manual_seed(seed)
    layer, x = SelfAttention(6), torch.randn(2, 7, 6)
    torch.testing.assert_close(layer(x)[:, order], layer(x[:, order]), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        ([(3, 5), (4, 6), (4, 2)], "q has width 5 but k has width 6"),
        ([(3, 5), (4, 5), (6, 2)], "each key needs a value, but there are 4 keys and 6 values"),
        ([(2, 3, 5), (3, 4, 5), (3, 4, 2)], r"q has batch dimensions \(2,\) but k has \(3,\)"),
        ([(5,), (4, 5), (4, 2)], r"q must have shape \(…, length, width\); got \(5,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(shapes, sentence):
    q, k, v = (torch.randn(shape) for shape in shapes)
    for function in (attention, hard_attention):
        with pytest.raises(ValueError, match=sentence):
            function(q, k, v)


def test_masks_that_do_not_fit_are_named():
    q, k, v, mask = sequences((2,), 3, 4, 5, 6, seed=0)
    with pytest.raises(TypeError, match="mask must be boolean, True where attending is allowed; got float32"):
        attention(q, k, v, mask.float())
    with pytest.raises(TypeError, match=r"mask must be boolean.*; got list"):
        attention(q, k, v, [[True]])
    with pytest.raises(ValueError, match=r"mask has shape \(2, 4, 3\), which does not fit the scores' shape"):
        attention(q, k, v, mask.transpose(-2, -1))
    with pytest.raises(ValueError, match=r"mask has shape \(7, 2, 3, 4\)"):
        attention(q, k, v, mask.expand(7, 2, 3, 4))  # would broadcast, and add a dimension to the answer


def test_things_that_are_not_floating_point_tensors_are_named():
    q, k, v, _ = sequences((), 3, 4, 5, 6, seed=0)
    with pytest.raises(TypeError, match="k must be a tensor of floating-point numbers; got int64"):
        attention(q, k.long(), v)
    with pytest.raises(TypeError, match="q must be a tensor of floating-point numbers; got ndarray"):
        attention(q.numpy(), k, v)
    with pytest.raises(ValueError, match="x has width 5 but this layer was made for width 4"):
        SelfAttention(4)(q)
    with pytest.raises(TypeError, match=r"x \(float64\) and the layer \(float32\) must have the same dtype"):
        SelfAttention(5)(q.double())
    with pytest.raises(ValueError, match="d must be a whole number of at least 1; got 0"):
        SelfAttention(0)


def test_dtypes_and_devices_that_do_not_fit_are_named():
    q, k, v, mask = sequences((2,), 3, 4, 5, 6, seed=0)
    for function in (attention, hard_attention):
        with pytest.raises(TypeError, match=r"q \(float32\) and k \(float64\) must have the same dtype"):
            function(q, k.double(), v)
        with pytest.raises(TypeError, match=r"k \(float32\) and v \(float16\) must have the same dtype"):
            function(q, k, v.half())
        with pytest.raises(RuntimeError, match=r"q \(cpu\) and k \(meta\) must be on the same device"):
            function(q, k.to("meta"), v)
        with pytest.raises(RuntimeError, match=r"k \(cpu\) and v \(meta\) must be on the same device"):
            function(q, k, v.to("meta"))
        for few in (q, k):  # whichever of the two says how large the batch is
            q_here, k_here = (tensor[:1] if tensor is few else tensor for tensor in (q, k))
            with pytest.raises(ValueError, match=r"(q|k) has batch dimensions \(2,\) but v has \(3,\)"):
                function(q_here, k_here, torch.randn(3, 4, 6))
    with pytest.raises(
        RuntimeError, match=r"mask \(meta\) and the scores \(cpu\) must be on the same device"
    ):
        attention(q, k, v, mask.to("meta"))


def test_attention_under_autocast_and_in_bfloat16():
    q, k, v, mask = sequences((2,), 6, 7, 8, 5, seed=0)
    expected = attention(q, k, v, mask)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = attention(q, k.bfloat16(), v, mask)  # autocast is free to mix
    for output in (mixed, attention(q.bfloat16(), k.bfloat16(), v.bfloat16(), mask)):
        assert output.dtype == torch.bfloat16
        torch.testing.assert_close(output.float(), expected, atol=0.05, rtol=0.05)


# --- The softmax under a mask, and the mask of padding --------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(batches, sizes, sizes, st.integers(0, 10_000))
def test_masked_softmax_is_its_formula_in_loops(batch, Lq, Lk, seed):
    generator = torch.Generator().manual_seed(seed)
    scores = 5 * torch.randn(*batch, Lq, Lk, generator=generator)
    mask = torch.rand(*batch, Lq, Lk, generator=generator) < 0.5
    expected = torch.zeros_like(scores)
    for row, allowed, answer in zip(
        scores.view(-1, Lk), mask.view(-1, Lk), expected.view(-1, Lk)
    ):  # views of one memory
        total = sum(math.exp(score) for score, yes in zip(row.tolist(), allowed) if yes)
        for key in range(Lk):
            if allowed[key]:
                answer[key] = math.exp(row[key].item()) / total
    torch.testing.assert_close(masked_softmax(scores, mask), expected)
    torch.testing.assert_close(masked_softmax(scores), scores.softmax(-1))


def test_masked_softmax_survives_scores_of_any_size():
    scores = torch.tensor([[1e4, 1e4, -1e4, 3e38]])
    mask = torch.tensor([True, True, True, False])
    torch.testing.assert_close(masked_softmax(scores, mask), torch.tensor([[0.5, 0.5, 0, 0]]))


def test_masked_softmax_refuses_masks_that_do_not_fit():
    scores = torch.zeros(2, 3, 4)
    with pytest.raises(TypeError, match="mask must be boolean, True where attending is allowed; got int64"):
        masked_softmax(scores, torch.ones(3, 4).long())
    with pytest.raises(ValueError, match=r"mask has shape \(4, 3\), which does not fit the scores' shape"):
        masked_softmax(scores, torch.ones(4, 3) > 0)
    with pytest.raises(TypeError, match="scores must be a tensor of floating-point numbers; got int64"):
        masked_softmax(scores.long())
    with pytest.raises(RuntimeError, match=r"mask \(meta\) and the scores \(cpu\)"):
        masked_softmax(scores, causal_mask(4, "meta")[:3])


@settings(max_examples=30, deadline=None)
@given(st.data(), st.integers(1, 8))
def test_padding_mask_hides_what_lies_behind_each_length(data, L):
    lengths = data.draw(st.lists(st.integers(0, L), min_size=1, max_size=5))
    mask = padding_mask(torch.tensor(lengths), L)
    assert mask.shape == (len(lengths), 1, 1, L) and mask.dtype == torch.bool
    assert mask[:, 0, 0].tolist() == [[key < length for key in range(L)] for length in lengths]


def test_padding_changes_nothing():
    q, k, v, _ = sequences((2, 3), 4, 6, 5, 5, seed=0)  # three heads
    lengths = torch.tensor([6, 2])
    output = attention(q, k, v, padding_mask(lengths, 6))
    torch.testing.assert_close(output[1], attention(q[1], k[1, :, :2], v[1, :, :2]))
    k[1, :, 2:], v[1, :, 2:] = 7.0, -7.0
    assert torch.equal(attention(q, k, v, padding_mask(lengths, 6)), output)


@pytest.mark.parametrize(
    "lengths", [[3, 2], torch.tensor([3.0]), torch.tensor([[3]]), torch.tensor(3), torch.tensor([True])]
)
def test_lengths_that_are_none_are_named(lengths):
    with pytest.raises(TypeError, match="lengths must be a tensor of whole numbers, one a sequence"):
        padding_mask(lengths, 4)


@pytest.mark.parametrize("lengths", [[-1, 2], [2, 5]])
def test_lengths_that_cannot_be_are_named(lengths):
    with pytest.raises(ValueError, match=re.escape(f"lengths must be from 0 to L = 4; got {lengths}")):
        padding_mask(torch.tensor(lengths), 4)


@pytest.mark.parametrize("make", [causal_mask, lambda L: padding_mask(torch.tensor([1]), L)])
@pytest.mark.parametrize("L", [0, -2, 2.5])
def test_a_mask_of_no_size_is_refused(make, L):
    with pytest.raises(ValueError, match=f"L must be a whole number of at least 1; got {L}"):
        make(L)


# --- Bahdanau's attention ------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(sizes, sizes, sizes, sizes, sizes, sizes, st.booleans(), st.integers(0, 10_000))
def test_additive_attention_is_its_formula_in_loops(Lq, Lk, Dq, Dk, Dv, hidden, masked, seed):
    torch.manual_seed(seed)
    layer = AdditiveAttention(Dq, Dk, hidden)
    q, k, v = torch.randn(2, Lq, Dq), torch.randn(2, Lk, Dk), torch.randn(2, Lk, Dv)
    mask = torch.rand(2, Lq, Lk) < 0.6 if masked else torch.ones(2, Lq, Lk, dtype=torch.bool)
    W, U, w = layer.query.weight, layer.key.weight, layer.score.weight[0]
    expected = torch.zeros(2, Lq, Lk)
    for b in range(2):
        for i in range(Lq):
            for j in range(Lk):
                expected[b, i, j] = w @ (W @ q[b, i] + U @ k[b, j]).tanh() if mask[b, i, j] else -math.inf
    expected = expected.softmax(-1).nan_to_num(0)
    output, weights = layer(q, k, v, mask if masked else None)
    torch.testing.assert_close(weights, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(output, expected @ v, atol=1e-5, rtol=1e-4)


def test_additive_attention_has_its_parameters_and_all_of_them_learn():
    torch.manual_seed(0)
    layer = AdditiveAttention(4, 5, 7)
    assert sum(parameter.numel() for parameter in layer.parameters()) == 7 * (4 + 5 + 1)
    output, _ = layer(torch.randn(2, 3, 4), torch.randn(2, 6, 5), torch.randn(2, 6, 8))
    output.square().sum().backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in layer.parameters())


def test_additive_attention_compiled_and_under_autocast():
    torch.manual_seed(0)
    layer, q, k, v = (
        AdditiveAttention(4, 5, 7),
        torch.randn(2, 3, 4),
        torch.randn(2, 6, 5),
        torch.randn(2, 6, 8),
    )
    mask = torch.tensor([True, True, False, True, True, True])
    expected = layer(q, k, v, mask)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")(q, k, v, mask)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = layer(q, k, v, mask)
    for ours, theirs, half in zip(compiled, expected, mixed):
        torch.testing.assert_close(ours, theirs)
        torch.testing.assert_close(half.float(), theirs, atol=0.05, rtol=0.05)


@pytest.mark.parametrize(
    ("change", "kind", "sentence"),
    [
        (dict(q=torch.zeros(2, 3, 5)), ValueError, "q has width 5 but this layer was made for width 4"),
        (dict(k=torch.zeros(2, 6, 4)), ValueError, "k has width 4 but this layer was made for width 5"),
        (dict(v=torch.zeros(2, 7, 8)), ValueError, "each key needs a value, but there are 6 keys and 7"),
        (dict(q=torch.zeros(3, 4)), ValueError, r"q must have shape \(batch, tokens, width\); got \(3, 4\)"),
        (dict(q=torch.zeros(1, 3, 4)), ValueError, r"batches of the same size, .*; got \(1, 3, 4\), \(2,"),
        (dict(v=torch.zeros(6, 8)), ValueError, r"batches of the same size, .*, \(6, 8\)"),
        (dict(q=torch.zeros(2, 3, 4).half()), TypeError, r"q \(float16\) and the layer \(float32\)"),
        (dict(v=torch.zeros(2, 6, 8).double()), TypeError, r"k \(float32\) and v \(float64\)"),
        (dict(k=torch.zeros(2, 6, 5, device="meta")), RuntimeError, r"k \(meta\) and the layer \(cpu\)"),
        (dict(mask=torch.ones(2, 6, 3) > 0), ValueError, r"mask has shape \(2, 6, 3\), which does not fit"),
        (dict(mask=torch.ones(2, 3, 6)), TypeError, "mask must be boolean"),
    ],
)
def test_additive_attention_names_what_does_not_fit(change, kind, sentence):
    fitting = dict(q=torch.zeros(2, 3, 4), k=torch.zeros(2, 6, 5), v=torch.zeros(2, 6, 8))
    with pytest.raises(kind, match=sentence):
        AdditiveAttention(4, 5, 7)(**{**fitting, **change})


def test_additive_attention_needs_whole_sizes():
    with pytest.raises(ValueError, match="hidden must be a whole number of at least 1; got 0"):
        AdditiveAttention(4, 5, 0)
