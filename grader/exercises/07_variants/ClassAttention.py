"""One query for the whole image

In CaiT patches first talk among themselves; a CLS token joins late, and only reads. Four linear layers from d
to d, with bias: `query`, `key`, `value`, `output`. CLS, the **first** token, is the only one that asks; it is
answered by all tokens, itself among them; `output` of the answer is added to CLS. The patches leave the
layer as they came. One head is enough.
"""

import torch
from torch import nn

from grader.catalogue import reference
from grader.exercise import Module

attention = reference("attention")


class ClassAttention(nn.Module):
    """CLS reads all tokens. x: (B, 1 + N, d), CLS first -> (B, 1 + N, d)"""

    def __init__(self, d):
        super().__init__()
        ### BEGIN SOLUTION
        self.query = nn.Linear(d, d)
        self.key = nn.Linear(d, d)
        self.value = nn.Linear(d, d)
        self.output = nn.Linear(d, d)

    def forward(self, x):
        cls, patches = x[:, :1], x[:, 1:]  # (B, 1, d), (B, N, d)
        read = attention(self.query(cls), self.key(x), self.value(x))  # (B, 1, d)
        cls = cls + self.output(read)
        return torch.cat([cls, patches], dim=1)  # (B, 1 + N, d)
        ### END SOLUTION


def _case(batch=None, square=False):
    def case(draw):
        B, T, d = draw.sizes(3)
        d = T if square else d
        return dict(init=dict(d=d), inputs=dict(x=draw.normal(batch or B, T, d)))

    return case


exercise = Module(
    ClassAttention,
    cases={
        "one image": _case(batch=1),
        "a batch": _case(),
        "as many tokens as features": _case(square=True),
    },
    words={
        "query": "the query",
        "key": "the keys",
        "value": "the values",
        "output": "the output layer",
        "read": "what CLS has read",
    },
    slips={
        "attention(self.query(cls), self.key(x), self.value(x)) -> attention(self.query(cls), "
        "self.key(patches), self.value(patches))": "CLS does not see itself: keys and values are of all "
        "tokens, CLS among them.",
        "cls + self.output(read) -> self.output(read)": "CLS forgets what it knew: the answer is added.",
        "torch.cat([cls, patches], dim=1) -> torch.cat([cls, patches + self.output(read)], dim=1)": "The "
        "patches are changed, too: only CLS is.",
        "torch.cat([cls, patches], dim=1) -> x + self.output(attention(self.query(x), self.key(x), "
        "self.value(x)))": "All tokens ask: that is self-attention, with N times as many scores.",
        "attention(self.query(cls), self.key(x), self.value(x)) -> attention(self.query(x), self.key(cls), "
        "self.value(cls))[:, :1]": "CLS is read, and does not read: it should ask, and all tokens answer.",
        "cls + self.output(read) -> cls + read": "The output layer is left out.",
        "torch.cat([cls, patches], dim=1) -> torch.cat([patches, cls], dim=1)": "CLS has moved behind the "
        "patches: it is the first token, before and after.",
    },
    also_right=["x[:, :1], x[:, 1:] -> x.split([1, x.shape[1] - 1], dim=1)"],
    points=5,
    difficulty=3,
    minutes=9,
    hints=[
        "x[:, :1] keeps the axis of tokens: (B, 1, d). Who is handed to `query`, and who to `key` and "
        "`value`?",
        "The new CLS and the old patches: torch.cat([…, …], dim=1).",
    ],
    may_not_call=[
        ".scaled_dot_product_attention",
        ".MultiheadAttention",
        "course.multihead",
        "course.attention",
    ],
)
