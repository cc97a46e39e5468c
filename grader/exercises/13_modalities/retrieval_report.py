"""How far down the list?

Sentence i describes video i. Sort the N videos for sentence i by their score,
highest first; those that **tie** with the right one stand with it in random order.
If `above` videos score higher and `ties` others the same, then

- the expected **rank** of the right one is 1 + above + ties / 2;
- the chance that it is among the first k is (k − above) / (ties + 1), but at least
  0 and at most 1.

Return **R@k**, the mean of that chance over all sentences, then the **median** and
the **mean** of the ranks: three numbers, floats or tensors without axes (R@k from 0
to 1; no gradient). The median of an even number is halfway between the middle two."""

import torch

from grader.exercise import Function


def retrieval_report(scores, k):
    """scores: (N, N), sentence by video, floats or whole numbers, k: an int
    -> R@k, median rank, mean rank
    """
    right = scores.diagonal()[:, None]  # (N, 1)
    above = (scores > right).sum(dim=1).double()  # (N,)
    ties = (scores == right).sum(dim=1).double() - 1
    rank = 1 + above + ties / 2
    chance = ((k - above) / (ties + 1)).clamp(0, 1)
    return chance.mean(), rank.quantile(0.5), rank.mean()


def by_sorting(scores, k):
    ordered = scores.sort(dim=1, descending=True).values
    right = scores.diagonal()[:, None].contiguous()
    first = (ordered > right).sum(dim=1)
    same = (ordered == right).sum(dim=1)
    inside = (k - first).clamp(min=0).minimum(same)
    rank = (2 * first + same + 1) / 2
    middle = rank.sort().values
    half = len(rank) // 2
    median = (middle[half] + middle[-half - 1]) / 2
    return (inside / same).mean(), median, rank.mean()


def _case(kind="no ties", square=None):
    def case(draw):
        N = draw.integer(6, 9) if square is None else square
        scores = draw.normal(N, N)
        if kind == "ties":
            scores = (scores * 1.5).round().long()  # whole numbers: floats that tie would tie by luck
        if kind == "constant":
            scores = (0 * scores).long()
        if kind == "close":  # a ten-thousandth apart: half of float32's bits do not tell them apart
            scores = 1 + torch.tensor([draw.shuffled(range(N)) for _ in range(N)]) / 10_000
        return dict(scores=scores, k=N + draw.integer(0, 2) if kind == "all" else draw.integer(2, 4))

    return case


CHANCE = "((k - above) / (ties + 1)).clamp(0, 1)"

exercise = Function(
    retrieval_report,
    cases={
        "no ties": _case(),
        "an even number of sentences": _case(square=8),
        "ties": _case("ties"),
        "a constant similarity": _case("constant"),
        "scores that nearly tie": _case("close"),
        "k as large as the list, or larger": _case("all"),
    },
    without=["gradient"],
    points=5,
    difficulty=3,
    minutes=20,
    words={
        "above": "who is above",
        "ties": "the ties",
        "chance": "the chance of being found",
        "rank": "the rank",
    },
    slips={
        f"1 + above + ties / 2 -> 1 + above ;; {CHANCE} -> (above < k).double()": "Ties are ignored, and so "
        "counted as won: a model for which all videos are alike would be perfect.",
        f"1 + above + ties / 2 -> 1 + above + ties ;; {CHANCE} -> (above + ties < k).double()": "Ties are "
        "counted as lost (`>=`): each of them stands in front.",
        f"1 + above + ties / 2 -> 1 + above + (scores == right).tril(-1).sum(dim=1) ;; {CHANCE} -> (above + "
        "(scores == right).tril(-1).sum(dim=1) < k).double()": "Ties stand in the order of the list, as "
        "argsort leaves them: what is right by the numbers depends on who comes first in it.",
        "1 + above + ties / 2 -> above + ties / 2": "The ranks begin at 0; the first place is rank 1.",
        f"{CHANCE} -> (above < k).double()": "In R@k ties are counted as won.",
        f"{CHANCE} -> (k - above) / (ties + 1)": "The chance is not kept between 0 and 1: who stands far "
        "above or below k would count more than once, or less than nothing.",
        f"{CHANCE} -> (rank <= k).double()": "R@k compares the expected rank "
        "with k: "
        "it is all or nothing where the chance is asked for.",
        "(scores == right).sum(dim=1).double() - 1 -> (scores == right).sum(dim=1).double()": "The right "
        "video ties "
        "with itself: it is none of the others.",
        "rank.quantile(0.5) -> rank.median()": "`median` of PyTorch takes the lower of the two middle "
        "ranks; "
        "`quantile(0.5)` lies halfway.",
        "scores.diagonal()[:, None] -> scores.diagonal() ;; _x.sum(dim=1) -> _x.sum(dim=0)": "These are the "
        "ranks of sentences in the list of a video: each row, a sentence, sorts the videos.",
        "return chance.mean(), rank.quantile(0.5), rank.mean() -> return chance.mean(), rank.mean(), "
        "rank.quantile(0.5)": "Mean and median have changed places: the median comes second.",
        "chance.mean() -> 100 * chance.mean()": "R@k is given in per cent; a share from 0 to 1 is asked for.",
    },
    also_right=[by_sorting],
    hints=[
        "scores.diagonal()[:, None] is the right score of each row; compare the whole table with it.",
        "above: (scores > right).sum(dim=1). ties: equal ones, less one, which is the right video itself.",
        "`clamp(0, 1)` for the chance. Make the counts floats: .double().",
    ],
    may_not_call=["course.multimodal"],
)
