"""Patches become tokens

A token is a linear map of a patch. Write it as the convolution it is: one layer, called `projection`, an
`nn.Conv2d` whose kernel *and stride* are P; then give the result a row for each patch.
"""

from torch import nn

from grader.exercise import Module


class PatchEmbed(nn.Module):
    """images: (B, channels, H, W) -> (B, N, d), patches row by row"""

    def __init__(self, P, d, channels):
        super().__init__()
        ### BEGIN SOLUTION
        self.projection = nn.Conv2d(channels, d, P, stride=P)

    def forward(self, images):
        features = self.projection(images)  # (B, d, H/P, W/P)
        return features.flatten(2).transpose(1, 2)  # (B, N, d)
        ### END SOLUTION


def _case(square=False):
    def case(draw):
        B, C, P, rows, columns, d = draw.shuffled([2, 3, 4, 5, 6, 7])
        rows, columns, d = (3, 3, 9) if square else (rows, columns, d)
        images = draw.normal(B, C, rows * P, columns * P)
        return {"init": {"P": P, "d": d, "channels": C}, "inputs": {"images": images}}

    return case


exercise = Module(
    PatchEmbed,
    cases={"images that are not square": _case(), "as many patches as d": _case(square=True)},
    points=3,
    difficulty=2,
    minutes=6,
    words={"features": "what the convolution gives", "projection": "the projection"},
    slips={
        "features.flatten(2).transpose(1, 2) -> features.reshape(features.shape[0], -1, features.shape[1])": (
            "The axes are reshaped, not turned: a row holds one feature of many patches."
        ),
        "features.flatten(2).transpose(1, 2) -> features.mT.flatten(2).transpose(1, 2)": "The patches are "
        "counted column by column; they go row by row.",
        "features.flatten(2).transpose(1, 2) -> features.flatten(2)": "The last two axes are (d, N): turn "
        "them.",
    },
    also_right=["features.flatten(2).transpose(1, 2) -> features.permute(0, 2, 3, 1).flatten(1, 2)"],
    hints=[
        "nn.Conv2d(channels, d, P, stride=…). Which stride makes neighbouring kernels touch and not overlap?",
        "Its result is (B, d, H/P, W/P): flatten the last two axes into N. Which two change places then?",
    ],
)
