"""Every self-supervised method by its name, around an encoder that suits it:

    method = build("simclr", Images((3, 32, 32)), "resnet-18", tau=0.2)

What a method has to know of the images (the sizes of tiles, a decoder's shape, whether a mirrored image is
still one of its kind) follows from `Images`. Around encoders narrower than 192, which are for a CPU, heads
and decoders are small too. Options are those of the method's class, and come before what is chosen here.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self, get_type_hints

import torch
from torch import Generator, Tensor, nn

from course import expect
from course.augment import Crop
from course.data.image_set import ImageSet
from course.ssl.autoencoder import VAE, AutoEncoder
from course.ssl.colorization import Colourisation
from course.ssl.context import Context
from course.ssl.dino import DINO
from course.ssl.fcmae import FCMAE, MaskedConvNeXtV2
from course.ssl.ijepa import IJEPA, PatchViT
from course.ssl.jigsaw import Jigsaw, PatchJigsaw
from course.ssl.mae import MAE, crop_and_flip
from course.ssl.maskfeat import MaskFeat
from course.ssl.method import Method
from course.ssl.relvit import RelViT, ViTWithoutPositions, patch_augmentation
from course.ssl.rotation import Rotation
from course.ssl.simclr import SimCLR
from course.vision.by_name import SMALL, Shape, encoder, step, usual_patch, width
from course.vision.standardised import standardise

FROM_THE_IMAGES = ("encoder", "shape", "channels", "tile")  # and hence no options
NARROW = 192  # below it, an encoder is for a CPU


@dataclass(frozen=True)
class Images:
    """What a method is built for. shape: (C, H, W). mirror: whether a mirrored image shows the same.

    mean, std: one number a channel, of pixels 0 … 1, by which encoders standardise them; None leaves them.
    """

    shape: Shape
    mirror: bool = True
    mean: Sequence[float] | None = None
    std: Sequence[float] | None = None

    @classmethod
    def of(cls, data: ImageSet, mirror: bool = True) -> Self:
        """Those of a set to train on."""
        C, H, W = data.images.shape[1:]
        return cls((C, H, W), mirror, data.mean, data.std)

    @property
    def size(self) -> int:
        return self.shape[1]

    @property
    def coloured(self) -> bool:
        return self.shape[0] == 3


@dataclass(frozen=True)
class Known:
    """What is known by a name. usual: an encoder for small images. kind: its class. make: see `build`.

    pool: what an evaluation reads, see `course.evaluate.embed`: "patches" where nothing trains the CLS token.
    few: the images of a step that suit a mini encoder, for which small steps are as fast and there are more
    of them; a method that compares the images of a batch wants more.
    """

    about: str
    usual: str
    kind: type[Method]
    make: Callable[..., Method]
    pool: str = "features"
    few: int = 32


def known(name: str) -> Known:
    """What is known of a method. Raises ValueError where there is none of that name."""
    if name not in METHODS:
        raise ValueError(f"there is no method {name!r}; there are {', '.join(METHODS)}")
    return METHODS[name]


def usual_encoder(name: str, size: int, cpu: bool) -> str:
    """The encoder that a method gets where none is asked for: small images on a CPU want a mini one."""
    usual = known(name).usual
    return f"{usual.partition('-')[0]}-mini" if cpu and size < SMALL else usual


def usual_batch(name: str, encoder_name: str) -> int:
    """How many images a step has where nothing is said."""
    return known(name).few if encoder_name.partition("/")[0].endswith("-mini") else 256


def options(name: str) -> dict[str, Any]:
    """The options that a method has and that can be written down, and their types.

    Its encoder and what follows from the images are none, nor are functions and tensors.
    """
    parameters = inspect.signature(known(name).kind.__init__).parameters
    kinds = get_type_hints(known(name).kind.__init__)
    kinds.pop("return", None)
    if "dim" in parameters and parameters["dim"].default is inspect.Parameter.empty:
        del kinds["dim"]  # the encoder's; that of a decoder is an option
    return {
        option: kind
        for option, kind in kinds.items()
        if option not in FROM_THE_IMAGES and "Callable" not in str(kind) and "Tensor" not in str(kind)
    }


def build(name: str, images: Images, encoder_name: str | None = None, **options: Any) -> Method:
    """A method around a new encoder with random first weights; without a name, around the usual one.

    Raises ValueError for names that there are not, TypeError for an encoder or an option that does not suit.
    """
    found = known(name)
    try:
        made = found.make(encoder_name or found.usual, images, **options)
        if images.mean is not None and images.std is not None:
            standardise(made, images.mean, images.std)
        return made
    except TypeError as problem:
        if "unexpected keyword argument" not in str(problem):
            raise
        raise TypeError(f"{name} has no option {str(problem).rpartition(' ')[2]}") from None


# --- From the whole image ------------------------------------------------------------------------------


def _rotation(name: str, images: Images, **options: Any) -> Method:
    made = encoder(name, images.shape)
    return Rotation(made, width(made), **options)


def _colourisation(name: str, images: Images, **options: Any) -> Method:
    made = encoder(name, images.shape)
    return Colourisation(made, width(made), channels=images.shape[0], **options)


def _autoencoder(name: str, images: Images, **options: Any) -> Method:
    made = encoder(name, images.shape)
    return AutoEncoder(made, width(made), images.shape, **options)


def _vae(name: str, images: Images, **options: Any) -> Method:
    made = encoder(name, images.shape)
    return VAE(made, width(made), images.shape, **options)


# --- From tiles ----------------------------------------------------------------------------------------


def _jigsaw(name: str, images: Images, **options: Any) -> Method:
    """3 × 3 tiles where that divides the image, else 2 × 2, with a gap of a fifth or so."""
    side = options.get("side", 3 if images.size % 3 == 0 else 2)
    expect.whole(side=side)
    made, tile = _tile_encoder(name, images, images.size // side * 4 // 5)
    count = 100 if side > 2 else 24
    return Jigsaw(made, width(made), tile, **{"side": side, "count": count, **options})


def _context(name: str, images: Images, **options: Any) -> Method:
    """Tiles of two sevenths of the image; what is left over is gap and jitter."""
    made, tile = _tile_encoder(name, images, images.size * 2 // 7)
    left = images.size - 3 * tile
    gap = left // 4
    room = {"gap": gap, "jitter": (left - 2 * gap) // 4, "colour_dropping": images.coloured}
    return Context(made, width(made), tile, **{**room, **options})


def _tile_encoder(name: str, images: Images, largest: int) -> tuple[nn.Module, int]:
    """An encoder for tiles as large as may be, in whole patches, and their side."""
    family, _, patch = name.partition("/")
    if family.startswith(("vit-", "deit-", "cpvt-")):
        cell = int(patch) if patch.isdecimal() else usual_patch(images.size)
        name = f"{family}/{cell}"
    else:
        with torch.device("meta"):  # what it divides into does not depend on its weights
            cell = step(encoder(name, images.shape))
    tile = max(largest // cell, 1) * cell
    return encoder(name, (images.shape[0], tile, tile)), tile


def _patches(name: str, images: Images, **options: Any) -> Method:
    return PatchJigsaw(encoder(name, images.shape), **options)  # type: ignore[arg-type]


def _relvit(name: str, images: Images, **options: Any) -> Method:
    made: Any = encoder(name, images.shape, ViTWithoutPositions)
    small = {"augment": _crop(images)}
    if images.coloured:
        small["patch_augment"] = patch_augmentation(made.embedding.patch)
    return RelViT(made, **{**small, **options})


# --- Joint embedding -----------------------------------------------------------------------------------


def _simclr(name: str, images: Images, **options: Any) -> Method:
    made = encoder(name, images.shape)
    chosen: dict[str, Any] = {} if images.mirror else {"augment": _crop(images)}
    return SimCLR(made, width(made), **{**chosen, **options})


def _dino(name: str, images: Images, **options: Any) -> Method:
    made = encoder(name, images.shape)
    small = dict(out=1024, hidden=256, bottleneck=32, crops=2, momentum=0.99, tau_t=0.04)
    chosen: dict[str, Any] = small | dict(local_scale=(0.25, 0.6)) if width(made) < NARROW else {}
    if not images.mirror:  # a digit or a letter: half of it is not much of it
        chosen |= dict(global_scale=(0.6, 1.0), local_scale=(0.4, 0.7))
    chosen["crop"] = max(round(images.size // 2 / step(made)), 1) * step(made)  # half the image or about so
    return DINO(made, width(made), **{**chosen, "mirror": images.mirror, **options})


# --- Masks ---------------------------------------------------------------------------------------------


def _mae(name: str, images: Images, **options: Any) -> Method:
    made = encoder(name, images.shape)
    chosen: dict[str, Any] = dict(dim=32, depth=2, heads=2) if width(made) < NARROW else {}
    return MAE(made, **{**chosen, "augment": _crop(images), **options})


def _maskfeat(name: str, images: Images, **options: Any) -> Method:
    return MaskFeat(encoder(name, images.shape), **{"augment": _crop(images), **options})


def _ijepa(name: str, images: Images, **options: Any) -> Method:
    made = encoder(name, images.shape, PatchViT)
    small = dict(dim=32, depth=2, heads=2, minimum=4)
    return IJEPA(made, **{**(small if width(made) < NARROW else {}), **options})


def _fcmae(name: str, images: Images, **options: Any) -> Method:
    made = encoder(name, images.shape, MaskedConvNeXtV2)
    chosen: dict[str, Any] = dict(dim=64) if width(made) < NARROW else {}
    return FCMAE(made, **{**chosen, "augment": _crop(images), **options})


def _crop(images: Images) -> Callable[[Tensor, Generator | None], Tensor]:
    """A mild crop, and a flip where it keeps what is shown."""
    return crop_and_flip if images.mirror else Crop(images.size, scale=(0.5, 1.0))


METHODS = {
    "rotation": Known("by how much was the image turned?", "resnet-18", Rotation, _rotation),
    "colourisation": Known(
        "which colour has each place of a grey image?", "resnet-18", Colourisation, _colourisation
    ),
    "jigsaw": Known("in which order were the tiles?", "resnet-18", Jigsaw, _jigsaw),
    "patch-jigsaw": Known("where was each patch?", "vit-S", PatchJigsaw, _patches, "patches"),
    "context": Known("where does this tile lie beside that one?", "resnet-18", Context, _context),
    "autoencoder": Known(
        "what was the image, from its features alone?", "resnet-18", AutoEncoder, _autoencoder
    ),
    "vae": Known("the same, with features of a known distribution", "resnet-18", VAE, _vae),
    "simclr": Known("which other view is of the same image?", "resnet-18", SimCLR, _simclr, few=128),
    "dino": Known("what does the slow teacher say of the large crop?", "vit-S", DINO, _dino),
    "mae": Known("what are the pixels of the hidden patches?", "vit-S", MAE, _mae, "patches"),
    "maskfeat": Known("which edges are in the hidden patches?", "vit-S", MaskFeat, _maskfeat, "patches"),
    "ijepa": Known("what would a teacher make of the hidden blocks?", "vit-S", IJEPA, _ijepa),
    "fcmae": Known("what are the hidden pixels, by convolutions?", "convnext-atto", FCMAE, _fcmae),
    "relvit": Known("where does each patch lie, beside each other one?", "vit-S", RelViT, _relvit, "patches"),
}
