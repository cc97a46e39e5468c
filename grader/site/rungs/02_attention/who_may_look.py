"""Nobody looks ahead

In a sequence of L tokens, token i may look at itself and at those before it. Write
the table: row i, column j is True where i may look at j.
"""

from grader.site.rung import Rung


def who_may_look(L):
    """L: how many tokens -> L lists of L times True or False"""
    table = []
    for i in range(L):
        row = []
        for j in range(L):
            row.append(j <= i)
        table.append(row)
    return table


rung = Rung(
    who_may_look,
    before="causal_mask",
    cases={
        "some tokens": lambda draw: {"L": draw.integer(3, 6)},
        "one token": lambda draw: {"L": 1},
    },
    slips={
        "j <= i -> j < i": "A token does not see itself: the diagonal must be True.",
        "j <= i -> j >= i": "It is turned round: here everybody looks ahead, and nobody back.",
        "j <= i -> j > i": "These are the pairs that are forbidden.",
        "j <= i -> j == i": "Each token sees itself alone.",
    },
    also_right=[
        "j <= i -> not j > i",
    ],
    hints=[
        "What does row 0 look like? Only its first entry is True.",
        "j <= i is True or False already: no `if` is needed.",
    ],
)
