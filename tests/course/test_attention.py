"""The explicit formula against PyTorch's kernel, and the properties the lessons rest on."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import scaled_dot_product_attention

from course.attention import SelfAttention, attention, attention_weights, causal_mask, hard_attention

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
