"""What the cache saves

The self-attention of one decoder layer: projections to queries, keys, values and output (d × d each), the
scores, and the weighted sum; a product of a×b and b×c is 2abc FLOPs, and nothing else is counted. How many
FLOPs does writing token **t** take (t tokens with it) if all t are computed anew, and with a cache? What do
all tokens 1 … **L** take with a cache? And how many numbers does it hold at the end?
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={"t": "tokens with the new one", "L": "tokens in the end", "d": "width of a token"},
    entries={
        "token t, anew": Entry(
            "8*t*d**2 + 4*t**2*d",
            unit="FLOPs",
            terms={f"the {name}": "2*t*d**2" for name in ("queries", "keys", "values", "output projection")}
            | {"the scores": "2*t**2*d", "the weighted sum": "2*t**2*d"},
        ),
        "token t, cached": Entry(
            "8*d**2 + 4*t*d",
            unit="FLOPs",
            terms={f"the new {name}": "2*d**2" for name in ("query", "key", "value", "output")}
            | {"the scores": "2*t*d", "the weighted sum": "2*t*d"},
            slips={
                "8*d**2 + 4*d": "The new query meets one key only; it meets all t.",
                "2*d**2 + 4*t*d": "Only the query is made anew: the new token's key, value and output "
                "are, too.",
            },
        ),
        "all L, cached": Entry(
            "8*L*d**2 + 2*L*(L + 1)*d",
            unit="FLOPs",
            terms={"the projections": "8*L*d**2", "scores and weighted sums": "2*L*(L + 1)*d"},
            slips={
                "8*L*d**2 + 4*L**2*d": "Every token is charged for L keys; token t meets t: add up 1 + 2 "
                "+ … + L.",
                "8*L*d**2 + 2*L**2*d": "1 + 2 + … + L is L(L + 1)/2, and not L²/2: a term of L d is missing.",
            },
            also_right=["8*L*d**2 + 2*L**2*d + 2*L*d"],
        ),
        "numbers kept": Entry(
            "2*L*d",
            slips={"L*d": "Keys and values are kept, both."},
        ),
    },
    points=4,
    difficulty=3,
    minutes=9,
    hints=[
        "Without a cache, t tokens go through four d×d matrices, and t queries meet t keys.",
        "With it, one token goes through them, and one query meets t keys.",
        "1 + 2 + … + L = L(L + 1)/2.",
    ],
)
