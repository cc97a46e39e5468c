"""The small MAE of digits: what is handed in is used, what is hidden does not leak, features see all."""

import copy

import pytest
import torch
from torch import nn

from course.language.transformer_layers import EncoderLayer
from course.ssl.digit_mae import (
    PATCHES,
    DigitMAE,
    errors,
    few_labels,
    fine_tune,
    learn,
    mean_image_error,
    noise_of_test,
    painted,
    probe,
    shuffled,
)
from course.ssl.mae import random_masking


def net(**options) -> DigitMAE:
    torch.manual_seed(0)
    blocks: list[nn.Module] = [EncoderLayer(16, 2, 16) for _ in range(2)]
    return DigitMAE(16, blocks[:1], blocks[1:], **options).eval()


def test_what_is_hidden_decides_nothing():
    mae, images, noise = net(), torch.rand(3, 1, 8, 8), torch.rand(3, PATCHES)
    with torch.no_grad():
        predicted, hidden = mae(images, noise)
        pixels = hidden.view(3, 1, 4, 4).repeat_interleave(2, 2).repeat_interleave(2, 3)
        other, _ = mae(torch.where(pixels, torch.rand_like(images), images), noise)
    assert hidden.sum(dim=1).tolist() == [12] * 3
    torch.testing.assert_close(predicted, other)


def test_choose_and_place_are_those_that_are_handed_in():
    asked = []

    def choose(noise, kept):
        asked.append(kept)
        return random_masking(noise, kept)

    with torch.no_grad():
        mae = net(choose=choose, kept=6, place=lambda tokens, mask, restore: mask.expand(2, 16, -1))
        predicted, _ = mae(torch.rand(2, 1, 8, 8), torch.rand(2, PATCHES))
    assert asked == [6]
    torch.testing.assert_close(predicted[0], predicted[1])  # nothing of an image came through


def test_features_under_a_mask_depend_on_the_noise_and_features_do_not():
    mae, images = net(), torch.rand(2, 1, 8, 8)
    with torch.no_grad():
        one, other = (mae.features_under_mask(images, torch.rand(2, PATCHES)) for _ in range(2))
        whole = [mae.features(images) for _ in range(2)]
    assert torch.equal(*whole)
    assert (one - other).abs().max() > 1e-3


def test_it_learns_and_pictures_have_the_visible_pasted_in():
    mae = net()
    before = errors(mae)[0]
    losses = learn(mae, steps=30)
    assert len(losses) == 30 and errors(mae)[0] < before
    images, shown, hidden = painted(mae, 3)
    pixels = hidden[:, None].repeat_interleave(2, 2).repeat_interleave(2, 3)
    torch.testing.assert_close(images[~pixels], shown[~pixels])
    assert not torch.equal(images[pixels], shown[pixels])


def test_the_mean_digit_and_few_labels():
    _, restore = random_masking(noise_of_test(), 4)
    assert mean_image_error(restore >= 4) == pytest.approx(0.07, abs=0.02)
    images, labels = few_labels(3, 0)
    assert len(images) == 30 and labels.bincount().tolist() == [3] * 10


def test_fine_tuning_is_read_ten_times_and_seeded():
    mae = net()
    first = [parameter.clone() for parameter in mae.parameters()]
    right = fine_tune(copy.deepcopy(mae), each=2, seed=1, steps=20)
    assert len(right) == 10 and right == fine_tune(copy.deepcopy(mae), each=2, seed=1, steps=20)
    assert all(torch.equal(*pair) for pair in zip(first, mae.parameters()))
    assert 0.1 < probe(mae.features, each=5) < 1


def test_shuffled_has_the_same_numbers_elsewhere():
    mae = net()
    mixed = shuffled(mae)
    for one, other in zip(mae.parameters(), mixed.parameters()):
        torch.testing.assert_close(one.flatten().sort().values, other.flatten().sort().values)
    assert not torch.equal(mae.positions, mixed.positions)
