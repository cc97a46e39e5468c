"""A test that sees the noise

Write a test of `cut(image, P)`, which cuts an image (C, H, W) into its patches, (N, C, P, P), row by row.
Assert that **patch n is the square of the image that it should be**. Make an image of your own. (That
cutting and putting together again gives the image back is no proof: two wrong reshapes do as well.)
"""

import torch

from grader.exercise import PropertyTest


def cut(image, P):
    C, H, W = image.shape
    grid = image.reshape(C, H // P, P, W // P, P)
    patches = grid.permute(1, 3, 0, 2, 4)  # (H/P, W/P, C, P, P)
    return patches.reshape(-1, C, P, P)


def test_cut(cut):
    """Raise AssertionError unless cut(image, P) are the image's squares, row by row."""
    image = torch.randn(2, 6, 9)
    patches = cut(image, 3)
    assert patches.shape == (6, 2, 3, 3)
    for n, patch in enumerate(patches):
        row, column = 3 * (n // 3), 3 * (n % 3)
        assert torch.equal(patch, image[:, row : row + 3, column : column + 3])


def by_loops(image, P):
    H, W = image.shape[1:]
    corners = [(row, column) for row in range(0, H, P) for column in range(0, W, P)]
    return torch.stack([image[:, row : row + P, column : column + P] for row, column in corners])


def first_channel_only(image, P):
    return cut(image[:1].expand_as(image), P)


def square_only(image, P):
    side = min(image.shape[1:])
    return cut(image[:, :side, :side], P)


ORDER = "grid.permute(1, 3, 0, 2, 4)"

exercise = PropertyTest(
    test_cut,
    base=cut,
    right={"cuts in a loop": by_loops},
    wrong={
        "The test accepts patches made by a reshape alone, strips from all over the image.": {
            "reshapes and does nothing else": f"{ORDER} -> image",
            "permutes the two axes of the grid wrongly": f"{ORDER} -> grid.permute(2, 4, 0, 1, 3)",
        },
        "The test does not look at which patch comes where.": {
            "counts column by column": f"{ORDER} -> grid.permute(3, 1, 0, 2, 4)",
            "begins at the bottom right": f"{ORDER} -> {ORDER}.flip(0, 1)",
        },
        "The test does not look inside a patch.": {
            "transposes each patch": f"{ORDER} -> grid.permute(1, 3, 0, 4, 2)",
            "mirrors each patch": f"{ORDER} -> {ORDER}.flip(-1)",
        },
        "The test does not notice wrong channels: give them different numbers.": {
            "turns the channels round": f"{ORDER} -> {ORDER}.flip(2)",
            "repeats the first channel": first_channel_only,
        },
        "The test tries a square image only.": {"cuts the largest square alone": square_only},
    },
    points=3,
    difficulty=3,
    minutes=8,
    hints=[
        "In which row and column of the grid is patch n, if a row holds W/P patches?",
        "A square of the image is image[:, r : r + P, c : c + P]. Compare with torch.equal.",
        "An image with all numbers different, more than one channel and H ≠ W leaves no place to hide.",
    ],
)
