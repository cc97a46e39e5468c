"""What can be read off, if nothing but a line may be drawn?

Features are given and stay as they are. **Standardise** them: the mean and the deviation of each feature
are those of the *labelled* images, for the unseen ones, too (deviation with `correction=0`, plus 1e-6).
Then fit logits x W + b by plain gradient descent from zero: `steps` times, on the mean cross-entropy of all
labelled images at once, W and b each less `rate` times their gradient. Return the logits of the unseen
images.
"""

import torch
from torch.nn import functional as F

from grader.exercise import Function


def linear_probe(train, labels, test, classes, steps, rate):
    """train: (N, D), labels: (N,), test: (M, D); classes, steps: ints; rate: float
    -> logits of the unseen images, (M, classes)
    """
    mean = train.mean(dim=0)  # (D,)
    deviation = train.std(dim=0, correction=0) + 1e-6
    x = (train - mean) / deviation  # (N, D)
    unseen = (test - mean) / deviation
    W, b = torch.zeros(x.shape[1], classes), torch.zeros(classes)
    for _ in range(steps):
        p = (x @ W + b).softmax(dim=1)  # (N, classes)
        error = (p - F.one_hot(labels, classes)) / len(x)  # the gradient of the logits
        W = W - rate * x.T @ error
        b = b - rate * error.sum(dim=0)
    return unseen @ W + b


def _case(N=None, M=None, unequal=False, still=False):
    def case(draw):
        D, classes = draw.integer(4, 7), draw.integer(3, 5)
        n, m = N or draw.integer(9, 12), M or draw.integer(3, 6)
        train, test = draw.normal(n, D), 2 * draw.normal(m, D) + 1
        if unequal:
            scale = draw.normal(D).exp().clamp(min=0.2)
            train, test = train * scale + 3 * scale, test * scale + 3 * scale
        if still:
            train[:, 0], test[:, 0] = 3e-6 * train[:, 0], 3e-6 * test[:, 0]
        labels = draw.normal(n, classes).argmax(dim=1)
        steps = draw.integer(2, 3)
        return dict(
            train=train,
            labels=labels,
            test=test,
            classes=classes,
            steps=steps,
            rate=draw.choice((0.2, 0.5, 1.0)),
        )

    return case


exercise = Function(
    linear_probe,
    cases={
        "some steps": _case(),
        "features of very different sizes": _case(unequal=True),
        "a feature that hardly changes": _case(still=True),
        "one unseen image": _case(M=1),
        "as many unseen as labelled": _case(N=8, M=8),
    },
    without=["gradient"],
    words={"mean": "the mean", "deviation": "the deviation", "p": "the shares", "error": "the gradient"},
    slips={
        "(test - mean) / deviation -> (test - test.mean(dim=0)) / (test.std(dim=0, correction=0) + "
        "1e-6)": "The unseen images are standardised by their own mean and deviation: one image alone would "
        "always be 0.",
        "(test - mean) / deviation -> test": "The unseen images are not standardised, the labelled ones are.",
        "mean = train.mean(dim=0) -> mean = torch.cat([train, test]).mean(dim=0) ;; train.std(dim=0, "
        "correction=0) -> torch.cat([train, test]).std(dim=0, correction=0)": "Mean and deviation are those "
        "of all images, the unseen ones among them.",
        "(train - mean) / deviation -> train ;; (test - mean) / deviation -> test": "Nothing is "
        "standardised.",
        "(p - F.one_hot(labels, classes)) / len(x) -> p - F.one_hot(labels, classes)": "The loss is a sum "
        "over images and not their mean.",
        "b = b - rate * error.sum(dim=0) ->": "b never moves.",
        "W = W - rate * x.T @ error -> W = W + rate * x.T @ error": "W climbs: the gradient is subtracted.",
        "train.mean(dim=0) -> train.mean() ;; train.std(dim=0, correction=0) -> "
        "train.std(correction=0)": "All features share one mean and one deviation; each has its own.",
    },
    also_right=["torch.zeros(x.shape[1], classes) -> x.new_zeros(x.shape[1], classes)"],
    points=5,
    difficulty=3,
    minutes=12,
    hints=[
        "Two numbers a feature are taken from `train`, and used four times. None is taken from `test`.",
        "By hand: the gradient of the mean cross-entropy with respect to the logits is (softmax − one-hot) "
        "/ N. Or torch.autograd.grad(loss, (W, b)).",
        "Through x W + b it goes on to W by xᵀ, and to b by a sum over the images.",
    ],
    may_not_call=["course.evaluate"],
)
