"""Seed by seed

Two methods were run with seeds, ours and theirs in orders of their own, and some seeds were run by one
only. Pair them: for each seed that both have, in the order of ours, the difference ours − theirs. Return
a tuple of three: their mean, its standard error (the deviation, with P − 1, over √P), and t, the mean over
the standard error.
"""

import torch

from grader.exercise import Function


def paired_t(seeds, ours, their_seeds, theirs):
    """seeds, ours: (S,), their_seeds, theirs: (T,) -> mean, error, t"""
    same = seeds[:, None] == their_seeds  # (S, T)
    mine, its = same.nonzero(as_tuple=True)
    apart = ours[mine] - theirs[its]  # (P,)
    mean = apart.mean()
    error = apart.std() / len(apart) ** 0.5
    return mean, error, mean / error


def with_a_dictionary(seeds, ours, their_seeds, theirs):
    found = dict(zip(their_seeds.tolist(), theirs))
    apart = [one - found[seed] for seed, one in zip(seeds.tolist(), ours) if seed in found]
    apart = torch.stack(apart)
    error = (apart.var() / len(apart)).sqrt()
    return apart.mean(), error, apart.mean() / error


def _case(alone=False, shuffled=True):
    def case(draw):
        P = draw.integer(4, 6)
        mine = [*range(P), *((10, 11) if alone else ())]
        its = [*range(P), *((20,) if alone else ())]
        hard = 20 * draw.normal(30)  # what a seed costs both
        seeds, their_seeds = (
            torch.tensor(draw.shuffled(one) if shuffled else one, dtype=torch.int64) for one in (mine, its)
        )
        ours = hard[seeds] + 1.5 + draw.normal(len(mine))
        return dict(
            seeds=seeds, ours=ours, their_seeds=their_seeds, theirs=hard[their_seeds] + draw.normal(len(its))
        )

    return case


exercise = Function(
    paired_t,
    cases={
        "the same seeds in the same order": _case(shuffled=False),
        "the same seeds in other orders": _case(),
        "seeds that only one has": _case(alone=True),
    },
    without=["gradient"],
    words={"apart": "the differences", "error": "the standard error"},
    slips={
        "apart.std() / len(apart) ** 0.5 -> apart.std()": "That is the spread of the differences; the "
        "error of their mean is √P times smaller.",
        "apart.std() / len(apart) ** 0.5 -> apart.std() / len(apart)": "It is divided by P; the root of P is "
        "meant.",
        "apart.std() -> apart.std(correction=0)": "The deviation divides by P; with the mean taken from "
        "the same numbers it is P − 1.",
        "apart.std() / len(apart) ** 0.5 -> ((ours[mine].var() + theirs[its].var()) / "
        "len(apart)).sqrt()": "The spreads of both are added, as if the seeds had nothing to do with each "
        "other: what a seed does "
        "to both is counted as noise.",
        "ours[mine] - theirs[its] -> theirs[its] - ours[mine]": "The difference is turned round: ours − "
        "theirs.",
        "apart = ours[mine] - theirs[its] -> apart = ours[: len(mine)] - theirs[: len(its)]": "They are "
        "paired by their place in the list, not by their seed.",
        "apart = ours[mine] - theirs[its] -> apart = ours[mine] - theirs[its.sort().values]": "Other seeds "
        "were paired: those that both have, but theirs in an order of their own. So the mean is right, and "
        "the error is not.",
    },
    also_right=[with_a_dictionary],
    points=4,
    difficulty=3,
    minutes=10,
    hints=[
        "seeds[:, None] == their_seeds is True where two runs have the same seed; "
        "`.nonzero(as_tuple=True)` gives "
        "rows and columns of these, in the order of ours.",
        "`.std()` divides by P − 1. The error of a mean is smaller by √P.",
    ],
)
