"""A test that the wrong one fails

Write a test of `centre_rows(x)`. It is run on correct versions and on wrong ones, one of them your
friend's, which runs without an error on some shapes. Choose the shape, and say what must be true of the
result.
"""

import torch

from grader.exercise import PropertyTest


def centred(x):
    means = x.mean(dim=-1, keepdim=True)  # (..., R, 1)
    return x - means


def test_centre_rows(centre_rows):
    """Raise AssertionError unless centre_rows(x) is x without each row's own mean."""
    x = torch.randn(4, 6)
    y = centre_rows(x)
    assert y.shape == x.shape
    assert torch.allclose(y.mean(dim=-1), torch.zeros(4), atol=1e-5)
    assert torch.allclose(y[:, 1:] - y[:, :-1], x[:, 1:] - x[:, :-1], atol=1e-5)


def alone(x):
    """A version that stops on most tables, and runs on squares."""
    return x - x.mean(dim=-1)


exercise = PropertyTest(
    test_centre_rows,
    points=3,
    difficulty=3,
    minutes=6,
    base=centred,
    right={
        "sums and divides": "x.mean(dim=-1, keepdim=True) -> x.sum(-1, keepdim=True) / x.shape[-1]",
        "adds an axis afterwards": "x.mean(dim=-1, keepdim=True) -> x.mean(dim=-1).unsqueeze(-1)",
    },
    wrong={
        "Your friend's version passes: its shape has lost an axis.": {"forgets keepdim": alone},
        "The test never looks at the means of the rows.": {
            "centres columns": "x.mean(dim=-1, keepdim=True) -> x.mean(dim=0)",
            "takes one mean of all": "x.mean(dim=-1, keepdim=True) -> x.mean()",
            "takes half of the mean": "x - means -> x - means / 2",
            "changes nothing": "x - means -> x",
        },
        "What has nothing to do with x passes: that rows have mean 0 is not enough.": {
            "returns zeros": "x - means -> 0 * x",
            "doubles what is left": "x - means -> 2 * (x - means)",
        },
    },
    hints=[
        "On which shape would your friend's line run, and be wrong? On which would it stop?",
        "What is the mean of each row of the result? Ask torch.allclose, not ==.",
        "Zeros have row means of 0 as well. What is it about x that centring must leave as it was?",
    ],
)
