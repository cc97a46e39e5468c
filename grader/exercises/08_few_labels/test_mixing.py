"""Does the label say what the picture shows?

Write the test for any mixing of images: `mix(images, labels, seed)` gives images and labels, mixed by the
random numbers of that seed, a whole number. For MixUp and CutMix alike, the share of a class in the **label**
must be the share in the **picture**. Make images of your own, of which you can read that off (what if all
images of class 0 are black, and of class 1 white?), and assert that it is so, for each image, up to 1e-4.
**Mix several times**, each time with another seed: a box that happens to lie inside hides what goes wrong at
the border.
"""

import torch

from grader.exercise import PropertyTest


def test_mixing(mix):
    """Raise AssertionError unless each label's shares are those of its picture."""
    for seed in range(6):
        white = torch.arange(8) % 2
        images = white[:, None, None, None].float().expand(8, 1, 6, 9)
        labels = torch.nn.functional.one_hot(white, 2).float()
        kept, original = images.clone(), labels.clone()
        mixed, shares = mix(images.clone(), labels.clone(), seed)
        assert mixed.shape == kept.shape and shares.shape == original.shape
        shown = mixed.mean(dim=(1, 2, 3))
        assert ((shares[:, 1] - shown).abs() < 1e-4).all()
        assert ((shares.sum(dim=1) - 1).abs() < 1e-4).all()


def cut_mixed(images, labels, seed):
    generator = torch.Generator().manual_seed(seed)
    B, _, H, W = images.shape
    partner = torch.randperm(B, generator=generator)
    y, x = (int(torch.randint(n, (1,), generator=generator)) for n in (H, W))
    side = int(torch.randint(1, min(H, W), (1,), generator=generator))
    top, left = max(y - side // 2, 0), max(x - side // 2, 0)
    bottom, right = min(y - side // 2 + side, H), min(x - side // 2 + side, W)
    share = 1 - (bottom - top) * (right - left) / (H * W)
    mixed = images.clone()
    mixed[..., top:bottom, left:right] = images[partner][..., top:bottom, left:right]
    shares = share * labels + (1 - share) * labels[partner]
    return mixed, shares


LAID = "mixed[..., top:bottom, left:right] = images[partner][..., top:bottom, left:right] -> mixed = "
exercise = PropertyTest(
    test_mixing,
    base=cut_mixed,
    right={
        "MixUp": f"{LAID}share * images + (1 - share) * images[partner]",
        "mixes nothing": f"{LAID}images.clone() ;; shares = share * labels + (1 - share) * labels[partner] "
        "-> shares = labels.clone()",
    },
    wrong={
        "The test accepts the λ that was drawn, where part of the box hangs over the border.": {
            "counts the whole box": (
                "share = 1 - (bottom - top) * (right - left) / (H * W) -> share = 1 - side * side / (H * W)"
            ),
        },
        "The test accepts a label that is not mixed.": {
            "keeps the labels": "shares = share * labels + (1 - share) * labels[partner] -> shares = labels",
        },
        "The test accepts shares that are exchanged.": {
            "exchanges λ and 1 − λ": "shares = share * labels + (1 - share) * labels[partner] -> shares = "
            "(1 - share) * labels + share * labels[partner]",
        },
        "The test does not ask whether the shares of a label sum to 1.": {
            "gives a label of 1.5": "shares = share * labels + (1 - share) * labels[partner] -> shares = "
            "(share * labels + (1 - share) * labels[partner]) + torch.tensor([0.5, 0.0])",
        },
        "The test looks at the batch's mean, and not at each image.": {
            "gives all the mean label": "shares = share * labels + (1 - share) * labels[partner] -> shares = "
            "labels.mean(0).expand(B, 2)",
        },
        "The test accepts an empty box, Cutout, with a label of two classes.": {
            "pastes nothing": "images[partner][..., top:bottom, left:right] -> 0.0",
        },
    },
    points=4,
    difficulty=3,
    minutes=10,
    hints=[
        "With images of 0 and of 1, what does the mean of a mixed image say?",
        "One draw can hide a fault: try several seeds, and a batch in which partners differ.",
    ],
)
