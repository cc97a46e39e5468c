"""DINO: a student says of small crops what its own slow average, the teacher, says of large ones.

    P_t = softmax((g_t − c) / τ_t)      P_s = softmax(g_s / τ_s)              Caron et al. 2021, equation 1
    L = mean over pairs of a global crop t and another crop s ≠ t of −Σ P_t log P_s            equation 3
    c ← m c + (1 − m) mean of g_t                                                              equation 4

No negatives: what keeps all images from getting the same answer is *centring* c, against one output winning
always, and *sharpening* τ_t < τ_s, against all outputs being alike. Either alone collapses, the other way.

What people usually get wrong
- c is updated *behind* the loss, from the teacher's raw logits, not from centred or sharpened ones;
- the teacher sees the two global crops only, and no pair compares a crop with itself;
- the teacher's parameters follow by λ from 0.996 to 1 along a cosine; gradients never reach them;
- τ_t warms up from 0.04 to 0.07: sharp from the start is unstable;
- the head normalises *before* its last layer, whose weight rows have length 1, and that has no bias;
- there are many more outputs than the bottleneck is wide: with as few, one z makes all of them alike, and the
  method ends there;
- the last layer stays as it is for the first epoch.

Parameters of the head, ViT-S to 65,536 outputs: 384 · 2048 + 2048² + 2048 · 256 + 4352 + 256 · 65536.
Paper: ImageNet kNN, ViT-S/16 74.5 %, ViT-B/8 77.4 %; linear probe 77.0 % and 80.1 %.
"""

from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import linear, log_softmax, normalize, softmax

from course import expect
from course.augment import ColourJitter, Compose, Crop, Flip, Grey, Solarise
from course.ssl.collapse import effective_rank, spread
from course.ssl.method import Batch, Method, Told
from course.ssl.simclr import temperature
from course.ssl.teacher import Teacher, cosine_to_one
from course.training.precision import full_precision
from course.training.processes import summed

GLOBALS = 2  # the large crops of each image


def dino_loss(
    student: Tensor, teacher: Tensor, center: Tensor, tau_s: float, tau_t: Tensor | float
) -> Tensor:
    """Cross entropy over all pairs of different crops: student (S, B, K), teacher (2, B, K) -> scalar

    The first two of the student's crops are the teacher's. center: (K,). The teacher is a constant here.
    """
    expect.floating("student", student)
    if student.dim() != 3 or teacher.dim() != 3 or student.shape[1:] != teacher.shape[1:]:
        shapes = f"{tuple(student.shape)} and {tuple(teacher.shape)}"
        raise ValueError(f"student and teacher must have shape (crops, batch, outputs); got {shapes}")
    if not 1 <= len(teacher) <= len(student) or len(student) < 2:
        raise ValueError(
            f"the student must see the teacher's crops and more; got {len(student)}, {len(teacher)}"
        )
    p = softmax((teacher.detach().float() - center) / tau_t, dim=-1)  # (T, B, K)
    log_q = log_softmax(student.float() / tau_s, dim=-1)  # (S, B, K)
    with full_precision(p):
        pairs = -torch.einsum("tbk,sbk->ts", p, log_q) / student.shape[1]  # (T, S), a mean over the batch
    return (pairs.sum() - pairs.diagonal().sum()) / (pairs.numel() - len(pairs))  # without t = s


def entropy(p: Tensor) -> Tensor:
    """The mean entropy of distributions, in nats: p: (..., K) -> scalar, from 0 to log K"""
    expect.floating("p", p)
    return torch.special.entr(p).sum(dim=-1).mean()  # −p log p, and 0 where p = 0


class Head(nn.Module):
    """A three-layer MLP, a point on the sphere, and its cosine with `out` prototypes: (B, dim) -> (B, out)"""

    def __init__(self, dim: int, hidden: int, bottleneck: int, out: int):
        super().__init__()
        expect.whole(dim=dim, hidden=hidden, bottleneck=bottleneck, out=out)
        self.mlp = nn.Sequential(
            nn.Linear(dim, hidden),
            nn.GELU(),
            nn.Linear(hidden, hidden),
            nn.GELU(),
            nn.Linear(hidden, bottleneck),
        )
        for module in self.mlp:
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)
        self.prototypes = nn.Parameter(torch.empty(out, bottleneck))
        nn.init.normal_(self.prototypes)
        self.register_buffer("learning", torch.zeros(()))  # 0 while the last layer is frozen, then 1
        self.learning: Tensor

    def forward(self, x: Tensor) -> Tensor:
        z = normalize(self.mlp(x), dim=-1)  # (B, bottleneck)
        fixed = self.prototypes.detach()
        w = fixed + self.learning * (self.prototypes - fixed)  # the same numbers; no gradient while frozen
        return linear(z, normalize(w, dim=-1))  # (B, out), weight normalisation with g = 1


class Network(nn.Module):
    """An encoder and a head, which the teacher copies as one: images (B, C, H, W) -> (B, out)"""

    encoder: Any  # whatever offers features(images)

    def __init__(self, encoder: nn.Module, head: Head):
        super().__init__()
        self.encoder, self.head = encoder, head

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.encoder.features(images))


class DINO(Method):
    """Self-distillation around any encoder with features (B, dim) at two resolutions.

    out: the number of outputs K. crops: how many small crops of each image, `crop` pixels wide; half the
    image, if not said. mirror: whether crops may be flipped, which digits may not be. tau_s, tau_t:
    temperatures; the teacher's starts at tau_start and gets there over the share `warm_up` of training.
    frozen: the share of training in which the last layer stays. `center_momentum=1` turns centring off, and
    `tau_start = tau_t = tau_s` sharpening.

    Tells the teacher's entropy (log K: all outputs alike; 0 with `outputs` near 1: one output wins always),
    the number of outputs in use, exp of the mean answer's entropy, and the spread and rank of its logits.
    """

    encoder: Any  # whatever offers features(images)

    def __init__(
        self,
        encoder: nn.Module,
        dim: int,
        *,
        out: int = 4096,
        hidden: int = 2048,
        bottleneck: int = 256,
        crops: int = 6,
        crop: int | None = None,
        global_scale: tuple[float, float] = (0.4, 1.0),
        local_scale: tuple[float, float] = (0.05, 0.4),
        mirror: bool = True,
        tau_s: float = 0.1,
        tau_t: float = 0.07,
        tau_start: float = 0.04,
        warm_up: float = 0.3,
        frozen: float = 0.01,
        momentum: float = 0.996,
        center_momentum: float = 0.9,
    ):
        super().__init__(encoder)
        expect.share(warm_up=warm_up, frozen=frozen, momentum=momentum, center_momentum=center_momentum)
        temperature(tau_s=tau_s, tau_t=tau_t, tau_start=tau_start)
        if not isinstance(crops, int) or crops < 0:
            raise ValueError(f"crops, the number of small ones, must be 0 or more; got {crops!r}")
        self.dim, self.crops, self.crop, self.global_scale, self.local_scale = (
            dim,
            crops,
            crop,
            global_scale,
            local_scale,
        )
        self.mirror = mirror
        self.tau_s, self.tau_start, self.tau_end, self.warm_up = tau_s, tau_start, tau_t, warm_up
        self.frozen, self.momentum, self.center_momentum = frozen, momentum, center_momentum
        self.head = Head(dim, hidden, bottleneck, out)
        self.teacher = Teacher(Network(encoder, self.head))
        self.register_buffer("center", torch.zeros(out))
        self.register_buffer("tau_t", torch.tensor(float(tau_start)))
        self.register_buffer("seen", torch.zeros(out))  # the teacher's logits since the last step, added up
        self.register_buffer("seen_count", torch.zeros(()))
        self.center: Tensor
        self.tau_t: Tensor
        self.seen: Tensor
        self.seen_count: Tensor
        self._schedule(0.0)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        """-> global (2B, C, H, W) and, if there are any, local (crops · B, C, crop, crop), crop by crop"""
        size = images.shape[-1]
        small = size // 2 if self.crop is None else self.crop
        usual = [*([Flip()] if self.mirror else []), *_colours(images)]
        large = [Crop(size, scale=self.global_scale), *usual]
        first = Compose(large)(images, generator)
        second = Compose([*large, *([Solarise(p=0.2)] if images.shape[1] == 3 else [])])(images, generator)
        views = {"global": torch.cat([first, second])}
        if self.crops:
            local = Compose([Crop(small, scale=self.local_scale), *usual])
            views["local"] = local(images.repeat(self.crops, 1, 1, 1), generator)
        return views

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        B = len(batch["global"]) // GLOBALS
        sizes = [batch[name] for name in ("global", "local") if name in batch]
        features = [self.encoder.features(crops) for crops in sizes]  # one forward for each size
        expect.channels_last("the encoder's output", features[0], self.dim, self.head.prototypes)
        student = self.head(torch.cat(features)).unflatten(0, (-1, B))  # (2 + crops, B, K)
        teacher = self.teacher(batch["global"]).unflatten(0, (GLOBALS, B))  # (2, B, K)
        loss = dino_loss(student, teacher, self.center, self.tau_s, self.tau_t)
        raw = teacher.flatten(0, 1).float()  # (2B, K)
        if self.training:
            self.seen += raw.sum(dim=0)
            self.seen_count += len(raw)
        p = softmax((raw - self.center) / self.tau_t, dim=-1)
        told = {
            "teacher_entropy": entropy(p),
            "outputs": entropy(p.mean(dim=0)).exp(),
            "spread": spread(features[0]),
            "rank": effective_rank(features[0]),
        }
        return loss, told

    def after_step(self, progress: float) -> None:
        """The teacher follows; the centre moves to what it said since the last step; the schedules go on."""
        self.teacher.follow(Network(self.encoder, self.head), cosine_to_one(self.momentum, progress))
        mean = summed(self.seen) / summed(self.seen_count).clamp(min=1)  # over all processes
        self.center.lerp_(mean, 1 - self.center_momentum)
        self.seen.zero_()
        self.seen_count.zero_()
        self._schedule(progress)

    def _schedule(self, progress: float) -> None:
        warmth = min(progress / self.warm_up, 1.0) if self.warm_up else 1.0
        self.tau_t.fill_(self.tau_start + (self.tau_end - self.tau_start) * warmth)
        self.head.learning.fill_(float(progress >= self.frozen))


def _colours(images: Tensor) -> list:
    """What happens to the colours of a crop, where there are any."""
    return [ColourJitter(0.4, 0.4, 0.2, 0.1, p=0.8), Grey(0.2)] if images.shape[1] == 3 else []
