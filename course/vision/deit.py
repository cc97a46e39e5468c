"""DeiT: a ViT that learns from a teacher too, through a second token that answers to the teacher alone.

    z_0  = [x_cls; x_dist; x_1 E; …; x_N E] + E_pos                     Touvron et al. 2021, section 4
    soft = (1 − λ) CE(ψ(z), y) + λ τ² KL(ψ(z_t / τ) ‖ ψ(z / τ))          equation 2, ψ the softmax
    hard = ½ CE(ψ(z), y) + ½ CE(ψ(z), y_t)    with y_t = argmax z_t      equation 3

There are two heads: in the first term z is what the one on CLS says, in the second what the one on the
distillation token says.

What people usually get wrong
- the order is CLS, distillation, patches, and all of them get a position;
- in training the two heads' logits stay apart, each with its own target; in evaluation they are averaged (the
  paper adds the two softmaxes; its code, and this one, the logits);
- the teacher sees the same augmented image as the student, so its hard label changes with the crop;
- the size of the soft term. Here KL is what the equation says, a sum over the classes, and a mean over the
  images; the authors' code divides by the number of *logits*, and gets a term smaller by a factor of the
  number of classes. Their best result is with hard labels, where the two agree.

The architecture without distillation is that of `course.vision.vit`: "DeiT-S" is "S/16" there.
Parameters at 224 with 1,000 classes: Ti 5,910,800 · S 22,436,432 · B 87,338,192 (at 384: 87,630,032).
Paper: ImageNet top-1 of the distilled models Ti 74.5 %, S 81.2 %, B 83.4 %.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, kl_div, log_softmax

from course import expect
from course.position import LearnedPosition
from course.record import Record
from course.vision.vit import WIDTHS, ViT, classifier


class DeiT(ViT):
    """images: (B, channels, H, W) -> in training the logits of both heads, in evaluation their mean

    Each (B, classes); with `classes=0` there are no heads, and it returns features (B, dim) in both modes.
    The arguments are those of `ViT`. A `record` keeps "tokens", (B, 2 + N, dim), and "weights",
    (B, heads, 2 + N, 2 + N).
    """

    def __init__(self, *, classes: int = 1000, **options: Any):
        super().__init__(classes=classes, **options)
        dim = self.cls.shape[-1]
        self.distillation = nn.Parameter(torch.zeros(1, 1, dim))
        self.position = LearnedPosition(self.position.grid, dim, extra=2)
        self.distillation_head = classifier(dim, classes)
        for parameter in (self.cls, self.distillation):
            nn.init.trunc_normal_(parameter, std=0.02)
        for head in (self.head, self.distillation_head):
            if isinstance(head, nn.Linear):
                nn.init.trunc_normal_(head.weight, std=0.02)
                nn.init.zeros_(head.bias)

    def forward(  # type: ignore[override]  # a pair in training is what the paper asks for
        self, images: Tensor, record: Record | None = None
    ) -> Tensor | tuple[Tensor, Tensor]:
        if isinstance(self.head, nn.Identity):
            return self.features(images, record)
        logits, distilled = self.both(images, record)
        return (logits, distilled) if self.training else (logits + distilled) / 2

    def both(self, images: Tensor, record: Record | None = None) -> tuple[Tensor, Tensor]:
        """The logits of the head on CLS and of the one on the distillation token: (B, classes) each"""
        cls, distillation = self.tokens(images, record)[:, :2].unbind(1)  # (B, dim) each
        return self.head(cls), self.distillation_head(distillation)

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        """The mean of the two normalised tokens that the heads see: (B, channels, H, W) -> (B, dim)"""
        return self.tokens(images, record)[:, :2].mean(dim=1)

    def embed(self, images: Tensor) -> Tensor:
        """CLS, distillation token, patches, and positions: (B, channels, H, W) -> (B, 2 + N, dim)"""
        x = self.embedding(images)  # (B, N, dim)
        front = torch.cat([self.cls, self.distillation], dim=1)  # (1, 2, dim)
        x = torch.cat([front.expand(x.shape[0], -1, -1), x], dim=1)  # (B, 2 + N, dim)
        return self.dropout(self.position(x, self.embedding.grid(images)))


def hard_distillation(
    logits: Tensor, distilled: Tensor, teacher: Tensor, targets: Tensor, alpha: float = 0.5
) -> Tensor:
    """(1 − alpha) CE(logits, targets) + alpha CE(distilled, argmax teacher): equation 3, which has alpha = ½

    logits, distilled, teacher: (B, classes); targets: class numbers (B,), or probabilities (B, classes) as
    MixUp makes them -> a scalar, the mean over the batch. A student with one head hands its logits in twice.
    """
    _check(logits, distilled, teacher, targets, alpha)
    taught = cross_entropy(distilled, teacher.argmax(dim=1))
    return (1 - alpha) * cross_entropy(logits, targets) + alpha * taught


def soft_distillation(
    logits: Tensor, distilled: Tensor, teacher: Tensor, targets: Tensor, alpha: float = 0.5, tau: float = 1.0
) -> Tensor:
    """(1 − alpha) CE(logits, targets) + alpha tau² KL(teacher ‖ distilled) at temperature tau: equation 2

    Shapes as in `hard_distillation`; alpha is the paper's λ. tau² keeps the size of the gradient, which a
    temperature divides by tau twice. KL is summed over the classes and averaged over the batch.
    """
    _check(logits, distilled, teacher, targets, alpha)
    if not tau > 0:
        raise ValueError(f"tau must be above 0; got {tau!r}")
    student, master = log_softmax(distilled / tau, dim=1), log_softmax(teacher.detach() / tau, dim=1)
    taught = tau**2 * kl_div(student, master, reduction="batchmean", log_target=True)
    return (1 - alpha) * cross_entropy(logits, targets) + alpha * taught


def _check(logits: Tensor, distilled: Tensor, teacher: Tensor, targets: Tensor, alpha: float) -> None:
    expect.floating("logits", logits)
    if logits.dim() != 2:
        raise ValueError(f"logits must have shape (batch, classes); got {tuple(logits.shape)}")
    for name, other in (("distilled", distilled), ("teacher", teacher)):
        expect.floating(name, other)
        if other.shape != logits.shape:
            raise ValueError(f"{name} has shape {tuple(other.shape)} but logits has {tuple(logits.shape)}")
        expect.same_device(name, other, "logits", logits)
    if not isinstance(targets, Tensor) or not (targets.is_floating_point() or targets.dtype == torch.int64):
        raise TypeError(f"targets must be class numbers, int64, or probabilities; got {expect.kind(targets)}")
    expected = logits.shape if targets.is_floating_point() else logits.shape[:1]
    if targets.shape != expected:
        given = f"{tuple(targets.shape)} of {expect.kind(targets)}"
        raise ValueError(f"targets must have shape {tuple(expected)}; got {given}")
    expect.same_device("targets", targets, "logits", logits)
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be between 0 and 1; got {alpha!r}")


VARIANTS = {size: dict(patch=16, **WIDTHS[size]) for size in ("Ti", "S", "B")}


def build(variant: str, **overrides: Any) -> DeiT:
    """A distilled variant of the paper: `build("S")`, `build("Ti", image_size=32, patch=4, classes=10)`."""
    expect.variant(variant, VARIANTS)
    return DeiT(**{**VARIANTS[variant], **overrides})
