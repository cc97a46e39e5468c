"""Count it

A ViT for colour images (3 channels) with the usual MLP, hidden = 4d, biases everywhere. Fill in how many
parameters stand in each part; Ti, S, B, L and H are all one formula. You can check with entries still empty;
write products with every `*`, as in `7*d*N`.
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={"d": "width", "P": "side of a patch", "N": "patches", "c": "classes"},
    entries={
        "patch embedding": Entry(
            "3*P**2*d + d",
            unit="parameters",
            terms={"the weights": "3*P**2*d", "the biases": "d"},
            slips={
                "P**2*d + d": "A patch of a colour image holds 3·P² numbers.",
                "3*P**2*d*N + d": "The same weights serve every patch: N has no part in it.",
                "3*P**2*d": "The biases are left out: there are d.",
            },
        ),
        "CLS and positions": Entry(
            "(N + 2)*d",
            unit="parameters",
            terms={"CLS": "d", "the positions of the patches": "N*d", "the position of CLS": "d"},
            slips={
                "(N + 1)*d": "One of two is missing: CLS itself, or its position.",
                "N*d": "CLS and its position are missing: those are d each.",
            },
        ),
        "one block": Entry(
            "12*d**2 + 13*d",
            unit="parameters",
            terms={
                "the attention's weights": "4*d**2",
                "the attention's biases": "4*d",
                "the MLP's weights": "8*d**2",
                "the MLP's biases": "5*d",
                "the two norms": "4*d",
            },
            slips={"12*d**2 + 9*d": "The two norms are left out: each has d scales and d shifts."},
        ),
        "norm and head": Entry(
            "2*d + (d + 1)*c",
            unit="parameters",
            terms={"the norm": "2*d", "the head's weights": "d*c", "the head's biases": "c"},
            slips={"(d + 1)*c": "The norm behind the last block is left out: 2·d."},
        ),
    },
    points=4,
    difficulty=2,
    minutes=8,
    hints=[
        "nn.Linear(a, b) has a·b weights and b biases; a LayerNorm has d scales and d shifts.",
        "One block: MultiHead is four layers from d to d; the MLP is d to 4d and back; two norms.",
        "How many positions are there: N, or one more?",
    ],
)
