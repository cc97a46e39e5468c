"""Are these blocks I-JEPA's?

`sample_blocks()` draws, anew at each call, for a grid of 14 × 14 patches: `context` (14, 14) and four
`targets` (4, 14, 14), boolean. Write its test. **Each target** is one full rectangle of 25 to 42 patches,
neither side more than twice the other (what scales 0.15–0.2 and aspects 0.75–1.5 become in whole patches).
The **context** has ten patches or more and shares none with any target; targets may overlap one another.
Two calls differ.
"""

import torch

from grader.exercise import PropertyTest


def test_blocks(sample_blocks):
    """Raise AssertionError unless sample_blocks() gives such blocks at each call."""
    drawn = [sample_blocks() for _ in range(20)]
    for context, targets in drawn:
        assert context.shape == (14, 14) and targets.shape == (4, 14, 14)
        assert context.sum() >= 10
        assert not (context & targets).any()
        for target in targets:
            rows, columns = target.any(dim=1).sum(), target.any(dim=0).sum()
            down, across = target.any(dim=1).nonzero(), target.any(dim=0).nonzero()
            assert down.max() - down.min() + 1 == rows and across.max() - across.min() + 1 == columns
            assert target.sum() == rows * columns and 25 <= target.sum() <= 42
            assert max(rows, columns) <= 2 * min(rows, columns)
    assert any(not torch.equal(targets, drawn[0][1]) for _, targets in drawn[1:])


def sample_blocks():
    sizes = [(5, 6), (6, 5), (7, 5), (6, 6), (5, 7)]
    rows, columns = sizes[int(torch.randint(len(sizes), ()))]
    targets = torch.zeros(4, 14, 14, dtype=torch.bool)
    for target in targets:
        top, left = int(torch.randint(15 - rows, ())), int(torch.randint(15 - columns, ()))
        target[top : top + rows, left : left + columns] = True
    block = torch.ones(14, 14, dtype=torch.bool)
    block[0] = False
    context = block & ~targets.any(dim=0)
    return context, targets


def always_the_same():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return sample_blocks()


CONTEXT = "context = block & ~targets.any(dim=0)"
exercise = PropertyTest(
    test_blocks,
    base=sample_blocks,
    right={
        "takes the whole grid as the block": "block[0] = False ->",
        "has targets of the largest size": "sizes = _s -> sizes = [(7, 6), (6, 7)]",
        "has targets of the smallest size": "sizes = _s -> sizes = [(5, 5)]",
    },
    wrong={
        "The test accepts a context that overlaps a target: what is asked could be copied.": {
            "takes nothing out of the context": f"{CONTEXT} -> context = block",
            "takes only the first target out": f"{CONTEXT} -> context = block & ~targets[0]",
            "takes out only what all targets share": f"{CONTEXT} -> context = block & ~targets.all(dim=0)",
        },
        "The test accepts an empty context.": {"hides everything": f"{CONTEXT} -> context = block & ~block"},
        "The test does not ask how large a target is.": {
            "has targets of one patch": "sizes = _s -> sizes = [(1, 1)]",
            "has targets of 64 patches": "sizes = _s -> sizes = [(8, 8)]",
        },
        "The test does not ask for a target's form.": {"has long targets": "sizes = _s -> sizes = [(3, 12)]"},
        "The test counts patches, and does not ask whether they are one rectangle.": {
            "has holes": f"{CONTEXT} -> context = block & ~(targets := targets & (torch.rand(4, 14, 14) > "
            "0.05)).any(dim=0)",
            "has two rectangles that overlap": "sizes = _s -> sizes = [(5, 6), (6, 5)] ;; "
            f"{CONTEXT} -> context = block & ~(targets := targets | targets.roll((1, 1), (1, 2))).any(dim=0)",
        },
        "The test calls it once: these blocks are always the same.": {
            "draws the same at each call": always_the_same,
        },
    },
    points=5,
    difficulty=4,
    minutes=20,
    hints=[
        "context & targets broadcasts to (4, 14, 14): may any of it be True?",
        "target.any(dim=1) are the rows it touches. A full rectangle has rows · columns patches, and no "
        "gaps.",
    ],
)
