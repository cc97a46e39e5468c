"""Split into heads

The last axis is cut into `heads` equal pieces, the first piece for head 0. Then the heads move in front of
the tokens, so that `@` takes them for a batch. `...` stands for any number of axes in front, also none.
"""

from grader.exercise import Function


def split_heads(x, heads):
    """Cut the width. x: (..., L, d), heads: int -> (..., heads, L, d / heads)"""
    pieces = x.unflatten(-1, (heads, -1))  # (..., L, heads, d / heads)
    return pieces.transpose(-3, -2)  # (..., heads, L, d / heads)


def _case(front=0, heads=None, square=False):
    def case(draw):
        L, h, width, *batch = draw.sizes(3 + front)
        h = heads or (L if square else h)
        return dict(x=draw.normal(*batch, L, h * width), heads=h)

    return case


exercise = Function(
    split_heads,
    cases={
        "one sequence": _case(),
        "a batch": _case(front=1),
        "two axes in front": _case(front=2),
        "as many heads as tokens": _case(square=True),
        "one head": _case(heads=1),
    },
    points=2,
    difficulty=2,
    minutes=5,
    words={"pieces": "the pieces"},
    slips={
        "pieces.transpose(-3, -2) -> x.reshape(*x.shape[:-2], heads, x.shape[-2], -1)": "The shape is "
        "right and the numbers are not: a reshape alone gives head 0 the first *tokens*, and not a piece "
        "of every token.",
        "x.unflatten(-1, (heads, -1)) -> x.unflatten(-1, (-1, heads)).transpose(-2, -1)": "The pieces "
        "are not neighbours: head 0 gets every h-th number, and not the first d/h.",
        "pieces.transpose(-3, -2) -> pieces": "The heads still stand behind the tokens: the last two axes "
        "must be the tokens and the width of a head.",
        "pieces.transpose(-3, -2) -> pieces.transpose(0, 1)": "The first two axes change places, counted "
        "from the front: with a batch, these are other axes.",
        "pieces.transpose(-3, -2) -> pieces.transpose(1, 2)": "Axes are counted from the front: that holds "
        "with one axis of batch only.",
    },
    also_right=[
        "return pieces.transpose(-3, -2) -> return torch.stack(x.chunk(heads, dim=-1), dim=-3)",
        "x.unflatten(-1, (heads, -1)) -> x.reshape(*x.shape[:-1], heads, x.shape[-1] // heads)",
        "pieces.transpose(-3, -2) -> pieces.movedim(-2, -3)",
        "pieces.transpose(-3, -2) -> torch.einsum('...lhw->...hlw', pieces)",
        "pieces.transpose(-3, -2) -> pieces.swapaxes(-2, -3).contiguous()",
    ],
    hints=[
        "Two steps: cut the last axis in two, then let two axes change places.",
        "x.unflatten(-1, (heads, -1)) cuts the last axis and leaves all others alone.",
        "Which two axes must change places, counted from the *end*, so that any batch may stand in front?",
    ],
)
