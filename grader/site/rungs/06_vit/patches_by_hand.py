"""An image in rows, cut into squares

An image of one channel, as a list of rows of pixels. Cut it into squares of P × P,
row by row from the top left, and write the pixels of each as one list, row by row
too.
"""

from grader.site.rung import Rung


def patches_by_hand(image, P):
    """image: H lists of W numbers, P: int that divides both -> a list of lists of P·P numbers"""
    patches = []
    for top in range(0, len(image), P):
        for left in range(0, len(image[0]), P):
            pixels = []
            for row in image[top : top + P]:
                pixels += row[left : left + P]
            patches.append(pixels)
    return patches


def picture(draw, H, W, P):
    return {"image": [[draw.integer(0, 99) for _ in range(W)] for _ in range(H)], "P": P}


rung = Rung(
    patches_by_hand,
    before="to_patches",
    cases={
        "two by three patches": lambda draw: picture(draw, 4, 6, 2),
        "patches of three": lambda draw: picture(draw, 6, 3, 3),
    },
    slips={
        "patches.append(pixels) -> patches.append([pixels[y * P + x] for x in range(P) for y in "
        "range(P)])": "Inside a patch the pixels are read column by column; read them row by row.",
        "pixels += row[left : left + P] -> pixels += [row[left : left + P]]": (
            "Each patch is still a square, a list of rows; it is to be one list."
        ),
        "range(0, len(image[0]), P) -> range(0, len(image[0]) - P + 1)": (
            "The squares overlap: from one to the next it is P pixels."
        ),
        "row[left : left + P] -> row": "Whole rows of the image: a patch takes P pixels of each.",
    },
    also_right=[
        "row[left : left + P] -> [row[left + x] for x in range(P)]",
    ],
    hints=[
        "Where are the upper left corners? Two loops, over tops and lefts, in steps of P.",
        "image[top : top + P] are the rows; of each take row[left : left + P].",
    ],
)
