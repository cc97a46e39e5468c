"""ConvNeXt V2: the published sizes, parity with transformers stage by stage, and the seam that FCMAE uses."""

import numpy as np
import pytest
import torch
from torch import nn

from course.layers import StochasticDepth
from course.vision.convnext import VARIANTS, Block, ConvNeXtV2, MapNorm, build


class Small(ConvNeXtV2):
    def __init__(self, **options):
        torch.manual_seed(0)
        super().__init__(**{**dict(depths=(2, 1, 2), dims=(8, 12, 16), classes=5, patch=2), **options})
        for parameter in self.parameters():  # GRN that starts at 0 would hide itself, 0.02 nearly all else
            nn.init.normal_(parameter, std=0.4)


def images(size=32, channels=3, batch=2):
    return torch.randn(batch, channels, size, size, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("atto", 3_708_400),
        ("femto", 5_233_240),
        ("pico", 9_066_280),
        ("nano", 15_623_800),
        ("tiny", 28_635_496),
        ("base", 88_717_800),
        ("large", 197_956_840),
        ("huge", 660_289_640),
    ],
)
def test_parameters(variant, expected):
    with torch.device("meta"):
        model = build(variant)
        logits = model(torch.empty(2, 3, 64, 64))
    assert sum(p.numel() for p in model.parameters()) == expected
    assert logits.shape == (2, 1000)


def test_a_block_has_8_dim_squared_and_65_dim_parameters():
    assert sum(p.numel() for p in Block(6).parameters()) == 8 * 6**2 + 65 * 6


def test_equals_transformers():
    transformers = pytest.importorskip("transformers")
    config = transformers.ConvNextV2Config(
        num_stages=3,
        hidden_sizes=[8, 12, 16],
        depths=[2, 1, 2],
        patch_size=2,
        num_labels=5,
        layer_norm_eps=1e-6,
    )
    theirs, ours, record = transformers.ConvNextV2ForImageClassification(config).eval(), Small().eval(), {}
    stages = [part for pair in zip(ours.reductions, ours.stages) for part in pair]
    mine = [p for part in (*stages, ours.norm, ours.head) for p in part.parameters()]
    for p, q in zip(mine, theirs.parameters(), strict=True):
        assert p.numel() == q.numel()
        q.data.copy_(p.data.view_as(q))
    with torch.no_grad():
        logits = ours(images(), record)
        expected = theirs(images(), output_hidden_states=True)
    assert len(record["maps"]) == len(expected.hidden_states) == 4
    for ours_, theirs_ in zip([*record["maps"], logits], [*expected.hidden_states, expected.logits]):
        assert theirs_.std() > 0.1
        torch.testing.assert_close(ours_, theirs_, atol=1e-5, rtol=1e-5)


def test_a_block_by_loops():
    """In float64, pixel by pixel and channel by channel, from figure 5 and equations 1–3."""
    torch.manual_seed(0)
    block = Block(3).double()
    for parameter in block.parameters():
        nn.init.normal_(parameter, std=0.5)
    x = torch.randn(1, 3, 4, 5, dtype=torch.float64)
    p = {name: value.detach().numpy() for name, value in block.named_parameters()}
    padded = np.pad(x[0].numpy(), ((0, 0), (3, 3), (3, 3)))
    hidden = np.zeros((4, 5, 12))
    for i in range(4):
        for j in range(5):
            y = np.array(
                [(p["depthwise.weight"][c, 0] * padded[c, i : i + 7, j : j + 7]).sum() for c in range(3)]
            )
            y += p["depthwise.bias"]
            y = (y - y.mean()) / np.sqrt(y.var() + 1e-6) * p["norm.weight"] + p["norm.bias"]
            y = p["mlp.expand.weight"] @ y + p["mlp.expand.bias"]
            hidden[i, j] = torch.nn.functional.gelu(torch.from_numpy(y)).numpy()
    strength = np.sqrt((hidden**2).sum((0, 1)))
    gamma, beta = p["mlp.activation.1.gamma"], p["mlp.activation.1.beta"]
    hidden = gamma * hidden * strength / (strength.mean() + 1e-6) + beta + hidden
    added = hidden @ p["mlp.contract.weight"].T + p["mlp.contract.bias"]
    expected = x[0].numpy() + added.transpose(2, 0, 1)
    np.testing.assert_allclose(block(x)[0].detach(), expected, atol=1e-10)


def test_map_norm_is_over_the_channels_of_each_pixel():
    norm, x = MapNorm(6, eps=1e-6), torch.randn(2, 6, 3, 4)
    y = norm(x)
    assert y.shape == x.shape
    torch.testing.assert_close(y.mean(1), torch.zeros(2, 3, 4), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.std(1, correction=0), torch.ones(2, 3, 4), atol=1e-3, rtol=0)


def test_stochastic_depth_grows_over_all_stages():
    model = ConvNeXtV2(depths=(2, 1, 2), dims=(4, 4, 4), drop_path=0.4)
    rates = [m.rate for m in model.modules() if isinstance(m, StochasticDepth)]
    assert rates == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


def test_stochastic_depth_skips_the_branch():
    block, x = Block(4, drop_path=0.5), torch.randn(64, 4, 7, 7)
    nn.init.normal_(block.mlp.contract.bias)
    skipped = (block(x) == x).flatten(1).all(1)
    assert 0 < skipped.sum() < 64
    torch.testing.assert_close(block(x).shape, block.eval()(x).shape)


class MaskedBlock(Block):
    """What a masked auto-encoder changes: the convolution neither reads nor writes what is hidden."""

    visible = None

    def convolve(self, x):
        return super().convolve(x * self.visible) * self.visible


class MaskedConvNeXt(Small):
    def build_block(self, dim, drop_path):
        return MaskedBlock(dim, drop_path)


@pytest.mark.parametrize("masked", [True, False])
def test_one_method_is_all_that_masking_needs(masked):
    """With `convolve` overridden, hidden pixels change nothing in what is visible; without, they do."""
    model = (MaskedConvNeXt if masked else Small)(depths=(1, 1, 1)).eval()
    visible = torch.tensor([[1.0, 0, 1, 1], [0, 0, 1, 0], [1, 1, 0, 1], [0, 1, 0, 0]])  # 8 × 8 patches
    for stage, size in zip(model.stages, (16, 8, 4)):
        stage[0].visible = visible.repeat_interleave(size // 4, 0).repeat_interleave(size // 4, 1)
    hidden = 1 - visible.repeat_interleave(8, 0).repeat_interleave(8, 1)
    one, other = images(), images() + hidden * torch.randn(2, 3, 32, 32)
    difference = (model.maps(one) - model.maps(other)).abs().amax(1)  # (B, 4, 4)
    assert (difference * (1 - visible)).amax() > 0.01
    assert ((difference * visible).amax() == 0) == masked


def test_features_are_the_normalised_mean():
    model, record = Small().eval(), {}
    features = model.features(images(), record)
    assert features.shape == (2, 16)
    torch.testing.assert_close(features, model.norm(record["maps"][-1].mean((2, 3))))
    torch.testing.assert_close(model(images()), model.head(features))
    assert isinstance(Small(classes=0).head, nn.Identity)


@pytest.mark.parametrize(("patch", "sizes"), [(1, [32, 32, 16, 8]), (4, [8, 8, 4, 2])])
def test_the_patch_decides_the_resolution(patch, sizes):
    record = {}
    Small(patch=patch)(images(), record)
    assert [map.shape[-1] for map in record["maps"]] == sizes


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda m: m(images(36)), ValueError, "an image of 36 × 36 pixels is not a multiple of 8"),
        (lambda m: m(images(channels=1)), ValueError, "images have 1 channels but this layer was made for 3"),
        (lambda m: m(images()[0]), ValueError, "images must have shape"),
        (lambda m: m(images().int()), TypeError, "floating-point numbers; got int32"),
        (lambda m: m(images().double()), TypeError, "must have the same dtype"),
        (lambda m: m(images().to("meta")), RuntimeError, "must be on the same device"),
        (lambda m: m.stages[0][0](images()), ValueError, "made for 8"),
        (lambda m: Small(depths=(1, 1)), ValueError, "needs one of each; got 2 depths, 3 dims"),
        (lambda m: Small(depths=(1, 0, 1)), ValueError, r"depths\[1\] must be a whole number"),
        (lambda m: Small(dims=(8, 8, 0)), ValueError, r"dims\[2\] must be a whole number"),
        (lambda m: Small(patch=0), ValueError, "patch must be"),
        (lambda m: Small(drop_path=1.0), ValueError, "rate must be"),
        (lambda m: build("xl"), ValueError, "there is no variant 'xl'; there are 'atto'"),
    ],
)
def test_wrong_use(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong(Small())


def test_stages_double_their_width():
    for variant in VARIANTS.values():
        assert all(wider == 2 * dim for dim, wider in zip(variant["dims"], variant["dims"][1:]))
