"""A test that needs no table

You are handed `relations(H, W)`, the (N, N) classes of a grid, LU = 0 to RD = 8. Write a test of **what
must hold on every grid**: there and back (if i is LU of j, then j is RD of i); CC on the diagonal, and only
there; and the directions, by pairs that you know. (Comparing with your own `relations_of` is accepted as
well, but it finds no mistake that you made in both.)
"""

import torch

from grader.catalogue import reference
from grader.exercise import PropertyTest

grid_places = reference("grid_places")


def test_relations(relations):
    """Raise AssertionError unless relations(H, W) are the nine classes."""
    for H, W in ((3, 3), (2, 5), (4, 3)):
        found = relations(H, W)
        assert (found + found.T == 8).all()
        assert ((found == 4) == torch.eye(H * W, dtype=torch.bool)).all()
        assert found[0, 1] == 3 and found[0, W] == 1  # left of the next, above the one below
        assert found[0, W + 1] == 0 and found[1, W] == 2
        assert found[W - 1, W] == 2  # the end of a row, and the beginning of the next


def relations(H, W):
    places = grid_places(H, W)
    way = places[:, None] - places[None]  # (N, N, 2)
    down, right = way.sign().long().unbind(-1)
    classes = 3 * (down + 1) + (right + 1)
    return classes


WAY = "way.sign().long().unbind(-1)"
exercise = PropertyTest(
    test_relations,
    base=relations,
    right={"by comparing": f"{WAY} -> ((way > 0).long() - (way < 0).long()).unbind(-1)"},
    wrong={
        "The test looks at the diagonal, or at sums, and never in which direction a class points.": {
            "tells j as seen from i": "places[:, None] - places[None] -> places[None] - places[:, None]",
            "takes up for down": "3 * (down + 1) -> 3 * (1 - down)",
            "runs through columns first": "3 * (down + 1) + (right + 1) -> 3 * (right + 1) + (down + 1)",
        },
        "The test never goes there and back: [i, j] and [j, i] must add up to 8.": {
            "knows one half of the table": "return classes -> return classes.triu() + classes.triu(1).T",
        },
        "The test accepts CC for two different patches.": {
            "calls neighbours CC": f"{WAY} -> (way.abs().floor() > 1).mul(way.sign()).long().unbind(-1)",
            "calls all of a row CC": "right + 1 -> right * down.abs() + 1",
        },
        "The test does not see where a row ends: take a grid of unequal sides, and a pair of two rows.": {
            "takes rows of H": "grid_places(H, W) -> grid_places(W, H)"
        },
    },
    points=4,
    difficulty=2,
    minutes=18,
    hints=[
        "Class k and class 8 − k are opposite. What must found + found.T be?",
        "found == 4 is to be the identity. And with rows and columns of different length?",
        "All that is symmetric holds for a table turned round as well: one known pair decides, such as 0 and "
        "the last.",
    ],
)
