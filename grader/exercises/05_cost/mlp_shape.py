"""(a) The shape of the output

**What shape is Y?** Write it as `"(rows, columns)"`.
"""

from grader.exercise import Formula

exercise = Formula(
    reference="(L, d)",
    symbols={"L": "tokens", "d": "width of a token", "n": "units"},
    unit="shape",
    points=1,
    difficulty=1,
    minutes=1,
    slips={
        "(L, n)": "This is the shape in the middle, X W1; W2 has yet to act.",
        "(n, d)": "This is the shape of W2; the tokens are missing.",
        "(d, n)": "This is the shape of W1; the tokens are missing.",
        "(d, L)": "The axes are swapped: the tokens are the rows.",
        "(n, L)": "This is the shape in the middle, and with swapped axes: the tokens are the rows and W2 "
        "has yet to act.",
        "(L, L)": "This is the shape of an attention matrix; no token meets another one here.",
        "(d, d)": "This is W1 W2, the weights multiplied with each other; the tokens are missing.",
        "(1, d)": "This is the output for one token; X has L of them.",
        "(n, n)": "Nothing here is n×n: W1 is d×n and W2 is n×d.",
        "(L, d*n)": "The n units stay in it; W2 sums over them.",
        "(L, 2*d)": "The width is doubled: W2 leads back to d columns.",
        "(L, n + d)": "The outputs of the two layers are put side by side; the second layer takes in the "
        "first one's.",
    },
    also_right=["(L, d*n/n)"],
    hints=[
        "In a product the two inner sizes meet and go; the outer two stay.",
        "X W1 is (L×d)(d×n), so L×n. Now multiply that by an n×d matrix.",
    ],
)
