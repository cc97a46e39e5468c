"""The nine relations of a grid

LU CU RU, LC CC RC, LD CD RD have the numbers 0 … 8. `[i, j]` tells where patch i lies **as seen from**
patch j: by the sign of its way down and the sign of its way right, and nothing else. It is a tensor of
int64, as labels are everywhere in PyTorch. You have `grid_places`.
"""

from grader.catalogue import reference
from grader.exercise import Function

grid_places = reference("grid_places")


def relations_of(H, W):
    """H, W: ints, patches -> (N, N), int64, 0 … 8; N = H·W"""
    places = grid_places(H, W)  # (N, 2)
    way = places[:, None] - places[None]  # (N, N, 2), from j to i
    sign = way.sign().long()  # −1, 0 or 1
    down, right = sign[..., 0], sign[..., 1]  # (N, N) each
    return 3 * (down + 1) + (right + 1)


def _case(H, W):
    return lambda draw: {"H": H, "W": W}


exercise = Function(
    relations_of,
    cases={
        "3 × 3": _case(3, 3),
        "8 × 8": _case(8, 8),
        "two rows of five": _case(2, 5),
        "six rows of four": _case(6, 4),
        "one column": _case(5, 1),
    },
    gives="int64",
    words={"way": "the way from j to i", "down": "the way down", "right": "the way right"},
    slips={
        "places[:, None] - places[None] -> places[None] - places[:, None]": "The pair is turned round: "
        "[i, j] tells where j lies as seen from i.",
        "3 * (down + 1) + (right + 1) -> 3 * (right + 1) + (down + 1)": "Down and right have changed "
        "places: the classes run through columns first.",
        "3 * (down + 1) + (right + 1) -> 3 * (1 - down) + (right + 1)": "Up and down have changed places: "
        "rows are counted from the top, so a smaller row is up.",
        "3 * (down + 1) + (right + 1) -> 3 * down + right": "The classes run from −4 to 4, and are to begin "
        "at 0.",
        "3 * (down + 1) + (right + 1) -> 3 * (down + 1) + (1 - right)": "Left and right have changed places.",
        "way.sign() -> way": "How far it is counts as well: only the direction is asked for, the sign.",
        "way.sign() -> way.clamp(-1, 1).abs()": "The direction is lost: left and right are told alike.",
    },
    also_right=[
        "way.sign().long() -> (way > 0).long() - (way < 0).long()",
        "3 * (down + 1) + (right + 1) -> 4 + 3 * down + right",
    ],
    points=4,
    difficulty=2,
    minutes=12,
    hints=[
        "All differences at once: places[:, None] − places[None] has shape (N, N, 2).",
        "`sign` makes −1, 0, 1 of them. How do two such numbers become one of nine?",
        "CC, where both are 0, is to be 4; one step down makes it 7, one step right 5.",
    ],
    may_not_call=["course.ssl"],
)
