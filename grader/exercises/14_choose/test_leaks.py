"""Who watches the detector?

A detector that always raises the alarm finds every leak, and one that never does accuses nobody. Write a
test of `leaks(known, labels, asked, right, limit)`: hand it features that you make, **bogus and honest
ones**, and assert what it must say of each column, at more than one limit. Classes may have any numbers. It
is run on detectors that are right, and must accept these, and on six that are wrong.
"""

import torch

from grader.exercise import PropertyTest


def test_leaks(leaks):
    """Raise AssertionError unless leaks finds the leaks, and only these."""
    labels = torch.tensor([3, 7, 9]).repeat(40)  # (120,)
    features = torch.randn(120, 4)
    features[:, 1] = 10.0 * (labels == 7) + 20.0 * (labels == 9)  # the label, under other numbers
    features[:60, 2] = features[:60, 1]  # learnt by heart: known images only
    known, asked = features[:60], features[60:]
    found = leaks(known, labels[:60], asked, labels[60:], 0.9)
    assert found.tolist() == [False, True, False, False]
    assert not leaks(known[:, [0, 3]], labels[:60], asked[:, [0, 3]], labels[60:], 0.9).any()
    assert leaks(known, labels[:60], asked, labels[60:], 0.02).all()


def base(known, labels, asked, right, limit):
    classes = labels.unique()
    means = torch.stack([known[labels == c].mean(dim=0) for c in classes])
    apart = (asked - means[:, None]).abs()
    said = classes[apart.argmin(dim=0)]
    share = (said == right[:, None]).double().mean(dim=0)
    return share > limit


def by_columns(known, labels, asked, right, limit):
    columns = [base(known[:, [j]], labels, asked[:, [j]], right, limit).item() for j in range(known.shape[1])]
    return torch.tensor(columns)


exercise = PropertyTest(
    test_leaks,
    base=base,
    right={"takes one column after the other": by_columns},
    wrong={
        "The test never shows the detector honest features alone, or never asserts that they are let go.": {
            "always raises the alarm": "share > limit -> share > -1",
            "raises it for all columns where one leaks": "share > limit -> (share > "
            "limit).any().expand(len(share))",
        },
        "The test never shows the detector a leak, or never asserts that it is found.": {
            "never raises the alarm": "share > limit -> share > 2",
        },
        "The test never shows a column that tells the class on the known images only.": {
            "judges on the images that it knows": "asked - means[:, None] -> known - means[:, None] ;; "
            "said == right[:, None] -> said == labels[:, None]",
        },
        "The test's classes are numbered 0, 1, 2: then a place in a list is a class.": {
            "takes the number of a row for the class": "classes[apart.argmin(dim=0)] -> apart.argmin(dim=0)",
        },
        "The test tries one limit only, or no column of its own lies between its limits.": {
            "has a limit of its own": "share > limit -> share > 0.9",
        },
    },
    points=4,
    difficulty=4,
    minutes=12,
    hints=[
        "Make features at random, and put into one column something from which the label can be read.",
        "One column leaks, the others do not: assert the whole answer, found.tolist() == […].",
        "What if a column gives the class away for the known images, and is noise for the unseen?",
    ],
)
