"""A layer that reads

Two steps, each with a way around it (a **residual**) and a norm behind the sum. Every token looks at all
others; then a small network changes each by itself:

    x = norm1(x + attention(x))   and then   norm2(x + mlp(x))

Parts, by these names: `norm1` and `norm2` are `nn.LayerNorm(d)`; `attention` is your `CrossAttention`, with x
as its own memory; `mlp` is an `nn.Sequential`: linear from d to hidden, `nn.ReLU()`, linear back to d.
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module
from grader.questions.layers import with_heads

CrossAttention = reference("CrossAttention")


class EncoderBlock(nn.Module):
    """forward(x, mask=None): x (B, L, d) -> (B, L, d)

    mask: boolean, broadcastable to (B, heads, L, L), True = may attend
    """

    def __init__(self, d, heads, hidden):
        super().__init__()
        ### BEGIN SOLUTION
        self.norm1 = nn.LayerNorm(d)
        self.norm2 = nn.LayerNorm(d)
        self.attention = CrossAttention(d, heads)
        self.mlp = nn.Sequential(nn.Linear(d, hidden), nn.ReLU(), nn.Linear(hidden, d))

    def forward(self, x, mask=None):
        x = self.norm1(x + self.attention(x, x, mask))  # (B, L, d)
        return self.norm2(x + self.mlp(x))  # (B, L, d)
        ### END SOLUTION


exercise = Module(
    EncoderBlock,
    cases={
        "a batch": with_heads("x: (B, L, d)", "hidden"),
        "one head": with_heads("x: (B, L, d)", "hidden", heads=1),
        "padding, (B, 1, 1, L), is hidden": with_heads("x: (B, L, d)  mask: bool (B, 1, 1, L)", "hidden"),
    },
    words={"norm1": "the first norm", "norm2": "the second norm", "mlp": "the MLP"},
    slips={
        "x + self.attention(x, x, mask) -> self.attention(x, x, mask)": "There is no way around the "
        "attention: "
        "its output replaces x instead of being added.",
        "x + self.mlp(x) -> self.mlp(x)": "There is no way around the MLP: its output replaces x instead "
        "of "
        "being added.",
        "self.norm1(x + self.attention(x, x, mask)) -> x + self.norm1(self.attention(x, x, mask))": "The "
        "first "
        "norm stands on the branch, before the sum: it belongs around the sum.",
        "self.norm1(x + self.attention(x, x, mask)) -> (y := self.norm1(x)) * 0 + x + self.attention(y, "
        "y, mask) ;; "
        "self.norm2(x + self.mlp(x)) -> x + self.mlp(self.norm2(x))": "The norms come first, inside the "
        "branches: that is pre-norm, as later models have it; here they come after the sums.",
        "self.norm1(x + self.attention(x, x, mask)) -> (old := x) * 0 + self.norm1(old + self.attention(old, "
        "old, mask)) ;; self.norm2(x + self.mlp(x)) -> self.norm2(old + self.mlp(x))": "The way around "
        "the MLP "
        "begins at the layer's input; it begins where the MLP does, behind the first norm.",
        "self.mlp(x) -> self.mlp[2](nn.functional.gelu(self.mlp[0](x)))": "The MLP has a GELU; here it is "
        "`nn.ReLU()`.",
        "self.norm1(x + self.attention(x, x, mask)) -> x + self.attention(x, x, mask)": "The first norm "
        "is left "
        "out.",
        "self.norm2(x + self.mlp(x)) -> x + self.mlp(x)": "The second norm is left out.",
    },
    also_right=["self.attention(x, x, mask) -> self.attention(x, x, mask=mask)"],
    points=5,
    difficulty=2,
    minutes=8,
    hints=[
        "Two lines in `forward`, one for each formula, and each begins with x plus something.",
        "Self-attention is attention whose memory is x: what is handed over twice?",
    ],
    may_not_call=[".TransformerEncoderLayer", ".MultiheadAttention", "course.language", "course.multihead"],
)
