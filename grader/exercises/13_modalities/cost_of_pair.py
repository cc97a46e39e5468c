"""One pair, both ways

A batch of three pairs. Picture 1 has cosines `given.own` with its own caption,
`given.second` and `given.third` with captions 2 and 3. Caption 1 has cosines
`given.own`, `given.left` and `given.right` with pictures 1, 2 and 3. Cosines are
**multiplied** by `given.scale` before the softmax. What does pair 1 cost: the mean
of −ln p of the picture, which looks for its caption, and −ln p of the caption,
which looks for its picture? `math.exp` and `math.log` are all you need.
"""

from grader.exercise import Number


def half(first, second, how="scale*"):
    """What it costs to look for the own one among three."""
    own, others = f"exp({how}own)", f"exp({how}{first}) + exp({how}{second})"
    return f"log(({own} + {others}) / {own})"


ROW, COLUMN = half("second", "third"), half("left", "right")


def _cosines(draw):
    bounds = dict(own=(10, 14), second=(6, 12), third=(-6, 4), left=(5, 11), right=(-8, 2))
    cosines = {name: draw.integer(low, high) / 20 for name, (low, high) in bounds.items()}
    return {**cosines, "scale": draw.integer(3, 8)}


exercise = Number(
    given=_cosines,
    value=f"({ROW} + {COLUMN}) / 2",
    unit="nats",
    slips={
        ROW: "This is the picture's half alone; the caption looks for its picture, too.",
        COLUMN: "This is the caption's half alone; the picture looks for its caption, too.",
        f"{ROW} + {COLUMN}": "The two halves are added up; their mean is asked for.",
        f"-({ROW} + {COLUMN}) / 2": "The sign is turned: a loss is not negative.",
        f"({half('second', 'third', '')} + {half('left', 'right', '')}) / 2": "The scale is left out: it "
        "multiplies each cosine.",
        f"({half('second', 'third', '1/scale*')} + {half('left', 'right', '1/scale*')}) / 2": "The cosines "
        "are "
        "divided by the scale, as by a temperature; they are multiplied by it.",
        f"(exp(-{ROW}) + exp(-{COLUMN})) / 2": "This is the mean of the two shares p; the cost is −ln p.",
    },
    points=2,
    difficulty=1,
    minutes=6,
    hints=[
        "The picture's three candidates: math.exp(scale · cosine) for own, second and third. Its share is "
        "one of "
        "them over the sum of all three.",
        "The same for the caption, with own, left and right. Two numbers −ln(share); then their mean.",
    ],
)
