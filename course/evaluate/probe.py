"""Linear probe: how much can a linear classifier read off features that stay as they are?

    min over W, b of   mean of −log softmax(W z + b)_y  +  λ/2 ‖W‖²         z: features, standardised

A convex problem: whoever solves it gets the same answer, without learning rate, epochs or augmentation.
L-BFGS with the whole set as its batch does, in float64, where the order of a sum cannot show in the result.

What people usually get wrong
- λ chosen by the test images: the best of many probes on the test set is not an accuracy of any of them.
  Here some of the *labelled* images are held out, λ is chosen by them, and then all are fitted;
- features without standardisation: where one channel is a hundred times another, λ means two things, and
  what a gradient method reports is how far it got;
- mean and deviation of the test images, which a classifier that meets one image a day does not have;
- b is not pulled to 0, or rare classes are paid for twice.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from course.evaluate.features import accuracy, count_classes

GRID = (10.0, 1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5)  # λ, from the smoothest on
HELD_OUT = 0.25  # of each class's labelled images
STEPS = 1000


def linear_probe(
    train: Tensor,
    train_labels: Tensor,
    test: Tensor,
    test_labels: Tensor,
    *,
    grid: Sequence[float] = GRID,
    seed: int = 0,
) -> float:
    """The accuracy, 0 … 1, of a linear classifier: train (N, D), test (M, D), and a label each

    `grid` are the values of λ to choose from; `seed` draws the labelled images that choose.
    """
    classes = count_classes(train, train_labels, test, test_labels)
    if not grid or min(grid) <= 0:
        raise ValueError(f"the grid must be of numbers above 0, at least one; got {tuple(grid)}")
    x, labels = precise(train), train_labels.to(precise(train).device)
    mean, std = x.mean(dim=0), x.std(dim=0, correction=0)
    std = torch.where(std > 1e-6 * std.max(), std, 1)  # a channel that never changes says nothing
    x = (x - mean) / std  # (N, D)
    l2 = choose_l2(x, labels, classes, grid, seed)
    weights = logistic_regression(x, labels, classes, l2)
    predicted = logits((precise(test) - mean) / std, weights).argmax(dim=1)
    return accuracy(predicted, test_labels)


def choose_l2(x: Tensor, labels: Tensor, classes: int, grid: Sequence[float], seed: int) -> float:
    """The λ under which held-out images of the labelled ones are the least surprising: x (N, D), float64

    With one label a class nothing can be held out, and it is the middle of the grid.
    """
    ordered = sorted(grid, reverse=True)
    fitted, held = hold_out(labels, seed)
    if len(held) == 0:
        return ordered[len(ordered) // 2]
    surprises = []
    weights = None
    for l2 in ordered:  # each starts where the smoother one before it ended
        weights = logistic_regression(x[fitted], labels[fitted], classes, l2, weights)
        surprises.append(cross_entropy(logits(x[held], weights), labels[held]).item())
    return ordered[surprises.index(min(surprises))]


def hold_out(labels: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """Numbers of images to fit and to hold out, `HELD_OUT` of each class never its last: (N,) -> 2 × (n,)"""
    generator = torch.Generator().manual_seed(seed)
    shuffled = torch.randperm(len(labels), generator=generator).to(labels.device)
    fitted, held = [], []
    for label in labels.unique():
        members = shuffled[labels[shuffled] == label]
        count = min(max(round(HELD_OUT * len(members)), 1), len(members) - 1)
        held.append(members[:count])
        fitted.append(members[count:])
    return torch.cat(fitted), torch.cat(held)


def logistic_regression(
    x: Tensor, labels: Tensor, classes: int, l2: float, start: Tensor | None = None
) -> Tensor:
    """The minimum: x (N, D), labels (N,) -> (D + 1, classes), in the last row b

    scikit-learn's LogisticRegression with C = 1 / (N λ) has the same one.

    It is looked for along the principal axes of the data, each measured by how sharply the loss bends there.
    Features vary a thousand times more along some axes than along others, and L-BFGS would be as slow.
    """
    if start is None:
        start = x.new_zeros(x.shape[1] + 1, classes)
    believed = logits(x, start).softmax(dim=1)
    unsure = (believed * (1 - believed)).mean().clamp(min=1e-6)  # how sharply it bends with a logit
    variance, axes = torch.linalg.eigh(x.mT @ x / len(x))  # (D,), (D, D)
    lengths = (unsure * variance.clamp(min=0) + l2).rsqrt()  # (D,)
    turn = torch.block_diag(axes * lengths, unsure.rsqrt())  # (D + 1, D + 1), its columns are orthogonal
    turned = logits(x, turn)  # (N, D + 1)
    weights = (turn.mT @ start / turn.square().sum(dim=0)[:, None]).requires_grad_()
    optimiser = torch.optim.LBFGS(
        [weights],
        max_iter=STEPS,
        max_eval=2 * STEPS,
        tolerance_grad=1e-7,
        tolerance_change=1e-12,
        history_size=20,  # of PyTorch's 100, most tell of places long left
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        penalty = l2 / 2 * (lengths[:, None] * weights[:-1]).square().sum()
        loss = cross_entropy(turned @ weights, labels) + penalty
        loss.backward()
        return loss

    with torch.enable_grad():
        optimiser.step(closure)
    return turn @ weights.detach()


def logits(x: Tensor, weights: Tensor) -> Tensor:
    """(N, D), (D + 1, classes) -> (N, classes)"""
    return x @ weights[:-1] + weights[-1]


def precise(features: Tensor) -> Tensor:
    """In float64, on the features' device, or on the CPU where that is an Apple GPU, which has none."""
    features = features.detach()
    return (features.cpu() if features.device.type == "mps" else features).double()
