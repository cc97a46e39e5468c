"""The images among the files of a folder or an archive, decoded one at a time; the broken ones say why.

Only formats that Pillow decodes by itself are opened: some others are handed to programs, or are programs.

What people usually get wrong: one broken file among thousands that stops the whole run, or worse, that is
replaced by zeros; photographs lying on their side because the camera noted the rotation and nobody applied
it; transparent parts whose hidden colour comes to light.
"""

import io
import os
import warnings
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from course import expect
from course.data.archives import CUT_OFF, Contents, Refused, files

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES_OF = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "DIB": (".dib",),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "AVIF": (".avif",),
    "JPEG2000": (".jp2", ".j2k", ".jpx"),
    "QOI": (".qoi",),
}
FORMATS = tuple(SUFFIXES_OF)
SUFFIXES = tuple(suffix for suffixes in SUFFIXES_OF.values() for suffix in suffixes)
BESIDE = (".txt", ".md", ".csv", ".tsv", ".json", ".xml", ".yaml", ".yml", ".html", ".py", ".db", ".ini")


@dataclass
class Decoded:
    """What came out of a folder or an archive, in the order of reading."""

    images: list[Tensor] = field(default_factory=list)  # (C, H, W), uint8, all of one size
    names: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # files that are not named like images, nor like texts
    resized: int = 0


def decoded(
    path: Path, wanted: Callable[[str], bool], size: int | tuple[int, int] | None, channels: int
) -> Decoded:
    """Every image whose name is `wanted`, of one size: `size`, or else that of the first."""
    read = Decoded()
    shape = (size, size) if isinstance(size, int) else size  # (H, W)
    if shape is not None:
        expect.whole(height=shape[0], width=shape[1])
    for name, contents in image_files(path, read.others):
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


def image_files(path: Path, others: list[str] | None = None) -> Iterator[tuple[str, Contents]]:
    """The files that are named like images, and are not a system's own; raises as `archives.files` does.

    Also folders that cannot be read, as names that end with "/". `others` gets the names of files that are
    neither named like images nor like the texts that often lie beside them.
    """
    for name, contents in files(path):
        if _hidden(name):
            continue
        if name.lower().endswith((*SUFFIXES, "/")):
            yield name, contents
        elif others is not None and not name.lower().endswith(BESIDE):
            others.append(name)


def image_names(path: Path) -> list[str]:
    """The names of `image_files`, without folders that cannot be read; of an archive they are remembered."""
    if path.is_dir():
        return [name for name, _ in image_files(path) if not name.endswith("/")]
    if not path.is_file():
        raise FileNotFoundError(f"there is no folder or archive {path}")
    state = path.stat()
    return list(_names_in(path.absolute(), path, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=8)  # an archive is unpacked for it
def _names_in(absolute: Path, path: Path, changed: int, size: int) -> tuple[str, ...]:
    return tuple(name for name, _ in image_files(path) if not name.endswith("/"))


def strays(names: Iterable[str]) -> set[str]:
    """Files that lie in the very folder in which all others' folders lie, and hence in no class."""
    folders: dict[str, set[str]] = {}
    for name in names:
        folders.setdefault(name.rpartition("/")[0], set()).add(name)
    top = os.path.commonpath(folders) if len(folders) > 1 and all(folders) else ""
    return folders.get(top, set()) if len(folders) > 1 else set()


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


def photograph(path: str | Path, size: int) -> Tensor:
    """A picture of your own, its middle square scaled to size × size pixels: -> (3, size, size), 0 … 1

    Raises FileNotFoundError, and ValueError for a file that is no picture.
    """
    try:
        picture = opened(Path(path).read_bytes(), channels=3)
    except Refused as refused:
        raise ValueError(f"{path} {refused}") from None
    pixels = np.asarray(_fitted(picture, (size, size)))  # (size, size, 3)
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1) / 255


def _hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _fitted(picture: "Image", shape: tuple[int, int]) -> "Image":
    from PIL import Image, ImageOps

    return ImageOps.fit(picture, (shape[1], shape[0]), Image.Resampling.BICUBIC)
