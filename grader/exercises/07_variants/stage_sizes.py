"""The bill of a pyramid

CvT reads an image of n × n pixels in three stages: its first embedding has stride 4, and each of the next two
halves the map. In each layer keys and values come from the map **halved once more** on each side. Only the
last stage has a CLS token, which no stride touches: one more query, one more key. How many tokens has a
stage, and how many numbers one head's table of weights, a row a query? (n is a multiple of 32.)
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={"n": "pixels on a side"},
    entries={
        "tokens, stage 1": Entry(
            "(n/4)**2",
            slips={"n/4": "The map is n/4 wide *and* high.", "n**2": "The embedding has stride 4."},
        ),
        "tokens, stage 3": Entry(
            "(n/16)**2 + 1",
            slips={
                "(n/16)**2": "CLS is there in this stage.",
                "(n/12)**2 + 1": "Strides are multiplied, not added: 4, 8, 16.",
                "(n/32)**2 + 1": "Two stages halve the map behind the first: 4, 8, 16.",
            },
        ),
        "weights, stage 1": Entry(
            "(n/4)**2*(n/8)**2",
            slips={
                "(n/4)**4": "Keys come from a map halved on each side: there are a quarter as many as "
                "queries.",
                "(n/8)**4": "Queries are not halved: each token of the stage asks.",
                "(n/4)**4/2": "The map is halved on *each* side.",
            },
            also_right=["n**4/1024"],
        ),
        "weights, stage 3": Entry(
            "((n/16)**2 + 1)*((n/32)**2 + 1)",
            slips={
                "((n/16)**2 + 1)**2": "Keys come from a map halved on each side, and CLS.",
                "((n/16)**2 + 1)*(n/32)**2": "CLS is a key, too.",
                "(n/16)**2*(n/32)**2": "CLS is left out, as a query and as a key.",
                "((n/16)**2 + 1)*((n/16)**2 + 1)/4": "CLS goes around the stride: only the patches become "
                "a quarter.",
            },
        ),
    },
    points=4,
    difficulty=3,
    minutes=7,
    hints=[
        "Strides multiply: behind the three embeddings one token stands for 4, 8, 16 pixels on each side.",
        "Queries times keys. Keys of stage 1: the map, n/4 on a side, is halved once more.",
    ],
)
