"""One vector, cut for the heads

A token's vector of d numbers is cut into equal pieces, one a head: the first piece
for head 0, and so on. d is a multiple of the number of heads.
"""

from grader.site.rung import Rung


def cut_in_heads(vector, heads):
    """vector: d numbers, heads: int -> a list of `heads` lists of d / heads numbers"""
    width = len(vector) // heads
    pieces = []
    for head in range(heads):
        pieces.append(vector[head * width : (head + 1) * width])
    return pieces


def of_width(draw, width, heads):
    return {"vector": [draw.integer(0, 99) for _ in range(width * heads)], "heads": heads}


rung = Rung(
    cut_in_heads,
    before="split_heads",
    cases={
        "two heads": lambda draw: of_width(draw, 3, 2),
        "three heads": lambda draw: of_width(draw, 2, 3),
    },
    slips={
        "return pieces -> return [[vector[n * heads + head] for n in range(width)] for head in "
        "range(heads)]": "The heads take numbers in turn; each is to get a piece in one.",
        "len(vector) // heads -> heads": "Pieces of `heads` numbers: each head gets d / heads of them.",
        "vector[head * width : (head + 1) * width] -> vector[head : head + width]": (
            "The pieces overlap: piece number h begins at h times its width."
        ),
    },
    also_right=[
        "vector[head * width : (head + 1) * width] -> [vector[head * width + n] for n in range(width)]",
    ],
    hints=[
        "How long is a piece, and where does piece 1 begin?",
        "list[a:b] is the piece from place a up to, not including, b.",
    ],
)
