"""The price list of both layers

Fill the table in for layer **(a)**, Y = (X W1) W2, and layer **(b)**, Y = (X Wq)(X Wk)ᵀ (X Wv) Wo: how many
weights, which shape Y has, as `"(rows, columns)"`, and how many FLOPs it takes, from left to right. There are
two products in (a) and six in (b): write them down with their shapes. You can check with entries still empty.
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={"L": "tokens", "d": "width of a token", "n": "units"},
    entries={
        "weights of (a)": Entry(
            "2*d*n",
            unit="parameters",
            terms={"W1": "d*n", "W2": "n*d"},
            slips={"2*L*d*n": "Weights are shared by all tokens: their number does not depend on L."},
        ),
        "shape of (a)": Entry("(L, d)", slips={"(L, n)": "This is the shape of X W1; W2 has yet to act."}),
        "FLOPs of (a)": Entry(
            "4*L*d*n",
            unit="FLOPs",
            terms={"the first product": "2*L*d*n", "the second product": "2*L*n*d"},
            slips={
                "2*L*d*n": "This is half of it: one product, or multiply–adds. Each of those is two FLOPs.",
                "2*d**2*n + 2*L*d**2": "W1 W2 is multiplied out first: another order with another price.",
            },
            also_right=["2*(2*L*d*n)"],
        ),
        "weights of (b)": Entry(
            "4*d*n",
            unit="parameters",
            terms={"Wq": "d*n", "Wk": "d*n", "Wv": "d*n", "Wo": "n*d"},
            slips={"4*d*n + L**2": "The attention matrix is counted; it is computed from X, not learned."},
        ),
        "shape of (b)": Entry(
            "(L, d)", slips={"(L, n)": "The weighted sum has this shape; Wo has yet to act."}
        ),
        "FLOPs of (b)": Entry(
            "8*L*d*n + 4*L**2*n",
            unit="FLOPs",
            terms={f"the {name}": "2*L*d*n" for name in ("queries", "keys", "values", "output projection")}
            | {"the scores": "2*L**2*n", "the weighted sum": "2*L**2*n"},
            slips={
                "8*L*d*n + 4*L*n**2": "Keys and values are multiplied first: another order, another price.",
                "8*L*d*n + 4*L**2": "A pair of tokens is counted once, not n times: a score sums n products.",
                "8*L*d*n + 4*L**2*d": "Queries, keys and values are n wide: d meets no L×L matrix here.",
            },
            also_right=["4*L*n*(2*d + L)"],
        ),
    },
    points=6,
    difficulty=3,
    minutes=12,
    hints=[
        "A d×n matrix holds d·n weights, and you have a formula for the price of one product.",
        "In a product the two inner sizes meet and go. (X W1) is L×n, and then W2 is n×d.",
        "(b): three projections like X W1, the scores (L×n)(n×L), the weighted sum (L×L)(L×n), and Wo.",
    ],
)
