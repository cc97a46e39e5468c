"""HOG

From the gradients of an image, a histogram for each cell of `cell` × `cell` pixels. A pixel's angle is that
of (dx, dy), taken into 0 ≤ angle < π, so that opposite gradients are alike; its bin is
⌊bins · angle / π⌋, and its vote the gradient's length. Each cell's histogram is divided by its length; one
without votes stays zero.
"""

import math

from torch.nn import functional as F

from grader.exercise import Function


def cell_histograms(dx, dy, cell, bins):
    """dx, dy: (H, W), cell, bins: ints -> (H / cell, W / cell, bins)"""
    angle = dy.atan2(dx) % math.pi  # (H, W)
    number = (bins * angle / math.pi).long().clamp(max=bins - 1)  # (H, W)
    length = (dx.square() + dy.square()).sqrt()
    votes = F.one_hot(number, bins) * length[..., None]  # (H, W, bins)
    cells = votes.unflatten(1, (-1, cell)).unflatten(0, (-1, cell))  # (H/c, c, W/c, c, bins)
    return F.normalize(cells.sum(dim=(1, 3)), dim=-1)


def by_loops(dx, dy, cell, bins):
    H, W = dx.shape
    found = dx.new_zeros(H // cell, W // cell, bins)
    for i in range(H):
        for j in range(W):
            angle = math.atan2(dy[i, j], dx[i, j]) % math.pi
            number = min(int(bins * angle / math.pi), bins - 1)
            found[i // cell, j // cell, number] += math.hypot(dx[i, j], dy[i, j])
    return found / found.norm(dim=-1, keepdim=True).clamp(min=1e-12)


def _case(flat=False, square=False):
    def case(draw):
        cell, rows, columns = draw.shuffled([2, 3, 4])
        columns = rows if square else columns
        dx, dy = draw.normal(rows * cell, columns * cell), draw.normal(rows * cell, columns * cell)
        if flat:
            dx[:cell, :cell] = dy[:cell, :cell] = 0
        return dict(dx=dx, dy=dy, cell=cell, bins=draw.choice([5, 7, 9]))

    return case


exercise = Function(
    cell_histograms,
    cases={"an image": _case(), "a square one": _case(square=True), "a cell without edges": _case(flat=True)},
    without=["gradient"],
    words={"number": "the bins", "length": "the lengths", "votes": "the votes", "cells": "the cells"},
    slips={
        "dy.atan2(dx) % math.pi -> dy.atan2(dx) % (2 * math.pi) / 2": "An edge has a direction here: "
        "opposite gradients get different bins.",
        "dy.atan2(dx) % math.pi -> dx.atan2(dy) % math.pi": "dx and dy have changed places: the angle is "
        "counted from the other axis.",
        "dy.atan2(dx) % math.pi -> dy.atan2(dx) % (2 * math.pi)": "Angles go up to 2π, and all above π fall "
        "into the last bin: modulo π, opposite gradients are alike.",
        "dy.atan2(dx) % math.pi -> dy.atan2(dx).abs()": "The sign of the angle is dropped: −30° becomes 30°; "
        "modulo π it is 150°.",
        "cells = _c -> cells = votes.reshape(len(votes) // cell, -1, cell, cell, bins) ;; cells.sum(dim=(1, "
        "3)) -> cells.sum(dim=(2, 3))": "One reshape cuts the cells: it takes pixels along a row, and not "
        "squares.",
        "F.one_hot(number, bins) * length[..., None] -> F.one_hot(number, bins).float()": "Each pixel votes "
        "with 1; its vote is the length of its gradient.",
        "(bins * angle / math.pi).long() -> (bins * angle / math.pi).round().long()": "The bin is rounded; "
        "⌊…⌋ rounds down.",
        "F.normalize(cells.sum(dim=(1, 3)), dim=-1) -> F.normalize(cells.sum(dim=(1, 3)), dim=-1, p=1)": "A "
        "histogram is divided by its sum; it is divided by its length.",
        "F.normalize(cells.sum(dim=(1, 3)), dim=-1) -> cells.sum(dim=(1, 3))": "Nothing is normalised.",
        "F.normalize(cells.sum(dim=(1, 3)), dim=-1) -> F.normalize(cells.sum(dim=(1, 3)).flatten(), "
        "dim=0).view(-1, cells.shape[2], bins)": "The whole image is divided by one length: each cell has "
        "its own.",
        "F.normalize(cells.sum(dim=(1, 3)), dim=-1) -> cells.sum(dim=(1, 3)) / cells.sum(dim=(1, "
        "3)).norm(dim=-1, keepdim=True)": "A cell without votes is divided by 0 and becomes NaN: it stays "
        "zero.",
        "length = (dx.square() + dy.square()).sqrt() -> length = dx.square() + dy.square()": "The vote is "
        "the square of the length.",
    },
    also_right=[by_loops],
    points=5,
    difficulty=4,
    minutes=20,
    hints=[
        "torch.atan2(dy, dx) is −π … π. What does `% math.pi` make of two opposite directions?",
        "F.one_hot(bin, bins) times the length, and (H, W, bins) is full of votes; or loop over the pixels.",
        "Cut both sides with `unflatten` and sum over the two axes inside a cell; then F.normalize.",
    ],
    may_not_call=["course.ssl"],
)
