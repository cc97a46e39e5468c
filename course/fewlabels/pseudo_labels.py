"""Pseudo-labels: where the model is sure of an image without a label, believe it, and ask for more.

    L = CE(labelled) + λ · 1/|U| Σ_u 1[max q_u ≥ τ] CE(p(strong(u)), argmax q_u)        q_u = p(weak(u))

Sohn et al. 2020 (FixMatch), equations 3 and 4; λ = 1, τ = 0.95, 7 images without a label to one that has it.
A weakly changed image is easy to recognise, a strongly changed one must be recognised as the same.

What people usually get wrong
- the sum is over the sure ones, but it is divided by *all* of them: early on, where few are sure, the term
  is small by itself, which is why λ needs no warm-up;
- the gradient goes through the strong view alone;
- labels, and accuracies of pseudo-labels, that "unlabelled" images are not supposed to have. Nothing here
  reads them; to look at that accuracy in a lesson is fair, to choose τ by it is not;
- unlabelled images of other classes, or of other frequencies, get labels too, with confidence;
- a weak augmentation that changes the class: no mirrored digits.

Paper: CIFAR-10 with 40 labels 86.2 %, with 250 94.9 %, with 4,000 95.7 % (WRN-28-2; strong: RandAugment and
Cutout). The authors test a moving average of the weights.
"""

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy

from course import expect
from course.data.image_set import ImageSet
from course.fewlabels.supervised import Augment, Supervised, accuracy, expect_targets, logits_of
from course.ssl.method import Batch, Told
from course.training.randomness import drawn


def pseudo_label_loss(weak: Tensor, strong: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
    """Cross entropy with what the weak view is sure of: logits (B, classes) twice -> scalar, sure (B,) bool

    The mean is over all images, also those that nothing is said about. No gradient goes through `weak`.
    """
    expect.floating("weak", weak)
    expect.floating("strong", strong)
    if weak.shape != strong.shape or weak.dim() != 2:
        shapes = f"{tuple(weak.shape)} and {tuple(strong.shape)}"
        raise ValueError(f"weak and strong must both have shape (batch, classes); got {shapes}")
    confidence, labels = weak.detach().float().softmax(dim=1).max(dim=1)  # (B,) each
    sure = confidence >= threshold
    each = cross_entropy(strong.float(), labels, reduction="none")  # (B,)
    return (each * sure).mean(), sure


class PseudoLabels(Supervised):
    """FixMatch: of the data trained on, labels are not looked at; `labelled` has the few there are.

    threshold: τ. weight: λ. ratio: how many images without a label come to one that has it. weak, strong:
    called with images and a generator; labelled images get the weak one. Tells "accuracy", of the labelled
    images, both terms of the loss, and "sure", the share of the others that got a pseudo-label.
    """

    def __init__(
        self,
        model: nn.Module,
        labelled: ImageSet,
        *,
        weak: Augment,
        strong: Augment,
        threshold: float = 0.95,
        weight: float = 1.0,
        ratio: int = 7,
    ):
        super().__init__(model, augment=weak)
        expect.whole(ratio=ratio, labelled=len(labelled))
        expect.rate(threshold=threshold)
        if not weight >= 0:
            raise ValueError(f"weight must be 0 or more; got {weight!r}")
        self.labelled, self.strong = labelled, strong
        self.threshold, self.weight, self.ratio = threshold, weight, ratio

    def batch(self, data: ImageSet, chosen: Tensor, generator: Generator | None = None) -> Batch:
        """-> "images" (n, C, H, W) and "labels" (n,), n = B / ratio; "weak" and "strong" (B, C, H, W)

        chosen: (B,), images of `data`, whose labels are not looked at. The n labelled ones are drawn with
        replacement.
        """
        unlabelled = data.floats(chosen)
        if self.labelled.images.device != unlabelled.device:
            self.labelled = self.labelled.to(unlabelled.device)
        count = max(1, round(len(chosen) / self.ratio))
        few = drawn(torch.randint, len(self.labelled), (count,), like=unlabelled, generator=generator)
        weak = self.views(unlabelled, generator)["images"]
        strong = self.strong(unlabelled, generator)
        return {**super().batch(self.labelled, few, generator), "weak": weak, "strong": strong}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        parts = [batch["images"], batch["weak"], batch["strong"]]
        together = logits_of(self.encoder, torch.cat(parts))  # at once: BatchNorm sees all three
        known, weak, strong = together.split([len(part) for part in parts])
        expect_targets(batch["labels"], known)
        learned = cross_entropy(known.float(), batch["labels"])
        believed, sure = pseudo_label_loss(weak, strong, self.threshold)
        told = {
            "accuracy": accuracy(known, batch["labels"]),
            "labelled_loss": learned.detach(),
            "unlabelled_loss": believed.detach(),
            "sure": sure.float().mean(),
        }
        return learned + self.weight * believed, told
