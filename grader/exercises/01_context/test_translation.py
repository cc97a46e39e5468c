"""A test for equivariance

Write the test. It is handed a `layer`, which turns an image (H, W) into another one of the same size, for any
H and W from 8 on. Assert that it is **translation equivariant**: what is moved in the image moves as far in
the result. No output depends on anything more than three pixels away, unless the layer is at fault; what
happens within three pixels of the border is nobody's fault. The test will be run on seven layers that are
equivariant, and on eleven that are not.
"""

import torch
from torch.nn import functional as F

from grader.exercise import PropertyTest


def test_translation(layer):
    """Raise AssertionError unless layer(image) moves with what is in the image."""
    image = torch.zeros(20, 20)
    image[7:12, 7:12] = torch.randn(5, 5)
    for down, right in [(1, 0), (0, 1), (-2, 3)]:
        moved = image.roll((down, right), dims=(0, 1))
        expected = layer(image).roll((down, right), dims=(0, 1))
        inside = slice(4, -4)
        assert torch.allclose(layer(moved)[inside, inside], expected[inside, inside], atol=1e-4)


def convolution(x):
    kernel = torch.tensor([[0.5, -1.0, 0.3], [0.2, 1.0, -0.7], [0.1, 0.4, 0.9]])
    padded = F.pad(x[None, None], (1, 1, 1, 1))
    y = F.conv2d(padded, kernel[None, None])[0, 0] + 0.1  # (H, W)
    return y


BORDER = "The test rejects layers that differ at the border only, where zeros are seen: look inside."
THEN = "return y -> return"
ROWS, COLUMNS = "torch.linspace(-1, 1, len(y))[:, None]", "torch.linspace(-1, 1, y.shape[1])"

exercise = PropertyTest(
    test_translation,
    base=convolution,
    right={
        "puts a ReLU behind the convolution": ("return y -> return y.relu()", BORDER),
        "repeats the border in place of zeros": "F.pad(_x, _p) -> F.pad(_x, _p, mode='replicate')",
        "takes the image to go round": "F.pad(_x, _p) -> F.pad(_x, _p, mode='circular')",
        "takes the largest of its neighbours": "return y -> return F.max_pool2d(y[None], 3, 1, 1)[0]",
        "squares what it finds": f"{THEN} y**2",
        "gives the image back, one pixel further": f"{THEN} x.roll(1, 0)",
    },
    wrong={
        "The test never moves anything downwards or upwards.": {
            "adds how far down it is": f"{THEN} y + {ROWS}",
            "sees less further down": f"{THEN} y * (1.5 + {ROWS})",
        },
        "The test never moves anything to the side.": {
            "adds how far to the right it is": f"{THEN} y + {COLUMNS}",
            "has another kernel in the right half": f"{THEN} torch.where({COLUMNS} > 0, y, -y)",
        },
        "Each move is by an even number of pixels: a stride of 2 goes unnoticed.": {
            "works on each second pixel and writes it twice": f"{THEN} "
            "y[::2, ::2].repeat_interleave(2, 0).repeat_interleave(2, 1)[:len(y), :y.shape[1]]"
        },
        "The test never looks at where the result lands.": {
            "turns the image upside down": f"{THEN} y.flip(0)",
            "reads from right to left": f"{THEN} y.flip(1)",
            "swaps rows and columns": (
                f"{THEN} F.interpolate(y.T[None, None], size=x.shape)[0, 0]",
                "Moves along the diagonal do not tell rows from columns: move by different numbers.",
            ),
            "puts the pixels into an order of its own": f"{THEN} "
            "y.flatten()[7919 * torch.arange(y.numel()) % y.numel()].reshape(y.shape)",
        },
        "The test accepts a layer that writes the same whatever it sees.": {
            "writes its places and never looks": f"{THEN} {ROWS} * {COLUMNS}",
        },
        "The test lets NaN through: every comparison with NaN is False, so `not (… > …)` holds for it.": {
            "returns NaN": f"{THEN} y * float('nan')"
        },
    },
    points=4,
    difficulty=3,
    minutes=12,
    hints=[
        "Two ways to the same picture: move the image and apply the layer, or apply the layer and move the "
        "result.",
        "`image.roll((down, right), dims=(0, 1))` moves an image. With something small in the middle of "
        "zeros, nothing is pushed over the edge.",
        "Compare with torch.allclose inside, at [4:-4, 4:-4], and move by different numbers of pixels, also "
        "by an odd one.",
    ],
)
