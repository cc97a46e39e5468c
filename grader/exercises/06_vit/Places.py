"""One token more, and places for all

Two parameters: `cls`, (1, 1, d), the token that will collect the answer, and `position`, (1, 1 + N, d), a
learnt vector for each place. In `forward`: CLS **in front of** the patches, then positions added to all of
them. CLS has a place of its own, the first. `position` begins as small random numbers, 0.02 · randn, and
`cls` as you like.
"""

import torch
from torch import nn

from grader.exercise import Module, Spread


class Places(nn.Module):
    """x: (B, N, d) -> (B, 1 + N, d), CLS first"""

    def __init__(self, N, d):
        super().__init__()
        ### BEGIN SOLUTION
        self.cls = nn.Parameter(torch.zeros(1, 1, d))
        self.position = nn.Parameter(0.02 * torch.randn(1, 1 + N, d))

    def forward(self, x):
        cls = self.cls.expand(x.shape[0], 1, -1)  # (B, 1, d)
        tokens = torch.cat([cls, x], dim=1)  # (B, 1 + N, d)
        return tokens + self.position
        ### END SOLUTION


exercise = Module(
    Places,
    inputs="x: (B, N, d)",
    starts={"position": Spread(0.02)},
    points=3,
    difficulty=2,
    minutes=6,
    words={"cls": "CLS", "position": "the positions", "tokens": "the tokens"},
    slips={
        "torch.cat([cls, x], dim=1) -> torch.cat([x, cls], dim=1)": "CLS stands behind the patches; it comes "
        "first.",
        "tokens = torch.cat([cls, x], dim=1) -> tokens = torch.cat([cls, x + self.position[:, 1:]], dim=1) "
        ";; "
        "tokens + self.position -> tokens": "The positions are added before CLS comes: CLS has none.",
        "tokens = torch.cat([cls, x], dim=1) -> tokens = torch.cat([cls, x + self.position[:, :-1]], "
        "dim=1) ;; "
        "tokens + self.position -> tokens": "The positions are added before CLS comes: patches get the one "
        "that belongs to the token before them, and CLS none.",
        "tokens + self.position -> tokens": "No position is added.",
    },
    also_right=["self.cls.expand(x.shape[0], 1, -1) -> self.cls.repeat(x.shape[0], 1, 1)"],
    hints=[
        "nn.Parameter(torch.zeros(1, 1, d)) is one of the two.",
        "There is one CLS and there are B images: `expand` makes B of it. torch.cat needs dim=1.",
        "The sum comes last: by then there are 1 + N tokens, as many as positions.",
    ],
)
