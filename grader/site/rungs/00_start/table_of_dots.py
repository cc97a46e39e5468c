"""Every row with every row

Two lists of vectors. Entry [i][j] of the table is the dot product of vector i of the
first with vector j of the second. In PyTorch it will be one line; here it is three
loops.
"""

from grader.site.rung import Rung


def table_of_dots(x, y):
    """x: N lists of d numbers, y: M lists of d numbers -> N lists of M numbers"""
    table = []
    for row in x:
        table.append([sum(a * b for a, b in zip(row, other)) for other in y])
    return table


def rows(draw, N, M, d):
    numbers = [[draw.integer(-4, 6) for _ in range(d)] for _ in range(N + M)]
    return {"x": numbers[:N], "y": numbers[N:]}


rung = Rung(
    table_of_dots,
    before="overlaps",
    cases={
        "two with three": lambda draw: rows(draw, 2, 3, 4),
        "as many in both": lambda draw: rows(draw, 3, 3, 2),
    },
    slips={
        "return table -> return [[table[i][j] for i in range(len(x))] for j in range(len(y))]": (
            "Rows and columns have changed places: [i][j] is vector i of the first list with vector "
            "j of the second."
        ),
        "[sum(a * b for a, b in zip(row, other)) for other in y] -> [sum(a * b for a, b in "
        "zip(row, other)) for other in x]": "The first list meets itself.",
        "sum(a * b for a, b in zip(row, other)) -> sum(a + b for a, b in zip(row, other))": (
            "The numbers of a pair are added; in a dot product they are multiplied."
        ),
    },
    also_right=[
        "sum(a * b for a, b in zip(row, other)) -> sum([row[n] * other[n] for n in range(len(row))])",
    ],
    hints=[
        "Begin with one row of x: what is the list of its dot products with all of y?",
        "zip(row, other) gives the pairs of numbers; sum(a * b for …) adds their products.",
    ],
)
