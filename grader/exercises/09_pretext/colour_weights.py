"""What a rare colour weighs

A grey is everywhere, a red is rare. A pixel whose bin has the frequency p of the `prior` weighs in
proportion to **1 / ((1 − mix)·p + mix / Q)**, Q the number of bins. All weights are then divided by one
number, so that their mean over the pixels, Σ p·w, is 1.
"""

from grader.exercise import Function


def colour_weights(prior, mix):
    """prior: (Q,), frequencies that sum to 1; mix: 0 … 1 -> weights (Q,)"""
    mixed = (1 - mix) * prior + mix / len(prior)  # (Q,)
    weights = 1 / mixed
    mean = (prior * weights).sum()
    return weights / mean


def _case(mix=None, even=False, sharp=1.0):
    def case(draw):
        Q = draw.integer(5, 12)
        prior = (sharp * draw.normal(Q)).softmax(dim=0)
        return dict(prior=0 * prior + 1 / Q if even else prior, mix=mix or draw.choice((0.2, 0.3, 0.7, 0.8)))

    return case


exercise = Function(
    colour_weights,
    cases={
        "a few bins": _case(),
        "half and half": _case(mix=0.5),
        "one bin has nearly all": _case(sharp=5.0),
        "hardly mixed": _case(mix=0.002, sharp=4.0),
        "mix = 1: all weigh the same": _case(mix=1.0),
        "all are equally frequent": _case(even=True),
    },
    without=["gradient"],
    words={"mixed": "the mixed frequencies", "weights": "the weights", "mean": "their mean"},
    slips={
        "weights / mean -> weights": "Their mean is not 1: the learning rate would change with the colours.",
        "(prior * weights).sum() -> weights.mean()": "Their mean is taken over the bins; over the *pixels* a "
        "bin counts p times.",
        "(prior * weights).sum() -> weights.sum()": "The weights are made to sum to 1: their mean over the "
        "pixels, Σ p·w, shall be 1.",
        "(1 - mix) * prior + mix / len(prior) -> mix * prior + (1 - mix) / len(prior)": "`mix` and 1 − mix "
        "have changed places.",
        "(1 - mix) * prior + mix / len(prior) -> (1 - mix) * prior + mix": "The even distribution gives each "
        "bin 1/Q, not 1.",
        "1 / mixed -> mixed": "Frequent colours weigh more: it is the other way round.",
    },
    also_right=["1 / mixed -> mixed**-1"],
    points=2,
    difficulty=2,
    minutes=5,
    hints=[
        "What is the weight of a bin that no pixel has, if mix is 0? That is what the even part is for.",
        "A mean over pixels: bin q is that of a share `prior[q]` of them.",
    ],
    may_not_call=["course.ssl"],
)
