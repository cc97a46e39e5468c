"""The images among the files of a folder or an archive, decoded one at a time; the broken ones say why.

Only formats that Pillow decodes by itself are opened: some others are handed to programs, or are programs.

What people usually get wrong: one broken file among thousands that stops the whole run, or worse, that is
replaced by zeros; photographs lying on their side because the camera noted the rotation and nobody applied
it; transparent parts whose hidden colour comes to light.
"""

import io
import warnings
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from course import expect
from course.data.archives import CUT_OFF, Contents, Refused, files

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "PPM", "TIFF", "WEBP")
SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".ppm", ".pgm", ".tif", ".tiff", ".webp")


@dataclass
class Decoded:
    """What came out of a folder or an archive, in the order of reading."""

    images: list[Tensor] = field(default_factory=list)  # (C, H, W), uint8, all of one size
    names: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    resized: int = 0


def decoded(
    path: Path, wanted: Callable[[str], bool], size: int | tuple[int, int] | None, channels: int
) -> Decoded:
    """Every image whose name is `wanted`, of one size: `size`, or else that of the first."""
    read = Decoded()
    shape = (size, size) if isinstance(size, int) else size  # (H, W)
    if shape is not None:
        expect.whole(height=shape[0], width=shape[1])
    for name, contents in image_files(path):
        if not wanted(name):
            continue
        try:
            picture = opened(contents(), channels)
        except Refused as refusal:
            read.refused.append((name, str(refusal)))
            continue
        shape = shape or (picture.height, picture.width)
        if (picture.height, picture.width) != shape:
            picture = _fitted(picture, shape)
            read.resized += 1
        pixels = np.array(picture).reshape(*shape, channels)  # (H, W, C)
        read.images.append(torch.from_numpy(pixels).permute(2, 0, 1).contiguous())  # (C, H, W)
        read.names.append(name)
    return read


def first_shape(path: Path, wanted: Container[str]) -> tuple[int, int] | None:
    """Height and width of the first image that is `wanted` and can be read, None where there is none."""
    for name, contents in image_files(path):
        if name in wanted:
            try:
                picture = opened(contents(), channels=3)
                return picture.height, picture.width
            except Refused:
                continue
    return None


def image_files(path: Path) -> Iterator[tuple[str, Contents]]:
    """The files that are named like images, and are not a system's own; raises as `archives.files` does."""
    for name, contents in files(path):
        if not _hidden(name) and name.lower().endswith(SUFFIXES):
            yield name, contents


def class_of(name: str, path: Path) -> str:
    """The folder that a file lies in; of a file beside the sub-folders, the name of the whole."""
    parts = name.split("/")
    return parts[-2] if len(parts) > 1 else path.name.split(".")[0]


def opened(content: bytes, channels: int) -> "Image":
    """Pillow's image of 8-bit RGB (3 channels) or grey (1), upright and on white. Raises Refused."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not content:
        raise Refused("is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's, of odd but harmless metadata
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as file:
                file.load()
                picture = ImageOps.exif_transpose(file)
    except UnidentifiedImageError:
        raise Refused("is no image of a known format") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Refused(f"has more than {Image.MAX_IMAGE_PIXELS:,} pixels") from None
    except MemoryError:
        raise
    except Exception:  # whatever a decoder tripped over, the file is at fault
        raise Refused(CUT_OFF) from None
    if picture.mode.startswith(("I", "F")):
        raise Refused("has more than 8 bits a channel")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("L" if channels == 1 else "RGB")


def _hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _fitted(picture: "Image", shape: tuple[int, int]) -> "Image":
    from PIL import Image, ImageOps

    return ImageOps.fit(picture, (shape[1], shape[0]), Image.Resampling.BICUBIC)
