"""Five numbers for 26 letters"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Letters are encoded with a learnt table of d = 5 numbers, in place of one-hot vectors with "
    "d = 26. **What is lost?** Name all that is, whatever the table holds: `{...}`.",
    options={
        "a": "which letter it was: it cannot be told from its code any more",
        "b": "that all pairs of different letters are equally far apart",
        "c": "that a linear layer behind it can give each letter an output of its own, whatever we want that "
        "to be",
        "d": "that a letter has the same code at every place of the text",
    },
    right={"b", "c"},
    why={
        "a": "Any two rows of a learnt table differ, so the nearest row gives the letter back; that works "
        "even with d = 1.",
        "b": "In d dimensions at most d + 1 points can all be equally far from each other: six letters, with "
        "d = 5.",
        "c": "The outputs of all 26 letters together are (table) × (weights), a matrix of rank 5 at most: "
        "all its rows are sums of multiples of five of them, so the other 21 cannot be chosen.",
        "d": "The table is looked up by the letter alone, before and after.",
    },
    points=2,
    difficulty=3,
    minutes=4,
    hints=[
        "On a line (d = 1), can three letters be equally far from each other? In a plane, four?",
        "Write the 26 codes as a matrix of 26 × 5 and multiply it by weights of 5 × m. Choose five rows of "
        "the result as you like: are you still free to choose the others?",
    ],
)
