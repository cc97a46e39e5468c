"""What do more heads cost?

**How many parameters has `MultiHead(d, h)`**, biases included? Write it in d and h.
"""

from grader.exercise import Formula

exercise = Formula(
    symbols={"d": "width of a token", "h": "heads"},
    unit="parameters",
    terms={"the weights of four layers": "4*d**2", "their biases": "4*d"},
    points=1,
    difficulty=1,
    minutes=3,
    slips={
        "4*h*d**2 + 4*h*d": "The heads share one layer of d × d between them; they do not have one each.",
        "4*d**2": "The biases are left out: each of the four layers has d of them.",
        "3*d**2 + 3*d": "The layer `output` is left out.",
        "4*d**2/h + 4*d": "Each head maps d numbers to d/h, and there are h of them: h cancels.",
    },
    also_right=[
        "4*d*(d + 1)",
        "4*(d**2 + d)",
        "4*h*d*(d/h) + 4*d",
        "3*(d*d + d) + d*d + d",
        "(2*d + 1)**2 - 1",
    ],
    hints=[
        "One head of queries maps d numbers to d/h. How many weights is that, and how many have all h heads?",
        "Count `nn.Linear(d, d)`: weights and biases. How many of these layers are there?",
    ],
)
