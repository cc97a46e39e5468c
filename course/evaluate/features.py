"""What an encoder makes of a set of images, for whatever reads it without changing it: kNN and linear probe.

What people usually get wrong
- evaluation in training mode: dropout adds noise, and BatchNorm learns from the test images as they pass;
- the projection head's output in the place of the encoder's: the heads of SimCLR and DINO are thrown away;
- CLS, where nothing trained it: MAE's loss never looks at its CLS token, and only attention from the patches
  shaped it; the mean of the patch tokens is the other usual choice. Say which, it can change the order.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from course import expect
from course.data.image_set import ImageSet
from course.training.modes import evaluating, tensor_of
from course.vision.feature_map import feature_map

POOLS = ("features", "patches")  # the same as in `course.fewlabels.transfer.Classifier`


def embed(encoder: nn.Module, data: ImageSet, pool: str = "features", batch: int = 512) -> Tensor:
    """All images of a set as an encoder in evaluation mode sees them: -> (N, D), float32, on its device

    pool: "features" for what the encoder's own head sees: CLS where there is one, else a mean over places, as
    in a ResNet or in I-JEPA's encoder. "patches" for the mean of a ViT's patch tokens, or of the last map.
    Afterwards the encoder is in the modes that it was in.
    """
    expect.one_of("pool", pool, POOLS)
    return called(encoder, partial(pooled, encoder, pool), data, batch)


def pooled(encoder: Any, pool: str, images: Tensor) -> Tensor:
    """One vector an image: (B, C, H, W) -> (B, D)"""
    if pool == "features":
        return encoder.features(images)
    return feature_map(encoder, images).float().mean(dim=(2, 3))  # (B, D, h, w) -> (B, D)


def share_right(model: nn.Module, data: ImageSet, batch: int = 512) -> float:
    """The accuracy, 0 … 1, of a model that says logits (B, classes), on its device and in evaluation mode."""
    return accuracy(called(model, model, data, batch).argmax(dim=1), data.labels)


@torch.no_grad()
def called(model: nn.Module, see: Callable[[Tensor], Tensor], data: ImageSet, batch: int) -> Tensor:
    """What `see` makes of all images, a batch at a time, in evaluation mode: -> (N, …), float32"""
    expect.whole(batch=batch)
    if len(data) == 0:
        raise ValueError("there is not a single image to look at")
    weight = tensor_of(model)
    numbers = torch.arange(len(data), device=data.images.device)
    with evaluating(model):
        return torch.cat([see(data.floats(chosen).to(weight)).float() for chosen in numbers.split(batch)])


def count_classes(train: Tensor, train_labels: Tensor, test: Tensor, test_labels: Tensor) -> int:
    """How many classes there are, 1 + the largest label, once features and labels are found to be of a piece.

    train: (N, D), test: (M, D), floating-point; their labels: (N,) and (M,), int64, from 0 on.
    """
    for name, features, labels in (("train", train, train_labels), ("test", test, test_labels)):
        expect.floating(name, features)
        if features.dim() != 2 or 0 in features.shape:
            raise ValueError(
                f"{name} must be features (count, width), not empty; got {tuple(features.shape)}"
            )
        if not isinstance(labels, Tensor) or labels.dtype != torch.int64:
            raise TypeError(f"{name}_labels must be a tensor of int64; got {expect.kind(labels)}")
        if labels.shape != features.shape[:1]:
            shape = tuple(labels.shape)
            raise ValueError(
                f"{len(features)} {name} features need a label each; got labels of shape {shape}"
            )
        if labels.min() < 0:
            raise ValueError(f"labels must be from 0 on; {name}_labels holds {int(labels.min())}")
        if not features.isfinite().all():
            raise ValueError(
                f"{name} holds numbers that are infinite or NaN: the encoder's training diverged"
            )
    if train.shape[1] != test.shape[1]:
        widths = f"{train.shape[1]} and {test.shape[1]}"
        raise ValueError(f"train and test must be features of the same width; got {widths}")
    expect.together("train", train, "test", test)
    return 1 + int(max(train_labels.max(), test_labels.max()))


def accuracy(predicted: Tensor, labels: Tensor) -> float:
    """The share that is right, 0 … 1: two tensors of class numbers, (M,) -> a number"""
    return (predicted == labels.to(predicted.device)).double().mean().item()
