"""A batch of pairs, counted

Of a batch of B pictures and their B captions: the loss while nothing is learnt and
**all cosines are alike**; how many *wrong* pairs of a picture and a caption there
are, those that are not on the diagonal of the table; and, if there are C different
captions in the world, all equally frequent, how many **twins** a picture has on
average: others in the batch with the very same caption. (ln is written `log`, as in
`log(C)`.)"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={"B": "pairs in the batch", "C": "different captions"},
    entries={
        "nothing learnt": Entry(
            "log(B)",
            unit="nats",
            slips={
                "log(2*B - 1)": "That is SimCLR's: here a picture looks among captions only.",
                "log(B - 1)": "The right caption is a candidate, too.",
                "2*log(B)": "It is the mean of the two halves, and each is ln B.",
                "1/B": "That is p, the share of each candidate; the loss is −ln p.",
                "-log(B)": "That is ln p; the loss is −ln p.",
            },
        ),
        "wrong pairs": Entry(
            "B**2 - B",
            unit="pairs",
            slips={
                "B**2": "The B right ones are among these.",
                "B - 1": "These are the wrong captions of one picture.",
                "(B**2 - B)/2": "Picture 1 with caption 2 is another pair than picture 2 with caption 1.",
                "(B**2 - B)/C": "No C belongs here: in another row even the same caption counts as wrong.",
            },
        ),
        "twins": Entry(
            "(B - 1)/C",
            unit="pictures",
            slips={
                "B/C": "The picture itself is among these: B − 1 others can be twins.",
                "1/C": "That is the chance that one given other picture is a twin; there are B − 1 of them.",
                "(B**2 - B)/C": "These are the twins of all pictures; one picture's are asked for.",
            },
        ),
    },
    points=2,
    difficulty=2,
    minutes=6,
    hints=[
        "All cosines alike: every candidate gets the same share. How many candidates has a picture?",
        "Each of the other pictures has the same caption with a chance of 1/C. How many others are there?",
    ],
)
