"""Positions kept on the way."""

import torch

from course.checkpoints.placing import KEPT, PositionsKept, neighbours
from course.position import sinusoidal_2d
from course.vision.vit import ViT


def test_the_table_at_each_moment():
    torch.manual_seed(0)
    vit = ViT(8, 4, dim=8, depth=1, heads=1, hidden=8, classes=2)
    method, tables = PositionsKept(vit), [vit.position.table.detach()[0].clone()]
    steps = 200
    for step in range(steps):
        with torch.no_grad():
            vit.position.table += 0.01
        method.after_step((step + 1) / steps)
        if (step + 1) / steps in KEPT:
            tables.append(vit.position.table.detach()[0].clone())
    assert torch.equal(method.kept, torch.stack(tables)) and len(tables) == len(KEPT)


def test_neighbours_of_a_grid_are_more_alike_than_others():
    table = torch.cat([torch.ones(1, 16), sinusoidal_2d(6, 6, 16)])
    beside, others = neighbours(table)
    assert beside > others + 0.1
    everything = torch.ones(10, 4)
    everything[0] = -1  # CLS does not count
    assert neighbours(everything) == (1, 1)
