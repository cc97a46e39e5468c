"""The patch embedding, against cutting the image by hand, and its wrong use."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision.patches import PatchEmbedding, rearranged

few = st.integers(min_value=1, max_value=4)


@settings(max_examples=60, deadline=None)
@given(few, few, few, few, few, few, st.integers(0, 10_000))
def test_a_patch_is_cut_out_flattened_and_projected(B, C, rows, columns, patch, dim, seed):
    torch.manual_seed(seed)
    embed = PatchEmbedding(patch, dim, C)
    images = torch.randn(B, C, rows * patch, columns * patch)
    weight, bias = embed.projection.weight.flatten(1), embed.projection.bias  # (dim, C · patch²), (dim,)
    expected = torch.empty(B, rows * columns, dim)
    for row in range(rows):
        for column in range(columns):
            cut = images[:, :, row * patch : (row + 1) * patch, column * patch : (column + 1) * patch]
            expected[:, row * columns + column] = cut.flatten(1) @ weight.T + bias
    assert embed.grid(images) == (rows, columns)
    torch.testing.assert_close(embed(images), expected, atol=1e-5, rtol=1e-4)


def test_parameters():
    assert sum(p.numel() for p in PatchEmbedding(16, 768).parameters()) == 3 * 16**2 * 768 + 768


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((1, 3, 8, 9), "an image of 8 × 9 pixels cannot be cut into patches of 4 × 4"),
        ((1, 3, 2, 8), "an image of 2 × 8 pixels cannot be cut into patches of 4 × 4"),
        ((1, 3, 0, 8), "an image of 0 × 8 pixels cannot be cut into patches of 4 × 4"),
        ((1, 1, 8, 8), "images have 1 channels but this layer was made for 3"),
        ((3, 8, 8), r"images must have shape \(batch, channels, height, width\); got \(3, 8, 8\)"),
    ],
)
def test_images_that_do_not_fit_are_named(shape, sentence):
    embed = PatchEmbedding(4, 5)
    for use in (embed, embed.grid):
        with pytest.raises(ValueError, match=sentence):
            use(torch.randn(shape))


def test_other_wrong_use_is_named():
    embed, images = PatchEmbedding(4, 5), torch.randn(1, 3, 8, 8)
    with pytest.raises(TypeError, match="images must be a tensor of floating-point numbers; got uint8"):
        embed(images.to(torch.uint8))
    with pytest.raises(TypeError, match=r"images \(float64\) and the layer \(float32\) must have the same"):
        embed(images.double())
    with pytest.raises(
        RuntimeError, match=r"images \(meta\) and the layer \(cpu\) must be on the same device"
    ):
        embed(images.to("meta"))
    with pytest.raises(ValueError, match="patch must be a whole number of at least 1; got 0"):
        PatchEmbedding(0, 5)


def test_squares_in_another_order():
    images = torch.randn(2, 3, 4, 6)
    order = torch.tensor([4, 0, 5, 2, 1, 3])
    placed = rearranged(images, 2, order)
    for n, source in enumerate(order.tolist()):
        to, of = (2 * (n // 3), 2 * (n % 3)), (2 * (source // 3), 2 * (source % 3))
        square = images[..., of[0] : of[0] + 2, of[1] : of[1] + 2]
        assert torch.equal(placed[..., to[0] : to[0] + 2, to[1] : to[1] + 2], square)
    assert torch.equal(rearranged(placed, 2, order.argsort()), images)
    with pytest.raises(ValueError, match=r"an order of \(5,\) patches of 2 × 2 does not fit images of 4 × 6"):
        rearranged(images, 2, torch.arange(5))
