"""Catch a decoder that peeks

A loss near zero can be a triumph or a leak. Write the test that tells them apart. It is handed a function
`decode(x)`, for x (L, d) -> (L, d) of any L and d, in which output i may depend on rows 0 … i of x and on no
later one. Make inputs of your own. It is run on five honest decoders and eleven that peek.
"""

import torch

from grader.exercise import PropertyTest


def decode(x):
    scores = x @ x.T / x.shape[-1] ** 0.5  # (L, L)
    L = len(x)
    allowed = torch.arange(L) <= torch.arange(L)[:, None]  # (L, L)
    weights = scores.masked_fill(~allowed, float("-inf")).softmax(-1)
    y = weights @ x  # (L, d)
    return y


def test_no_peeking(decode):
    """Raise AssertionError if an output of decode(x) depends on a later row of x."""
    x = torch.randn(6, 8)
    y = decode(x)
    for i in range(1, 6):
        changed = x.clone()
        changed[i:] = torch.randn(6 - i, 8)
        assert torch.allclose(decode(changed)[:i], y[:i], atol=1e-6)


MASK = "torch.arange(L) <= torch.arange(L)[:, None]"


def _later(weight):
    return (
        f"y = weights @ x -> y = weights @ x + {weight} * x.roll(-1, 0) * (torch.arange(L) < L - 1)[:, None]"
    )


SAME = (
    "The test asks that outputs change, or do not change, where they are free to: output i may look at row i."
)
exercise = PropertyTest(
    test_no_peeking,
    base=decode,
    right={
        "looks at earlier rows only": (
            f"{MASK} -> torch.arange(L) <= (torch.arange(L)[:, None] - 1).clamp(min=0)",
            SAME,
        ),
        "takes the mean of what came before": (
            "scores = x @ x.T / x.shape[-1] ** 0.5 -> scores = 0 * (x @ x.T)",
            SAME,
        ),
        "looks at each row itself only": (f"{MASK} -> torch.arange(L) == torch.arange(L)[:, None]", SAME),
        "answers in large numbers": "y = weights @ x -> y = 50 * (weights @ x)",
    },
    wrong={
        "The test changes no row, or compares nothing: a decoder without any mask passes.": {
            "has no mask": "~allowed -> torch.zeros_like(allowed)",
            "reads its mask upside down": f"{MASK} -> torch.arange(L) >= torch.arange(L)[:, None]",
        },
        "A mask that is one place too wide passes: does the test look at the output right before a change?": {
            "sees one row ahead": f"{MASK} -> torch.arange(L) <= torch.arange(L)[:, None] + 1",
            "adds the next row": _later(1.0),
        },
        "A small leak passes: is the tolerance of the test too wide?": {
            "adds a hundredth of the next row": _later(0.01)
        },
        "A leak in one place passes: does the test look at every output, and change every later row?": {
            "lets the first output see all": "~allowed -> ~allowed & (torch.arange(L) > 0)[:, None]",
            "lets an output in the middle see all": "~allowed -> ~allowed & (torch.arange(L) != L // "
            "2)[:, None]",
            "lets all see the last row": "~allowed -> ~allowed & (torch.arange(L) < L - 1)",
            "lets all see the second row": "~allowed -> ~allowed & (torch.arange(L) != 1)",
        },
        "Information that comes by another way than the weights passes, such as a mean over the whole "
        "sequence.": {
            "subtracts the mean of all rows": "y = weights @ x -> y = weights @ x - x.mean(0)",
            "divides by the length of the whole": "y = weights @ x -> y = weights @ x / x.norm()",
        },
    },
    points=5,
    difficulty=3,
    minutes=10,
    hints=[
        "What may an output *not* depend on? Change that, and compare before and after.",
        "Change row 3 and all after it: which outputs must stay exactly as they were? Now for every place, "
        "not only 3.",
    ],
)
