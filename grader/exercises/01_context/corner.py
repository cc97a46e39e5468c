"""The corner by hand

`given.red`, `given.green` and `given.blue` are the four pixels in the corner of an image of your own, row by
row: top left, top right, bottom left, bottom right. The kernels are those above, the bias is `given.bias`.
Which number does the convolution write into the corner?
"""

import itertools

from grader.exercise import Number


def corner(red, green, blue, bias):
    from_red = red[0] - red[1] + red[2] + red[3]
    from_green = -green[0] - green[1] - green[3]
    from_blue = blue[0] - blue[2] + blue[3]
    return from_red + from_green + from_blue + bias


RED, GREEN = "red[0] - red[1] + red[2] + red[3]", "-green[0] - green[1] - green[3]"
BLUE = "blue[0] - blue[2] + blue[3]"
SLIPS = {
    f"{RED} + ({GREEN}) + {BLUE}": "The bias is missing: it is added once, behind the three sums.",
    f"{RED} + ({GREEN}) + {BLUE} + 3 * bias": "The bias is added in each channel: it is added once.",
    f"({RED} + ({GREEN}) + {BLUE}) / 3 + bias": "The mean of the channels is taken: add them up.",
    f"{RED} + bias": "Only the red channel is counted.",
    "-red[0] - red[1] + red[3] + green[0] - green[3] + blue[1] + blue[3] + bias": "The upper left part of "
    "each kernel lies on the pixels: at the corner of the image the kernel's *middle* lies on the first one.",
    "red[0] + red[1] - red[2] + red[3] - green[0] - green[2] - green[3] + blue[0] - blue[1] + blue[3] + "
    "bias": "Each kernel is read column by column: read it row by row, as the pixels.",
    "-red[1] - red[0] + red[3] - green[0] + green[3] + blue[0] + blue[1] + bias": "Each kernel is turned by "
    "180°: that is the convolution of mathematics; networks lay the kernel down as it is.",
}


def given(draw):
    """A bright corner, green and blue close to red as in a photograph; no wrong number near the right one."""
    while True:
        red = [draw.integer(120, 200) for _ in range(4)]
        green, blue = ([pixel + draw.integer(5, 30) for pixel in red] for _ in range(2))
        image = dict(red=red, green=green, blue=blue, bias=draw.integer(30, 60))
        values = [corner(**image), *(eval(calculation, {}, image) for calculation in SLIPS)]
        if values[0] < -10 and all(b - a > 4 for a, b in itertools.pairwise(sorted(values))):
            return image


exercise = Number(
    given=given,
    value=corner,
    words={"from_red": "the sum over red", "from_green": "the sum over green", "from_blue": "that over blue"},
    points=2,
    difficulty=1,
    minutes=5,
    slips=SLIPS,
    hints=[
        "The kernel's middle lies on the corner pixel. Which of its nine numbers lie on the image at all?",
        "Four: the middle, and those right of it, below it and below to the right. The others meet zeros.",
        "Red's four are 1 −1 / 1 1. Do the same for green and blue, then add the three sums and the bias.",
    ],
)
