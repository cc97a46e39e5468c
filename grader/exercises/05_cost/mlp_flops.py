"""(a) How many FLOPs

**How many FLOPs does Y = (X W1) W2 take?** Two products, from left to right.
"""

from grader.exercise import Formula

exercise = Formula(
    reference="4*L*d*n",
    symbols={"L": "tokens", "d": "width of a token", "n": "units"},
    unit="FLOPs",
    terms={"the first product": "2*L*d*n", "the second product": "2*L*n*d"},
    points=1,
    difficulty=1,
    minutes=2,
    slips={
        "2*L*d*n": "This is half of it. Either one of the two layers is forgotten, or multiply–adds are "
        "counted: here a multiplication and an addition are two FLOPs.",
        "2*d*n": "This is how many weights there are; each is used once for every token, with two "
        "operations.",
        "4*d*n": "This is the price for one token; X has L of them.",
        "L*n*(2*d - 1) + L*d*(2*n - 1)": "One addition fewer per entry is exact by hand, but every counter "
        "charges one addition for each multiplication.",
        "L*n + L*d": "These are the entries of the two results; each of them is a sum of many products.",
        "4*L*d*n + L*n + L*d": "Biases are counted; here there are none.",
        "4*L*d*n + L*n": "A bias or a non-linearity in the middle is counted; here there is none.",
        "2*d**2*n + 2*L*d**2": "Here W1 W2 is multiplied out first. That is another order, with another "
        "price.",
        "4*L**2*n": "L is in it twice: nothing here compares one token with another.",
        "12*L*d*n": "This is a forward and a backward pass; only the forward one is asked for.",
        "8*L*d*n + 4*L**2*n": "This is the price of layer (b); no token meets another one in layer (a).",
    },
    also_right=["2*L*d*n + 2*L*n*d"],
    hints=[
        "Two products, one after the other. You have a formula for one.",
        "X W1 is (L×d)(d×n): 2·L·d·n. What are the three sizes of (X W1) W2?",
        "The second is (L×n)(n×d), and that costs as much as the first.",
    ],
)
