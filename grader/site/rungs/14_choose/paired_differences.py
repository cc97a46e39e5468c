"""Only what has a partner

Two methods were run with seeds. `ours` and `theirs` are lists of [seed, accuracy],
each in an order of its own, and some seeds were run by one only. For each seed that
both have, in the order of ours: ours − theirs.
"""

from grader.site.rung import Rung


def paired_differences(ours, theirs):
    """ours, theirs: lists of [seed, accuracy] -> a list of differences"""
    differences = []
    for seed, mine in ours:
        for other, yours in theirs:
            if seed == other:
                differences.append(mine - yours)
    return differences


def runs(draw, n, alone):
    seeds = draw.shuffled(range(10, 10 + n))
    ours = [[seed, draw.integer(600, 900) / 10] for seed in seeds + [50] * alone]
    theirs = [[seed, draw.integer(500, 800) / 10] for seed in [70] * alone + seeds[1:] + seeds[:1]]
    return {"ours": ours, "theirs": theirs}


rung = Rung(
    paired_differences,
    before="paired_t",
    cases={
        "all seeds in both": lambda draw: runs(draw, 4, 0),
        "some in one only": lambda draw: runs(draw, 3, 1),
    },
    slips={
        "mine - yours -> yours - mine": "The sign is turned: ours − theirs.",
        "return differences -> return [mine[1] - yours[1] for mine, yours in zip(ours, theirs)]": (
            "Paired by their places in the lists: the same place may be another seed."
        ),
        "return differences -> return sorted(differences)": (
            "Sorted by size; the order of ours was asked for."
        ),
        "mine - yours -> abs(mine - yours)": ("The sign is lost: whether ours is better or worse must show."),
    },
    also_right=[
        "return differences -> return [mine - dict(theirs)[seed] for seed, mine in ours if seed "
        "in dict(theirs)]",
    ],
    hints=[
        "For each run of ours look for the run of theirs that has the same seed.",
        "Two loops and an `if`; or dict(theirs), which finds an accuracy by its seed.",
    ],
)
