"""A detector of hand-picked examples

A paper shows k of N examples, “drawn at random”. Let m of all N be at least as good as the **worst** one
shown. If they were drawn at random, how likely was it that all k are among these m? Drawn without
putting back, of course: C(m, k) / C(N, k), where C counts the ways to choose.
"""

import math

import torch

from grader.exercise import Function


def luck_of_shown(scores, shown):
    """scores: (N,), whole numbers, shown: (k,), their places -> a float"""
    worst = scores[shown].min()
    as_good = int((scores >= worst).sum())
    N, k = len(scores), len(shown)
    return math.comb(as_good, k) / math.comb(N, k)


def one_by_one(scores, shown):
    as_good = len([score for score in scores.tolist() if score >= scores[shown].min().item()])
    likely = 1.0
    for i in range(len(shown)):
        likely *= (as_good - i) / (len(scores) - i)
    return likely


def _case(kind):
    def case(draw):
        N, k = draw.integer(18, 24), draw.integer(3, 4)
        scores = torch.tensor(draw.shuffled(range(N)))
        if kind == "ties":
            scores = scores // 3
        order = scores.argsort(descending=True)
        places = {
            "picked": range(k),
            "random": [0, 3, *range(N // 2 + 1, N // 2 + k - 1)],
            "ties": range(2, k + 2),
            "the worst": range(N - k, N),
        }[kind]
        return dict(scores=scores - 3, shown=order[draw.shuffled(list(places))])

    return case


exercise = Function(
    luck_of_shown,
    cases={
        "the best are shown": _case("picked"),
        "good and bad are shown": _case("random"),
        "scores that tie": _case("ties"),
        "the worst are shown": _case("the worst"),
    },
    without=["gradient"],
    words={"as_good": "how many are as good"},
    slips={
        "math.comb(as_good, k) / math.comb(N, k) -> (as_good / N) ** k": "As if the same example could be "
        "shown twice: each one drawn leaves one fewer.",
        "scores[shown].min() -> scores[shown].max()": "It looks at the best one shown; all k must be among "
        "the m, so the worst one counts.",
        "scores[shown].min() -> scores[shown].double().mean()": "It looks at the mean of those shown; the "
        "worst one says how many may count as good.",
        "scores >= worst -> scores > worst": "Those exactly as good as the worst one shown are left out, "
        "and itself with them.",
        "scores >= worst -> scores <= worst": "It counts those that are *worse*: an honest choice looks "
        "picked, and a picked one honest.",
        "math.comb(as_good, k) / math.comb(N, k) -> 1 / math.comb(N, k)": "That is the chance of exactly "
        "these k; any k among the m would have looked as good.",
    },
    also_right=[one_by_one],
    points=3,
    difficulty=3,
    minutes=7,
    hints=[
        "m first: how many of all scores are at least the worst score shown?",
        "`math.comb(m, k)` counts the ways to choose k of m.",
    ],
)
