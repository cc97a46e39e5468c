"""Attention in MLPs

Divide attention's FLOPs by the MLP's, both from your table, and cancel what cancels. **How many MLPs does one
attention cost?**
"""

from grader.exercise import Formula

exercise = Formula(
    reference="2 + L/d",
    symbols={"L": "tokens", "d": "width of a token", "n": "units"},
    unit="MLPs",
    points=2,
    difficulty=2,
    minutes=4,
    slips={
        "2": "These are the four projections over the MLP's two products; the pairs of tokens are missing.",
        "L/d": "These are the pairs alone; the four projections are missing, which have no L too many.",
        "2 + L/n": "The pairs cost 4·L²·n and the MLP 4·L·d·n: it is n that cancels, and d that stays.",
        "1/(2 + L/d)": "This is the MLP divided by attention, the other way round.",
        "2 + L": "A d is lost: 4·L²·n over 4·L·d·n.",
        "2*d + L": "It is not yet divided by d.",
        "1 + L/d": "Four projections over two products of the same size are 2, not 1.",
        "2 + 2*L/d": "Scores and weighted sum are 4·L²·n together, and the MLP is 4·L·d·n.",
        "2 + L/(2*d)": "Only one of scores and weighted sum is counted; together they are 4·L²·n.",
        "1/2 + L/(4*d)": "This is a Transformer's, with d×d projections and n = 4d; here they are d×n.",
    },
    also_right=["(8*L*d*n + 4*L**2*n)/(4*L*d*n)", "(2*d + L)/d"],
    hints=[
        "(8·L·d·n + 4·L²·n) / (4·L·d·n): divide each of the two terms by 4·L·d·n.",
        "In the first nearly all cancels and a number is left; in the second one L and one d are left.",
    ],
)
