"""One colour out of many

A network gives logits over Q bins. Sharpen its distribution by the temperature T, and return the mean of
the bins' centres under it: T = 1 is the mean as it is, T → 0 the likeliest bin.
"""

from grader.exercise import Function


def annealed_mean(logits, bins, T):
    """logits: (..., Q); bins: (Q, 2); T: float -> (..., 2)"""
    p = (logits / T).softmax(dim=-1)  # (..., Q)
    return p @ bins


def _case(T=None, front=(3,), scale=2.0):
    def case(draw):
        Q = draw.integer(5, 9)
        temperature = T or draw.choice((0.38, 0.5, 2.0))
        return dict(logits=scale * draw.normal(*front, Q), bins=draw.normal(Q, 2), T=temperature)

    return case


exercise = Function(
    annealed_mean,
    cases={
        "one place": _case(front=()),
        "some places": _case(),
        "an image": _case(front=(3, 4)),
        "T = 1": _case(T=1.0),
        "a small T": _case(T=0.01, scale=0.02),
    },
    words={"p": "the distribution"},
    slips={
        "logits / T -> logits * T": "The logits are multiplied by T: a small T must make the distribution "
        "sharper.",
        "(logits / T).softmax(dim=-1) -> logits.softmax(dim=-1) / T": "T comes behind the softmax: that "
        "scales the colours and sharpens nothing.",
        "p @ bins -> bins[logits.argmax(dim=-1)]": "This is the likeliest bin, whatever T is.",
        "(logits / T).softmax(dim=-1) -> logits.softmax(dim=-1)": "T is not used.",
    },
    also_right=["p @ bins -> (p[..., None] * bins).sum(dim=-2)"],
    points=2,
    difficulty=1,
    minutes=3,
    hints=[
        "Where in a softmax does a temperature stand?",
        "A mean under a distribution is one matrix product, (..., Q) with (Q, 2).",
    ],
    may_not_call=["course.ssl"],
)
