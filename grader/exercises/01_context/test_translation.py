"""A test for equivariance

Write the test. It is handed a `layer`, which turns an image (H, W) into another one of the same size, for any
H and W from 8 on. Assert that it is **translation equivariant**: what is moved in the image moves as far in
the result. No output depends on anything more than three pixels away, unless the layer is at fault; what
happens within three pixels of the border is nobody's fault. It is run on layers of both kinds.
"""

import torch
from torch.nn import functional as F

from grader.exercise import PropertyTest


def test_translation(layer):
    """Raise AssertionError unless layer(image) moves with what is in the image."""
    image = F.pad(torch.randn(5, 5), (7, 8, 7, 8))  # (20, 20)
    for move in [(1, 0), (0, 1), (-2, 3)]:
        found, expected = layer(image.roll(move, (0, 1))), layer(image).roll(move, (0, 1))
        assert torch.allclose(found[4:-4, 4:-4], expected[4:-4, 4:-4], atol=1e-4)


def convolution(x):
    y = F.conv2d(F.pad(x[None, None], (1, 1, 1, 1)), torch.linspace(-0.6, 1, 9).view(1, 1, 3, 3))[0, 0] + 0.1
    return y  # (H, W)


THEN, ROW, COLUMN = "return y -> return", "torch.ones_like(y).cumsum(0)", "torch.ones_like(y).cumsum(1)"
BORDER = "The test rejects layers that differ at the border only, where zeros are seen: look inside."
exercise = PropertyTest(
    test_translation,
    base=convolution,
    right={
        "repeats the border in place of zeros": ("F.pad(_x, _p) -> F.pad(_x, _p, mode='replicate')", BORDER),
        "takes the largest of its neighbours": f"{THEN} F.max_pool2d(y[None], 3, 1, 1)[0]",
        "puts a ReLU behind the convolution": f"{THEN} y.relu()",
        "gives the image back, one pixel further": f"{THEN} x.roll(1, 0)",
    },
    wrong={
        "The test never moves anything up or down.": {"adds how far down it is": f"{THEN} y + {ROW}"},
        "The test never moves anything to the side.": {"is louder to the right": f"{THEN} y * {COLUMN}"},
        "Each move is by an even number of pixels: a stride of 2 goes unnoticed.": {
            "works on each second pixel": f"{THEN} F.interpolate(y[None, None, ::2, ::2], x.shape)[0, 0]"
        },
        "The test never looks at where the result lands.": {"turns it upside down": f"{THEN} y.flip(0)"},
        "Moves along the diagonal do not tell rows from columns: move by different numbers.": {
            "swaps rows and columns": f"{THEN} F.interpolate(y.T[None, None], x.shape)[0, 0]"
        },
        "The test accepts what is the same whatever it sees.": {"never looks": f"{THEN} {ROW} * {COLUMN}"},
        "The test lets NaN through: `not (… > …)` holds for it.": {"returns NaN": f"{THEN} y * float('nan')"},
    },
    points=4,
    difficulty=3,
    minutes=12,
    hints=[
        "Two ways to one picture: move, then apply the layer; or apply the layer, then move the result.",
        "`image.roll((down, right), dims=(0, 1))` moves; with zeros all around nothing goes over the edge.",
        "torch.allclose inside, at [4:-4, 4:-4]; moves by different numbers of pixels, also by odd ones.",
    ],
)
