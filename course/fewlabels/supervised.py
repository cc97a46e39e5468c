"""Learning from labels, and what all methods with labels share: the baseline that the others have to beat.

    L = mean over the batch of −Σ_k q_k log p_k        q = (1 − ε) y + ε / K        label smoothing ε

y has a 1 for the right class (Szegedy et al. 2016, section 7), or shares of two classes, where images are
mixed.

What people usually get wrong
- a digit is not to be mirrored, and hardly a letter: there is no augmentation unless you choose one;
- accuracy on augmented and mixed images says little about how well the model fits: look at held-out ones;
- mixed labels are shares, and need a loss that takes them: the nearest class is not what the image shows.
"""

from collections.abc import Callable

from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from course import expect
from course.augment.mixing import Mix
from course.data.image_set import ImageSet
from course.ssl.method import Batch, Method, Told

Augment = Callable[[Tensor, Generator | None], Tensor]


class Supervised(Method):
    """Cross entropy of what a model says, logits (B, classes), with the labels of an ImageSet.

    smoothing: ε. augment: called with images and a generator. mix: `MixUp` or `CutMix` of `course.augment`,
    behind it; labels are then shares, (B, classes). Tells "accuracy", of a mixed image by its larger share.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        smoothing: float = 0.0,
        augment: Augment | None = None,
        mix: Mix | None = None,
    ):
        super().__init__(model)
        expect.rate(smoothing=smoothing)
        self.smoothing, self.augment, self.mix = smoothing, augment, mix

    def batch(self, data: ImageSet, chosen: Tensor, generator: Generator | None = None) -> Batch:
        """-> images (B, C, H, W), and labels (B,), or where they are mixed (B, classes)"""
        images, labels = self.views(data.floats(chosen), generator)["images"], data.labels[chosen]
        if self.mix is not None:
            images, labels = self.mix(images, one_hot(labels, len(data.classes)).float(), generator)
        return {"images": images, "labels": labels}

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        """-> images (B, C, H, W), augmented"""
        return {"images": images if self.augment is None else self.augment(images, generator)}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        logits, labels = logits_of(self.encoder, batch["images"]), batch["labels"]
        expect_targets(labels, logits)
        loss = cross_entropy(logits.float(), labels, label_smoothing=self.smoothing)
        return loss, {"accuracy": accuracy(logits, labels)}


def logits_of(model: nn.Module, images: Tensor) -> Tensor:
    """What a model with a single head says: (B, C, H, W) -> (B, classes)"""
    logits = model(images)
    if not isinstance(logits, Tensor):
        kind = type(model).__name__
        raise TypeError(f"{kind} has a second head, for a teacher: train it with Distillation")
    return logits


def accuracy(logits: Tensor, targets: Tensor) -> Tensor:
    """The share of images whose largest logit is the target's, or its largest share's: -> scalar"""
    labels = targets.argmax(dim=1) if targets.is_floating_point() else targets
    return (logits.detach().argmax(dim=1) == labels).float().mean()


def expect_targets(targets: Tensor, logits: Tensor) -> None:
    """Class numbers that a model with logits (B, classes) knows, or shares of its classes."""
    classes = logits.shape[1]
    if targets.is_floating_point() and targets.shape != logits.shape:
        known = targets.shape[-1]
        raise ValueError(
            f"the model tells {classes} classes apart but the data have {known}: it needs a new head"
        )
    if not targets.is_floating_point() and expect.at_hand(targets) and int(targets.max()) >= classes:
        highest = int(targets.max())
        raise ValueError(
            f"the model tells {classes} classes apart but there is a label {highest}: it needs a new head"
        )
