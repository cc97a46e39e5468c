"""Multi-head attention: against PyTorch's layer, the fused kernel against the formula, and step by step."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.attention import attention, causal_mask, padding_mask
from course.multihead import KeyValueCache, MultiHeadAttention
from course.position import LearnedPosition, sinusoidal

sizes = st.integers(min_value=1, max_value=6)
heads = st.integers(min_value=1, max_value=4)
seeds = st.integers(0, 10_000)
B = 3


def close(ours, theirs, atol=1e-5):
    torch.testing.assert_close(ours, theirs, atol=atol, rtol=1e-4)


def random_mask(shape, generator):
    """About a third forbidden, but never a whole row, for which PyTorch's layer has NaN."""
    mask = torch.rand(shape, generator=generator) > 0.35
    mask[..., 0] = True
    return mask


def lengths(Lk, generator):
    return torch.randint(1, Lk + 1, (B,), generator=generator)


def masks(kind, h, Lq, Lk, generator):
    """The mask of this kind."""
    match kind:
        case "none":
            return None
        case "causal":  # of the last Lq of Lk positions; where Lk < Lq, the first queries see nothing
            return torch.ones(Lq, Lk, dtype=torch.bool).tril(Lk - Lq)
        case "padding":
            return padding_mask(lengths(Lk, generator), Lk)
        case "causal and padding":
            return masks("causal", h, Lq, Lk, generator) & masks("padding", h, Lq, Lk, generator)
        case "one for all":
            return random_mask((1, Lk), generator)
        case "each head":
            return random_mask((1, h, Lq, Lk), generator)
        case "each sequence":
            return random_mask((B, 1, Lq, Lk), generator)
        case "queries":  # some may see nothing at all
            return torch.rand(B, 1, Lq, 1, generator=generator) > 0.5
        case "everything":
            return torch.rand(B, h, Lq, Lk, generator=generator) > 0.5


KINDS = [
    "none",
    "causal",
    "padding",
    "causal and padding",
    "one for all",
    "each head",
    "each sequence",
    "queries",
    "everything",
]


# --- Against PyTorch's layer ---------------------------------------------------------------------------


def pytorchs(ours):
    """`torch.nn.MultiheadAttention` with the same weights."""
    dim, memory_dim = ours.query.in_features, ours.key.in_features
    bias = ours.query.bias is not None
    theirs = nn.MultiheadAttention(
        dim, ours.heads, bias=bias, kdim=memory_dim, vdim=memory_dim, batch_first=True
    )
    layers = ours.query, ours.key, ours.value
    with torch.no_grad():
        if memory_dim == dim:
            theirs.in_proj_weight.copy_(torch.cat([layer.weight for layer in layers]))
        else:
            for weight, layer in zip(
                (theirs.q_proj_weight, theirs.k_proj_weight, theirs.v_proj_weight), layers
            ):
                weight.copy_(layer.weight)
        if bias:
            theirs.in_proj_bias.copy_(torch.cat([layer.bias for layer in layers]))
            theirs.out_proj.bias.copy_(ours.output.bias)
        else:
            ours.output.bias.zero_()  # PyTorch's has none at all
        theirs.out_proj.weight.copy_(ours.output.weight)
    return theirs


@settings(max_examples=60, deadline=None)
@given(heads, sizes, sizes, sizes, st.integers(1, 9), st.booleans(), st.sampled_from(KINDS[:7]), seeds)
def test_is_pytorchs_layer_with_the_mask_the_other_way_round(h, D, Lq, Lk, memory_dim, bias, kind, seed):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    Lk = max(Lq, Lk)  # so that a causal mask leaves every query a key
    ours = MultiHeadAttention(h * D, h, memory_dim=memory_dim, bias=bias)
    x, memory = torch.randn(B, Lq, h * D), torch.randn(B, Lk, memory_dim)
    mask = masks(kind, h, Lq, Lk, generator)
    theirs, record = pytorchs(ours), {}
    forbidden = None if mask is None else ~mask.expand(B, h, Lq, Lk).flatten(0, 1)
    options = dict(attn_mask=forbidden, average_attn_weights=False)
    expected, weights = theirs(x, memory, memory, **options)
    close(ours(x, memory, mask), expected)
    close(ours(x, memory, mask, record=record), expected)
    close(record["weights"][0], weights)  # of each head


@settings(max_examples=40, deadline=None)
@given(heads, sizes, st.integers(1, 9), st.sampled_from(["none", "causal", "padding"]), seeds)
def test_self_attention_is_pytorchs_layer(h, D, L, kind, seed):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    ours, x = MultiHeadAttention(h * D, h), torch.randn(B, L, h * D)
    mask = masks(kind, h, L, L, generator)
    options = {}
    if kind == "causal":
        options["attn_mask"] = ~mask
    if kind == "padding":
        options["key_padding_mask"] = ~mask[:, 0, 0]  # True where a key is padding
    expected, weights = pytorchs(ours)(x, x, x, average_attn_weights=False, **options)
    record = {}
    close(ours(x, mask=mask), expected)
    ours(x, mask=mask, record=record)
    close(record["weights"][0], weights)


@settings(max_examples=20, deadline=None)
@given(sizes, sizes, sizes, st.sampled_from(KINDS), seeds)
def test_one_head_is_the_plain_formula_between_linear_layers(D, Lq, Lk, kind, seed):
    torch.manual_seed(seed)
    layer, x, memory = MultiHeadAttention(D, 1), torch.randn(B, Lq, D), torch.randn(B, Lk, D)
    mask = masks(kind, 1, Lq, Lk, torch.Generator().manual_seed(seed))
    single = None if mask is None else mask.expand(B, 1, Lq, Lk)[:, 0]
    y = attention(layer.query(x), layer.key(memory), layer.value(memory), single)
    close(layer(x, memory, mask), layer.output(y))


def test_each_head_is_the_formula_on_its_own_channels():
    torch.manual_seed(0)
    layer, x = MultiHeadAttention(12, 3), torch.randn(B, 5, 12)
    views = layer.query(x), layer.key(x), layer.value(x)
    parts = [attention(*(view[..., 4 * head : 4 * head + 4] for view in views)) for head in range(3)]
    close(layer(x), layer.output(torch.cat(parts, dim=-1)))


@pytest.mark.parametrize("h", [1, 2, 6])
def test_parameters_do_not_depend_on_the_number_of_heads(h):
    with torch.device("meta"):
        layer, wide = MultiHeadAttention(12, h), MultiHeadAttention(12, h, memory_dim=20)
        bare = MultiHeadAttention(12, h, bias=False)
    assert sum(p.numel() for p in layer.parameters()) == 4 * 12**2 + 4 * 12
    assert sum(p.numel() for p in wide.parameters()) == 2 * 12**2 + 2 * 12 * 20 + 4 * 12
    assert sum(p.numel() for p in bare.parameters()) == 4 * 12**2 + 12


# --- The fused kernel against the formula ---------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(heads, sizes, sizes, sizes, st.booleans(), st.sampled_from(KINDS), st.booleans(), seeds)
def test_fused_and_recorded_give_the_same_numbers_and_gradients(h, D, Lq, Lk, cross, kind, training, seed):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    layer = MultiHeadAttention(h * D, h, memory_dim=D + 1 if cross else None).train(training)
    x, memory = torch.randn(B, Lq, h * D), torch.randn(B, Lk, D + 1) if cross else None
    mask = masks(kind, h, Lq, Lk if cross else Lq, generator)
    given = [x] if memory is None else [x, memory]
    runs = []
    for record in (None, {}):
        inputs = [tensor.clone().requires_grad_() for tensor in given]
        layer.zero_grad()
        y = layer(*inputs, mask=mask, record=record)
        (y * torch.linspace(-1, 1, y.numel()).view_as(y)).sum().backward()
        gradients = [parameter.grad for parameter in layer.parameters()]
        runs.append([y, *(tensor.grad for tensor in inputs), *gradients])
    for fused, explicit in zip(*runs):
        assert fused.isfinite().all()
        close(fused, explicit)
    (weights,) = record["weights"]
    assert weights.shape == (B, h, Lq, Lk if cross else Lq)
    allowed = torch.ones_like(weights) > 0 if mask is None else mask.expand(weights.shape)
    assert (weights[~allowed] == 0).all()
    close(weights.sum(-1), allowed.any(-1).float())


def test_a_query_that_sees_nothing_gets_the_bias_of_the_output():
    torch.manual_seed(0)
    layer, x = MultiHeadAttention(8, 2), torch.randn(B, 4, 8)
    mask = torch.tensor([True, False, True, True])[:, None]  # (4, 1): query 1
    for record in (None, {}):
        close(layer(x, mask=mask, record=record)[:, 1], layer.output.bias.expand(B, 8))


def test_a_record_keeps_weights_under_the_name_it_is_given():
    torch.manual_seed(0)
    layer, x, record = MultiHeadAttention(8, 2), torch.randn(B, 4, 8), {}
    for _ in range(2):
        layer(x, record=record)
    layer(x, x[:, :3], record=record, name="cross_weights")
    assert [tuple(weights.shape) for weights in record["weights"]] == [(B, 2, 4, 4)] * 2
    assert [tuple(weights.shape) for weights in record["cross_weights"]] == [(B, 2, 4, 3)]


def test_dropout_acts_on_weights_in_training_and_keeps_the_expected_value():
    torch.manual_seed(0)
    layer, x = MultiHeadAttention(8, 2, dropout=0.5), torch.randn(1, 6, 8)
    still = MultiHeadAttention(8, 2)
    still.load_state_dict(layer.state_dict())
    many = x.expand(4000, 6, 8)
    for record in (None, {}):
        assert not torch.equal(layer(x, record=record), layer(x, record=record))
        close(layer(many, record=record).mean(0), still(x)[0], atol=0.02)
    close(record["weights"][0], record["weights"][1])  # kept as they are before dropout
    layer.eval()
    close(layer(x), still(x))


@pytest.mark.parametrize("kind", KINDS)
def test_fused_and_recorded_agree_under_autocast_and_in_bfloat16(kind):
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    layer, x = MultiHeadAttention(16, 2), torch.randn(B, 5, 16)
    mask, record = masks(kind, 2, 5, 5, generator), {}
    expected = layer(x, mask=mask)
    with torch.autocast("cpu", torch.bfloat16):
        fused, explicit = layer(x, mask=mask), layer(x, mask=mask, record=record)
    half = layer.to(torch.bfloat16)(x.bfloat16(), mask=mask)
    for y in (fused, explicit, half):
        assert y.dtype == torch.bfloat16
        close(y.float(), expected, atol=0.03)


# --- Step by step --------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(heads, sizes, st.lists(st.integers(1, 3), min_size=1, max_size=5), st.booleans(), st.booleans(), seeds)
def test_with_a_cache_steps_equal_the_whole_causal_pass(h, D, steps, recorded, padded, seed):
    torch.manual_seed(seed)
    L = sum(steps)
    layer, x = MultiHeadAttention(h * D, h), torch.randn(B, L, h * D)
    mask = causal_mask(L)
    if padded:  # the first tokens of some sequences are padding, as when prompts are aligned at their ends
        mask = mask & (torch.arange(L) >= torch.tensor([0, 1, 2])[:, None, None, None])
    whole = {}
    expected = layer(x, mask=mask, record=whole)
    cache, at, outputs = KeyValueCache(), 0, []
    for step in steps:
        new = slice(at, at + step)
        record = {} if recorded else None
        now = mask[..., new, : at + step]
        if step == 1 and not padded:
            now = None  # a single new token may see all that is there
        outputs.append(layer(x[:, new], mask=now, cache=cache, record=record))
        if recorded:
            close(record["weights"][0], whole["weights"][0][:, :, new, : at + step])
        at += step
    close(torch.cat(outputs, dim=1), expected)
    close(cache.k, layer.split(layer.key(x)))
    assert cache.v.shape == (B, h, L, D)


def test_a_memory_is_projected_once():
    torch.manual_seed(0)
    layer, x, memory = MultiHeadAttention(8, 2, memory_dim=5), torch.randn(B, 4, 8), torch.randn(B, 6, 5)
    cache, calls = KeyValueCache(), []
    for projection in (layer.key, layer.value):
        projection.register_forward_hook(lambda *_: calls.append(1))
    mask = padding_mask(torch.tensor([6, 2, 4]), 6)
    steps = [layer(x[:, i : i + 1], memory, mask, cache) for i in range(4)]
    assert len(calls) == 2
    close(torch.cat(steps, dim=1), layer(x, memory, mask))


def test_a_cache_follows_the_rows_that_a_beam_search_keeps():
    torch.manual_seed(0)
    layer, x, rows = MultiHeadAttention(8, 2), torch.randn(B, 4, 8), torch.tensor([2, 2, 0, 1])
    cache = KeyValueCache()
    cache.select(rows)  # nothing there yet
    layer(x[:, :3], mask=causal_mask(3), cache=cache)
    cache.select(rows)
    new = torch.randn(4, 1, 8)
    expected = layer(torch.cat([x[rows, :3], new], dim=1), mask=causal_mask(4))
    close(layer(new, cache=cache), expected[:, 3:])
    with pytest.raises(ValueError, match="x has 3 rows but the cache has 4"):
        layer(x[:, 3:], cache=cache)


# --- A sequence is a set -------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(7)), seeds)
def test_permuting_the_tokens_permutes_the_output_and_memory_has_no_order(order, seed):
    torch.manual_seed(seed)
    layer, x, memory = MultiHeadAttention(8, 2), torch.randn(2, 7, 8), torch.randn(2, 7, 8)
    close(layer(x)[:, order], layer(x[:, order]))
    close(layer(x, memory), layer(x, memory[:, order]))
    mask = torch.rand(2, 1, 7, 7) > 0.5
    close(layer(x, mask=mask)[:, order], layer(x[:, order], mask=mask[:, :, order][..., order]))


@pytest.mark.parametrize("position", ["sinusoidal", "learned"])
def test_positions_end_that(position):
    torch.manual_seed(0)
    layer, x, order = MultiHeadAttention(8, 2), torch.randn(2, 6, 8), [1, 0, 2, 3, 4, 5]
    if position == "sinusoidal":
        encoding = sinusoidal(6, 8)
    else:
        learned = LearnedPosition((2, 3), 8)
        learned.table.data.normal_()
        encoding = learned(torch.zeros(1, 6, 8), (2, 3))

    def run(x):
        return layer(x + encoding)

    assert (run(x)[:, order] - run(x[:, order])).abs().max() > 0.05
    assert (run(x)[:, order] - run(x[:, order]))[:, 2:].abs().max() > 0.01  # the ones that stayed notice


# --- Everywhere ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["none", "causal", "padding"])
def test_compiled_whole_with_and_without_a_record(kind):
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    layer, x = MultiHeadAttention(8, 2), torch.randn(B, 4, 8)
    mask = masks(kind, 2, 4, 4, generator)
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    for record in (None, {}):
        close(compiled(x, mask=mask, record=record), layer(x, mask=mask))
    assert record["weights"][0].shape == (B, 2, 4, 4)


def test_on_the_meta_device_shapes_alone_are_computed():
    layer, x = MultiHeadAttention(8, 2, memory_dim=6).to("meta"), torch.randn(B, 4, 8, device="meta")
    memory, mask = torch.randn(B, 5, 6, device="meta"), torch.ones(4, 5, dtype=torch.bool, device="meta")
    for record in (None, {}):
        assert layer(x, memory, mask, record=record).shape == (B, 4, 8)


good, layer = torch.zeros(2, 4, 8), MultiHeadAttention(8, 2)


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (lambda: MultiHeadAttention(10, 3), ValueError, "dim 10 is not divisible by heads 3"),
        (lambda: MultiHeadAttention(8, 0), ValueError, "heads must be a whole number of at least 1; got 0"),
        (lambda: MultiHeadAttention(8, 2, memory_dim=0), ValueError, "memory_dim must be a whole .* got 0"),
        (lambda: MultiHeadAttention(8, 2, dropout=1.0), ValueError, "dropout must be .* below 1; got 1.0"),
        (lambda: layer(good[..., :7]), ValueError, "x has width 7 but this layer was made for width 8"),
        (lambda: layer(good[0]), ValueError, r"x must have shape \(batch, tokens, width\); got \(4, 8\)"),
        (lambda: layer(good, good[..., :5]), ValueError, "memory has width 5 but .* made for width 8"),
        (
            lambda: MultiHeadAttention(8, 2, memory_dim=5)(good),
            ValueError,
            "this layer reads a memory of width 5, but there is none",
        ),
        (lambda: layer(good, good[:1]), ValueError, "x has 2 rows but memory has 1"),
        (
            lambda: layer(good.double()),
            TypeError,
            r"x \(float64\) and the layer \(float32\) must have the sa",
        ),
        (lambda: layer(good, good.half()), TypeError, r"memory \(float16\) and the layer \(float32\)"),
        (lambda: layer(good.long()), TypeError, "x must be a tensor of floating-point numbers; got int64"),
        (
            lambda: layer(good.to("meta")),
            RuntimeError,
            r"x \(meta\) and the layer \(cpu\) must be on the same",
        ),
        (lambda: layer(good, good.to("meta")), RuntimeError, r"memory \(meta\) and the layer \(cpu\)"),
        (lambda: layer(good, mask=torch.ones(4, 4)), TypeError, "mask must be boolean, True where att"),
        (
            lambda: layer(good, mask=causal_mask(4, "meta")),
            RuntimeError,
            r"mask \(meta\) and x \(cpu\) must be on the same device",
        ),
        (
            lambda: layer(good, mask=causal_mask(5)),
            ValueError,
            r"mask has shape \(5, 5\), which does not fit",
        ),
        (
            lambda: layer(
                good, mask=causal_mask(4).expand(2, 4, 4)
            ),  # read as heads, for there are 2 as well
            ValueError,
            r"mask has shape \(2, 4, 4\), but with heads it must be \(Lq, Lk\) or \(B, 1 or h, Lq, Lk\)",
        ),
        (
            lambda: layer(good, mask=causal_mask(4)[0]),  # which the kernel cannot read
            ValueError,
            r"mask has shape \(4,\), but with heads it must be",
        ),
        (
            lambda: layer(good, mask=causal_mask(4).expand(2, 3, 4, 4)),
            ValueError,
            r"mask has shape \(2, 3, 4, 4\), which does not fit the scores' shape \(2, 2, 4, 4\)",
        ),
    ],
)
def test_wrong_use_is_named(call, kind, sentence):
    with pytest.raises(kind, match=sentence):
        call()
