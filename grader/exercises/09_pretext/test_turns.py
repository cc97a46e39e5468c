"""Which way is one turn?

Write the test before the function. `four(images)` takes (B, C, H, H) and gives all images as they are, then
all by one, by two, by three quarter turns, (4B, C, H, H), and their labels, (4B,). Assert that **each of
them, turned back by its label** (`torch.rot90(x, -k, …)`), **is the image it was made of**, and that every
label is there B times. Make images of your own.
"""

import torch

from grader.exercise import PropertyTest


def four(images):
    turned = [torch.rot90(images, k, dims=(2, 3)) for k in range(4)]
    labels = torch.arange(4).repeat_interleave(len(images))
    return torch.cat(turned), labels


def test_turns(four):
    """Raise AssertionError unless four(images) are the four turns and their labels."""
    images = torch.randn(3, 2, 5, 5)
    turned, labels = four(images)
    assert turned.shape == (12, 2, 5, 5)
    assert labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    for n in range(12):
        back = torch.rot90(turned[n], -int(labels[n]), dims=(1, 2))
        assert torch.equal(back, images[n % 3])


def by_flips(images):
    once = images.transpose(2, 3).flip(2)
    turned = [images, once, images.flip(2, 3), once.flip(2, 3)]
    return torch.cat(turned), torch.arange(4 * len(images)) // len(images)


TURN = "torch.rot90(images, k, dims=(2, 3)) ->"
LABELS = "torch.arange(4).repeat_interleave(len(images)) ->"

exercise = PropertyTest(
    test_turns,
    base=four,
    right={"turns by transposing and mirroring": by_flips},
    wrong={
        "The test does not notice which way the images are turned.": {
            "turns clockwise": f"{TURN} torch.rot90(images, -k, dims=(2, 3))",
        },
        "The test accepts mirrored images.": {
            "mirrors in place of two turns": f"{TURN} images.flip(2) if k == 2 else torch.rot90(images, k, "
            f"(2, 3))",
            "transposes in place of one turn": f"{TURN} images.mT if k == 1 else torch.rot90(images, k, (2, "
            f"3))",
        },
        "The test does not ask whether all four are there.": {
            "never turns, and says so": f"{TURN} images ;; {LABELS} torch.zeros(4 * len(images), "
            f"dtype=torch.long)",
        },
        "The test does not compare each label with its own image.": {
            "gives labels in another order": f"{LABELS} torch.arange(4).repeat(len(images))",
            "never turns, and gives all labels": f"{TURN} images",
        },
        "The test does not notice images that have changed places: try more than one.": {
            "turns the batch round": f"{TURN} torch.rot90(images, k, dims=(2, 3)).flip(0)",
        },
        "The test does not notice channels that have changed places: try more than one.": {
            "turns the channels round": f"{TURN} torch.rot90(images, k, dims=(2, 3)).flip(1)",
        },
    },
    points=3,
    difficulty=2,
    minutes=7,
    hints=[
        "torch.randn(3, 2, 5, 5) are images of which no two pixels are equal. Which image is number n of the "
        "twelve made of?",
        "A function that never turns, and labels everything 0, passes every test of turning back. What else "
        "must hold of the labels?",
    ],
)
