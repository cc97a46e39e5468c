"""Self-training in rounds: what is believed, how much of that is wrong, and what follows from it.

    round 0     learn from the labelled images
    round n     label every other image whose largest probability is at least τ, and learn anew from both

Lee 2013 ("pseudo-label"), Scudder 1965. A network that is made to agree with its own mistake grows surer of
it: *confirmation bias* (Arazo et al. 2020). Which pseudo-labels are wrong is known here only because the
"unlabelled" images have labels after all, which training never sees.

What people usually get wrong
- going on with the same network: it has learnt its mistakes already. Here each round starts anew;
- taking a high probability for a high probability of being right: networks are surer than they are right;
- the share of wrong ones without their number: a high threshold believes few, and those are easy ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course.data.image_set import ImageSet
from course.evaluate.features import called, share_right
from course.fewlabels.strategies import WEAK, learned
from course.fewlabels.supervised import Augment

THRESHOLDS = (0.0, 0.5, 0.8, 0.95, 0.99)
ROUNDS = 3

Choose = Callable[[Tensor, float], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Round:
    """What was believed when a network learned: pseudo-labels, those that are wrong; test images right."""

    believed: int
    wrong: int
    right: float


def sure_of(logits: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
    """logits (N, classes) -> which are sure (N,) bool, and what they would be called (N,)"""
    confidence, labels = logits.softmax(dim=1).max(dim=1)
    return confidence >= threshold, labels


def rounds(
    labelled: ImageSet,
    images: ImageSet,
    test: ImageSet,
    threshold: float,
    *,
    count: int = ROUNDS,
    choose: Choose = sure_of,
    augment: Augment | None = WEAK,
    seed: int = 0,
) -> list[Round]:
    """Round 0, without pseudo-labels, and `count` rounds with them.

    images: all there are, whose labels are looked at to count mistakes and for nothing else.
    choose: what to believe, as `sure_of`.
    """
    model = learned(labelled, seed, augment)
    told = [Round(0, 0, share_right(model, test))]
    for _ in range(count):
        said = called(model, model, images, 512)  # (N, classes)
        sure, labels = choose(said, threshold)  # (N,) each
        chosen = sure.nonzero().squeeze(1)
        believed = replace(images.take(chosen), labels=labels[chosen])
        model = learned(together(labelled, believed), seed, augment)
        wrong = int((labels[chosen] != images.labels[chosen]).sum())
        told.append(Round(len(chosen), wrong, share_right(model, test)))
    return told


def together(one: ImageSet, other: ImageSet) -> ImageSet:
    """The images of both, with the first one's mean and std."""
    images, labels = torch.cat([one.images, other.images]), torch.cat([one.labels, other.labels])
    return replace(one, images=images, labels=labels)
