"""A number for each pair, and each head

`query` and `key`: linear layers from d to heads · w numbers, **without bias**, where w = ⌊d / heads⌋. In
`forward`: project, split into heads (w numbers in a row are a head's), and give the scores q·k / √w of all
pairs. Row i asks: [b, h, i, j] is query i with key j. It is attention as far as its scores: no softmax, no
values. Both weights begin at random, as `nn.Linear` draws them: were both zero, neither would get a
gradient.
"""

from torch import nn

from grader.exercise import Module, Spread


class PairLogits(nn.Module):
    """x: (B, N, d) -> (B, heads, N, N)"""

    def __init__(self, d, heads):
        super().__init__()
        ### BEGIN SOLUTION
        self.heads = heads
        self.width = d // heads
        self.query = nn.Linear(d, heads * self.width, bias=False)
        self.key = nn.Linear(d, heads * self.width, bias=False)

    def forward(self, x):
        q = self.query(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, heads, N, w)
        k = self.key(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        scores = q @ k.transpose(-2, -1)  # (B, heads, N, N)
        return scores / self.width**0.5
        ### END SOLUTION


def _case(heads, extra=0):
    def case(draw):
        B, N, w = draw.shuffled([2, 4, 5])
        d = heads * w + extra
        return {"init": {"d": d, "heads": heads}, "inputs": {"x": draw.normal(B, N, d)}}

    return case


exercise = Module(
    PairLogits,
    cases={"three heads": _case(3), "d not divisible by the heads": _case(9, extra=2), "one head": _case(1)},
    starts={"query.weight": Spread(), "key.weight": Spread()},
    words={"query": "the queries", "key": "the keys", "scores": "the scores"},
    slips={
        "scores / self.width**0.5 -> scores / x.shape[-1]**0.5": "The scores are divided by the root of d; a "
        "head sums over w products.",
        "scores / self.width**0.5 -> scores": "Nothing divides the scores.",
        "_y / self.width**0.5 -> (_y / self.width**0.5).softmax(dim=-1)": "A softmax runs over the keys: "
        "that would be attention.",
        "_y / self.width**0.5 -> (_y / self.width**0.5).softmax(dim=1)": "A softmax runs over the heads "
        "already: the loss does that itself.",
        "_y / self.width**0.5 -> (_y / self.width**0.5).log_softmax(dim=1)": "A log-softmax runs over the "
        "heads already: the loss does that itself.",
        "scores / self.width**0.5 -> scores / self.width": "The scores are divided by w: its root is asked "
        "for.",
        "q @ k.transpose(-2, -1) -> k @ q.transpose(-2, -1)": "The pair is turned round: row i is key i.",
        "_x.unflatten(-1, (self.heads, -1)).transpose(1, 2) -> _x.unflatten(-1, (-1, self.heads)).movedim("
        "-1, 1)": "Head h takes every heads-th number: w numbers in a row are a head's.",
        "_x.unflatten(-1, (self.heads, -1)).transpose(1, 2) -> _x.reshape(len(x), self.heads, -1, "
        "self.width)": "The heads are split by a reshape alone: a head then holds numbers of other patches.",
    },
    points=4,
    difficulty=2,
    minutes=14,
    hints=[
        "Lesson 03 split d into heads in the same way: unflatten the last axis, then turn two axes.",
        "d need not be divisible: d // heads numbers each, and the layers give heads · (d // heads).",
    ],
    may_not_call=["course.ssl", "course.multihead"],
)
