"""Orders that are far apart

N tiles have N! orders; K of them are to be the classes of a puzzle. The **Hamming distance** of two orders
is in how many places they differ. Choose greedily: first the identity, 0, 1, 2, …; then always the one
whose distances to all chosen so far have the largest **sum**, and of several the first as
`itertools.permutations(range(N))` lists them. None is taken twice.
"""

import itertools

import torch

from grader.exercise import Function


def far_orders(N, K):
    """N, K: ints -> K orders of N tiles, (K, N), int64, as they were chosen"""
    every = torch.tensor(list(itertools.permutations(range(N))))  # (N!, N)
    total = torch.zeros(len(every), dtype=torch.int64)  # of distances to the chosen
    chosen = [0]
    while len(chosen) < K:
        last = every[chosen[-1]]
        differ = every != last  # (N!, N)
        total = total + differ.sum(dim=1)
        total[chosen[-1]] = -1000000  # never again
        best = int(total.argmax())
        chosen.append(best)
    return every[chosen]


exercise = Function(
    far_orders,
    cases={
        "all 6 orders of 3 tiles": lambda draw: dict(N=3, K=6),
        "some of 4 tiles": lambda draw: dict(N=4, K=draw.integer(6, 12)),
        "some of 5 tiles": lambda draw: dict(N=5, K=draw.integer(8, 20)),
        "a single one": lambda draw: dict(N=draw.integer(3, 5), K=1),
        "fewer orders than tiles": lambda draw: dict(N=6, K=4),
    },
    words={"every": "all orders", "total": "the sum of distances", "differ": "the places that differ"},
    slips={
        "total = total + differ.sum(dim=1) -> total = differ.sum(dim=1)": "Only the distance to the order "
        "chosen last counts: the next can be near all others.",
        "every != last -> every == last": "The nearest are chosen and not the farthest: places that are "
        "equal are counted, or the smallest sum is taken.",
        "torch.zeros(len(every), dtype=torch.int64) -> torch.full((len(every),), N + 1) ;; "
        "total + differ.sum(dim=1) -> total.minimum(differ.sum(dim=1))": "The distance to the *nearest* "
        "of the chosen is made as large as can be; the sum of the distances to all of them is asked for.",
        "total[chosen[-1]] = -1000000 ->": "One that is chosen already can be chosen again.",
        "every != last -> (every - last).abs()": "How far a tile has moved is added up; the Hamming distance "
        "counts places that differ.",
    },
    also_right=["differ.sum(dim=1) -> torch.count_nonzero(differ, dim=1)"],
    points=4,
    difficulty=3,
    minutes=10,
    hints=[
        "torch.tensor(list(itertools.permutations(range(N)))) are all of them, (N!, N). Compare the whole "
        "table with one order at a time.",
        "Keep one sum for each of the N! orders, and add to it whenever one is chosen. `argmax` takes the "
        "first of several.",
    ],
    may_not_call=["course.ssl"],
)
