"""Transfer: keep what a network has learned, put a new head on it, and train as little as the labels allow.

    model = Classifier(encoder, dim, classes)     a copy of the encoder, and a new head
    freeze(model)                                 only the head learns
    freeze(model, top=2)                          so do the top two stages; what sees edges and colours stays

and without `freeze` everything learns: see `fine_tuning`. `Supervised` trains all of them.

A stage is what may be frozen, or given a learning rate, at a time. `stages` lists them from the bottom up:

    ViT            the embedding (patches, CLS, positions), then each layer
    ResNet         the stem, then each stage
    ConvNeXt V2    the stem, then each stage with the merging of patches that opens it
    CvT            the first embedding of patches, then each stage with the one that opens it

What stands behind them, such as a ViT's last LayerNorm, is frozen where only the head learns. Another
architecture is added in a line or two: `@stages.register`.

What people usually get wrong
- a frozen part in training mode still changes: its BatchNorm follows the new images, and its dropout makes
  noise that nothing can learn from. Here it stays in evaluation mode, whatever a loop does (`NewHead.train`);
- an encoder that comes from a `Teacher` is frozen, and stays so: `requires_grad_()` thaws it;
- comparing a frozen and a fine-tuned encoder that are one and the same object: `Classifier` takes a copy;
- a CLS token that nothing has trained (RelViT; I-JEPA has none): take the mean of the patches.
"""

import copy
from functools import singledispatch
from typing import Any, Self, TypeVar

from torch import Tensor, nn

from course import expect
from course.ssl.colorization import SeesLightness
from course.vision.convnext import ConvNeXtV2
from course.vision.cvt import CvT
from course.vision.feature_map import feature_map
from course.vision.resnet import ResNet
from course.vision.vit import ViT

OLD_HEADS = ("head", "distillation_head")

# --- A new head ----------------------------------------------------------------------------------------


class NewHead(nn.Module):
    """A copy of an encoder without the head that it may have had. Subclasses add `head` and `forward`."""

    encoder: Any  # whatever offers features(images)
    head: nn.Module

    def __init__(self, encoder: nn.Module):
        super().__init__()
        if not hasattr(encoder, "features"):
            raise TypeError(f"the encoder must offer features(images); {type(encoder).__name__} does not")
        self.encoder = copy.deepcopy(encoder)
        for name in OLD_HEADS:
            if hasattr(self.encoder, name):
                setattr(self.encoder, name, nn.Identity())

    def train(self, mode: bool = True) -> Self:
        """Training mode for what learns; what is frozen, part by part, stays in evaluation mode."""
        super().train(mode)
        for module in self.encoder.modules():
            parameters = list(module.parameters())
            if parameters and not any(parameter.requires_grad for parameter in parameters):
                module.eval()
        return self

    def features(self, images: Tensor) -> Tensor:
        """What is known of each image: (B, C, H, W) -> (B, dim)"""
        return self.encoder.features(images)


class Classifier(NewHead):
    """A linear head on a copy of an encoder, whatever head that had: (B, C, H, W) -> logits (B, classes)

    pool: "features", what the encoder offers, or "patches", the mean of all patches or pixels of its last
    map. The head starts at zero, so that its first step is about what the encoder knows and not about noise.
    """

    def __init__(self, encoder: nn.Module, dim: int, classes: int, *, pool: str = "features"):
        super().__init__(encoder)
        expect.whole(dim=dim, classes=classes)
        expect.one_of("pool", pool, ("features", "patches"))
        self.pool = pool
        self.head: nn.Linear = nn.Linear(dim, classes)
        for parameter in self.head.parameters():
            nn.init.zeros_(parameter)

    def features(self, images: Tensor) -> Tensor:
        """What the head sees: (B, C, H, W) -> (B, dim)"""
        if self.pool == "patches":
            return feature_map(self.encoder, images).mean(dim=(2, 3))
        return super().features(images)

    def forward(self, images: Tensor) -> Tensor:
        features = self.features(images)
        expect.channels_last("the encoder's output", features, self.head.in_features, self.head.weight)
        return self.head(features)


# --- Stages --------------------------------------------------------------------------------------------


Headed = TypeVar("Headed", bound=NewHead)


@singledispatch
def stages(model: nn.Module) -> list[nn.Module]:
    """The parts of a model from the bottom up, each with all its parameters, without heads and last norms."""
    raise TypeError(f"what the stages of {_kind(model)} are is not known: say so with @stages.register")


@stages.register
def _(model: ViT) -> list[nn.Module]:
    names = ("backbone", "embedding", "cls", "distillation", "position", "peg")
    parts = [getattr(model, name) for name in names if hasattr(model, name)]
    return [_together(*parts), *model.layers]


@stages.register
def _(model: ResNet) -> list[nn.Module]:
    return [model.stem, *model.stages]


@stages.register
def _(model: ConvNeXtV2) -> list[nn.Module]:
    stem, *merges = model.reductions
    first, *others = model.stages
    return [stem, first, *(_together(merge, stage) for merge, stage in zip(merges, others))]


@stages.register
def _(model: CvT) -> list[nn.Module]:
    first, *others = model.embeddings
    *opened, last = model.stages
    opened.append(_together(last, model.cls))
    return [first, opened[0], *(_together(embed, stage) for embed, stage in zip(others, opened[1:]))]


@stages.register
def _(model: NewHead) -> list[nn.Module]:
    return stages(model.encoder)


@stages.register
def _(model: SeesLightness) -> list[nn.Module]:
    return stages(model.network)


def freeze(model: Headed, top: int = 0) -> Headed:
    """Let only the head learn, or with `top` also that many stages and what stands behind them -> the model

    The model itself is changed. What is frozen already stays so, such as positions that are not learned.
    """
    if not isinstance(model, NewHead):
        raise TypeError(f"freeze takes a Classifier or a Segmenter around an encoder; got {_kind(model)}")
    frozen: list[nn.Module] = [model.encoder]
    if top:
        parts = stages(model)
        if not isinstance(top, int) or not 0 < top <= len(parts):
            raise ValueError(f"top must be a number of stages, 0 to {len(parts)}; got {top!r}")
        frozen = parts[: len(parts) - top]
    for part in frozen:
        part.requires_grad_(False)
    model.train(model.training)
    return model


def _together(*parts: nn.Module | nn.Parameter) -> nn.Module:
    """Modules and single parameters as one module."""
    return nn.ModuleList(nn.ParameterList([part]) if isinstance(part, Tensor) else part for part in parts)


def _kind(thing: object) -> str:
    return type(thing).__name__
