"""Context prediction: where tiles come from, whatever the label; colours dropped; the order of a pair."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.ssl.context import PLACES, Context, drop_colours, fitting_side, pairs


class Pixels(nn.Module):
    def features(self, images):
        return images.flatten(1)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def numbered(B, H, W):
    """Images whose pixels tell where they stand."""
    return torch.arange(float(H * W)).view(1, 1, H, W).expand(B, 1, H, W)


def test_the_places_are_those_of_the_drawing():
    drawing = ["012", "3·4", "567"]
    for down, right in itertools.product((-1, 0, 1), repeat=2):
        mark = drawing[down + 1][right + 1]
        assert mark == "·" or PLACES[int(mark)] == (down, right)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(0, 3), st.integers(0, 2), st.integers(0, 3), st.integers(0, 99))
def test_the_neighbour_lies_where_the_label_says_up_to_jitter(tile, gap, jitter, spare, seed):
    H = 3 * tile + 2 * gap + 2 * jitter + spare
    W = H + 1
    labels = torch.arange(8).repeat(3)
    found = pairs(numbered(24, H, W), labels, tile, gap, jitter, seeded(seed))
    assert found.shape == (24, 2, 1, tile, tile)
    for two, label in zip(found[:, :, 0], labels):
        (y0, x0), (y1, x1) = (divmod(int(t[0, 0]), W) for t in two)
        down, right = PLACES[label]
        assert abs(y1 - y0 - down * (tile + gap)) <= 2 * jitter
        assert abs(x1 - x0 - right * (tile + gap)) <= 2 * jitter
        assert torch.equal(two[1], numbered(1, H, W)[0, 0, y1 : y1 + tile, x1 : x1 + tile])


def test_the_middle_tile_tells_nothing_about_the_label():
    corners = {
        label: pairs(numbered(300, 10, 10), torch.full((300,), label), 2, 1, 0, seeded())[:, 0, 0, 0, 0]
        for label in (0, 7)
    }
    assert torch.equal(corners[0], corners[7])
    assert len(corners[0].unique()) == 9  # all of 3 × 3 places


def test_jitter_moves_each_tile_alone_by_at_most_its_pixels():
    found = pairs(numbered(500, 8, 8), torch.full((500,), 4), 2, 0, 1, seeded())[:, :, 0, 0, 0]
    y, x = found // 8, found % 8  # (500, 2); without jitter: y = 3, x = 3 and 5
    assert set((y - 3).flatten().tolist()) == {-1, 0, 1}
    assert set((x - torch.tensor([3, 5])).flatten().tolist()) == {-1, 0, 1}
    assert len(set(map(tuple, y.tolist()))) == 9


def test_colour_dropping_equals_a_loop():
    tiles = torch.rand(5, 2, 3, 4, 4, generator=seeded())
    kept = torch.randint(3, (5, 2), generator=seeded(1))
    noise = torch.randn(tiles.shape, generator=seeded(2))
    done = drop_colours(tiles, kept, noise).numpy()
    for b, n, c in itertools.product(range(5), range(2), range(3)):
        stays = tiles[b, n, kept[b, n]].numpy()
        expected = stays if c == kept[b, n] else 0.5 + stays.std() / 100 * noise[b, n, c].numpy()
        np.testing.assert_allclose(done[b, n, c], expected, atol=1e-6)


def test_loss_takes_both_tiles_side_by_side():
    torch.manual_seed(0)
    method = Context(Pixels(), dim=12, tile=2, gap=1, jitter=1, hidden=5)
    batch = method.views(torch.rand(6, 3, 12, 12, generator=seeded()), seeded(1))
    assert batch["tiles"].shape == (6, 2, 3, 2, 2) and batch["labels"].shape == (6,)
    loss, told = method(batch)
    logits = torch.stack(
        [method.head(torch.cat([a.flatten(), b.flatten()])) for a, b in batch["tiles"]]
    ).detach()
    by_hand = -logits.log_softmax(1)[torch.arange(6), batch["labels"]].mean()
    assert loss.item() == pytest.approx(by_hand.item(), abs=1e-5)
    assert told["accuracy"].item() == pytest.approx(
        (logits.argmax(1) == batch["labels"]).float().mean().item()
    )
    swapped = {"tiles": batch["tiles"].flip(1), "labels": batch["labels"]}
    assert method(swapped)[0] != loss


def test_colours_are_dropped_on_request_only():
    images = torch.rand(4, 3, 8, 8, generator=seeded())
    options = dict(dim=12, tile=2, gap=1, jitter=0)
    kept = Context(Pixels(), colour_dropping=False, **options).views(images, seeded(1))["tiles"]
    dropped = Context(Pixels(), **options).views(images, seeded(1))["tiles"]
    same = (kept == dropped).flatten(3).all(-1)  # (4, 2, 3): the first draws are the same
    assert (same.sum(-1) == 1).all()


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        (
            lambda: pairs(torch.rand(1, 1, 9, 9), torch.zeros(1).long(), 3, 1, 0),
            "need images of 11 pixels; got 9 × 9",
        ),
        (
            lambda: pairs(torch.rand(2, 1, 9, 9), torch.zeros(3).long(), 3, 0, 0),
            r"labels must have shape \(2,\)",
        ),
        (
            lambda: pairs(torch.rand(1, 1, 9, 9), torch.zeros(1).long(), 2, -1, 0),
            "gap must be a number of pixels, 0",
        ),
        (
            lambda: Context(Pixels(), 4, 2, 1, 0).views(torch.rand(1, 1, 8, 8)),
            "from tiles of 3 channels; got 1",
        ),
    ],
)
def test_wrong_use_is_named(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()


def test_the_player_that_knows_nothing_fits_touching_lines():
    """Two halves of a smooth picture: each side is told from the others by its line of pixels alone."""
    line = torch.linspace(0, 1, 12)
    picture = (line[:, None] + 2 * line[None, :])[None]  # (1, 12, 12)
    middle = picture[:, 4:8, 4:8]
    for place, (down, right) in {1: (0, 4), 3: (4, 0), 4: (4, 8), 6: (8, 4)}.items():
        assert fitting_side(middle, picture[:, down : down + 4, right : right + 4]) == place
