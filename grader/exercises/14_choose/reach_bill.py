"""What reaching costs

A sequence of n places, each d numbers wide, goes in and comes out, biases left out. Four expressions: the
FLOPs (a multiply–add is two) of one fully-connected layer; how many convolutions k wide with stride 1 (each
sees (k − 1)/2 places to either side) must be stacked until what comes out at the **first** place can depend
on what went in at the **last** one; the FLOPs of that stack; and the FLOPs of one layer of attention, with
its four projections. k is odd, and `k - 1` divides `2(n - 1)`.
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={"n": "places", "d": "width of a place", "k": "width of the kernel"},
    entries={
        "one fully-connected layer": Entry(
            "2*n**2*d**2",
            unit="FLOPs",
            slips={
                "n**2*d**2": "These are multiply–adds, and the weights; each is two FLOPs.",
                "2*n*d**2": "That layer treats each place alone. Here n·d numbers go in, and n·d come out.",
            },
        ),
        "convolutions from the last place to the first": Entry(
            "2*(n - 1)/(k - 1)",
            unit="convolutions",
            slips={
                "(n - 1)/(k - 1)": "After so many the place in the *middle* sees both ends: half of its "
                "field of view, 1 + m(k − 1), lies on each side. From the last place to the first there is "
                "one side only, (k − 1)/2 a layer.",
                "2*(n - 1)/k": "A kernel k wide reaches (k − 1)/2 places to a side: one of its k is the "
                "place itself.",
                "(n - 1)/k": "A kernel k wide reaches (k − 1)/2 places to a side.",
                "n/k": "Each layer reaches (k − 1)/2 places further to a side, and n − 1 have to be crossed.",
            },
        ),
        "that stack of convolutions": Entry(
            "4*n*k*d**2*(n - 1)/(k - 1)",
            unit="FLOPs",
            slips={
                "2*n*k*d**2": "This is one convolution; it takes 2(n − 1)/(k − 1) of them.",
                "2*n*k*d**2*(n - 1)/(k - 1)": "Half of it: either these are multiply–adds, and each is two "
                "FLOPs, or the layers are those until the middle sees both ends.",
            },
        ),
        "one layer of attention": Entry(
            "8*n*d**2 + 4*n**2*d",
            unit="FLOPs",
            terms={"the projections": "8*n*d**2", "scores and weighted sums": "4*n**2*d"},
            slips={
                "6*n*d**2 + 4*n**2*d": "Queries, keys and values are projected; the output is, too.",
                "4*n*d**2 + 2*n**2*d": "These are multiply–adds; each is two FLOPs.",
            },
        ),
    },
    points=4,
    difficulty=2,
    minutes=8,
    hints=[
        "The product (a, b) @ (b, c) takes 2abc. Which products does each of the layers consist of?",
        "A convolution 3 wide tells each place of one neighbour on each side, and one 5 wide of two. n − 1 "
        "steps have to be made, all to one side.",
    ],
)
