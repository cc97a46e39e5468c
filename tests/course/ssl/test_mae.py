"""MAE against the transformers library with the same noise and weights; patches and masks against loops."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.ssl.mae import (
    MAE,
    masked_loss,
    patch_statistics,
    patchify,
    random_masking,
    rounded_down,
    unpatchify,
)
from course.vision import vit
from course.vision.cait import build as build_cait
from course.vision.vit import ViT

SMALL = dict(image_size=12, patch=3, dim=16, depth=2, heads=4, hidden=24, classes=0)
DECODER = dict(dim=12, depth=2, heads=3)


def randomised(model):
    """The same model with no learned parameter at zero or one, so that each has a say in the output."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.2 * torch.randn(parameter.shape, generator=generator))
    return model.eval()


@pytest.fixture
def small():
    torch.manual_seed(0)
    return randomised(MAE(ViT(**SMALL), ratio=0.6, **DECODER))


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(1)
    return {
        "images": torch.rand(3, 3, 12, 12, generator=generator),
        "noise": torch.rand(3, 16, generator=generator),
    }


# --- Sizes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("variant", "count"), [("B/16", 111_907_840), ("L/16", 329_541_888)])
def test_number_of_parameters(variant, count):
    with torch.device("meta"):
        method = MAE(vit.build(variant, classes=0))
    assert sum(p.numel() for p in method.parameters()) == count
    fixed = [name for name, p in method.named_parameters() if not p.requires_grad]
    assert fixed == ["encoder.position.table", "decoder.position.table"]


# --- Parity --------------------------------------------------------------------------------------------

NAMES = [  # ours, theirs
    ("encoder.embedding.", "vit.embeddings.patch_embeddings."),
    ("encoder.position.table", "vit.embeddings.position_embeddings"),
    ("encoder.cls", "vit.embeddings.cls_token"),
    ("encoder.norm.", "vit.layernorm."),
    ("encoder.layers.", "vit.layers."),
    ("decoder.embedding.", "decoder.decoder_embed."),
    ("decoder.mask", "decoder.mask_token"),
    ("decoder.position.table", "decoder.decoder_pos_embed"),
    ("decoder.layers.", "decoder.decoder_layers."),
    ("decoder.norm.", "decoder.decoder_norm."),
    ("decoder.prediction.", "decoder.decoder_pred."),
    (".attention.query.", ".attention.q_proj."),
    (".attention.key.", ".attention.k_proj."),
    (".attention.value.", ".attention.v_proj."),
    (".attention.output.", ".attention.o_proj."),
    (".norm1.", ".layernorm_before."),
    (".norm2.", ".layernorm_after."),
    (".mlp.expand.", ".mlp.fc1."),
    (".mlp.contract.", ".mlp.fc2."),
]


def theirs(name):
    for ours, other in NAMES:
        if name.startswith(ours) or (ours.startswith(".") and ours in name):
            name = name.replace(ours, other, 1)
    return name


def twin(method, normalise):
    transformers = pytest.importorskip("transformers")
    config = transformers.ViTMAEConfig(
        image_size=12,
        patch_size=3,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=24,
        decoder_hidden_size=12,
        decoder_num_hidden_layers=2,
        decoder_num_attention_heads=3,
        decoder_intermediate_size=48,
        mask_ratio=0.6,
        norm_pix_loss=normalise,
        layer_norm_eps=1e-6,
        attn_implementation="eager",
    )
    model = transformers.ViTMAEForPreTraining(config).eval()
    model.load_state_dict({theirs(name): tensor for name, tensor in method.state_dict().items()})
    return model


@torch.no_grad()
@pytest.mark.parametrize("normalise", [True, False])
def test_equals_transformers(small, batch, normalise):
    small.normalise = normalise
    expected = twin(small, normalise)(batch["images"], noise=batch["noise"])
    predicted, hidden = small.predict(batch)
    loss, _ = small(batch)
    assert expected.logits.std() > 0.1 and 0 < hidden.float().mean() < 1
    torch.testing.assert_close(hidden, expected.mask.bool())
    torch.testing.assert_close(predicted, expected.logits, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(loss, expected.loss, atol=1e-5, rtol=1e-5)


def test_the_positions_are_waves_of_the_column_then_of_the_row(small):
    for table, dim in ((small.encoder.position.table, 16), (small.decoder.position.table, 12)):
        expected = np.zeros((1 + 16, dim))
        for row in range(4):
            for column in range(4):
                for i in range(dim // 4):
                    waves = np.array([np.sin, np.cos, np.sin, np.cos])
                    for part, (wave, at) in enumerate(zip(waves, (column, column, row, row))):
                        expected[1 + row * 4 + column, part * dim // 4 + i] = wave(
                            at / 10_000 ** (4 * i / dim)
                        )
        np.testing.assert_allclose(table[0].detach().numpy(), expected, atol=1e-6)


# --- Patches and masks ---------------------------------------------------------------------------------

sizes = st.integers(1, 4)


def test_a_whole_number_of_patches_stays_whole():
    """In floats 25 (1 − 0.8) is 4.999…, and 5 patches are to stay."""
    for n in range(2, 300):
        for hundredths in range(100):
            assert rounded_down(n, 1 - hundredths / 100) == n * (100 - hundredths) // 100
    model = MAE(ViT(**SMALL | {"image_size": 15}), ratio=0.8, **DECODER)
    _, hidden = model.predict(model.views(torch.rand(2, 3, 15, 15), torch.Generator().manual_seed(0)))
    assert hidden.sum(dim=1).tolist() == [20, 20]


@settings(max_examples=40, deadline=None)
@given(sizes, sizes, sizes, sizes, sizes)
def test_patchify_by_loops_and_back(B, C, rows, columns, p):
    images = torch.rand(B, C, rows * p, columns * p, generator=torch.Generator().manual_seed(B))
    expected = np.zeros((B, rows * columns, p * p * C), dtype=np.float32)
    for b in range(B):
        for y in range(rows * p):
            for x in range(columns * p):
                for c in range(C):
                    place = ((y % p) * p + x % p) * C + c  # row, column, colour
                    expected[b, y // p * columns + x // p, place] = images[b, c, y, x]
    patches = patchify(images, p)
    np.testing.assert_array_equal(patches.numpy(), expected)
    assert torch.equal(unpatchify(patches, (rows, columns), p), images)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(2, 20), st.data())
def test_masking_keeps_the_least_noise_and_can_be_undone(B, N, data):
    kept = data.draw(st.integers(1, N - 1))
    noise = torch.rand(B, N, generator=torch.Generator().manual_seed(N))
    keep, restore = random_masking(noise, kept)
    hidden = restore >= kept
    for b in range(B):
        least = sorted(range(N), key=lambda i: noise[b, i].item())
        assert keep[b].tolist() == least[:kept]
        assert sorted(torch.arange(N)[hidden[b]].tolist()) == sorted(least[kept:])
        assert torch.equal(noise[b].sort().values[restore[b]], noise[b])


def test_the_variance_is_unbiased():
    patches = torch.tensor([[[1.0, 2.0, 3.0, 6.0]]])
    mean, std = patch_statistics(patches)
    assert mean.item() == 3.0
    assert std.item() == pytest.approx((14 / 3 + 1e-6) ** 0.5)


def test_only_hidden_patches_count():
    predicted, target = torch.zeros(1, 3, 2), torch.tensor([[[1.0, 1.0], [2.0, 2.0], [9.0, 9.0]]])
    assert masked_loss(predicted, target, torch.tensor([[True, True, False]])).item() == 2.5


@torch.no_grad()
def test_the_encoder_never_sees_what_is_hidden(small, batch):
    predicted, hidden = small.predict(batch)
    patches = patchify(batch["images"], 3)
    other = torch.where(hidden[..., None], torch.rand(patches.shape), patches)
    changed = {"images": unpatchify(other, (4, 4), 3), "noise": batch["noise"]}
    torch.testing.assert_close(small.predict(changed)[0], predicted, atol=0, rtol=0)
    seen = torch.where(hidden[..., None], patches, torch.rand(patches.shape))
    changed["images"] = unpatchify(seen, (4, 4), 3)
    assert not torch.allclose(small.predict(changed)[0], predicted, atol=1e-3)


@torch.no_grad()
def test_a_reconstruction_shows_the_visible_as_it_is_and_the_hidden_in_its_colours(small, batch):
    images, hidden = small.reconstruct(batch)
    assert hidden.shape == (3, 4, 4) and hidden.sum(dim=(1, 2)).tolist() == [10, 10, 10]
    true, shown = patchify(batch["images"], 3), patchify(images, 3)
    flat = hidden.flatten(1)
    assert torch.equal(shown[~flat], true[~flat])
    mean, std = patch_statistics(true)
    back = (shown - mean) / std
    torch.testing.assert_close(back[flat], small.predict(batch)[0][flat], atol=1e-4, rtol=1e-4)


# --- Wrong use -----------------------------------------------------------------------------------------


def test_wrong_use():
    with pytest.raises(TypeError, match="MAE needs a ViT with learned positions and a CLS token; got CaiT"):
        MAE(build_cait("XXS24", image_size=32, depth=1, classes=0))
    with pytest.raises(ValueError, match="height 10 is not divisible by patch 3"):
        patchify(torch.rand(1, 3, 10, 9), 3)
    with pytest.raises(ValueError, match="of 4 patches at least 1 must stay and 1 must go; 4 stay"):
        random_masking(torch.rand(2, 4), 4)
    with pytest.raises(ValueError, match="hidden must be boolean"):
        masked_loss(torch.zeros(1, 3, 2), torch.zeros(1, 3, 2), torch.ones(1, 3))
    with pytest.raises(ValueError, match=r"ratio must be at least 0 and below 1; got 1\.5"):
        MAE(ViT(**SMALL), ratio=1.5)
