"""The whole of it

Five parts, by these names: `patches`, your `PatchEmbed`; `places`, your `Places`; `blocks`, an
`nn.ModuleList` of your `PreNormBlock`s; `norm`, one more `nn.LayerNorm(d, eps=1e-6)`; `head`, `nn.Linear(d,
classes)`, whose weight and bias are set to zero. The answer is read off CLS, behind the norm. `side` is the
width and height of an image in pixels.
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module

PatchEmbed = reference("PatchEmbed")
Places = reference("Places")
PreNormBlock = reference("PreNormBlock")


class VisionTransformer(nn.Module):
    """images: (B, channels, side, side) -> logits (B, classes)"""

    def __init__(self, side, P, d, depth, heads, hidden, classes, channels=3):
        super().__init__()
        ### BEGIN SOLUTION
        self.patches = PatchEmbed(P, d, channels)
        self.places = Places((side // P) ** 2, d)
        self.blocks = nn.ModuleList()
        for _ in range(depth):
            self.blocks.append(PreNormBlock(d, heads, hidden))
        self.norm = nn.LayerNorm(d, eps=1e-6)
        self.head = nn.Linear(d, classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, images):
        x = self.places(self.patches(images))  # (B, 1 + N, d)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        answer = x[:, 0]  # (B, d)
        return self.head(answer)  # (B, classes)
        ### END SOLUTION


def _case(depth, heads=2):
    def case(draw):
        B, C, P, rows, classes = draw.shuffled([2, 3, 4, 5, 6])
        sizes = dict(side=rows * P, P=P, d=4 * heads, depth=depth, heads=heads, hidden=10)
        images = draw.normal(B, C, rows * P, rows * P)
        return {"init": {**sizes, "classes": classes, "channels": C}, "inputs": {"images": images}}

    return case


exercise = Module(
    VisionTransformer,
    cases={"two blocks": _case(2), "three blocks": _case(3), "one block, one head": _case(1, heads=1)},
    starts={"head.weight": 0.0, "head.bias": 0.0},
    words={"answer": "what the head reads", "norm": "the last norm", "head": "the head"},
    slips={
        "x[:, 0] -> x[:, 1]": "The head reads the first patch: CLS is token 0.",
        "x[:, 0] -> x[:, -1]": "The head reads the last patch: CLS is token 0.",
        "x[:, 0] -> x.mean(dim=1)": "The head reads the mean of all tokens; it is to read CLS alone.",
        "x[:, 0] -> x[:, 1:].mean(dim=1)": "The head reads the mean of the patches; it is to read CLS alone.",
        "x = self.norm(x) ->": "The norm behind the last block is left out: with pre-norm nothing else has "
        "normalised what the head reads.",
        "x = block(x) -> x = self.blocks[0](x)": "The first block is used for every layer; each has its own "
        "weights.",
        "x = block(x) -> x = x if block is self.blocks[-1] else block(x)": "The last block is never used.",
        "self.head(answer) -> self.head(answer).softmax(dim=-1)": "A softmax stands at the end; logits are "
        "asked for.",
    },
    also_right=["answer = x[:, 0] -> answer = x.select(1, 0)"],
    points=6,
    difficulty=3,
    minutes=12,
    hints=[
        "forward: patches, places, every block in turn, norm, head. How many places does `Places` need?",
        "[PreNormBlock(…) for _ in range(depth)] in an nn.ModuleList; a plain list hides its weights.",
        "Which of the 1 + N tokens does the head read? nn.init.zeros_(tensor) sets one to zero.",
    ],
    may_not_call=["course.vision", "course.language", "course.multihead"],
)
