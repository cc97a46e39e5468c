"""Does it start as if it were not there?

A block is put into a network that is trained already. Write the test for "changes nothing yet": it is handed
a `block`, a function from a map (B, C, H, W) to one of the same shape; B, C, H and W may be anything. Assert
that what comes out is what went in, for **any** map, up to a thousandth of its size. Make maps of your own.
"""

import torch

from grader.exercise import PropertyTest


def test_starts_as_identity(block):
    """Raise AssertionError unless block(x) is x up to a thousandth."""
    for size in (1.0, 100.0):
        x = size * (torch.randn(2, 4, 5, 6) + 0.5)
        y = block(x)
        assert y.shape == x.shape
        assert torch.isfinite(y).all()
        assert (y - x).abs().max() <= 1e-3 * x.abs().max()


def residual(x):
    gamma = 0.0
    added = x.flatten(2).mean(dim=2)[..., None, None] - x.flip(3)  # (B, C, H, W)
    return x + gamma * added


THEN = "return x + gamma * added -> return"
exercise = PropertyTest(
    test_starts_as_identity,
    base=residual,
    right={
        "has a LayerScale of 1e-5": (
            "gamma = 0.0 -> gamma = 1e-5",
            "The test wants exactly the same: LayerScale starts at 1e-5, which is near enough.",
        ),
        "hands the very same tensor back": f"{THEN} x",
        "hands back a copy": f"{THEN} x.clone()",
    },
    wrong={
        "The test accepts a block that adds what its branch says.": {
            "adds its branch": "gamma = 0.0 -> gamma = 1.0",
            "adds a hundredth of its branch": "gamma = 0.0 -> gamma = 0.01",
        },
        "The test accepts a block without a residual: it gives zeros.": {"gives zeros": f"{THEN} 0 * x"},
        "The test tries positive maps only: a ReLU at the end goes unnoticed.": {
            "ends with a ReLU": f"{THEN} x.relu()",
        },
        "The test does not look where the numbers stand: these are all there, in other places.": {
            "turns the map round": f"{THEN} x.flip(2)",
            "swaps the items of a batch": (
                f"{THEN} x.flip(0)",
                "With a batch of one, a block that mixes up a batch goes unnoticed.",
            ),
            "swaps channels": (
                f"{THEN} x.roll(1, 1)",
                "With one channel, or all alike, this goes unnoticed.",
            ),
        },
        "The test looks at the mean, or at a norm, and not at every number.": {
            "changes signs": f"{THEN} -x",
            "normalises": f"{THEN} (x - x.mean()) / x.std()",
        },
        "The test tries small numbers only: what is cut off above goes unnoticed.": {
            "cuts large numbers off": f"{THEN} x.clamp(-20, 20)",
        },
        "The test lets NaN through: every comparison with NaN is False.": {
            "gives NaN": f"{THEN} x * float('nan')"
        },
    },
    points=4,
    difficulty=2,
    minutes=8,
    hints=[
        "A map is made by torch.randn(2, 4, 5, 6): negative numbers are in it, too. Try large ones as well.",
        "Compare every number: the largest difference, against a thousandth of the largest number.",
    ],
)
