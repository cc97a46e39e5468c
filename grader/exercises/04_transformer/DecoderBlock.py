"""A layer that writes

Three steps, each with a way around it and a norm behind the sum: look at what is written, look at what was
read, think.

    x = norm1(x + attention(x))   then   x = norm2(x + cross(x, memory))   then   norm3(x + mlp(x))

`attention` and `cross` are both your `CrossAttention`; `norm1`, `norm2`, `norm3` and `mlp` are as before.
`mask` says what may be seen of x, `memory_mask` what may be seen of the memory; either may be left out.
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module
from grader.questions.layers import with_heads

CrossAttention = reference("CrossAttention")
causal_mask = reference("causal_mask")


class DecoderBlock(nn.Module):
    """forward(x, memory, mask=None, memory_mask=None): -> (B, Lt, d)

    x: (B, Lt, d), memory: (B, Ls, d)
    masks: boolean, broadcastable to (B, heads, Lt, Lt) and (B, heads, Lt, Ls)
    """

    def __init__(self, d, heads, hidden):
        super().__init__()
        ### BEGIN SOLUTION
        self.norm1 = nn.LayerNorm(d)
        self.norm2 = nn.LayerNorm(d)
        self.norm3 = nn.LayerNorm(d)
        self.attention = CrossAttention(d, heads)
        self.cross = CrossAttention(d, heads)
        self.mlp = nn.Sequential(nn.Linear(d, hidden), nn.ReLU(), nn.Linear(hidden, d))

    def forward(self, x, memory, mask=None, memory_mask=None):
        x = self.norm1(x + self.attention(x, x, mask))  # (B, Lt, d)
        x = self.norm2(x + self.cross(x, memory, memory_mask))
        return self.norm3(x + self.mlp(x))  # (B, Lt, d)
        ### END SOLUTION


exercise = Module(
    DecoderBlock,
    cases={
        "a memory of another length": with_heads("x: (B, Lt, d)  memory: (B, Ls, d)", "hidden"),
        "a mask of what is written, (Lt, Lt)": with_heads(
            "x: (B, Lt, d)  memory: (B, Ls, d)  mask: bool (Lt, Lt)", "hidden"
        ),
        "padding of the memory, (B, 1, 1, Ls), is hidden": with_heads(
            "x: (B, Lt, d)  memory: (B, Ls, d)  memory_mask: bool (B, 1, 1, Ls)", "hidden"
        ),
        "both masks, both of the same length": with_heads(
            "x: (B, L, d)  memory: (B, L, d)  mask: bool (L, L)  memory_mask: bool (B, 1, 1, L)", "hidden"
        ),
    },
    words={
        "norm1": "the first norm",
        "norm2": "the second norm",
        "norm3": "the third norm",
        "mlp": "the MLP",
        "cross": "the look at the memory",
    },
    slips={
        "self.attention(x, x, mask) -> self.attention(x, x)": "The first attention gets no mask: the "
        "decoder "
        "sees what it has yet to write.",
        "self.attention(x, x, mask) -> self.attention(x, x, causal_mask(x.shape[1]))": "The mask is made "
        "here, and not taken from `mask`: who calls says what may be seen.",
        "self.cross(x, memory, memory_mask) -> self.cross(x, memory)": "The memory's mask goes nowhere: "
        "padding "
        "of the source is read as text.",
        "self.cross(x, memory, memory_mask) -> self.cross(x, x, mask)": "The memory is never read: the "
        "second "
        "attention looks at x again.",
        "self.cross(x, memory, memory_mask) -> self.attention(x, memory, memory_mask)": "One attention "
        "does "
        "both looks: the memory has layers of its own, `cross`.",
        "x + self.cross(x, memory, memory_mask) -> self.cross(x, memory, memory_mask)": "There is no way "
        "around "
        "the look at the memory: its output replaces x.",
        "x + self.mlp(x) -> self.mlp(x)": "There is no way around the MLP: its output replaces x instead "
        "of "
        "being added.",
        "self.norm1(x + self.attention(x, x, mask)) -> (old := x) * 0 + self.norm1(old + self.attention(old, "
        "old, mask)) ;; self.norm2(x + self.cross(x, memory, memory_mask)) -> self.norm2(old + self.cross(x, "
        "memory, memory_mask))": "The way around the look at the memory begins at the layer's input; it "
        "begins "
        "behind the first norm.",
    },
    also_right=["self.attention(x, x, mask) -> self.attention(x, x, mask=mask)"],
    points=5,
    difficulty=3,
    minutes=8,
    hints=[
        "The first and the last line of `forward` are those of EncoderBlock. One line goes between.",
        "In that line x asks and the memory is asked. Which of the two masks is about the memory?",
    ],
    may_not_call=[".TransformerDecoderLayer", ".MultiheadAttention", "course.language", "course.multihead"],
)
