"""Each form against a loop over pairs of positions, and what the block does to a trained network: nothing."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision.non_local import Concatenation, DotProduct, Gaussian, NonLocal, NonLocalResNet, build
from course.vision.resnet import BasicBlock, Bottleneck, ResNet

FORMS = [NonLocal, Gaussian, DotProduct, Concatenation]


def images(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def randomised(block, seed=0):
    """All parameters and statistics random: at γ = 0 any block would equal any other."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for tensor in [*block.parameters(), *block.buffers()]:
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1 * (tensor.dim() == 1) - 0.3)
        block.norm.running_var.abs_().add_(0.5)
    return block.eval()


def numpy(tensor):
    return tensor.detach().double().numpy()


def project(layer, image):
    """A 1 × 1 convolution, pixel by pixel: (C, H, W) -> (C', H, W)"""
    if isinstance(layer, torch.nn.Identity):
        return image
    weight, bias = numpy(layer.weight)[:, :, 0, 0], 0 if layer.bias is None else numpy(layer.bias)
    out = np.empty((len(weight), *image.shape[1:]))
    for y in range(image.shape[1]):
        for x in range(image.shape[2]):
            out[:, y, x] = weight @ image[:, y, x] + bias
    return out


def pooled(image):
    C, H, W = image.shape
    out = np.empty((C, math.ceil(H / 2), math.ceil(W / 2)))
    for y in range(out.shape[1]):
        for x in range(out.shape[2]):
            out[:, y, x] = image[:, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2].max(axis=(1, 2))
    return out


def slowly(block, image):
    """The block for one image (C, H, W), as in equations 1 to 6 -> the output and the weights"""
    _, H, W = image.shape
    theta = project(block.query, image)
    phi, g = pooled(project(block.key, image)), pooled(project(block.value, image))
    places = [(y, x) for y in range(phi.shape[1]) for x in range(phi.shape[2])]
    weights = np.empty((H * W, len(places)))
    found = np.zeros((len(g), H, W))
    for i in range(H * W):
        q = theta[:, i // W, i % W]
        f = []
        for y, x in places:
            if isinstance(block, Concatenation):
                f.append(max(numpy(block.score.weight)[0] @ np.concatenate([q, phi[:, y, x]]), 0))
            elif isinstance(block, DotProduct):
                f.append(q @ phi[:, y, x])
            else:
                f.append(math.exp(q @ phi[:, y, x] / math.sqrt(len(q))))
        total = len(places) if isinstance(block, Concatenation | DotProduct) else sum(f)
        for j, (y, x) in enumerate(places):
            weights[i, j] = f[j] / total
            found[:, i // W, i % W] += weights[i, j] * g[:, y, x]
    norm = block.norm
    z = project(block.output, found) - numpy(norm.running_mean)[:, None, None]
    z = z / np.sqrt(numpy(norm.running_var) + norm.eps)[:, None, None]
    return image + z * numpy(norm.weight)[:, None, None] + numpy(norm.bias)[:, None, None], weights


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=15, deadline=None)
@given(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.integers(2, 7), st.integers(0, 1000))
def test_equals_a_loop_over_pairs(form, B, H, W, channels, seed):
    block = randomised(form(channels), seed)
    x = images(B, channels, H, W, seed=seed)
    record = {}
    recorded = block(x, record=record)
    slow = [slowly(block, numpy(image)) for image in x]
    expected = torch.tensor(np.stack([output for output, _ in slow])).float()
    torch.testing.assert_close(block(x), expected, atol=1e-5, rtol=1e-4)  # fused, or in the cheaper order
    torch.testing.assert_close(recorded, expected, atol=1e-5, rtol=1e-4)
    (weights,) = record["weights"]
    expected = torch.tensor(np.stack([weights for _, weights in slow])).float()
    torch.testing.assert_close(weights, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("training", [True, False])
def test_starts_as_the_identity(form, training):
    block, x = form(8).train(training), images(2, 8, 6, 6)
    assert torch.equal(block(x), x)


def test_can_leave_the_identity():
    block, x = NonLocal(8), images(2, 8, 6, 6)
    optimiser = torch.optim.SGD(block.parameters(), lr=0.1)
    for _ in range(2):
        optimiser.zero_grad()
        (block(x) * images(2, 8, 6, 6, seed=1)).sum().backward()
        optimiser.step()
    for name in ("query", "key", "value", "output", "norm"):  # in the first step only γ and β moved
        assert getattr(block, name).weight.grad.abs().sum() > 0, name


@pytest.mark.parametrize("form", [NonLocal, Gaussian])
def test_weights_are_a_softmax_over_a_quarter_of_the_positions(form):
    record = {}
    form(8)(images(2, 8, 6, 10), record=record)
    (weights,) = record["weights"]
    assert weights.shape == (2, 60, 15)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 60))


def test_a_softmax_is_what_the_embedded_gaussian_has_and_the_dot_product_has_not():
    block = randomised(DotProduct(8))
    record = {}
    block(images(2, 8, 6, 6), record=record)
    assert (record["weights"][0] < 0).any()


def test_the_concatenation_never_weighs_below_zero():
    record = {}
    randomised(Concatenation(8))(images(2, 8, 6, 6), record=record)
    (weights,) = record["weights"]
    assert (weights >= 0).all()
    assert (weights == 0).any()


def test_moves_with_the_image_in_whole_windows():
    """Attention has no place, and pooling moves in steps of 2: a cyclic shift by 2 shifts the output."""
    block, x = randomised(NonLocal(6)), images(1, 6, 8, 8)
    moved = block(x.roll((2, -4), dims=(2, 3)))
    torch.testing.assert_close(moved, block(x).roll((2, -4), dims=(2, 3)))


@pytest.mark.parametrize(
    "form, count",
    [
        (NonLocal, lambda C: 2 * C**2 + 7 * C // 2),
        (DotProduct, lambda C: 2 * C**2 + 7 * C // 2),
        (Gaussian, lambda C: C**2 + 5 * C // 2),
        (Concatenation, lambda C: 2 * C**2 + 9 * C // 2),
    ],
)
@pytest.mark.parametrize("channels", [2, 64, 512, 1024])
def test_parameters(form, count, channels):
    with torch.device("meta"):
        assert sum(p.numel() for p in form(channels).parameters()) == count(channels)


@pytest.mark.parametrize("form", FORMS)
def test_compiles_into_one_graph(form):
    block, x = randomised(form(4)), images(2, 4, 4, 4)
    compiled = torch.compile(block, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), block(x))


@pytest.mark.parametrize("form", FORMS)
def test_runs_in_mixed_precision(form):
    block, x = randomised(form(4)), images(2, 4, 4, 4)
    expected = block(x)
    with torch.autocast("cpu", torch.bfloat16):
        outputs = block(x), block(x, record={})
    for output in outputs:
        torch.testing.assert_close(output.float(), expected, atol=0.1, rtol=0.1)


def test_refuses_what_it_was_not_made_for():
    block = NonLocal(8)
    with pytest.raises(ValueError, match="images have 6 channels but this layer was made for 8"):
        block(torch.zeros(1, 6, 4, 4))
    with pytest.raises(ValueError, match=r"shape \(batch, channels, height, width\)"):
        block(torch.zeros(8, 4, 4))
    with pytest.raises(TypeError, match="floating-point"):
        block(torch.zeros(1, 8, 4, 4, dtype=torch.int64))
    with pytest.raises(TypeError, match="same dtype"):
        block(torch.zeros(1, 8, 4, 4, dtype=torch.float64))
    with pytest.raises(RuntimeError, match="same device"):
        block(torch.zeros(1, 8, 4, 4, device="meta"))
    with pytest.raises(ValueError, match="inner must be a whole number"):
        NonLocal(8, inner=0)
    with pytest.raises(ValueError, match="channels must be a whole number"):
        NonLocal(0)


# --- The network ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "variant, form, count",
    [
        ("R50/1", NonLocal, 27_657_768),
        ("R50/5", NonLocal, 32_911_400),
        ("R50/10", NonLocal, 40_265_768),
        ("R50/5", Gaussian, 25_557_032 + 2 * (512**2 + 5 * 256) + 3 * (1024**2 + 5 * 512)),
        ("R50/5", Concatenation, 32_911_400 + 2 * 512 + 3 * 1024),
    ],
)
def test_parameters_of_the_paper(variant, form, count):
    with torch.device("meta"):
        assert sum(p.numel() for p in build(variant, form=form).parameters()) == count


@pytest.mark.parametrize(
    "variant, places",
    [
        ("R50/1", ["BBB", "BBBB", "BBBBBNB", "BBB"]),
        ("R50/5", ["BBB", "BBNBBN", "BBNBBNBBN", "BBB"]),
        ("R50/10", ["BBB", "BNBNBNBN", "BNBNBNBNBNBN", "BBB"]),
    ],
)
def test_where_the_blocks_stand(variant, places):
    with torch.device("meta"):
        stages = build(variant).stages
    assert ["".join(type(block).__name__[0] for block in blocks) for blocks in stages] == places


SMALL = dict(depths=(1, 2, 1, 1), width=8, classes=5)
AFTER = ((), (0, 1), (0,), ())


def with_the_weights_of(plain, network):
    """Copy a plain network into one with more blocks: what is a plain block, in the order of the blocks."""
    targets = [m for m in network.modules() if isinstance(m, Bottleneck | BasicBlock)]
    sources = [m for m in plain.modules() if isinstance(m, Bottleneck | BasicBlock)]
    for target, source in [*zip(targets, sources), (network.stem, plain.stem), (network.head, plain.head)]:
        target.load_state_dict(source.state_dict())
    return network


def trained(network):
    """As if it were trained: no norm and no head at zero."""
    for number, parameter in enumerate(network.parameters()):
        if parameter.dim() == 1 or parameter.shape[0] == 5:
            with torch.no_grad():
                parameter.add_(0.3 * images(*parameter.shape, seed=number))
    return network.eval()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("block", [Bottleneck, BasicBlock])
def test_a_trained_network_goes_on_as_before(form, block):
    x = images(2, 3, 64, 64)
    plain = trained(ResNet(block, **SMALL))
    network = with_the_weights_of(plain, NonLocalResNet(form, AFTER, block=block, **SMALL)).eval()
    assert plain(x).abs().max() > 1e-3
    assert torch.equal(network(x), plain(x))
    trained(network)
    assert not torch.allclose(network(x), plain(x))


def test_a_record_keeps_maps_and_weights():
    network, record, x = trained(NonLocalResNet(after=AFTER, **SMALL)), {}, images(2, 3, 64, 64)
    logits = network(x, record=record)
    assert logits.shape == (2, 5)
    sizes = [tuple(weights.shape) for weights in record["weights"]]
    assert sizes == [(2, 64, 16), (2, 64, 16), (2, 16, 4)]
    assert [tuple(maps.shape[2:]) for maps in record["maps"]] == [(16, 16), (16, 16), (8, 8), (4, 4), (2, 2)]
    torch.testing.assert_close(network(x), logits)


def test_without_classes_it_gives_its_features():
    network, x = NonLocalResNet(after=AFTER, **{**SMALL, "classes": 0}).eval(), images(2, 3, 64, 64)
    assert network(x).shape == (2, 256)
    assert torch.equal(network(x), network.features(x))


def test_state_survives_a_round_trip():
    network, other = trained(NonLocalResNet(after=AFTER, **SMALL)), NonLocalResNet(after=AFTER, **SMALL)
    other.load_state_dict(network.state_dict())
    assert torch.equal(other.eval()(images(1, 3, 64, 64)), network(images(1, 3, 64, 64)))


@pytest.mark.parametrize(
    "after, message",
    [
        (((), ()), "after must say of 4 stages where; it says of 2"),
        (((), (2,), (), ()), "after must name blocks 0 to 1 of stage 1; got 2"),
        (((-1,), (), (), ()), "after must name blocks 0 to 0 of stage 0; got -1"),
    ],
)
def test_refuses_places_that_are_not_there(after, message):
    with pytest.raises(ValueError, match=message):
        NonLocalResNet(after=after, **SMALL)


def test_refuses_a_variant_that_is_not_there():
    with pytest.raises(ValueError, match="there is no variant 'R101/5'"):
        build("R101/5")
