"""Patches that hold most of the attention, and how far they are those of the shape."""

import torch

from course.checkpoints.looking import looked_at, overlap, shape_found
from course.data.clutter import clutter
from course.vision.by_name import encoder


def vit(seed=0):
    torch.manual_seed(seed)
    return encoder("vit-mini/4", (3, 16, 16))


def test_the_fewest_patches_that_hold_the_mass():
    model, images, record = vit(), torch.rand(3, 3, 16, 16), {}
    chosen = looked_at(model, images)
    assert chosen.shape == (4, 3, 16) and chosen.dtype == torch.bool
    model.eval().features(images, record)
    for layer, weights in enumerate(record["weights"]):
        share = weights[:, :, 0, 1:].mean(dim=1)
        share = share / share.sum(dim=1, keepdim=True)
        held = (share * chosen[layer]).sum(dim=1)
        least = share.masked_fill(~chosen[layer], 1).amin(dim=1)
        assert (held >= 0.6).all() and (held - least < 0.6).all()
        assert (share.masked_fill(chosen[layer], 0).amax(dim=1) <= least).all()


def test_overlap_is_one_of_the_same_and_zero_of_the_others():
    masks = torch.zeros(1, 8, 8, dtype=torch.bool)
    masks[:, :4, :4] = True  # the first of four patches
    first = torch.tensor([[True, False, False, False]])
    assert overlap(first, masks) == 1
    assert overlap(~first, masks) == 0
    assert overlap(torch.ones_like(first), masks) == 0.25


def test_a_net_beside_itself_is_no_better():
    scores = shape_found(vit(), vit(), clutter(10, 16))
    assert [score.what.split(",")[1] for score in scores] == [f" layer {layer}" for layer in (4, 3, 2, 1)]
    assert all(score.this == score.beside["untrained"] for score in scores)
