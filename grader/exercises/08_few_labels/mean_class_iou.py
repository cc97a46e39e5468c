"""How much of it was found?

`counts[i, j]` is how many pixels of class i were taken for class j. Intersection over union of class k: the
pixels that are k *and* were called k, over those that are k *or* were called k. A class that is neither there
nor called has none: leave it out of the **mean**.
"""

import torch

from grader.exercise import Function


def mean_class_iou(counts):
    """counts: (K, K), true class by called class -> the mean IoU, a scalar"""
    both = counts.diagonal()  # (K,)
    either = counts.sum(dim=0) + counts.sum(dim=1) - both
    there = either > 0
    return (both[there] / either[there]).mean()


def _case(kind):
    def case(draw):
        K = draw.sizes(1)[0] + 3
        counts = (20 * draw.normal(K, K).abs()).round() + 1
        if kind == "nowhere":
            counts[:2], counts[:, :2] = 0, 0
        if kind == "right":
            counts = counts * torch.eye(K)
        if kind == "never called":
            counts[:, 0] = 0
        if kind == "only called":
            counts[0] = 0
        return {"counts": counts}

    return case


exercise = Function(
    mean_class_iou,
    cases={
        "all classes are there": _case(""),
        "two classes are nowhere": _case("nowhere"),
        "all is right": _case("right"),
        "a class is never called": _case("never called"),
        "a class is called and is nowhere": _case("only called"),
    },
    words={"both": "intersections", "either": "unions"},
    slips={
        "counts.sum(dim=0) + counts.sum(dim=1) - both -> counts.sum(dim=0) + counts.sum(dim=1)": "What is in "
        "both is counted twice in the union.",
        "counts.sum(dim=0) + counts.sum(dim=1) - both -> counts.sum(dim=1)": "These are the pixels that "
        "*are* k: the share of them that was found is recall.",
        "counts.sum(dim=0) + counts.sum(dim=1) - both -> counts.sum(dim=0)": "These are the pixels that were "
        "*called* k: this is precision.",
        "(both[there] / either[there]).mean() -> both.sum() / counts.sum()": "This is the accuracy over "
        "pixels, which a large background decides.",
        "(both[there] / either[there]).mean() -> both.sum() / either.sum()": "Pixels of all classes are "
        "thrown together: a rare class no longer counts as much as a common one.",
        "(both[there] / either[there]).mean() -> (both / either).mean()": "A class that is neither there nor "
        "called gives 0/0: leave it out of the mean.",
        "(both[there] / either[there]).mean() -> (both / either.clamp(min=1)).mean()": "A class that is "
        "neither there nor called counts as 0: it has no IoU.",
        "there = either > 0 -> there = counts.sum(dim=1) > 0": "A class that was called and is not there is "
        "left out: its IoU is 0, and it counts.",
    },
    without=["gradient"],  # it is a measure, and no loss
    also_right=[
        "(both[there] / either[there]).mean() -> (both / either).nanmean()",
        "(both[there] / either[there]).mean() -> torch.nan_to_num(both / either).sum() / there.sum()",
    ],
    points=3,
    difficulty=2,
    minutes=7,
    hints=[
        "Rows are what is there, columns what was called. The diagonal is both.",
        "A union is one, plus the other, minus what is in both. Which classes have a union of 0?",
    ],
    may_not_call=["course.fewlabels"],
)
