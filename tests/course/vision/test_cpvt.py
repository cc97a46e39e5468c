"""CPVT against our own ViT where positions of both kinds are silent, by hand where they are not."""

import pytest
import torch

from course.vision import cpvt
from course.vision.cpvt import CPVT, CPVTGAP
from course.vision.vit import ViT
from tests.course.randomised import randomised

COUNTS = {
    "Ti": 5_681_512,
    "S": 21_978_856,
    "B": 86_424_040,
    "Ti-GAP": 5_681_320,
    "S-GAP": 21_978_472,
    "B-GAP": 86_423_272,
}
SMALL = dict(patch=4, dim=12, depth=3, heads=3, hidden=20, classes=7)


@pytest.fixture(params=[CPVT, CPVTGAP])
def small(request):
    torch.manual_seed(0)
    return randomised(request.param(**SMALL))


@pytest.fixture
def images():
    return torch.randn(2, 3, 12, 20, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("variant", COUNTS)
def test_number_of_parameters(variant):
    with torch.device("meta"):
        model = cpvt.build(variant)
        assert type(model) is (CPVTGAP if "GAP" in variant else CPVT)
        for side in (32, 224, 384):  # the same model at any resolution
            assert model(torch.empty(2, 3, side, side, device="meta")).shape == (2, 1000)
    assert sum(p.numel() for p in model.parameters()) == COUNTS[variant]


@torch.no_grad()
def test_is_a_vit_where_both_kinds_of_position_are_silent(images):
    torch.manual_seed(0)
    model = randomised(CPVT(**SMALL))
    twin = ViT(image_size=12, **SMALL).eval()
    weights = {name: tensor for name, tensor in model.state_dict().items() if not name.startswith("peg.")}
    twin.load_state_dict({**weights, "position.table": torch.zeros(1, 10, 12)})
    assert not torch.allclose(model(images), twin(images), atol=1e-2)
    for parameter in model.peg.parameters():
        parameter.zero_()
    record, expected = {}, {}
    torch.testing.assert_close(model(images, record), twin(images, expected), atol=1e-5, rtol=1e-4)
    for name in ("tokens", "weights"):
        for ours, other in zip(record[name], expected[name], strict=True):
            torch.testing.assert_close(ours, other, atol=1e-5, rtol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("kind", [CPVT, CPVTGAP])
def test_peg_stands_behind_the_first_layer_and_cls_skips_it(kind, images):
    torch.manual_seed(0)
    model = randomised(kind(**SMALL))
    record = {}
    model(images, record)
    before = model.layers[0](record["tokens"][0], record={})
    first = 1 if kind is CPVT else 0
    assert torch.equal(record["tokens"][1][:, :first], before[:, :first])
    weight, bias = model.peg.convolution.weight[:, 0], model.peg.convolution.bias  # (dim, 3, 3), (dim,)
    for row in range(3):
        for column in range(5):
            expected = before[:, first + row * 5 + column] + bias  # (B, dim)
            for i in (-1, 0, 1):
                for j in (-1, 0, 1):
                    if 0 <= row + i < 3 and 0 <= column + j < 5:  # beyond the border there are zeros
                        neighbour = before[:, first + (row + i) * 5 + column + j]
                        expected = expected + weight[:, i + 1, j + 1] * neighbour
            found = record["tokens"][1][:, first + row * 5 + column]
            torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    for layer in (1, 2):  # and nowhere else
        expected = model.layers[layer](record["tokens"][layer])
        torch.testing.assert_close(record["tokens"][layer + 1], expected, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_global_average_pooling_is_the_mean_behind_the_norm(images):
    torch.manual_seed(0)
    model = randomised(CPVTGAP(**SMALL))
    record = {}
    features = model.features(images, record)
    assert record["tokens"][-1].shape == (2, 15, 12) and record["weights"][0].shape == (2, 3, 15, 15)
    torch.testing.assert_close(features, model.norm(record["tokens"][-1]).mean(1), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(model(images), model.head(features), atol=1e-5, rtol=1e-4)
    assert "cls" not in dict(model.named_parameters())


@torch.no_grad()
def test_peg_tells_places_apart(small, images):
    """Shuffled patches are another image to it; without PEG they would be the same set."""
    shuffled = images.unflatten(3, (5, 4)).flip(3).flatten(3)  # the columns of patches in reverse order
    assert not torch.allclose(small(images), small(shuffled), atol=1e-3)
    for parameter in small.peg.parameters():
        parameter.zero_()
    torch.testing.assert_close(small(images), small(shuffled), atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_the_fused_kernel_and_the_explicit_formula_agree(small, images):
    torch.testing.assert_close(small(images), small(images, record={}), atol=1e-5, rtol=1e-4)


def test_every_parameter_learns(small, images):
    small.train()(images).square().sum().backward()
    for name, parameter in small.named_parameters():
        assert parameter.grad is not None, name
        if not name.endswith("key.bias"):
            assert parameter.grad.abs().max() > 1e-7, name


@torch.no_grad()
def test_without_a_head_the_model_returns_its_features(small, images):
    headless = type(small)(**{**SMALL, "classes": 0}).eval()
    headless.load_state_dict({n: t for n, t in small.state_dict().items() if not n.startswith("head.")})
    torch.testing.assert_close(headless(images), small.features(images))


def test_wrong_use_is_named(small):
    with pytest.raises(ValueError, match="an image of 12 × 13 pixels cannot be cut into patches of 4 × 4"):
        small(torch.randn(1, 3, 12, 13))
    with pytest.raises(TypeError, match="images must be a tensor of floating-point numbers; got uint8"):
        small(torch.zeros(1, 3, 12, 12, dtype=torch.uint8))
    with pytest.raises(ValueError, match="there is no variant 'L'; there are 'Ti', 'S', 'B', 'Ti-GAP'"):
        cpvt.build("L")
    with pytest.raises(ValueError, match="dim 12 is not divisible by heads 5"):
        type(small)(**{**SMALL, "heads": 5})
