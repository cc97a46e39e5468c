"""A tile, and one beside it

Nine tiles of `tile` × `tile` pixels, `gap` pixels apart, begin at the image's upper left corner. Cut out
the middle one and its neighbour number `label`. Neighbours are counted row by row, and the middle is **left
out**: 0 1 2 above, 3 and 4 on its sides, 5 6 7 below.
"""

import torch

from grader.exercise import Function


def tile_and_neighbour(image, label, tile, gap):
    """image: (C, H, W); label: 0 … 7; tile, gap: ints
    -> the middle tile and its neighbour, (2, C, tile, tile)
    """
    place = label if label < 4 else label + 1  # of nine, the middle one counted
    tiles = []
    for number in (4, place):
        row, column = number // 3, number % 3
        top, left = row * (tile + gap), column * (tile + gap)
        tiles.append(image[:, top : top + tile, left : left + tile])
    return torch.stack(tiles)


def _case(labels, gap=None, wide=0):
    def case(draw):
        tile = draw.integer(3, 5)
        between = draw.integer(1, 3) if gap is None else gap
        side = 3 * tile + 2 * between
        image = draw.normal(draw.integer(2, 4), side, side + wide)
        return dict(image=image, label=draw.choice(labels), tile=tile, gap=between)

    return case


exercise = Function(
    tile_and_neighbour,
    cases={
        "a neighbour above": _case((0, 2)),
        "straight above, or below": _case((1, 6)),
        "at its left": _case((3,)),
        "at its right": _case((4,)),
        "a neighbour below": _case((5, 7)),
        "without a gap": _case((0, 7), gap=0),
        "a wide image": _case((2, 5), wide=4),
    },
    without=["gradient"],
    words={"place": "the neighbour's place", "row": "the row", "column": "the column"},
    slips={
        "label if label < 4 else label + 1 -> label": "The middle is counted as number 4: from 4 on each "
        "label is the one before.",
        "row, column = number // 3, number % 3 -> column, row = number // 3, number % 3": "Rows and columns "
        "have changed places: above is taken for the left.",
        "row * (tile + gap), column * (tile + gap) -> row * tile, column * tile": "There is no gap between "
        "the tiles.",
        "row * (tile + gap), column * (tile + gap) -> row * tile + gap, column * tile + gap": "The gap is "
        "counted once, and in front of the first tile, too: each row and each column begins tile + gap "
        "pixels behind the one before.",
        "row * (tile + gap), column * (tile + gap) -> row * tile + min(row, 1) * gap, column * tile + "
        "min(column, 1) * gap": "The gap is counted once: two gaps lie in front of the last row and the last "
        "column.",
        "row * (tile + gap), column * (tile + gap) -> row * (tile + gap) + gap, column * (tile + gap) + "
        "gap": "The gap is put in front of the first tile, too.",
        "(4, place) -> (place, 4)": "The neighbour comes first: the middle one does.",
        "image[:, top : top + tile, left : left + tile] -> image[:, top : top + tile + gap, left : left + "
        "tile + gap]": "The gap belongs to no tile: these are too large.",
    },
    also_right=["label if label < 4 else label + 1 -> label + (label >= 4)"],
    points=3,
    difficulty=2,
    minutes=7,
    hints=[
        "Number the nine places 0 … 8, row by row: the middle is 4. Which place is neighbour 3, and which is "
        "neighbour 4?",
        "Place n stands in row n // 3 and column n % 3, each tile + gap pixels behind the one before.",
    ],
    may_not_call=["course.ssl"],
)
