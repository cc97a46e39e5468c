"""The price of one product

X is L×d and W is d×n. **How many FLOPs does X W take?** Count as the loop above does: one addition for every
multiplication.
"""

from grader.exercise import Formula

exercise = Formula(
    reference="2*L*d*n",
    symbols={"L": "tokens", "d": "width of a token", "n": "units"},
    unit="FLOPs",
    points=1,
    difficulty=1,
    minutes=2,
    slips={
        "L*n*(2*d - 1)": "d − 1 additions per entry is exact by hand, but every counter charges one "
        "addition for each multiplication: 2d, not 2d − 1.",
        "L*n": "These are the entries of the result; each of them is a sum of d products.",
        "2*L*n": "Every entry of the result is charged one multiplication and one addition, not d of each.",
        "L*d + d*n": "These are the numbers that go in, not the operations done with them.",
        "L*d + d*n + L*n": "These are the numbers read and written, which is memory traffic and not "
        "arithmetic.",
        "2*d*n": "This is the price for one token; X has L of them.",
        "d*n": "This is how many weights W has; each of them is used once for every token.",
        "2*d": "This is the work for one entry of the result; it has L·n of them.",
        "L*d*n + L*n": "One addition for each entry is counted; a sum of d products takes as many additions "
        "as products.",
        "2*L*d": "Only one column of W is counted; it has n.",
        "6*L*d*n": "This is a forward and a backward pass; only one product is asked for.",
    },
    also_right=["L*n*(2*d)"],
    hints=[
        "How many entries has the result, and what is done to make one of them?",
        "The result has L·n entries. Each is a sum of d products: d multiplications and, near enough, d "
        "additions.",
        "Entries times work per entry: L·n times 2·d.",
    ],
)
