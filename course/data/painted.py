"""Digits, each in two colours of its own: images with a shortcut.

A digit of scikit-learn's is painted with an ink on a paper. Which of eight papers says nothing about which
digit, and each paint is a little different: to know an *image* again its paper is enough, to know what it
shows it is of no use. Whatever learns to find two views of one image may take the one or the other.

What people usually get wrong: judging an encoder by one question. What it knows of the digit can only be lost
to the colour if somebody asks for both (`about`).
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from course import expect
from course.augment.colour import grey
from course.data.by_name import load
from course.data.drawing import PAINTS
from course.data.image_set import ImageSet, measured

PAPERS = tuple(PAINTS)
NEAR = 0.1  # by how much each channel of a paper differs from its paint, up or down
SEEDS = {"train": 0, "test": 1}


@dataclass(frozen=True, eq=False, repr=False)
class Painted(ImageSet):
    """An ImageSet of digits that knows their papers; papers: (N,), int64, numbers of `PAPERS`"""

    papers: Tensor

    EACH: ClassVar[tuple[str, ...]] = ("images", "labels", "papers")

    def about(self, what: str) -> "Painted":
        """The same images, labelled by "digit", as they are, or by "colour", that of the paper."""
        expect.one_of("what", what, ("digit", "colour"))
        return self if what == "digit" else replace(self, labels=self.papers, classes=PAPERS)


def painted(split: str = "train") -> Painted:
    """1,438 digits to train on or 359 to "test", always in the same colours: (N, 3, 8, 8)"""
    expect.one_of("split", split, SEEDS)
    data = load("digits", split)
    generator = torch.Generator().manual_seed(SEEDS[split])
    amount, N = data.floats(), len(data)  # (N, 1, 8, 8), from paper to ink
    papers = torch.randint(len(PAPERS), (N,), generator=generator)
    paper = torch.tensor(list(PAINTS.values()))[papers, :3]  # (N, 3)
    paper = (paper + NEAR * (2 * torch.rand(N, 3, generator=generator) - 1)).clamp(0, 1)
    light = grey(paper[..., None, None])[:, :, 0, 0] < 0.5  # (N, 1): the ink is light on a dark paper
    ink = 0.4 * torch.rand(N, 3, generator=generator) + 0.6 * light
    paper, ink = paper[..., None, None], ink[..., None, None]  # (N, 3, 1, 1)
    images = ((paper + (ink - paper) * amount) * 255).round().to(torch.uint8)
    return Painted(images, data.labels, data.classes, *measured(images), papers)
