"""A column, then a row

The same with two looks of n instead of one of n²: each place attends to its **column** first, and what comes
of that to its **row**. Nothing is learnt in it here: queries, keys and values are what comes in. Your
`attention` takes any axes in front.
"""

from grader.catalogue import reference
from grader.exercise import Function

attention = reference("attention")


def axial_attention(x):
    """Attend to the column, then to the row. x: (B, H, W, d) -> (B, H, W, d)"""
    columns = x.transpose(1, 2)  # (B, W, H, d)
    y = attention(columns, columns, columns).transpose(1, 2)  # (B, H, W, d)
    return attention(y, y, y)


exercise = Function(
    axial_attention,
    inputs="x: (B, H, W, d)",
    words={"columns": "the columns", "y": "what comes of the columns"},
    slips={
        "attention(y, y, y) -> y": "Nobody looks along a row.",
        "columns = x.transpose(1, 2) -> columns = x ;; attention(columns, columns, columns).transpose(1, 2) "
        "-> attention(columns, columns, columns)": "Both looks are along the row: the last axis but one is "
        "the one that attends.",
        "attention(columns, columns, columns).transpose(1, 2) -> attention(columns, columns, columns)"
        ".reshape(x.shape)": "The axes are not turned back but reshaped: the shape is right, and pixels "
        "stand in places of others.",
        "attention(y, y, y) -> attention(x, x, x)": "The second look is at the image as it came: what the "
        "first one found is thrown away.",
        "attention(y, y, y) -> attention(x, x, x) + y": "Both looks are at the image as it came, and added; "
        "the row should be asked for what the column has found.",
    },
    also_right=["x.transpose(1, 2) -> x.permute(0, 2, 1, 3)"],
    points=4,
    difficulty=3,
    minutes=8,
    hints=[
        "`attention` mixes along the last axis but one. In (B, H, W, d) that is the row: which two axes "
        "must change places to make it the column?",
        "x.transpose(1, 2) is (B, W, H, d). Attend, turn back, and attend once more.",
    ],
    may_not_call=[".scaled_dot_product_attention", ".multi_head_attention_forward", "course.attention"],
)
