"""What is left of x?

The branch of each layer adds something of variance v, unrelated to what it reads. With **post-norm**, x ←
norm(x + branch(x)), every layer brings the variance back to 1. **Which share of the variance behind 12 layers
is still x's?**
"""

from grader.exercise import Formula

exercise = Formula(
    symbols={"v": "variance of what a branch adds"},
    unit="of 1",
    reference="1/(1 + v)**12",
    points=2,
    difficulty=3,
    minutes=5,
    slips={
        "1/(1 + 12*v)": "This is pre-norm's: there nothing is divided on the way, and the shares only "
        "add up.",
        "1/(1 + v)": "This is what one layer leaves; the next divides it again.",
        "1/(1 + v)**6": "This is the factor in front of x; its share of the *variance* is the square.",
        "1/(1 + v)**11": "One layer is missing: there are twelve.",
        "(1 + v)**12": "It is turned upside down: a share is at most 1.",
        "1 - 12*v/(1 + v)": "Shares are multiplied from layer to layer, not subtracted.",
    },
    also_right=["(1/(1 + v))**12", "(1 + v)**-12", "(1 + v)**-6 / (1 + v)**6", "(1 - v/(1 + v))**12"],
    hints=[
        "One layer first: x has variance 1, the branch adds v. The norm divides by what, to get back to 1?",
        "After one layer, 1/(1 + v) of the variance is x's. The next layer does the same to what is there.",
    ],
)
