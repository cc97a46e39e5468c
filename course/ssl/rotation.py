"""Rotation: turn an image by 0, 90, 180 or 270 degrees, and have the network say by which.

    loss = 1/4 Σ_y −log F^y(Rot(x, y))        y = 0 … 3 quarter turns; Gidaris et al. 2018, equations 1 and 2

Whoever can tell must know what usually stands upright, and so what is in the picture.

What people usually get wrong
- all four rotations of an image go into the *same* batch, which is then four times as large; one drawn at
  random for each image does worse, says the paper;
- quarter turns only: they move pixels and never resample them, so there is no low-level trace to find;
- a flip to the side may precede it; one upside down makes 0 and 180 degrees the same question;
- round things have no upright: on digits 0 and 8, and on aerial images, the task teaches little.

Parameters beside the encoder: 4 D + 4.
Paper: VOC 2007 detection with AlexNet, fine-tuned, 54.4 % mAP: 2.4 less than after ImageNet's labels.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy

from course import expect
from course.ssl.method import Batch, Method, Told
from course.ssl.tiles import check_images


def rotations(images: Tensor) -> tuple[Tensor, Tensor]:
    """Each image in all four: (B, C, H, H) -> (4B, C, H, H), quarter turns anticlockwise, and labels (4B,)

    First all images as they are, label 0, then all by one quarter turn, and so on.
    """
    check_images(images)
    H, W = images.shape[-2:]
    if H != W:
        raise ValueError(f"only square images keep their shape when turned; got {H} × {W}")
    turned = torch.cat([torch.rot90(images, turns, dims=(2, 3)) for turns in range(4)])  # (4B, C, H, H)
    return turned, torch.arange(4, device=images.device).repeat_interleave(len(images))


class Rotation(Method):
    """views: images (B, C, H, H) -> "images" (4B, C, H, H), "labels" (4B,).

    encoder.features(images) must be (B, dim). `augment(images, generator)`, where given, comes first.
    """

    encoder: Any  # whatever offers features(images)

    def __init__(
        self,
        encoder: nn.Module,
        dim: int,
        augment: Callable[[Tensor, Generator | None], Tensor] | None = None,
    ):
        super().__init__(encoder)
        expect.whole(dim=dim)
        self.augment = augment
        self.head = nn.Linear(dim, 4)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        if self.augment is not None:
            images = self.augment(images, generator)
        turned, labels = rotations(images)
        return {"images": turned, "labels": labels}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        features = self.encoder.features(batch["images"])  # (4B, dim)
        expect.channels_last("the encoder's output", features, self.head.in_features, self.head.weight)
        logits = self.head(features)  # (4B, 4)
        loss = cross_entropy(logits, batch["labels"])
        accuracy = (logits.argmax(1) == batch["labels"]).float().mean()
        return loss, {"loss": loss.detach(), "accuracy": accuracy}
