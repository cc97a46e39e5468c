"""The block, with its norms in front

The same two steps as in the Transformer of 2017, but the norm comes **first**, on the branch, and nothing on
the way around (the skip, or residual, connection) is ever normalised:

    x = x + attention(norm1(x))   and then   x + mlp(norm2(x))

Parts, by these names: `norm1` and `norm2` are `nn.LayerNorm(d, eps=1e-6)`; `attention` is your
`MultiHead(d, heads)`; `mlp` is an `nn.Sequential`: linear from d to hidden, `nn.GELU()`, linear back to d.
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module

MultiHead = reference("MultiHead")


class PreNormBlock(nn.Module):
    """x: (B, L, d) -> (B, L, d)"""

    def __init__(self, d, heads, hidden):
        super().__init__()
        ### BEGIN SOLUTION
        self.norm1 = nn.LayerNorm(d, eps=1e-6)
        self.attention = MultiHead(d, heads)
        self.norm2 = nn.LayerNorm(d, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(d, hidden), nn.GELU(), nn.Linear(hidden, d))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))  # (B, L, d)
        return x + self.mlp(self.norm2(x))  # (B, L, d)
        ### END SOLUTION


def _case(heads=None, scale=2.0):
    def case(draw):
        B, L, h, width, hidden = draw.sizes(5)
        h = heads or h
        inputs = {"x": scale * draw.normal(B, L, h * width)}
        return {"init": {"d": h * width, "heads": h, "hidden": hidden}, "inputs": inputs}

    return case


exercise = Module(
    PreNormBlock,
    cases={
        "a batch": _case(),
        "one head": _case(heads=1),
        "tokens of small numbers, where eps counts": _case(scale=0.003),
    },
    words={"norm1": "the first norm", "norm2": "the second norm", "mlp": "the MLP"},
    slips={
        "x + self.attention(self.norm1(x)) -> self.norm1(x + self.attention(x)) ;; "
        "x + self.mlp(self.norm2(x)) -> self.norm2(x + self.mlp(x))": "The norms stand behind the sums: "
        "that is "
        "post-norm, the Transformer of 2017. A ViT has them in front.",
        "x + self.attention(self.norm1(x)) -> self.norm1(x) + self.attention(self.norm1(x))": "The way "
        "around "
        "the attention is normalised too: x itself is what the branch is added to.",
        "x + self.attention(self.norm1(x)) -> self.norm1(x) + self.attention(self.norm1(x)) ;; "
        "x + self.mlp(self.norm2(x)) -> self.norm2(x) + self.mlp(self.norm2(x))": "x itself is "
        "normalised, twice: norm only what goes into a branch, and leave the way around "
        "(the residual connection) as it is.",
        "x = x + self.attention(self.norm1(x)) -> y = x + self.attention(self.norm1(x)) ;; "
        "x + self.mlp(self.norm2(x)) -> y + self.mlp(self.norm2(x))": "Both branches read the "
        "same x: the MLP is to read the x that the attention has changed.",
        "x + self.attention(self.norm1(x)) -> self.attention(self.norm1(x))": "There is no way around the "
        "attention: its output replaces x.",
        "x + self.mlp(self.norm2(x)) -> self.mlp(self.norm2(x))": "There is no way around the MLP: its "
        "output "
        "replaces x.",
        "self.mlp(self.norm2(x)) -> self.mlp[2](self.mlp[0](self.norm2(x)).relu())": "The MLP has ReLU; a "
        "ViT has GELU.",
    },
    points=4,
    difficulty=2,
    minutes=8,
    hints=[
        "Two lines in `forward`, one for each formula. Each begins with x plus something.",
        "What does the attention get: x, or its norm? And what is its result added to?",
    ],
    may_not_call=[".TransformerEncoderLayer", ".MultiheadAttention", "course.language", "course.multihead"],
)
