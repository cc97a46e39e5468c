"""Is attention cheaper?

Count multiply–adds for L tokens, d wide. The recurrence takes 2·d² for each token (Wx and Wh). Attention
takes four projections of each token, d² each, and then for each of the L² pairs d for the score and d for
the weighted sum. **How many times the recurrence's multiply–adds does attention take?**
"""

from grader.exercise import Formula

exercise = Formula(
    symbols={"L": "tokens", "d": "width of a token"},
    unit="times",
    reference="2 + L/d",
    terms={"the projections": "2", "the pairs": "L/d"},
    points=2,
    difficulty=2,
    minutes=5,
    slips={
        "L/d": "The four projections are left out: this is what tables in papers compare.",
        "2 + L/(2*d)": "A pair costs 2·d: d for its score, d for the weighted sum.",
        "2 + 2*L/d": "A pair costs 2·d in all, not 4·d; in multiply–adds there is no further 2.",
        "4 + 2*L/d": "This is divided by d² for each token; the recurrence has two matrices.",
        "3/2 + L/d": "One of the four projections is missing: the output has one, too.",
        "4*L*d**2 + 2*L**2*d": "This is attention's price; divide it by the recurrence's.",
        "(2*L*d**2)/(4*L*d**2 + 2*L**2*d)": "It is turned round: attention's price belongs on top.",
        "2 + d/L": "The fraction is turned round: more tokens make more pairs.",
    },
    also_right=["(4*L*d**2 + 2*L**2*d)/(2*L*d**2)"],
    hints=[
        "Write down both prices for all L tokens, then divide.",
        "The recurrence: 2·L·d². Attention: 4·L·d² + 2·L²·d. Nearly everything cancels.",
    ],
)
