"""(a) How many weights

**How many weights do W1 and W2 hold together?**
"""

from grader.exercise import Formula

exercise = Formula(
    reference="2*d*n",
    symbols={"L": "tokens", "d": "width of a token", "n": "units"},
    unit="parameters",
    terms={"W1": "d*n", "W2": "n*d"},
    points=1,
    difficulty=1,
    minutes=1,
    slips={
        "2*L*d*n": "Weights are shared by all tokens: their number does not depend on L.",
        "4*L*d*n": "These are FLOPs; the number of weights is asked for.",
        "L*d + d*n + L*n": "X and what is made from it are counted; neither is learned.",
        "d**2*n**2": "The weights of the two matrices are multiplied where they add.",
        "2*(d + n)": "The sides are added: a d×n matrix holds d·n numbers.",
        "2*d*n + n + d": "Biases are counted; here there are none.",
        "2*d*n + n": "A bias is counted; here there is none.",
        "d**2": "This is W1 W2 multiplied out, one d×d matrix; here there are two.",
        "8*d*n": "This is the memory of the weights in bytes, at four bytes each.",
        "4*d*n": "These are the weights of layer (b), which has four matrices; or the FLOPs for one token.",
    },
    also_right=["d*n + n*d"],
    hints=[
        "Write down the shapes of W1 and W2.",
        "A d×n matrix holds d·n numbers, and so does an n×d matrix.",
    ],
)
