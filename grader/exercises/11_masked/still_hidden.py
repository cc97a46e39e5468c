"""How long does a hole stay one?

A square of **s** × **s** places is hidden, far from the border of the map. A dense convolution of **k** ×
**k** (k odd) is slid over all of it, then another; **n** of them. How many places of the square still know
nothing of what was visible (while there are any)? And after how many convolutions is the last of them gone,
if k − 1 divides s?
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={
        "s": "places on a side of what is hidden",
        "k": "places on a side of a kernel",
        "n": "convolutions",
    },
    entries={
        "unknowing after n": Entry(
            "(s - n*(k - 1))**2",
            slips={
                "s**2": "This is before the first convolution.",
                "(s - n*k)**2": "A k × k kernel reaches (k − 1)/2 to each side, and not k/2.",
                "(s - n*(k - 1)/2)**2": "What is visible comes in from both sides.",
                "s**2 - n*(k - 1)**2": "Each side of the square grows shorter; the square is what is left.",
                "s - n*(k - 1)": "This is the side of what is left.",
            },
            also_right=["(s - n*k + n)**2"],
        ),
        "gone after": Entry(
            "s/(k - 1)",
            slips={
                "2*s/(k - 1)": "It comes in from both sides: each convolution takes k − 1 from a side.",
                "s/k": "A k × k kernel reaches (k − 1)/2 to each side.",
                "s/(2*(k - 1))": "Each convolution takes k − 1 off a side, (k − 1)/2 at each end.",
            },
        ),
    },
    points=3,
    difficulty=3,
    minutes=9,
    hints=[
        "k = 3: which places of the square see a visible one in their window? What is left is a square "
        "again.",
        "A side loses (k − 1)/2 at each end, per convolution.",
    ],
)
