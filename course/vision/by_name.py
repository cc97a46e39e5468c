"""Encoders by their names: encoder("vit-S/4", (3, 32, 32)), and so on.

    vit-SIZE/PATCH      mini, Ti, S, B, L, H; without a patch, one that cuts small images into 8 × 8 or so
    deit-SIZE/PATCH     mini, Ti, S, B: with a second token, for a teacher; the features are both tokens' mean
    cpvt-SIZE/PATCH     mini, Ti, S, B: positions from a convolution, PEG
    cvt-SIZE            mini, 13, 21, W24: three stages, convolutions before queries, keys and values
    hybrid-SIZE         mini, R50+B/16, R26+S/32, …: a ViT behind a ResNet; below 64 pixels as `resnet` is
    resnet-LAYERS       mini, 18, 34, 50, 101, 152; below 64 pixels with the stem for small images
    cnn-mini            a `resnet-mini` as large as `vit-mini`
    convnext-SIZE/PATCH ConvNeXt V2: mini, atto, femto, pico, nano, tiny, base, large, huge

`mini` is the course's own, to be trained on two CPU cores: vit 64 wide and 4 deep, resnet with three stages
of a block, 32 to 128 wide, convnext with two stages of two, 32 and 64 wide. vit, deit, cpvt, cvt, hybrid and
cnn have equally many parameters there, on 16 × 16 images to 3 %: grey ones 204,608, 204,736, 201,088,
206,688, 202,656 and 202,774.

Encoders have no head: they return features. They take pixels from 0 to 1, and can be told to standardise
them (`vision.standardised`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from course.vision import convnext, cvt, deit, hybrid, resnet, vit
from course.vision.convnext import ConvNeXtV2
from course.vision.cpvt import CPVT
from course.vision.cvt import CvT
from course.vision.deit import DeiT
from course.vision.hybrid import CIFARHybridViT, HybridViT
from course.vision.resnet import BasicBlock, CIFARResNet, ResNet
from course.vision.standardised import standardising
from course.vision.vit import ViT

Shape = tuple[int, int, int]  # channels, height, width
Sizes = dict[str, dict[str, Any]]

SMALL = 64  # pixels, below which an image is not to be halved twice before anything is seen

VITS: Sizes = {"mini": dict(dim=64, depth=4, heads=4, hidden=256), **vit.WIDTHS}
UP_TO_B: Sizes = {size: VITS[size] for size in ("mini", *deit.VARIANTS)}  # as DeiT and CPVT have them
CVTS: Sizes = {"mini": dict(dims=(24, 48, 96), heads=(1, 2, 4), depths=(1, 1, 1)), **cvt.VARIANTS}
HYBRIDS: Sizes = {
    "mini": dict(depths=(1, 1), width=32, dim=64, depth=2, heads=4, hidden=128),
    **hybrid.VARIANTS,
}
RESNETS: Sizes = {"mini": dict(block=BasicBlock, depths=(1, 1, 1), width=32), **resnet.DEPTHS}
CNNS: Sizes = {"mini": {**RESNETS["mini"], "width": 26}}
CONVNEXTS: Sizes = {"mini": dict(depths=(2, 2), dims=(32, 64)), **convnext.VARIANTS}
EXAMPLES = "vit-mini/4, vit-S/4, deit-mini, cpvt-mini, cvt-mini, hybrid-mini, resnet-18, convnext-atto"


def encoder(name: str, shape: Shape, kind: type[nn.Module] | None = None) -> nn.Module:
    """An encoder for images of a shape (C, H, W), H = W, from its first random weights.

    `kind`: a subclass of ViT or of ConvNeXtV2 in their places, where a method needs one of its own.
    Raises ValueError for a name that there is not, and TypeError where `kind` is of another family.
    """
    C, H, W = shape
    if H != W:
        raise ValueError(f"the encoders of this list are for square images; got {H} × {W}")
    family, _, rest = name.partition("-")
    found = FAMILIES.get(family)
    size, _, patch = (rest, "", "") if found and rest in found.sizes else rest.partition("/")
    if found is None or size not in found.sizes or (patch and not (found.patch and patch.isdecimal())):
        raise ValueError(f"there is no encoder {name!r}; there are such as {EXAMPLES}")
    if kind is not None and not issubclass(kind, found.kind):
        raise TypeError(
            f"this method needs {'a ViT' if issubclass(kind, ViT) else 'a ConvNeXt V2'}; got {name}"
        )
    options = {**found.sizes[size], "classes": 0, "channels": C}
    if found.patch:
        options["patch"] = int(patch) if patch else found.patch(H)
    return standardising(found.make(kind or found.kind, H, options))


def usual_patch(size: int) -> int:
    """The patch for images of that many pixels, such that 32 have 8 × 8 patches and 224 14 × 14.

    Where that does not divide the image, what does and is nearest: 3 for 9 pixels, 5 for 30.
    """
    usual = next((patch for limit, patch in ((16, 2), (48, 4), (96, 8)) if size <= limit), 16)
    divisors = [patch for patch in range(2, size // 2 + 1) if size % patch == 0]
    return min(divisors, key=lambda patch: (abs(patch - usual), -patch), default=usual)


def step(model: nn.Module) -> int:
    """What the side of an image must be a multiple of for an encoder."""
    if isinstance(model, HybridViT):
        return model.stride
    if isinstance(model, ViT):
        return model.embedding.patch
    return model.cell() if isinstance(model, ConvNeXtV2) else 1


def width(model: Any) -> int:
    """How wide the features of an encoder are."""
    return model.dim if isinstance(model, ResNet) else model.norm.normalized_shape[0]


# --- How each family is made for images of a size --------------------------------------------------------


@dataclass(frozen=True)
class Family:
    """sizes: options by name. make: (class, side of the image, options) -> an encoder of the class `kind`.

    patch: from the side of the image to the patch where the name has none; None: there are no patches.
    """

    kind: type[nn.Module]
    sizes: Sizes
    make: Callable[[Any, int, dict[str, Any]], nn.Module]
    patch: Callable[[int], int] | None = None


def _sized(kind: type[ViT], side: int, options: dict[str, Any]) -> nn.Module:
    return kind(image_size=side, **options)


def _any_size(kind: type[nn.Module], side: int, options: dict[str, Any]) -> nn.Module:
    return kind(**options)


def _cvt(kind: type[CvT], side: int, options: dict[str, Any]) -> nn.Module:
    """The first stage sees a map of about 16 × 16 of small images, and 56 × 56 of 224 as in the paper."""
    return kind(**options, stride=1 if side <= 16 else 2 if side < SMALL else 4)


def _hybrid(kind: type[HybridViT], side: int, options: dict[str, Any]) -> nn.Module:
    return (CIFARHybridViT if side < SMALL else kind)(image_size=side, **options)


def _resnet(kind: type[ResNet], side: int, options: dict[str, Any]) -> nn.Module:
    return (CIFARResNet if side < SMALL else kind)(**options)


FAMILIES = {
    "vit": Family(ViT, VITS, _sized, usual_patch),
    "deit": Family(DeiT, UP_TO_B, _sized, usual_patch),
    "cpvt": Family(CPVT, UP_TO_B, _any_size, usual_patch),
    "cvt": Family(CvT, CVTS, _cvt),
    "hybrid": Family(HybridViT, HYBRIDS, _hybrid),
    "resnet": Family(ResNet, RESNETS, _resnet),
    "cnn": Family(ResNet, CNNS, _resnet),
    "convnext": Family(ConvNeXtV2, CONVNEXTS, _any_size, lambda side: 1 if side < SMALL else 4),
}
