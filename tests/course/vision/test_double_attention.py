"""The two steps against a loop over positions, and why the double attention is cheap: its rank."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision.double_attention import DoubleAttention, build


def images(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def randomised(block, seed=0):
    """All parameters random: with the output at zero any block would equal any other."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.copy_(0.5 * torch.randn(parameter.shape, generator=generator))
    return block.eval()


def slowly(block, image):
    """One image (C, H, W), one position at a time -> output, gather (c_n, N), distribute (N, c_n)"""
    _, H, W = image.shape
    pixels = [image[:, y, x] for y in range(H) for x in range(W)]

    def project(layer, vector):
        return (
            layer.weight.detach().double().numpy()[:, :, 0, 0] @ vector + layer.bias.detach().double().numpy()
        )

    A, B, V = (
        [project(layer, p) for p in pixels] for layer in (block.features, block.gather, block.distribute)
    )
    c_m, c_n, N = len(A[0]), len(B[0]), len(pixels)
    gather, descriptors = np.empty((c_n, N)), np.zeros((c_n, c_m))
    for n in range(c_n):
        total = sum(math.exp(B[i][n]) for i in range(N))
        for i in range(N):
            gather[n, i] = math.exp(B[i][n]) / total
            descriptors[n] += gather[n, i] * A[i]
    distribute, output = np.empty((N, c_n)), image.copy()
    for i in range(N):
        total = sum(math.exp(V[i][n]) for n in range(c_n))
        z = np.zeros(c_m)
        for n in range(c_n):
            distribute[i, n] = math.exp(V[i][n]) / total
            z += distribute[i, n] * descriptors[n]
        output[:, i // W, i % W] += project(block.output, z)
    return output, gather, distribute


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 3),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 1000),
)
def test_equals_a_loop_over_positions(B, H, W, channels, features, descriptors, seed):
    block = randomised(DoubleAttention(channels, features, descriptors), seed)
    x = images(B, channels, H, W, seed=seed)
    record = {}
    output = block(x, record=record)
    slow = zip(*(slowly(block, image.double().numpy()) for image in x))
    for got, expected in zip((output, record["gather"][0], record["distribute"][0]), slow):
        torch.testing.assert_close(got, torch.tensor(np.stack(expected)).float(), atol=1e-5, rtol=1e-4)
    assert torch.equal(block(x), output)


@pytest.mark.parametrize("training", [True, False])
def test_starts_as_the_identity(training):
    block, x = DoubleAttention(8).train(training), images(2, 8, 5, 6)
    assert torch.equal(block(x), x)


def test_can_leave_the_identity():
    block, x = DoubleAttention(8), images(2, 8, 6, 6)
    optimiser = torch.optim.SGD(block.parameters(), lr=0.1)
    for _ in range(2):
        optimiser.zero_grad()
        (block(x) * images(2, 8, 6, 6, seed=1)).sum().backward()
        optimiser.step()
    for name in ("features", "gather", "distribute", "output"):  # in the first step only the output moved
        assert getattr(block, name).weight.grad.abs().sum() > 0, name


def test_what_sums_to_one():
    record = {}
    randomised(DoubleAttention(8, 4, 3))(images(2, 8, 5, 6), record=record)
    gather, distribute, weights = (record[name][0] for name in ("gather", "distribute", "weights"))
    torch.testing.assert_close(gather.sum(2), torch.ones(2, 3))  # each descriptor, over the positions
    torch.testing.assert_close(distribute.sum(2), torch.ones(2, 30))  # each position, over the descriptors
    torch.testing.assert_close(weights.sum(2), torch.ones(2, 30))


def test_is_an_attention_of_low_rank():
    """What the block never forms: one N × N matrix of weights, which gives the same output."""
    block, x = randomised(DoubleAttention(8, 4, 3)).double(), images(2, 8, 5, 6).double()
    record = {}
    output = block(x, record=record)
    (weights,) = record["weights"]
    assert weights.shape == (2, 30, 30)
    assert (torch.linalg.matrix_rank(weights) == 3).all()
    found = weights @ block.features(x).flatten(2).transpose(1, 2)  # (B, N, c_m)
    expected = x + block.output(found.transpose(1, 2).unflatten(2, (5, 6)))
    torch.testing.assert_close(output, expected)


def test_with_one_descriptor_each_position_gets_the_same():
    """Squeeze, without excitation: a softmax over one descriptor leaves no choice."""
    block, x = randomised(DoubleAttention(8, 4, 1)), images(2, 8, 5, 6)
    added = block(x) - x
    torch.testing.assert_close(added, added[:, :, :1, :1].expand_as(added))


def test_permuting_the_positions_permutes_the_output():
    block, x = randomised(DoubleAttention(8)), images(1, 8, 4, 6)
    order = torch.randperm(24, generator=torch.Generator().manual_seed(0))
    permuted = block(x.flatten(2)[:, :, order].unflatten(2, (4, 6)))
    torch.testing.assert_close(permuted, block(x).flatten(2)[:, :, order].unflatten(2, (4, 6)))


@pytest.mark.parametrize("channels", [4, 64, 512, 1024])
def test_parameters(channels):
    with torch.device("meta"):
        block = DoubleAttention(channels)
    assert sum(p.numel() for p in block.parameters()) == 2 * channels**2 + 5 * channels // 2


def test_compiles_into_one_graph():
    block, x = randomised(DoubleAttention(4)), images(2, 4, 4, 4)
    compiled = torch.compile(block, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), block(x))


def test_runs_in_mixed_precision():
    block, x = randomised(DoubleAttention(4)), images(2, 4, 4, 4)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = block(x)
    torch.testing.assert_close(mixed.float(), block(x), atol=0.1, rtol=0.1)


def test_refuses_what_it_was_not_made_for():
    block = DoubleAttention(8)
    with pytest.raises(ValueError, match="images have 6 channels but this layer was made for 8"):
        block(torch.zeros(1, 6, 4, 4))
    with pytest.raises(ValueError, match=r"shape \(batch, channels, height, width\)"):
        block(torch.zeros(8, 4, 4))
    with pytest.raises(TypeError, match="floating-point"):
        block(torch.zeros(1, 8, 4, 4, dtype=torch.int64))
    with pytest.raises(RuntimeError, match="same device"):
        block(torch.zeros(1, 8, 4, 4, device="meta"))
    for wrong in (dict(channels=0), dict(channels=8, features=0), dict(channels=8, descriptors=2.5)):
        with pytest.raises(ValueError, match=f"{list(wrong)[-1]} must be a whole number of at least 1"):
            DoubleAttention(**wrong)


# --- The network ---------------------------------------------------------------------------------------


def test_parameters_of_the_network():
    with torch.device("meta"):
        network = build("R50/5")
    assert sum(p.numel() for p in network.parameters()) == 32_907_304
    kinds = ["".join(type(block).__name__[0] for block in blocks) for blocks in network.stages]
    assert kinds == ["BBB", "BBDBBD", "BBDBBDBBD", "BBB"]


def test_a_small_network_records_all_steps():
    options = dict(depths=(1, 2, 1, 1), width=8, classes=5, after=((), (0, 1), (0,), ()))
    network, record, x = build("R50/5", **options).eval(), {}, images(2, 3, 64, 64)
    torch.nn.init.normal_(network.head.weight)
    before = network(x)
    for module in network.modules():
        if isinstance(module, DoubleAttention):
            randomised(module)
    assert not torch.allclose(network(x), before, atol=1e-3)
    torch.testing.assert_close(network(x, record=record), network(x))
    assert [tuple(t.shape) for t in record["gather"]] == [(2, 32, 64), (2, 32, 64), (2, 64, 16)]
    assert [tuple(t.shape) for t in record["distribute"]] == [(2, 64, 32), (2, 64, 32), (2, 16, 64)]
    assert [tuple(t.shape) for t in record["weights"]] == [(2, 64, 64), (2, 64, 64), (2, 16, 16)]
    assert len(record["maps"]) == 5


def test_refuses_a_variant_that_is_not_there():
    with pytest.raises(ValueError, match="there is no variant 'R50'"):
        build("R50")
