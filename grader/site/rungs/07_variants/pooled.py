"""Four become one

Before its second stage a pyramid makes fewer tokens: here each s × s block of numbers
becomes one, its mean. The rows and columns are multiples of s.
"""

from grader.site.rung import Rung


def pooled(rows, s):
    """rows: H lists of W numbers, s: int -> H / s lists of W / s means"""
    means = []
    for top in range(0, len(rows), s):
        line = []
        for left in range(0, len(rows[0]), s):
            total = 0
            for row in rows[top : top + s]:
                total += sum(row[left : left + s])
            line.append(total / (s * s))
        means.append(line)
    return means


def grid(draw, H, W, s):
    return {"rows": [[draw.integer(0, 40) for _ in range(W)] for _ in range(H)], "s": s}


rung = Rung(
    pooled,
    before="stage_sizes",
    cases={
        "blocks of two": lambda draw: grid(draw, 4, 6, 2),
        "blocks of three": lambda draw: grid(draw, 6, 3, 3),
    },
    slips={
        "total / (s * s) -> total": (
            "These are the sums of the blocks; divide by how many numbers are in one."
        ),
        "total / (s * s) -> total / s": "A block has s · s numbers, not s.",
        "total / (s * s) -> max([max(row[left : left + s]) for row in rows[top : top + s]])": (
            "This is the largest of each block; the mean is asked for."
        ),
        "total / (s * s) -> rows[top][left]": ("One number of each block is taken, and the others are lost."),
    },
    also_right=[
        "total / (s * s) -> total / s / s",
    ],
    hints=[
        "Two loops, over tops and lefts, in steps of s.",
        "The block's rows are rows[top : top + s], and of each the numbers row[left : left + s].",
    ],
)
