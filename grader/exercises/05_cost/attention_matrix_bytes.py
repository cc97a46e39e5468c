"""The memory of one attention matrix

**How many bytes does one attention matrix take in single precision (float32)?**
"""

from grader.exercise import Formula

exercise = Formula(
    reference="4*L**2",
    symbols={"L": "tokens", "d": "width of a token", "n": "units"},
    unit="bytes",
    points=1,
    difficulty=1,
    minutes=2,
    slips={
        "L**2": "These are the entries; each takes four bytes.",
        "2*L**2": "Two bytes an entry is half precision; single precision takes four.",
        "8*L**2": "Eight bytes an entry: that is double precision, or two matrices.",
        "32*L**2": "These are bits, not bytes.",
        "4*L": "This is one row, the weights of one query; there are L rows.",
        "2*L*(L + 1)": "Half of the matrix is counted, with its diagonal: nothing is masked here.",
        "4*L*n": "This is the memory of the queries, which are L×n.",
        "4*L*d": "This is the memory of X, which is L×d.",
        "16*d*n": "This is the memory of the layer's weights; the attention matrix is computed from X.",
        "4*L**2*n": "A score is a sum of n products; what is kept of it is one number.",
    },
    also_right=["32*L**2/8"],
    hints=[
        "One weight for each pair of a query and a key. How many pairs are there?",
        "Single precision is 32 bits, and a byte is 8 bits.",
    ],
)
