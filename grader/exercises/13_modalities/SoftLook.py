"""Where to look before the next word

Before each word the writer, in state h, looks at N places a₁ … a_N of the picture:

    score_i = wᵀ tanh(W h + U a_i)      α = softmax(score)      β = σ(v · h + c)      z = β · Σ α_i a_i

β, from 0 to 1, lets it look at nothing when the word needs no picture ("a", "at").
Parts, by these names: `from_state` (W), `from_place` (U) and `score` (w),
`nn.Linear`s **without** bias, to k, to k and to 1; `gate`, an `nn.Linear` to 1,
**with** bias; all begin as PyTorch makes them. Write `forward`, too, for z and α.
"""

from torch import nn

from grader.exercise import Module, Spread


class SoftLook(nn.Module):
    """h: (B, n), a: (B, N, D) -> z: (B, D), α: (B, N)"""

    def __init__(self, n, D, k):
        super().__init__()
        ### BEGIN SOLUTION
        self.from_state = nn.Linear(n, k, bias=False)
        self.from_place = nn.Linear(D, k, bias=False)
        self.score = nn.Linear(k, 1, bias=False)
        self.gate = nn.Linear(n, 1)

    def forward(self, h, a):
        asked = self.from_state(h)[:, None]  # (B, 1, k)
        keys = self.from_place(a)  # (B, N, k)
        scores = self.score((asked + keys).tanh())[..., 0]  # (B, N)
        alpha = scores.softmax(dim=1)
        beta = self.gate(h).sigmoid()  # (B, 1)
        context = (alpha[..., None] * a).sum(dim=1)  # (B, D)
        return beta * context, alpha
        ### END SOLUTION


def _case(N=None, B=None):
    def case(draw):
        sizes = draw.shuffled([2, 3, 4, 5, 6])
        batch, places, n, D, k = B or sizes[0], N or sizes[1], *sizes[2:]
        inputs = {"h": 2 * draw.normal(batch, n), "a": 2 * draw.normal(batch, places, D)}
        return {"init": {"n": n, "D": D, "k": k}, "inputs": inputs}

    return case


exercise = Module(
    SoftLook,
    cases={
        "a batch": _case(),
        "as many pictures as places": _case(N=4, B=4),
        "one picture, nine places": _case(N=9, B=1),
    },
    starts={f"{part}.weight": Spread() for part in ("from_state", "from_place", "score", "gate")},
    points=5,
    difficulty=3,
    minutes=19,
    words={"alpha": "the weights", "beta": "the gate", "context": "the weighted sum", "scores": "the scores"},
    slips={
        "scores.softmax(dim=1) -> scores.softmax(dim=0)": "The softmax is over the batch: pictures share "
        "one look.",
        "beta * context -> context": "The gate is left out.",
        "self.gate(h).sigmoid() -> self.gate(h)": "The gate has no sigmoid: β must lie between 0 and 1.",
        "(asked + keys).tanh() -> (asked + keys)": "The tanh is left out: then h moves all scores alike, "
        "and the look "
        "no longer depends on it.",
        "(asked + keys).tanh() -> asked.tanh() + keys.tanh()": "tanh is taken of each part; it is of the "
        "sum. A sum "
        "of parts lets h move all scores alike.",
        "(alpha[..., None] * a).sum(dim=1) -> (alpha[..., None] * a).mean(dim=1)": "The weighted places "
        "are averaged "
        "once more: the weights sum to one already.",
        "return beta * context, alpha -> return beta * context, beta * alpha": "The weights that are "
        "returned are "
        "gated, too; α is asked for as the softmax gives it.",
        "return beta * context, alpha -> return alpha, beta * context": "z comes first, then α.",
    },
    also_right=["(alpha[..., None] * a).sum(dim=1) -> (alpha[:, None] @ a)[:, 0]"],
    hints=[
        "W h is (B, k) and U a is (B, N, k): `[:, None]` lets them be added.",
        "The score layer gives (B, N, 1); `[..., 0]` takes the last axis off. Over which axis is the "
        "softmax?",
        "β is (B, 1): it can multiply (B, D) as it is.",
    ],
    may_not_call=["course.multimodal", "course.attention"],
)
