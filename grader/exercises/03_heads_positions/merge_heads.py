"""Put the heads side by side again

The way back: `merge_heads(split_heads(x, h))` is x, for any x, with any number of axes in front, and any h.
"""

from grader.exercise import Function


def merge_heads(x):
    """The heads of each token side by side.

    x: (..., heads, L, width) -> (..., L, heads · width)
    """
    tokens_first = x.transpose(-3, -2)  # (..., L, heads, width)
    return tokens_first.flatten(-2)  # (..., L, heads · width)


exercise = Function(
    merge_heads,
    inputs="x: (*, h, L, w)",
    without=["large"],  # numbers are moved, none is computed
    points=2,
    difficulty=2,
    minutes=4,
    words={"tokens_first": "the heads behind their tokens"},
    slips={
        "tokens_first.flatten(-2) -> x.reshape(*x.shape[:-3], x.shape[-2], -1)": "The shape is right and the "
        "numbers are not: they are laid out as they lie, head by head, so the first token gets numbers of "
        "several tokens of head 0.",
        "tokens_first.flatten(-2) -> tokens_first.transpose(-2, -1).flatten(-2)": "The heads' numbers "
        "are shuffled like cards: all first numbers, then all second ones. Head 0 should come whole, "
        "then head 1.",
        "tokens_first.flatten(-2) -> tokens_first.flatten(-3, -2)": "The tokens are merged with the heads; "
        "merge the heads with their width.",
        "x.transpose(-3, -2) -> x.transpose(0, 1)": "The first two axes change places, counted from the "
        "front: with a batch, these are other axes.",
        "tokens_first.flatten(-2) -> tokens_first.mean(-2)": "The heads are averaged; lay them side by side.",
    },
    also_right=[
        "return tokens_first.flatten(-2) -> return torch.cat(list(x.unbind(-3)), dim=-1)",
        "tokens_first.flatten(-2) -> tokens_first.reshape(*tokens_first.shape[:-2], -1)",
        "tokens_first.flatten(-2) -> tokens_first.contiguous().view(*tokens_first.shape[:-2], -1)",
        "x.transpose(-3, -2) -> x.movedim(-3, -2)",
        "x.transpose(-3, -2) -> torch.einsum('...hlw->...lhw', x)",
    ],
    hints=[
        "Undo the two steps of split_heads, the last one first.",
        "First heads and tokens change places again; then heads and width become one axis.",
        "`view` refuses to merge axes whose numbers do not lie side by side; `reshape` and `flatten` copy.",
    ],
)
