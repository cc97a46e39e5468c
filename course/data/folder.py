"""A folder of images, one sub-folder a class, read into one tensor; also from inside a .tar or .zip.

What people usually get wrong: a test folder without one of the classes, which shifts the numbers of all
behind it (`classes`); files that were left out, or squeezed to another shape, without anybody being told.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch

from course import expect
from course.data.archives import clean
from course.data.image_set import ImageSet, measured
from course.data.pictures import Decoded, class_of, decoded, image_names, strays

NAMED = 5  # files that a warning names


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

    An image's class is the folder that it lies in; linked folders count as any other. `within` names a part
    to read ("train"), `each` how many files of each class are enough, and `classes` which there are, in turn;
    otherwise they are sorted. `channels` is 3 (RGB) or 1 (grey). Images become `size` pixels, one number or
    (height, width), or else as large as the first: scaled until they cover it, then cut to it around the
    middle. Transparent parts become white.

    A file that is no image, is cut off, or lies beside the folders of the classes is left out, and a warning
    names it. Others tell of files that are not named like images, of folders in the folder of a class, and of
    images that were resized. Raises FileNotFoundError, and ValueError for a damaged archive, or where nothing
    is left.
    """
    expect.one_of("channels", channels, (1, 3))
    if each is not None:
        expect.whole(each=each)
    path = Path(path)
    inside = tuple(clean(within).split("/")) if clean(within) else ()
    beside = strays(name for name in image_names(path) if tuple(name.split("/"))[: len(inside)] == inside)
    left: list[tuple[str, str]] = []
    found: Counter[str] = Counter()
    above: dict[str, tuple[str, ...]] = {}  # class -> the folders that it lies in

    def wanted(name: str) -> bool:
        parts = tuple(name.split("/"))
        if parts[: len(inside)] != inside:
            return False
        if name in beside:
            left.append((name, "lies beside the folders of the classes"))
            return False
        label = class_of(name, path)
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
    read.refused += left
    read.others = [name for name in read.others if tuple(name.split("/"))[: len(inside)] == inside]
    where = f"{path}, within {within!r}," if within else f"{path}"
    if not read.images:
        first = f"; the first, {read.refused[0][0]}, {read.refused[0][1]}" if read.refused else ""
        raise ValueError(f"{where} holds no images that can be read{first}")
    _tell(read, where)
    order = sorted(range(len(read.names)), key=read.names.__getitem__)
    names = tuple(read.names[number] for number in order)
    known = tuple(classes) if classes is not None else tuple(sorted({class_of(name, path) for name in names}))
    labels = torch.tensor([known.index(class_of(name, path)) for name in names])
    images = torch.stack([read.images[number] for number in order])  # (N, C, H, W)
    return Folder(images, labels, known, *measured(images), names, tuple(read.refused))


def _tell(read: Decoded, where: str) -> None:
    total = len(read.images) + len(read.refused)
    if read.refused:
        named = "; ".join(f"{name} {why}" for name, why in read.refused[:NAMED])
        more = f"; and {len(read.refused) - NAMED} more" if len(read.refused) > NAMED else ""
        warnings.warn(
            f"{len(read.refused)} of {total} images in {where} were left out: {named}{more}", stacklevel=3
        )
    if read.others:
        count = Counter(Path(name).suffix.lower() or "without a suffix" for name in read.others)
        kinds = ", ".join(f"{number} {suffix}" for suffix, number in count.most_common(NAMED))
        sentence = f"{len(read.others)} files in {where} are not named like images and were left out: {kinds}"
        warnings.warn(sentence, stacklevel=3)
    missed = {name.rpartition("/")[0] for name in [*(name for name, _ in read.refused), *read.others]}
    kept = {name.rpartition("/")[0] for name in read.names}
    if lost := sorted(one for one in missed - kept - {""} if not any(_in(other, one) for other in kept)):
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        sentence = f"nothing was read of the folders {', '.join(lost[:NAMED])}{more} in {where}"
        warnings.warn(sentence, stacklevel=3)
    folders = Counter(name.rpartition("/")[0] for name in read.names)
    inner = {name: number for name, number in folders.items() if any(_in(name, other) for other in folders)}
    if inner:
        named = ", ".join(f"{name} ({number})" for name, number in list(inner.items())[:NAMED])
        sentence = f"in {where}, folders in the folder of a class became classes of their own: {named}"
        warnings.warn(sentence, stacklevel=3)
    if read.resized:
        H, W = read.images[0].shape[1:]
        sentence = f"{read.resized} of {len(read.images)} images in {where} were resized to {H} × {W}"
        warnings.warn(sentence, stacklevel=3)


def _in(folder: str, other: str) -> bool:
    return folder.startswith(f"{other}/")
