"""Relations first, labels then: blind losses against a loop, twins, what is drawn, and noise as a control."""

import math

import pytest
import torch
from torch import nn

from course.fewlabels import relations_first as first
from course.fewlabels.few_images import vit
from course.ssl.relvit import PairScores, angle_labels, distance_labels, relation_labels
from course.ssl.tiles import cut

TABLES = relation_labels(4, 4), distance_labels(4, 4), angle_labels(4, 4)


class Relations(nn.Module):
    """Heads with the first task alone: (B, 1 + N, dim) -> (4,)"""

    def __init__(self):
        super().__init__()
        self.relations = PairScores(first.DIM, 9)

    def forward(self, tokens, labels, distances, angles):
        scores = self.relations(tokens[:, 1:])
        loss = nn.functional.cross_entropy(scores, labels.expand(len(scores), *labels.shape))
        return torch.stack([loss, *torch.zeros(3)])


def right(encoder, heads, images):
    return (first.logits(encoder, heads.relations, images).argmax(dim=1) == TABLES[0]).float().mean().item()


def test_blind_losses_equal_a_loop():
    """Of two images, one with twins: pairs that look alike, and the others, by one list each."""
    images = first.noise(2, torch.Generator().manual_seed(0))
    images[1, :, :4] = 0
    alike = first.twins(images)
    groups = {True: [], False: []}
    for picture in alike:
        for i in range(16):
            for j in range(16):
                groups[bool(picture[i, j])].append([float(table[i, j]) for table in TABLES])
    total = [0.0, 0.0, 0.0]
    for group in groups.values():
        relations, *numbers = zip(*group)
        total[0] -= sum(math.log(relations.count(c) / len(group)) for c in relations)
        for task, values in enumerate(numbers, start=1):
            total[task] += sum((x - sum(values) / len(values)) ** 2 for x in values)
    expected = torch.tensor([*(loss / 512 for loss in total), math.log(16)])
    torch.testing.assert_close(first.blind(alike, *TABLES), expected, atol=1e-5, rtol=1e-5)


def test_twins_are_patches_alike_to_the_last_pixel():
    images = torch.zeros(1, 1, 8, 8)
    images[0, 0, 0, 0] = 1e-3
    found = first.twins(images)
    assert found.shape == (1, 16, 16) and found[0, 0].tolist() == [True] + 15 * [False]
    assert found[0, 1:, 1:].all() and torch.equal(found, found.mT)


def test_scattered_images_have_the_same_patches_in_an_order_of_their_own():
    generator = torch.Generator().manual_seed(0)
    images = first.noise(3, generator)
    moved = first.scattered(lambda B, _: images)(3, generator)
    before, after = (cut(x, 4, 4).flatten(2).sum(-1) for x in (images, moved))  # (3, 16)
    torch.testing.assert_close(before.sort(dim=1).values, after.sort(dim=1).values)
    orders = (after[:, :, None] - before[:, None]).abs().argmin(dim=-1)  # (3, 16)
    assert not torch.equal(orders[0], orders[1]) and not torch.equal(orders[1], orders[2])


def test_an_encoder_begins_with_the_weights_that_labels_alone_begin_with():
    torch.manual_seed(3)
    drawn = vit().state_dict()
    for positions in (False, True):
        state = first.encoder(3, positions).state_dict()
        assert state.keys() == {name for name in drawn if not name.startswith("head")}
        assert all(torch.equal(drawn[name], value) for name, value in state.items())


@pytest.mark.parametrize("positions, low, high", [(True, 0.6, 1.0), (False, 0.05, 0.23)])
def test_noise_is_learnt_with_positions_only(positions, low, high):
    encoder, heads = first.encoder(0, positions), Relations()
    curve = first.learn(encoder, heads, TABLES, first.noise, (1, 0, 0, 0), steps=120)
    assert curve.shape == (120, 4) and curve[-1, 0] < curve[0, 0]
    assert low < right(encoder, heads, first.noise(50, torch.Generator().manual_seed(9))) < high
