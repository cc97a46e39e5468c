"""The local relation layer against a loop over windows, and LR-Net built of it."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision.local_relation import VARIANTS, AbsoluteDifference, LocalRelation, LRNet, Product, build

FORMS = {
    LocalRelation: lambda q, k: -((q - k) ** 2),
    AbsoluteDifference: lambda q, k: -abs(q - k),
    Product: lambda q, k: q * k,
}
COUNTS = {"26": 14_621_492, "50": 23_397_811}


def images(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def randomised(model, seed=0):
    """All parameters and statistics random: a γ of 0 would hide a mistake. (`offsets` is no statistic.)"""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(0.7 * torch.randn(tensor.shape, generator=generator))
                if name.endswith("running_var"):
                    tensor.abs_().add_(0.5)
    return model.eval()


def numpy(tensor):
    return tensor.detach().double().numpy()


def slowly(layer, similarity, image):
    """Equation 4 for one image (C, H, W) -> the output (C, H', W') and the weights (G, H'·W', k²)"""
    C, H, W = image.shape
    K, m, stride = layer.kernel, layer.share, layer.stride
    q, k = (np.einsum("gc,cyx->gyx", numpy(f.weight)[:, :, 0, 0], image) for f in (layer.query, layer.key))
    first, second = layer.prior[0], layer.prior[2]
    middles = [(i, j) for i in range(0, H, stride) for j in range(0, W, stride)]
    weights = np.zeros((len(q), len(middles), K * K))
    mixed = np.zeros((C, len(middles)))
    for g in range(len(q)):
        for n, (i, j) in enumerate(middles):
            total = 0.0
            for number, (down, right) in enumerate(np.ndindex(K, K)):
                a, b = i + down - K // 2, j + right - K // 2
                if not (0 <= a < H and 0 <= b < W):
                    continue
                offset = np.array([a - i, b - j])
                hidden = np.maximum(numpy(first.weight) @ offset + numpy(first.bias), 0)
                prior = numpy(second.weight)[g] @ hidden + numpy(second.bias)[g]
                weights[g, n, number] = np.exp(similarity(q[g, i, j], k[g, a, b]) + prior)
                total += weights[g, n, number]
            weights[g, n] /= total
            for c in range(g * m, min((g + 1) * m, C)):  # the channels that share this weight
                for number, (down, right) in enumerate(np.ndindex(K, K)):
                    a, b = i + down - K // 2, j + right - K // 2
                    if 0 <= a < H and 0 <= b < W:
                        mixed[c, n] += weights[g, n, number] * image[c, a, b]
    out = numpy(layer.output.weight)[:, :, 0, 0] @ mixed
    return out.reshape(C, -(-H // stride), -(-W // stride)), weights


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=12, deadline=None)
@given(
    st.integers(1, 2),
    st.integers(1, 7),
    st.integers(1, 3),
    st.sampled_from([1, 3, 5]),
    st.integers(1, 2),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 1000),
)
def test_equals_the_equation_written_as_a_loop(form, B, C, share, kernel, stride, H, W, seed):
    layer = randomised(form(C, kernel, share, stride), seed)
    x, record = images(B, C, H, W, seed=seed), {}
    y = layer(x, record)
    (weights,) = record["weights"]
    for b in range(B):
        expected, expected_weights = slowly(layer, FORMS[form], numpy(x[b]))
        np.testing.assert_allclose(numpy(y[b]), expected, atol=1e-4, rtol=1e-4)
        np.testing.assert_allclose(numpy(weights[b]), expected_weights, atol=1e-5)
    torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))  # at the border, too
    torch.testing.assert_close(layer(x), y)


@settings(max_examples=15, deadline=None)
@given(st.integers(-2, 2), st.integers(-2, 2), st.integers(0, 1000))
def test_moves_with_the_image_away_from_the_border(down, right, seed):
    layer, x = randomised(LocalRelation(6, 3, 2), seed), images(1, 6, 9, 10, seed=seed)
    moved = layer(x.roll((down, right), (2, 3)))
    middle = (..., slice(3, 6), slice(3, 7))
    torch.testing.assert_close(moved[middle], layer(x).roll((down, right), (2, 3))[middle])


def test_on_a_flat_image_only_the_geometry_is_left():
    layer, record = randomised(LocalRelation(8, 3, 4)), {}
    layer(torch.ones(1, 8, 5, 5), record)
    expected = layer.geometry().softmax(-1)  # (G, 9), the same at each pixel with a full window
    inner = record["weights"][0][0].unflatten(1, (5, 5))[:, 1:-1, 1:-1]
    torch.testing.assert_close(inner, expected[:, None, None].expand_as(inner))


def test_without_geometry_a_window_is_a_set():
    layer, x = randomised(LocalRelation(8, 3, 4)), images(1, 8, 3, 3)
    turned = x.flip(2, 3)
    assert not torch.allclose(layer(x)[..., 1, 1], layer(turned)[..., 1, 1])
    with torch.no_grad():
        layer.prior[2].weight.zero_()
    torch.testing.assert_close(layer(x)[..., 1, 1], layer(turned)[..., 1, 1])


def test_a_window_of_one_pixel_is_the_output_projection():
    layer, x = randomised(LocalRelation(12, 1)), images(2, 12, 4, 5)
    torch.testing.assert_close(layer(x), layer.output(x))


def test_offsets_are_pixels_down_and_to_the_right():
    expected = [[a, b] for a in (-1, 0, 1) for b in (-1, 0, 1)]
    assert LocalRelation(8, 3).offsets.tolist() == expected


# --- The network ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_number_of_parameters(variant):
    with torch.device("meta"):
        model = build(variant)
    assert sum(p.numel() for p in model.parameters()) == COUNTS[variant]


@pytest.mark.parametrize("C", [24, 100])
def test_number_of_parameters_by_formula(C):
    G = -(-C // 8)
    count = sum(p.numel() for p in LocalRelation(C).parameters())
    assert count == C**2 + 2 * C * G + G**2 + 4 * G


def test_widths_are_the_papers():
    widths = [stage[0].relation.output.in_channels for stage in build("26", classes=0).stages]
    assert widths == [100, 200, 400, 800]


def test_record_and_features():
    torch.manual_seed(0)
    model, x, record = randomised(LRNet((1, 2), classes=5, width=16)), images(2, 3, 20, 24), {}
    logits = model(x, record)
    assert [tuple(m.shape) for m in record["maps"]] == [(2, 16, 5, 6), (2, 64, 5, 6), (2, 128, 3, 3)]
    shapes = [tuple(w.shape) for w in record["weights"]]  # the stem's, in 2 groups, then the blocks'
    assert shapes == [(2, 2, 120, 49), (2, 4, 30, 49), (2, 7, 9, 49), (2, 7, 9, 49)]
    torch.testing.assert_close(model(x), logits)
    features = model.features(x)
    torch.testing.assert_close(features, record["maps"][-1].mean((2, 3)))
    torch.testing.assert_close(model.head(features), logits)
    assert LRNet((1,), classes=0, width=16)(x).shape == (2, 64)


def test_a_block_starts_as_its_shortcut():
    block, x = LRNet((2,), classes=5, width=16).eval().stages[0][1], images(2, 64, 5, 5)
    torch.testing.assert_close(block(x), x.relu())


def test_trains_compiles_and_runs_in_bfloat16():
    torch.manual_seed(0)
    model, x = LRNet((1, 1), classes=5, width=16), images(2, 3, 16, 16)
    model(x).sum().backward()
    layer, maps = LocalRelation(20, stride=2).eval(), images(2, 20, 5, 4)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(maps), layer(maps))
    with torch.autocast("cpu", torch.bfloat16):
        assert model.eval()(x).isfinite().all()


def test_wrong_use():
    with pytest.raises(ValueError, match="kernel must be odd, so that it has a middle; got 6"):
        LocalRelation(8, 6)
    with pytest.raises(ValueError, match="share must be a whole number of at least 1; got 0"):
        LocalRelation(8, share=0)
    with pytest.raises(ValueError, match="images have 4 channels but this layer was made for 8"):
        LocalRelation(8)(images(1, 4, 5, 5))
    with pytest.raises(ValueError, match="there is no variant '101'"):
        build("101")
