"""HOG and block masks against loops, and MaskFeat's loss."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.ssl.maskfeat import MaskFeat, block_masking, hog, hog_of_patches
from course.vision import vit
from course.vision.vit import ViT

SMALL = dict(image_size=16, patch=4, dim=12, depth=2, heads=2, hidden=16, classes=0)


def uniform(*shape, seed=0, dtype=torch.float32):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


# --- HOG -----------------------------------------------------------------------------------------------


def hog_by_loops(image, cell, bins):
    """Pixel by pixel, from the text of the paper: (H, W) -> (bins, H/cell, W/cell)"""
    H, W = image.shape

    def pixel(y, x):  # reflected at the border, which is not repeated
        y, x = abs(y), abs(x)
        return image[2 * (H - 1) - y if y >= H else y, 2 * (W - 1) - x if x >= W else x]

    histogram = np.zeros((bins, H // cell, W // cell))
    for y in range(H):
        for x in range(W):
            dx = sum(w * (pixel(y + d, x + 1) - pixel(y + d, x - 1)) for d, w in ((-1, 1), (0, 2), (1, 1)))
            dy = sum(w * (pixel(y + 1, x + d) - pixel(y - 1, x + d)) for d, w in ((-1, 1), (0, 2), (1, 1)))
            angle = math.degrees(math.atan2(dy, dx)) % 180
            histogram[int(angle // (180 / bins)), y // cell, x // cell] += math.sqrt(dx * dx + dy * dy)
    return histogram / np.maximum(np.sqrt((histogram**2).sum(axis=0)), 1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 2), st.integers(1, 3), st.integers(2, 4), st.sampled_from([4, 9]), st.integers(0, 100))
def test_hog_by_loops(rows, columns, cell, bins, seed):
    images = uniform(2, 2, rows * cell, columns * cell, seed=seed, dtype=torch.float64)
    found = hog(images, cell, bins)
    for b in range(2):
        for c in range(2):
            expected = hog_by_loops(images[b, c].numpy(), cell, bins)
            np.testing.assert_allclose(found[b, c].numpy(), expected, atol=1e-10)


def test_an_edge_has_no_sign_and_no_strength():
    image = torch.zeros(1, 1, 8, 8, dtype=torch.float64)
    image[..., 4:] = 1.0  # an upright edge: its gradient points along the row, at 0°
    upright = hog(image)[0, 0, :, 0, 0]
    assert upright.tolist() == [1.0] + [0.0] * 8
    assert torch.equal(hog(1 - image)[0, 0, :, 0, 0], upright)
    assert torch.equal(hog(image / 4 + 0.5)[0, 0, :, 0, 0], upright)
    lying = hog(image.transpose(2, 3))[0, 0, :, 0, 0]
    assert lying.tolist() == [0.0] * 4 + [1.0] + [0.0] * 4  # 90°, in the fifth of nine
    assert hog(torch.full((1, 1, 8, 8), 0.3)).abs().max() == 0  # no frame at the border, no rounding


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [1 / 255, 1.0, 1e-6])
def test_an_image_and_its_negative_have_the_same_histogram(dtype, scale):
    """Unsigned (Dalal and Triggs 2005), so that rounding decides nothing: many edges lie at 0° exactly."""
    grey = torch.randint(0, 256, (8, 1, 64, 64), generator=torch.Generator().manual_seed(0)).to(dtype)
    grey[:4] = (grey[:4] / 64).floor() * 64  # few shades: flat places and edges at 0°, 45° and 90°
    negative = (1 - grey / 255) * 255 * scale
    assert (hog(grey * scale) - hog(negative)).abs().max() < 1e-4
    assert torch.equal(hog(grey * scale), hog(-grey * scale))


def test_what_is_left_of_rounding_is_no_edge():
    image = torch.zeros(1, 1, 8, 8)
    image[..., 4:] = 1.0
    noise = 1e-7 * (uniform(20, 1, 8, 8) - 0.5)
    assert (hog(image + noise)[:, 0, 0] > 0.999).all()
    faint = hog(0.5 + image / 1000)[0, 0, :, 0, 0]  # a quarter of a shade of 256 still is one
    assert faint[0] > 0.999


def test_the_target_of_a_patch_is_that_of_its_cells():
    images = uniform(2, 3, 32, 48)
    target, cells = hog_of_patches(images, 16, 8), hog(images, 8)
    assert target.shape == (2, 6, 108)
    for patch, (row, column) in enumerate([(r, c) for r in range(2) for c in range(3)]):
        own = cells[:, :, :, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]  # (B, 3, 9, 2, 2)
        torch.testing.assert_close(target[:, patch], own.flatten(1), atol=0, rtol=0)


# --- Masks ---------------------------------------------------------------------------------------------


def mask_by_loops(numbers, H, W, hidden, least):
    masked = []
    for area, aspect, top, left in numbers:
        area = min(least, hidden) + area * (hidden - min(least, hidden))
        ratio = math.exp((2 * aspect - 1) * math.log(1 / 0.3))
        rows = min(max(round(math.sqrt(area * ratio)), 1), H)
        columns = min(max(round(math.sqrt(area / ratio)), 1), W)
        y, x = int(top * (H - rows + 1)), int(left * (W - columns + 1))
        for i in [r * W + c for r in range(y, y + rows) for c in range(x, x + columns)]:
            if i not in masked and len(masked) < hidden:
                masked.append(i)
    masked += [i for i in range(H * W) if i not in masked][: hidden - len(masked)]
    return sorted(masked)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 7), st.integers(2, 7), st.integers(1, 5), st.integers(0, 1000), st.data())
def test_block_masks_by_loops(H, W, K, seed, data):
    hidden, least = data.draw(st.integers(1, H * W - 1)), data.draw(st.integers(1, 5))
    numbers = uniform(3, K, 4, seed=seed, dtype=torch.float64)
    mask = block_masking(numbers, (H, W), hidden, least)
    for b in range(3):
        assert mask[b].nonzero().flatten().tolist() == mask_by_loops(numbers[b].tolist(), H, W, hidden, least)


def test_blocks_hang_together():
    """Far more hidden patches have hidden neighbours than where each is hidden by itself."""
    together = block_masking(uniform(200, 32, 4), (14, 14), 78).unflatten(1, (14, 14))
    alone = (uniform(200, 196).argsort(1) < 78).unflatten(1, (14, 14))

    def neighbours(mask):
        return ((mask[:, 1:] & mask[:, :-1]).sum() / mask[:, 1:].sum()).item()

    assert neighbours(alone) == pytest.approx(0.4, abs=0.03)
    assert neighbours(together) > 0.75


# --- The method ----------------------------------------------------------------------------------------


def test_number_of_parameters():
    with torch.device("meta"):
        method = MaskFeat(vit.build("B/16", classes=0))
    own = sum(p.numel() for p in method.parameters()) - sum(p.numel() for p in method.encoder.parameters())
    assert own == 109 * 768 + 108


@pytest.fixture
def method():
    torch.manual_seed(0)
    return MaskFeat(ViT(**SMALL))


def test_the_loss_counts_hidden_patches_only_and_knows_nothing_of_their_pixels(method):
    batch = method.views(uniform(3, 3, 16, 16), torch.Generator().manual_seed(0))
    images, hidden = batch["images"], batch["hidden"]
    assert hidden.sum(dim=1).tolist() == [6, 6, 6]  # 0.4 · 16
    predicted = method.predict(images, hidden)
    target = hog_of_patches(images, 4, 2)
    assert target.shape == predicted.shape == (3, 16, 108)
    loss, told = method(batch)
    torch.testing.assert_close(loss, (predicted - target)[hidden].square().mean())
    known = target[hidden]
    torch.testing.assert_close(told["mean_guess"], (known - known.mean(dim=0)).square().mean())
    pixels = hidden.view(3, 1, 4, 4).repeat_interleave(4, 2).repeat_interleave(4, 3)
    changed = torch.where(pixels, uniform(*images.shape, seed=5), images)
    torch.testing.assert_close(method.predict(changed, hidden), predicted, atol=0, rtol=0)


def test_without_a_mask_it_is_the_encoder(method):
    images = uniform(2, 3, 16, 16)
    tokens = method.encoder.tokens(images)
    none = torch.zeros(2, 16, dtype=torch.bool)
    torch.testing.assert_close(method.predict(images, none), method.prediction(tokens)[:, 1:])


def test_wrong_use(method):
    with pytest.raises(ValueError, match="height 10 is not divisible by cell 8"):
        hog(torch.rand(1, 3, 10, 8))
    with pytest.raises(ValueError, match="patch 4 is not divisible by cell 3"):
        MaskFeat(ViT(**SMALL), cell=3)
    with pytest.raises(ValueError, match="of 16 patches at least 1 must stay and 1 must go; 16 are to go"):
        block_masking(torch.rand(2, 3, 4), (4, 4), 16)
    with pytest.raises(ValueError, match=r"numbers must have shape \(batch, blocks, 4\); got \(2, 3\)"):
        block_masking(torch.rand(2, 3), (4, 4), 6)
    with pytest.raises(TypeError, match="MaskFeat needs a ViT"):
        MaskFeat(torch.nn.Linear(2, 2))
