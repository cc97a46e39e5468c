"""What the border cuts off

An image of `given.n` × `given.n` pixels, each of which attends to the window of `given.k` × `given.k` pixels
around it (k is odd). At the border the window is cut: what would lie outside is not there. How many pairs
(query, key) are left?
"""

from grader.exercise import Number

SLIPS = {
    "n**2 * k**2": "At the border windows are smaller: this counts pixels that are not there.",
    "(n - k + 1)**2 * k**2": "These are the pixels with a whole window; those at the border ask, too.",
    "n * k - (k**2 - 1) // 4": "This is one line of n pixels; the image has two axes.",
    "n**2 * (k**2 - 1)": "At the border windows are cut, and each pixel sees itself, too.",
}


def given(draw):
    return {"n": draw.integer(31, 97), "k": 2 * draw.integer(4, 11) + 1}


exercise = Number(
    given=given,
    value="(n * k - (k**2 - 1) // 4)**2",
    slips=SLIPS,
    unit="pairs",
    points=2,
    difficulty=2,
    minutes=5,
    hints=[
        "One line of n pixels first. The first pixel of it sees (k + 1)/2 pixels, the second one more, until "
        "the window is whole.",
        "At each end 1 + 2 + … + (k − 1)/2 are missing from n·k. And the image? A window is so many rows "
        "times so many columns.",
    ],
)
