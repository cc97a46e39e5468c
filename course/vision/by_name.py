"""Encoders by their names: encoder("vit-S/4", (3, 32, 32)), and so on.

    vit-SIZE/PATCH      mini, Ti, S, B, L, H; without a patch, one that cuts small images into 8 × 8 or so
    resnet-LAYERS       mini, 18, 34, 50, 101, 152; below 64 pixels with the stem for small images
    convnext-SIZE/PATCH ConvNeXt V2: mini, atto, femto, pico, nano, tiny, base, large, huge

`mini` is the course's own, to be trained on two CPU cores: vit 64 wide and 4 deep, resnet with three stages
of a block, 32 to 128 wide, convnext with two stages of two, 32 and 64 wide. Encoders have no head: they
return features. They take pixels from 0 to 1, and can be told to standardise them (`vision.standardised`).
"""

from typing import Any

from torch import nn

from course.vision import convnext, resnet, vit
from course.vision.convnext import ConvNeXtV2
from course.vision.standardised import standardising
from course.vision.vit import ViT

Shape = tuple[int, int, int]  # channels, height, width

SMALL = 64  # pixels, below which an image is not to be halved twice before anything is seen

VITS: dict[str, dict[str, Any]] = {"mini": dict(dim=64, depth=4, heads=4, hidden=256), **vit.WIDTHS}
RESNETS = {"mini": dict(block=resnet.BasicBlock, depths=(1, 1, 1), width=32), **resnet.DEPTHS}
CONVNEXTS: dict[str, dict[str, Any]] = {"mini": dict(depths=(2, 2), dims=(32, 64)), **convnext.VARIANTS}
EXAMPLES = "vit-mini/4, vit-S/4, resnet-18, convnext-atto"


def encoder(name: str, shape: Shape, kind: type[nn.Module] | None = None) -> nn.Module:
    """An encoder for images of a shape (C, H, W), H = W, from its first random weights.

    `kind`: a subclass of ViT or of ConvNeXtV2 in their places, where a method needs one of its own.
    Raises ValueError for a name that there is not, and TypeError where `kind` is of another family.
    """
    C, H, W = shape
    if H != W:
        raise ValueError(f"the encoders of this list are for square images; got {H} × {W}")
    family, _, rest = name.partition("-")
    size, _, patch = rest.partition("/")
    found = FAMILIES.get(family)
    if found is None or size not in found[1] or (patch and (family == "resnet" or not patch.isdecimal())):
        raise ValueError(f"there is no encoder {name!r}; there are such as {EXAMPLES}")
    base, table = found
    if kind is not None and not issubclass(kind, base):
        raise TypeError(
            f"this method needs {'a ViT' if issubclass(kind, ViT) else 'a ConvNeXt V2'}; got {name}"
        )
    options = {**table[size], "classes": 0, "channels": C}
    if family == "vit":
        made = (kind or ViT)(image_size=H, patch=int(patch) if patch else usual_patch(H), **options)
    elif family == "convnext":
        usual = 1 if H < SMALL else 4
        made = (kind or ConvNeXtV2)(patch=int(patch) if patch else usual, **options)
    else:
        made = (resnet.CIFARResNet if H < SMALL else resnet.ResNet)(**options)
    return standardising(made)


def usual_patch(size: int) -> int:
    """The patch for images of that many pixels, such that 32 have 8 × 8 patches and 224 14 × 14.

    Where that does not divide the image, what does and is nearest: 3 for 9 pixels, 5 for 30.
    """
    usual = next((patch for limit, patch in ((16, 2), (48, 4), (96, 8)) if size <= limit), 16)
    divisors = [patch for patch in range(2, size // 2 + 1) if size % patch == 0]
    return min(divisors, key=lambda patch: (abs(patch - usual), -patch), default=usual)


def step(model: nn.Module) -> int:
    """What the side of an image must be a multiple of for an encoder."""
    if isinstance(model, ViT):
        return model.embedding.patch
    return model.cell() if isinstance(model, ConvNeXtV2) else 1


FAMILIES: dict[str, tuple[type[nn.Module], dict[str, dict[str, Any]]]] = {
    "vit": (ViT, VITS),
    "resnet": (resnet.ResNet, RESNETS),
    "convnext": (ConvNeXtV2, CONVNEXTS),
}


def width(model: Any) -> int:
    """How wide the features of an encoder are."""
    return model.dim if isinstance(model, resnet.ResNet) else model.norm.normalized_shape[0]
