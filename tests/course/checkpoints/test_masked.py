"""Hidden patches painted without learning, and an MAE that learns any share of them."""

import torch

from course.checkpoints.masked import (
    ManyRatios,
    decibels,
    distance_weighted,
    hidden_decibels,
    nearest_visible,
    predicted_zero,
)
from course.data.shapes import shapes
from course.vision.by_name import encoder

GRID = (1, 4)
PATCHES = torch.tensor([[[1.0, 1, 1], [0, 0, 0], [9, 9, 9], [4, 4, 4]]])  # (1, 4, 3): patches of one pixel
HIDDEN = torch.tensor([[False, True, True, False]])


def mae():
    torch.manual_seed(0)
    return ManyRatios(encoder("vit-mini/4", (3, 16, 16)), dim=16, depth=1, heads=1, normalise=False)


def test_the_nearest_visible_patch():
    assert nearest_visible(PATCHES, HIDDEN, GRID)[0, :, 0].tolist() == [1, 1, 4, 4]
    three = nearest_visible(PATCHES[:, :3], torch.tensor([[False, True, False]]), (1, 3))
    assert three[0, 1].tolist() == [5, 5, 5]  # 1 and 9 are equally near


def test_all_visible_patches_by_distance():
    painted = distance_weighted(PATCHES, HIDDEN, GRID)[0, :, 0]
    torch.testing.assert_close(painted[1], torch.tensor((1 + 4 / 4) / (1 + 1 / 4)))
    torch.testing.assert_close(painted[2], torch.tensor((1 / 4 + 4) / (1 / 4 + 1)))


def test_zero_is_the_mean_of_what_was_hidden_whatever_that_is():
    true = torch.rand(2, 4, 12)
    painted = predicted_zero(true, HIDDEN, GRID)
    torch.testing.assert_close(painted, true.mean(dim=2, keepdim=True).expand(2, 4, 12))
    assert abs(decibels(true + 0.1, true, HIDDEN.expand(2, 4)) - 20) < 1e-3


def test_a_share_for_each_batch_and_the_same_from_the_same_generator():
    method, images = mae(), torch.rand(2, 3, 16, 16)
    shares = []
    for seed in [*range(40), 0]:
        method.views(images, torch.Generator().manual_seed(seed))
        shares.append(method.ratio)
    assert 0.3 <= min(shares) < 0.4 and 0.8 < max(shares) <= 0.9
    assert shares[0] == shares[-1] != shares[1]


def test_decibels_are_those_of_hidden_pixels_and_the_ratio_stays():
    method, test = mae(), shapes(8, 16)
    [score] = hidden_decibels(method, test, ratios=(0.5,))
    assert method.ratio == 0.75
    noise = torch.rand(8, 16, generator=torch.Generator().manual_seed(0))
    method.ratio = 0.5
    painted, hidden = method.reconstruct({"images": test.floats(), "noise": noise})
    error = (painted - test.floats()).square().mean() / hidden.float().mean()  # visible ones are as they are
    torch.testing.assert_close(torch.tensor(score.this), -10 * error.log10())
    assert score.beside.keys() == {"nearest visible patch", "visible patches by distance"}
