"""kNN: an image gets the class of its neighbours among the labelled ones. Nothing is trained.

    votes_c = Σ over the k nearest of class c of exp(sim / τ)          Wu et al. 2018, section 3.4
    sim is the cosine, τ = 0.07; the class with the most votes wins

What people usually get wrong
- lengths: without normalisation the long features are everyone's neighbours;
- exp(1 / 0.07) is 1.6 million and still a number; at τ = 0.01 it overflows float32. Only ratios of votes
  count, so the largest similarity may be taken away first;
- k beside few labels: of 10 labelled images a class, at least half of 20 neighbours are of another class,
  and only the weights tell them apart;
- kNN asks whether *distances* mean anything, which no loss of reconstruction asks for: MAE's ViT-B has 11 %
  here and 81 % after fine-tuning.

Paper of DINO: k = 20 on ImageNet, τ = 0.07; ViT-S/16 74.5 %.
"""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course import expect
from course.evaluate.features import accuracy, count_classes
from course.training.precision import full_precision

CHUNK = 512  # test images at a time: their similarities to 50,000 others are 100 MB


@torch.no_grad()
def knn(
    train: Tensor,
    train_labels: Tensor,
    test: Tensor,
    test_labels: Tensor,
    k: int = 20,
    tau: float = 0.07,
    classes: int | None = None,
) -> float:
    """The accuracy, 0 … 1, of a vote of the k nearest: train (N, D), test (M, D), and a label each

    Of classes with the same votes the first wins. Where several labelled images are equally near at the k-th
    place, as copies of one are, which of them votes depends on the order of the labelled images: it is
    topk's choice. `classes` is 1 + the largest label unless given.
    """
    found = count_classes(train, train_labels, test, test_labels)
    classes = found if classes is None else classes
    expect.whole(k=k, classes=classes)
    if classes < found:
        raise ValueError(f"labels of {classes} classes end at {classes - 1}; got {found - 1}")
    if k > len(train):
        raise ValueError(f"{k} neighbours were asked for, but there are only {len(train)} labelled images")
    if not tau > 0:
        raise ValueError(f"tau, a temperature, must be above 0; got {tau!r}")
    votes = torch.cat([vote(train, train_labels, chunk, k, tau, classes) for chunk in test.split(CHUNK)])
    return accuracy(votes.argmax(dim=1), test_labels)


def vote(train: Tensor, labels: Tensor, test: Tensor, k: int, tau: float, classes: int) -> Tensor:
    """Votes for each class, shares of 1: train (N, D), labels (N,), test (M, D) -> (M, classes)"""
    train, test = normalize(train.float(), dim=1), normalize(test.float(), dim=1)
    with full_precision(test):
        similarity, nearest = (test @ train.T).topk(k, dim=1)  # (M, k) each
    weights = (similarity / tau).softmax(dim=1)  # (M, k): exp(sim / τ), over their sum
    chosen = labels.to(train.device)[nearest]  # (M, k)
    return weights.new_zeros(len(test), classes).scatter_add_(1, chosen, weights)
