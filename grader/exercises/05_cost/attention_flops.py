"""(b) How many FLOPs

**How many FLOPs does the layer take?** There are six products in it. Write them down with their shapes before
you add: most wrong answers to this question leave one out.
"""

from grader.exercise import Formula

exercise = Formula(
    reference="8*L*d*n + 4*L**2*n",
    symbols={"L": "tokens", "d": "width of a token", "n": "units"},
    unit="FLOPs",
    terms={
        "the queries": "2*L*d*n",
        "the keys": "2*L*d*n",
        "the values": "2*L*d*n",
        "the output projection": "2*L*n*d",
        "the scores": "2*L**2*n",
        "the weighted sum": "2*L**2*n",
    },
    points=3,
    difficulty=3,
    minutes=6,
    slips={
        "8*L*d*n + 4*L*n**2": "Here keys and values are multiplied first. That is another order, with "
        "another price: the formula goes from left to right.",
        "3*L*n*(2*d - 1) + L*L*(2*n - 1) + L*n*(2*L - 1) + L*d*(2*n - 1)": "One addition fewer per entry is "
        "exact by hand, but every counter charges one addition for each multiplication.",
        "8*L*d*n + 4*L**2": "Each pair of tokens is counted once, not n times: a score is a sum of n "
        "products.",
        "8*L*d*n + 4*L**2*d": "Queries, keys and values are n wide, not d: d meets no L×L matrix here.",
        "8*L*d**2 + 4*L**2*d": "The matrices are taken for d×d; here they are d×n and n×d.",
        "8*L*d*n + 4*L**2*n + 5*L**2": "A softmax is counted; layer (b) is stripped to its products.",
        "4*L*d*n": "This is the price of the MLP, layer (a).",
        "4*d*n": "This is the number of weights, not of FLOPs.",
        "24*L*d*n + 12*L**2*n": "This is a forward and a backward pass; only the forward one is asked for.",
    },
    also_right=["4*L*n*(2*d + L)"],
    hints=[
        "There are six products in the formula. Write the shapes of each pair on paper, from left to right.",
        "Three of them make queries, keys and values, one is the output projection: 2·L·d·n each.",
        "The scores are (L×n)(n×L). The weighted sum is (L×L)(L×n). Each is 2 × rows × inner × columns.",
        "Four times 2·L·d·n, and twice 2·L·L·n.",
    ],
)
