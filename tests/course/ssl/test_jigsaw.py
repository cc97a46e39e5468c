"""Jigsaw: permutations against a greedy search in loops, tiles with gaps, and the patch variant."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.ssl.jigsaw import Jigsaw, PatchJigsaw, loose_tiles, permutations
from course.ssl.tiles import cut, join, shuffle, standardise
from course.vision.vit import ViT


class Mean(nn.Module):
    """Two numbers a tile: its mean and its first pixel."""

    def features(self, images):
        return torch.stack([images.mean(dim=(1, 2, 3)), images[:, 0, 0, 0]], dim=1)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


# --- Permutations --------------------------------------------------------------------------------------


def greedy(tiles, count):
    every = list(itertools.permutations(range(tiles)))
    chosen = [every[0]]
    while len(chosen) < count:
        rest = [p for p in every if p not in chosen]
        far = [sum(a != b for other in chosen for a, b in zip(p, other)) for p in rest]
        chosen.append(rest[far.index(max(far))])
    return chosen


@pytest.mark.parametrize("tiles, count", [(1, 1), (2, 2), (3, 6), (4, 10), (4, 24), (5, 12)])
def test_permutations_equal_a_greedy_search_in_loops(tiles, count):
    assert permutations(tiles, count).tolist() == [list(p) for p in greedy(tiles, count)]


def test_permutations_of_nine_tiles_are_far_apart():
    chosen = permutations(9, 30)
    assert torch.equal(chosen.sort(dim=1).values, torch.arange(9).expand(30, 9))
    distance = (chosen[:, None] != chosen).sum(-1)  # (30, 30)
    apart = distance[~torch.eye(30, dtype=torch.bool)].float()
    assert (distance[:9, :9] + 9 * torch.eye(9) == 9).all()  # nine can differ everywhere, and do
    drawn = torch.rand(30, 9, generator=seeded()).argsort(dim=1)
    by_chance = (drawn[:, None] != drawn).sum(-1)[~torch.eye(30, dtype=torch.bool)].float()
    assert apart.mean() > by_chance.mean() + 0.1  # 8 by chance, on average
    assert apart.min() > 0


def test_what_is_returned_may_be_changed():
    permutations(3, 4)[0] = 7
    assert permutations(3, 4)[0].tolist() == [0, 1, 2]


# --- Tiles ---------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 3), st.integers(0, 99))
def test_each_tile_comes_from_its_cell(side, tile, gap, seed):
    """The image tells where each pixel stood."""
    size = side * (tile + gap)
    place = torch.arange(float(size * size)).view(1, 1, size, size).expand(4, 1, size, size)
    tiles = loose_tiles(place, side, tile, seeded(seed))
    assert tiles.shape == (4, side**2, 1, tile, tile)
    for b, n in itertools.product(range(4), range(side**2)):
        y, x = divmod(int(tiles[b, n, 0, 0, 0]), size)
        cell_y, cell_x = n // side * (tile + gap), n % side * (tile + gap)
        assert cell_y <= y <= cell_y + gap and cell_x <= x <= cell_x + gap
        assert torch.equal(tiles[b, n, 0], place[b, 0, y : y + tile, x : x + tile])


def test_tiles_move_in_their_cells_each_alone_and_reach_every_place():
    place = torch.arange(36.0).view(1, 1, 6, 6).expand(200, 1, 6, 6)
    corner = loose_tiles(place, 2, 2, seeded())[:, :, 0, 0, 0]
    assert corner[:, 0].unique().tolist() == [0, 1, 6, 7]
    assert (corner[:, 0] != corner[:, 1] - 3).any()


# --- The method ----------------------------------------------------------------------------------------


def test_views_are_the_standardised_tiles_in_the_order_of_the_label():
    method = Jigsaw(Mean(), dim=2, tile=4, side=2, count=24)
    images = torch.rand(40, 3, 8, 8, generator=seeded())
    batch = method.views(images, seeded(1))
    whole = standardise(cut(images, 2, 2))  # without a gap the tiles are known
    expected = torch.empty_like(whole)
    for b, label in enumerate(batch["labels"]):
        for place, source in enumerate(permutations(4, 24)[label]):
            expected[b, place] = whole[b, source]
    torch.testing.assert_close(batch["tiles"], expected)
    assert len(batch["labels"].unique()) > 12


def test_loss_sees_all_tiles_in_order():
    torch.manual_seed(0)
    method = Jigsaw(Mean(), dim=2, tile=4, side=2, count=5, hidden=6)
    batch = method.views(torch.rand(7, 1, 12, 12, generator=seeded()), seeded(1))
    loss, told = method(batch)
    logits = []
    for tiles in batch["tiles"]:
        logits.append(method.head(torch.cat([method.encoder.features(tile[None])[0] for tile in tiles])))
    logits = torch.stack(logits).detach().numpy()
    labels = batch["labels"].numpy()
    by_hand = np.log(np.exp(logits).sum(1)) - logits[np.arange(7), labels]
    assert loss.item() == pytest.approx(by_hand.mean(), abs=1e-5)
    assert told["accuracy"].item() == pytest.approx((logits.argmax(1) == labels).mean())


def test_the_patch_variant_says_where_each_patch_was():
    torch.manual_seed(0)
    vit = ViT(image_size=8, patch=2, dim=8, depth=1, heads=2, hidden=8, classes=0, channels=1)
    method = PatchJigsaw(vit)
    images = torch.rand(3, 1, 8, 8, generator=seeded())
    batch = method.views(images, seeded(1))
    assert torch.equal(batch["labels"].sort(dim=1).values, torch.arange(16).expand(3, 16))
    back = shuffle(cut(batch["images"], 4, 4), batch["labels"].argsort(dim=1))  # the shuffle undone
    torch.testing.assert_close(join(back, 4, 4), images)
    loss, told = method(batch)
    logits = method.head(vit.tokens(batch["images"]))[:, 1:].detach()
    by_hand = -logits.log_softmax(-1).gather(-1, batch["labels"][..., None]).mean()
    assert loss.item() == pytest.approx(by_hand.item(), abs=1e-5)
    assert told["accuracy"].item() == pytest.approx(
        (logits.argmax(-1) == batch["labels"]).float().mean().item()
    )


@pytest.mark.parametrize(
    "wrong, error, sentence",
    [
        (lambda: permutations(10, 5), ValueError, "at most 9 tiles can be listed; got 10"),
        (lambda: permutations(3, 7), ValueError, "3 tiles have 6 permutations; got count 7"),
        (
            lambda: loose_tiles(torch.rand(1, 1, 6, 6), 2, 4),
            ValueError,
            "a tile of 4 pixels does not fit into a cell",
        ),
        (
            lambda: loose_tiles(torch.rand(1, 1, 7, 7), 2, 2),
            ValueError,
            "height 7 is not divisible by side 2",
        ),
        (
            lambda: PatchJigsaw(Mean()),
            TypeError,
            "patch-jigsaw needs a ViT with learned positions and a CLS token; got Mean",
        ),
        (
            lambda: Jigsaw(Mean(), dim=3, tile=2, side=2, count=4)(
                {"tiles": torch.rand(1, 4, 1, 2, 2), "labels": torch.zeros(1).long()}
            ),
            ValueError,
            "the encoder's output has width 2 but this layer was made for width 3",
        ),
    ],
)
def test_wrong_use_is_named(wrong, error, sentence):
    with pytest.raises(error, match=sentence):
        wrong()
