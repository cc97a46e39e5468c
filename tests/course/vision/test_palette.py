"""The palette against a loop over pixels, and what k-means promises."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision.palette import dequantise, make_palette, quantise


def test_quantises_to_the_nearest_colour_and_back():
    palette = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    images = palette[torch.tensor([[[0, 1, 2], [2, 2, 1]]])].permute(0, 3, 1, 2)  # (1, 3, 2, 3)
    noisy = images + 0.2 * torch.rand(images.shape, generator=torch.Generator().manual_seed(0))
    tokens = quantise(noisy, palette)
    assert tokens.tolist() == [[0, 1, 2, 2, 2, 1]]
    torch.testing.assert_close(dequantise(tokens, palette, (2, 3)), images)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5), st.integers(1, 5), st.integers(0, 1000))
def test_quantising_equals_a_loop(B, C, H, W, seed):
    generator = torch.Generator().manual_seed(seed)
    images, palette = torch.rand(B, C, H, W, generator=generator), torch.rand(6, C, generator=generator)
    tokens = quantise(images, palette)
    for b in range(B):
        for n in range(H * W):
            pixel = images[b, :, n // W, n % W]
            distances = [(pixel - colour).square().sum().item() for colour in palette]
            assert distances[tokens[b, n]] == pytest.approx(min(distances), abs=1e-6)


def test_finds_the_colours_that_are_there():
    generator = torch.Generator().manual_seed(0)
    true = torch.tensor([[0.1, 0.1, 0.1], [0.9, 0.1, 0.2], [0.2, 0.8, 0.9]])
    choice = torch.randint(3, (4, 8, 8), generator=generator)
    images = (true[choice] + 0.02 * torch.randn(4, 8, 8, 3, generator=generator)).permute(0, 3, 1, 2)
    best = min((make_palette(images, 3, seed=seed) for seed in range(4)), key=lambda p: error(images, p))
    torch.testing.assert_close(best[best[:, 0].argsort()], true[true[:, 0].argsort()], atol=0.01, rtol=0)


def error(images, palette):
    return (images - dequantise(quantise(images, palette), palette, images.shape[2:])).square().mean().item()


def test_each_colour_is_the_mean_of_its_pixels_in_the_end_and_rounds_help():
    images = torch.rand(3, 2, 9, 9, generator=torch.Generator().manual_seed(0))
    palette = make_palette(images, 5, rounds=60)
    tokens, pixels = quantise(images, palette).flatten(), images.transpose(0, 1).flatten(1).T
    for colour in range(5):
        torch.testing.assert_close(palette[colour], pixels[tokens == colour].mean(0))
    errors = [error(images, make_palette(images, 5, rounds=rounds)) for rounds in (1, 3, 10, 60)]
    assert errors == sorted(errors, reverse=True) and errors[0] > errors[-1]


def test_wrong_use():
    with pytest.raises(ValueError, match="300 colours need as many different pixels; these images have 16"):
        make_palette(torch.rand(1, 3, 4, 4), 300)
    with pytest.raises(ValueError, match="images have 3 channels but this layer was made for 2"):
        quantise(torch.rand(1, 3, 4, 4), torch.rand(5, 2))
    with pytest.raises(ValueError, match=r"palette must have shape \(colours, channels\); got \(5,\)"):
        quantise(torch.rand(1, 3, 4, 4), torch.rand(5))
    with pytest.raises(ValueError, match="16 tokens do not fill an image of 4 × 5 pixels"):
        dequantise(torch.zeros(2, 16, dtype=torch.int64), torch.rand(11, 3), (4, 5))
