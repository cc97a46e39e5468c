"""ViT against the transformers library with the same weights, its sizes, and what positions are for."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision import vit
from course.vision.vit import ViT
from tests.course.randomised import randomised

COUNTS = {
    "Ti/16": 5_717_416,
    "S/16": 22_050_664,
    "B/16": 86_567_656,
    "B/32": 88_224_232,
    "L/16": 304_326_632,
    "H/14": 632_045_800,
}
SMALL = dict(image_size=12, patch=4, dim=12, depth=3, heads=3, hidden=20, classes=7)


@pytest.fixture
def small():
    torch.manual_seed(0)
    return randomised(ViT(**SMALL))


@pytest.fixture
def images():
    return torch.randn(2, 3, 12, 12, generator=torch.Generator().manual_seed(1))


# --- Sizes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", COUNTS)
def test_number_of_parameters(variant):
    with torch.device("meta"):
        model = vit.build(variant)
    assert sum(p.numel() for p in model.parameters()) == COUNTS[variant]


def test_a_variant_can_be_changed():
    with torch.device("meta"):
        model = vit.build("S/4", image_size=32, classes=10, drop_path=0.1)
        assert model(torch.empty(2, 3, 32, 32, device="meta")).shape == (2, 10)
    assert model.position.table.shape == (1, 1 + 64, 384)
    assert [layer.after_mlp[0].rate for layer in model.layers] == pytest.approx([i / 110 for i in range(12)])


def test_the_head_starts_at_zero(images):
    torch.manual_seed(0)
    assert (ViT(**SMALL)(images) == 0).all()
    assert ViT(**SMALL).features(images).abs().min() > 0


# --- Parity --------------------------------------------------------------------------------------------

NAMES = [  # ours, theirs
    ("embedding.projection.", "vit.embeddings.patch_embeddings.projection."),
    ("position.table", "vit.embeddings.position_embeddings"),
    ("cls", "vit.embeddings.cls_token"),
    ("layers.", "vit.layers."),
    (".attention.query.", ".attention.q_proj."),
    (".attention.key.", ".attention.k_proj."),
    (".attention.value.", ".attention.v_proj."),
    (".attention.output.", ".attention.o_proj."),
    (".norm1.", ".layernorm_before."),
    (".norm2.", ".layernorm_after."),
    (".mlp.expand.", ".mlp.fc1."),
    (".mlp.contract.", ".mlp.fc2."),
    ("norm.", "vit.layernorm."),
    ("head.", "classifier."),
]


def theirs(name):
    for ours, other in NAMES:
        if name.startswith(ours) or (ours.startswith(".") and ours in name):
            name = name.replace(ours, other, 1)
    return name


def transformers_twin(model):
    """The same network in the transformers library, with the same weights."""
    transformers = pytest.importorskip("transformers")
    config = transformers.ViTConfig(
        image_size=12,
        patch_size=4,
        hidden_size=12,
        num_hidden_layers=3,
        num_attention_heads=3,
        intermediate_size=20,
        num_labels=7,
        hidden_act="gelu",
        layer_norm_eps=1e-6,
        attn_implementation="eager",
    )
    twin = transformers.ViTForImageClassification(config).eval()
    twin.load_state_dict({theirs(name): tensor for name, tensor in model.state_dict().items()})
    return twin


@torch.no_grad()
@pytest.mark.parametrize(("height", "width"), [(12, 12), (20, 8), (24, 24)])
def test_equals_transformers_at_any_resolution(small, height, width):
    images = torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(1))
    record = {}
    logits = small(images, record)
    expected = transformers_twin(small)(
        images, interpolate_pos_encoding=True, output_hidden_states=True, output_attentions=True
    )
    torch.testing.assert_close(logits, expected.logits, atol=1e-5, rtol=1e-4)
    assert len(record["tokens"]) == 4 and len(record["weights"]) == 3
    for ours, other in zip(record["weights"], expected.attentions, strict=True):
        torch.testing.assert_close(ours, other, atol=1e-5, rtol=1e-4)
    for ours, other in zip(record["tokens"], expected.hidden_states, strict=True):
        torch.testing.assert_close(ours, other, atol=1e-5, rtol=1e-4)


# --- Properties ----------------------------------------------------------------------------------------


@torch.no_grad()
def test_the_fused_kernel_and_the_explicit_formula_agree(small, images):
    torch.testing.assert_close(small(images), small(images, record={}), atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_features_are_what_the_head_sees(small, images):
    features = small.features(images)
    assert features.shape == (2, 12)
    torch.testing.assert_close(small(images), small.head(features))
    torch.testing.assert_close(small.tokens(images)[:, 0], features)
    headless = ViT(**{**SMALL, "classes": 0}).eval()
    headless.load_state_dict({n: t for n, t in small.state_dict().items() if not n.startswith("head.")})
    torch.testing.assert_close(headless(images), features)


@torch.no_grad()
@settings(max_examples=25, deadline=None)
@given(st.permutations(range(9)))
def test_without_positions_the_patches_are_a_set(order):
    torch.manual_seed(0)
    model = randomised(ViT(**SMALL))
    patches = torch.randn(2, 3, 9, 4, 4)  # (B, C, N, p, p)

    def image(patches):
        rows = patches.unflatten(2, (3, 3)).permute(0, 1, 2, 4, 3, 5)  # (B, C, 3, p, 3, p)
        return rows.flatten(4).flatten(2, 3)  # (B, C, 12, 12)

    before, after = image(patches), image(patches[:, :, order])
    if order != sorted(order):
        assert not torch.allclose(model(before), model(after), atol=1e-3)
    model.position.table.zero_()
    torch.testing.assert_close(model(before), model(after), atol=1e-5, rtol=1e-4)
    patch_tokens = model.tokens(before)[:, 1:]
    torch.testing.assert_close(patch_tokens[:, order], model.tokens(after)[:, 1:], atol=1e-5, rtol=1e-4)


def test_every_parameter_learns(small, images):
    small.train()(images).square().sum().backward()
    for name, parameter in small.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        if not name.endswith("key.bias"):  # a shift of all keys shifts a row's scores alike: no gradient
            assert parameter.grad.abs().max() > 1e-7, name


def test_state_survives_a_round_trip(small, images):
    other = ViT(**SMALL).eval()
    other.load_state_dict(copy.deepcopy(small.state_dict()))
    assert torch.equal(small(images), other(images))


def test_in_bfloat16(small, images):
    expected = small(images)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = small(images)
    assert logits.dtype == torch.bfloat16
    torch.testing.assert_close(logits.float(), expected, atol=0.1, rtol=0.05)
    logits = small.bfloat16()(images.bfloat16())
    torch.testing.assert_close(logits.float(), expected, atol=0.1, rtol=0.05)


# --- Wrong use -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((2, 3, 12, 13), "an image of 12 × 13 pixels cannot be cut into patches of 4 × 4"),
        ((2, 1, 12, 12), "images have 1 channels but this layer was made for 3"),
        ((3, 12, 12), r"images must have shape \(batch, channels, height, width\); got \(3, 12, 12\)"),
    ],
)
def test_images_that_do_not_fit_are_named(small, shape, sentence):
    with pytest.raises(ValueError, match=sentence):
        small(torch.randn(shape))


def test_dtypes_and_devices_that_do_not_fit_are_named(small, images):
    with pytest.raises(TypeError, match="images must be a tensor of floating-point numbers; got uint8"):
        small(images.to(torch.uint8))
    with pytest.raises(TypeError, match=r"images \(float64\) and the layer \(float32\) must have the same"):
        small(images.double())
    with pytest.raises(
        RuntimeError, match=r"images \(meta\) and the layer \(cpu\) must be on the same device"
    ):
        small(images.to("meta"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(image_size=13), "image_size 13 is not divisible by patch 4"),
        (dict(heads=5), "dim 12 is not divisible by heads 5"),
        (dict(depth=0), "depth must be a whole number of at least 1; got 0"),
        (dict(classes=-1), "classes must be a whole number of at least 1; got -1"),
        (dict(drop_path=1.0), "drop_path must be at least 0 and below 1; got 1.0"),
        (dict(dropout=-0.1), "dropout must be at least 0 and below 1; got -0.1"),
    ],
)
def test_sizes_that_do_not_fit_are_named(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        ViT(**{**SMALL, **wrong})


def test_unknown_variants_are_named():
    with pytest.raises(ValueError, match=r"there is no variant 'B/15'; there are 'Ti/4', "):
        vit.build("B/15")
