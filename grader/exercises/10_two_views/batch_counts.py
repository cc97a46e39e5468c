"""A batch, counted

A batch of N images gives 2N views. Fill in: how many *negatives* one view has (neither itself nor its
twin); the loss while nothing is learnt, all embeddings being **the same**; and how large the table of all
cosines is, the view with itself included. `log` is the natural logarithm."""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={"N": "images in the batch"},
    entries={
        "negatives": Entry(
            "2*N - 2",
            unit="views",
            slips={
                "2*N - 1": "The twin is no negative: leave it out as well.",
                "N - 1": "Each of the other images is there twice.",
                "2*N": "Neither the view itself nor its twin is a negative.",
            },
        ),
        "nothing learnt": Entry(
            "log(2*N - 1)",
            unit="nats",
            slips={
                "log(2*N)": "The view itself is no candidate: it is masked.",
                "log(2*N - 2)": "The twin is a candidate, too: it is the right one.",
                "log(N)": "This is the value if a view is compared with the N *other* views of the pairs "
                "only.",
                "2*N - 1": "That is how many candidates there are; the loss is the logarithm.",
            },
            also_right=["ln(2*N - 1)"],
        ),
        "cosines": Entry(
            "4*N**2",
            unit="numbers",
            slips={"N**2": "There are 2N views, and a row and a column for each.", "2*N**2": "It is (2N)²."},
        ),
    },
    points=2,
    difficulty=1,
    minutes=4,
    hints=[
        "Of 2N views take away the view itself; how many candidates are left, and how many of them are "
        "wrong?",
        "If all embeddings are the same, so are all cosines: which share does the twin get?",
    ],
)
