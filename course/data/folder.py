"""A folder of images, one sub-folder a class, read into one tensor; also from inside a .tar or .zip.

An archive is read from beginning to end and never unpacked: nothing is written, so a member that calls
itself "../../.bashrc", is a link or a device, or unpacks to gigabytes can do no harm. Only formats that
Pillow decodes by itself are opened.

What people usually get wrong: one broken file among thousands that stops the whole run, or worse, that is
replaced by zeros; a test folder without one of the classes, which shifts the numbers of all behind it
(`classes`); photographs lying on their side because the camera noted the rotation and nobody applied it.
"""

import io
import lzma
import os
import tarfile
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import torch
from torch import Tensor

from course import expect
from course.data.image_set import ImageSet, measured

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "PPM", "TIFF", "WEBP")
SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".ppm", ".pgm", ".tif", ".tiff", ".webp")
LARGEST = 64 * 2**20  # bytes that one file may have, unpacked
NAMED = 5  # files that a warning names
CUT_OFF = "is cut off or damaged"


@dataclass(frozen=True, eq=False, repr=False)
class Folder(ImageSet):
    """An ImageSet that knows the file of each image, and which files could not be read.

    names: the path of each image within the folder
    refused: the files that were left out, and why
    """

    names: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]

    EACH: ClassVar[tuple[str, ...]] = ("images", "labels", "names")


def folder(
    path: str | Path,
    size: int | tuple[int, int] | None = None,
    channels: int = 3,
    within: str = "",
    classes: Sequence[str] | None = None,
    each: int | None = None,
) -> Folder:
    """All images of a folder, a .tar (also .gz, .bz2, .xz) or a .zip, in the order of their names.

    An image's class is the folder that it lies in. `within` names a part to read ("train"), `each` how many
    files of each class are enough, and `classes` which there are, in order; otherwise they are sorted.
    `channels` is 3 (RGB) or 1 (grey). Images become `size` pixels, one number or (height, width), or else as
    large as the first: scaled until they cover it, then cut to it around the middle. Transparent parts
    become white.

    A file that is no image or is cut off is left out, and a warning names it; another warning tells if images
    were resized. Raises FileNotFoundError, and ValueError for a damaged archive, or where nothing is left.
    """
    expect.one_of("channels", channels, (1, 3))
    if each is not None:
        expect.whole(each=each)
    path = Path(path)
    inside = tuple(_clean(within).split("/")) if _clean(within) else ()
    found: Counter[str] = Counter()
    above: dict[str, tuple[str, ...]] = {}  # class -> the folders that it lies in

    def wanted(name: str) -> bool:
        parts = tuple(name.split("/"))
        if parts[: len(inside)] != inside:
            return False
        label = _class(name, path)
        if classes is not None and label not in classes:
            raise ValueError(f"{path} holds the class {label!r}, which is none of {', '.join(classes)}")
        if above.setdefault(label, parts[:-2]) != parts[:-2]:
            first, second = "/".join(above[label]) or ".", "/".join(parts[:-2]) or "."
            raise ValueError(
                f"{path} holds the class {label!r} in {first} and in {second}: name one with within="
            )
        if each is not None and found[label] >= each:
            return False
        found[label] += 1
        return True

    read = decoded(path, wanted, size, channels)
    where = f"{path}, within {within!r}," if within else f"{path}"
    if not read.images:
        first = f"; the first, {read.refused[0][0]}, {read.refused[0][1]}" if read.refused else ""
        raise ValueError(f"{where} holds no images that can be read{first}")
    _tell(read, where)
    order = sorted(range(len(read.names)), key=read.names.__getitem__)
    names = tuple(read.names[number] for number in order)
    known = tuple(classes) if classes is not None else tuple(sorted({_class(name, path) for name in names}))
    labels = torch.tensor([known.index(_class(name, path)) for name in names])
    images = torch.stack([read.images[number] for number in order])  # (N, C, H, W)
    return Folder(images, labels, known, *measured(images), names, tuple(read.refused))


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
    """Every image whose name is `wanted`, decoded one at a time."""
    from PIL import Image

    read = Decoded()
    shape = (size, size) if isinstance(size, int) else size  # (H, W)
    if shape is not None:
        expect.whole(height=shape[0], width=shape[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, of odd but harmless metadata
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for name, contents in _files(path):
            if _hidden(name) or not name.lower().endswith(SUFFIXES) or not wanted(name):
                continue
            try:
                picture = _picture(contents(), channels)
            except _Refused as refusal:
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


def _tell(read: Decoded, where: str) -> None:
    total = len(read.images) + len(read.refused)
    if read.refused:
        named = "; ".join(f"{name} {why}" for name, why in read.refused[:NAMED])
        more = f"; and {len(read.refused) - NAMED} more" if len(read.refused) > NAMED else ""
        warnings.warn(
            f"{len(read.refused)} of {total} images in {where} were left out: {named}{more}", stacklevel=3
        )
    if read.resized:
        H, W = read.images[0].shape[1:]
        sentence = f"{read.resized} of {len(read.images)} images in {where} were resized to {H} × {W}"
        warnings.warn(sentence, stacklevel=3)


def _class(name: str, path: Path) -> str:
    """The folder that a file lies in; of a file beside the sub-folders, the name of the whole."""
    parts = name.split("/")
    return parts[-2] if len(parts) > 1 else path.name.split(".")[0]


def _hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


# --- One image -----------------------------------------------------------------------------------------


class _Refused(Exception):
    """Why an image was left out, to be said behind its name."""


def _picture(content: bytes, channels: int) -> "Image":
    """Pillow's image of 8-bit RGB or grey, upright and on white."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not content:
        raise _Refused("is empty")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            opened.load()
            picture = ImageOps.exif_transpose(opened)
    except UnidentifiedImageError:
        raise _Refused("is no image of a known format") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _Refused(f"has more than {Image.MAX_IMAGE_PIXELS:,} pixels") from None
    except MemoryError:
        raise
    except Exception:  # whatever a decoder tripped over, the file is at fault
        raise _Refused(CUT_OFF) from None
    if picture.mode.startswith(("I", "F")):
        raise _Refused("has more than 8 bits a channel")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("L" if channels == 1 else "RGB")


def _fitted(picture: "Image", shape: tuple[int, int]) -> "Image":
    from PIL import Image, ImageOps

    return ImageOps.fit(picture, (shape[1], shape[0]), Image.Resampling.BICUBIC)


# --- Where the files lie -------------------------------------------------------------------------------

Contents = Callable[
    [], bytes
]  # reads one file, or raises _Refused; to be called before the next is asked for


def _files(path: Path) -> Iterator[tuple[str, Contents]]:
    """The name of each file, in the order in which they can be read quickest, and its contents."""
    if path.is_dir():
        return _on_disk(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no folder or archive {path}")
    return _in_zip(path) if zipfile.is_zipfile(path) else _in_tar(path)


def _on_disk(path: Path) -> Iterator[tuple[str, Contents]]:
    def contents(file: Path) -> bytes:
        try:
            _check_size(file.stat().st_size)
            return file.read_bytes()
        except OSError as error:
            raise _Refused(f"cannot be read ({error.strerror})") from None

    for directory, below, names in os.walk(path):
        below.sort()
        for name in sorted(names):
            file = Path(directory, name)
            if file.is_file():  # and not a pipe, which would wait for ever
                yield _clean(file.relative_to(path).as_posix()), partial(contents, file)


def _in_zip(path: Path) -> Iterator[tuple[str, Contents]]:
    def contents(member: zipfile.ZipInfo) -> bytes:
        if member.flag_bits & 1:
            raise _Refused("is encrypted")
        try:
            with archive.open(member) as stream:
                content = stream.read(LARGEST + 1)  # what the archive says of its size may be a lie
        except MemoryError:
            raise
        except Exception:  # whatever the reader tripped over, the member is at fault
            raise _Refused(CUT_OFF) from None
        _check_size(len(content))
        return content

    with _readable(path):
        archive = zipfile.ZipFile(path)
    with archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield _clean(member.filename), partial(contents, member)


def _in_tar(path: Path) -> Iterator[tuple[str, Contents]]:
    def contents(member: tarfile.TarInfo) -> bytes:
        _check_size(member.size)
        with _readable(path):
            stream = archive.extractfile(member)
            return stream.read() if stream else b""

    with _readable(path):
        archive = tarfile.open(path, "r:*")  # noqa: SIM115 (closed two lines below)
    with archive:
        while True:
            with _readable(path):
                member = archive.next()
            if member is None:
                break
            if member.isreg():  # a link or a device is nothing to read
                yield _clean(member.name), partial(contents, member)
        with _readable(path):  # tarfile takes any header that makes no sense for the end
            archive.fileobj.seek(archive.offset)
            if archive.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
                raise tarfile.ReadError("there is no end to it")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn whatever a damaged archive makes its reader raise into one sentence."""
    try:
        yield
    except PermissionError:
        raise
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError):
        raise ValueError(f"{path} {CUT_OFF}, or is no .tar and no .zip") from None


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise _Refused(f"is larger than {LARGEST // 2**20} MiB")


def _clean(name: str) -> str:
    """A member's name as a plain relative path that can be printed."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    path = "/".join(parts)
    return path if path.isprintable() else "".join(sign if sign.isprintable() else "�" for sign in path)
