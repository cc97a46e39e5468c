"""(b) How many weights

**How many weights does the layer have?**
"""

from grader.exercise import Formula

exercise = Formula(
    reference="4*d*n",
    symbols={"L": "tokens", "d": "width of a token", "n": "units"},
    unit="parameters",
    terms={"Wq": "d*n", "Wk": "d*n", "Wv": "d*n", "Wo": "n*d"},
    points=1,
    difficulty=1,
    minutes=1,
    slips={
        "4*d**2": "The matrices are taken for d×d, as in most Transformers; here they are d×n and n×d.",
        "L**2": "These are the entries of the attention matrix; it is not learned.",
        "4*d*n + L**2": "The attention matrix is counted; it is computed from X, not learned.",
        "3*L*n": "These are the numbers in queries, keys and values; they are computed from X, not learned.",
        "4*L*d*n": "Weights are shared by all tokens: their number does not depend on L.",
        "8*L*d*n": "These are the FLOPs of the projections; the number of weights is asked for.",
        "8*d*n": "These are the FLOPs of the projections for one token (two for each weight), or the four "
        "matrices twice.",
        "16*d*n": "This is the memory of the weights in bytes, at four bytes each.",
        "6*d*n": "Six matrices are counted; only four hold weights, Wq, Wk, Wv and Wo: scores and weighted "
        "sum have none.",
        "4*(d + n)": "The sides are added: a d×n matrix holds d·n numbers.",
        "d**4*n**4": "The weights of the four matrices are multiplied where they add.",
        "4*d*n + 3*n + d": "Biases are counted; here there are none.",
    },
    also_right=["3*d*n + n*d"],
    hints=[
        "Which letters in the formula stand for something learned?",
        "Four matrices, Wq, Wk, Wv and Wo, each with d·n numbers.",
    ],
)
