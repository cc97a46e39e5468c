"""Every set of images by its name, or by the path of your own: what the commands and the recipes read.

    name         train     test     images           classes
    digits       1,438     359      grey, 8 × 8      10 handwritten digits (scikit-learn's)
    shapes       4,000     1,000    RGB, 32 × 32     8 shapes, drawn here; to train on, as many as one likes
    text         7,340     1,835    grey, 16 × 16    52 letters, drawn here from eight fonts
    cifar10      50,000    10,000   RGB, 32 × 32     10
    cifar100     50,000    10,000   RGB, 32 × 32     100
    svhn         73,257    26,032   RGB, 32 × 32     10 digits of house numbers
    flowers102   1,020     6,149    RGB, 64 × 64     102, and "val" with another 1,020
    a path       as it is divided into train/, val/ (or valid/, validation/) and test/, or else 80 % and 20 %

Where the authors divided a set, that is how it is divided. Digits, letters and undivided folders are divided
80 : 20 at random by the seed, each class for itself; shapes and letters are also drawn by it. `mean` and
`std` are the training images', for every split, except in a path that is divided into folders, where they
are those of the split that was read (`test.like(train)`). Where no size is asked for, all its splits have
that of the first image to train on. What to test on is `held_out`: "test", or "val" where there is no other.

What people usually get wrong: dividing anew for each run, so that a model is tested on what it learnt from
in an earlier one; numbering the classes of a test folder for itself, where one may be missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from torch.nn.functional import interpolate

from course import expect
from course.data.digits import digit_set
from course.data.folder import folder
from course.data.image_set import ImageSet, measured
from course.data.pictures import class_of, first_shape, image_names, strays
from course.data.real import cifar10, cifar100, flowers102, svhn
from course.data.shapes import shapes
from course.data.text_lines import WORDS, characters, text_lines

Set = TypeVar("Set", bound=ImageSet)

TRAINED = 0.8  # of a set that nobody has divided
SHAPES = 5000
LINES = 2000  # of text, a word each, in small letters or in capitals
FLOWER = 64  # pixels
PARTS = {"train": ("train",), "val": ("val", "valid", "validation"), "test": ("test",)}  # and their folders


@dataclass(frozen=True)
class Named:
    """A set of images that has a name, and what is known of it before it is read.

    about: what is in the images                     images: how many each split has, with seed 0
    shape: channels, height, width; as they come     classes: how many
    files: which of `real.SOURCES` it needs; none if it comes with the course
    mirror: whether a mirrored image shows the same, as no digit does
    read: (split, size, seed) -> the set, as large as it comes where size is None
    """

    about: str
    images: dict[str, int]
    shape: tuple[int, int, int]
    classes: int
    files: tuple[str, ...]
    read: Callable[[str, int | None, int], ImageSet]
    mirror: bool = True


def load(name: str | Path, split: str = "train", size: int | None = None, seed: int = 0) -> ImageSet:
    """A set of images by its name or its path: load("digits"), load("cifar10", "test"), load("my/flowers")

    `split` is "train" or "test"; flowers102 and a path with such a folder also have "val". With `size`,
    images become size × size pixels. `seed` draws what is drawn and divides what is not divided yet. A name
    goes before a path: of a folder `digits` of your own say "./digits".

    Classes of a path are its folders' names, sorted; those of train/ for every split. It may lie in a .tar
    (also .gz, .bz2, .xz) or a .zip, and train/ and test/ may lie in one folder more.

    Raises ValueError for a name that nothing has and for a split that is not there, ConnectionError where
    a real set cannot be fetched, and what `folder` raises.
    """
    if size is not None:
        expect.whole(size=size)
    if isinstance(name, str) and name in SETS:
        known = SETS[name]
        if split not in known.images:
            raise ValueError(f"{name} has no split {split!r}; it has {' and '.join(known.images)}")
        return known.read(split, size, seed)
    if not Path(name).exists():
        raise ValueError(f"{str(name)!r} is no folder, no archive, and none of the sets {', '.join(SETS)}")
    return _of_path(Path(name), split, size, seed)


def held_out(name: str | Path, size: int | None = None, seed: int = 0) -> tuple[str, ImageSet]:
    """What to test on: ("test", the set), or ("val", the set) of a path that is divided and has no test/

    Raises what `load` does, and ValueError where there is neither.
    """
    split = "test"
    if not (isinstance(name, str) and name in SETS) and Path(name).exists():
        parts = _parts(image_names(Path(name)))
        if parts and "test" not in parts:
            if "val" not in parts:
                told = ", ".join(f"{folder}/" for folder in parts.values())
                raise ValueError(f"{name} has {told} but no test/ and no val/: there is nothing to test on")
            split = "val"
    return split, load(name, split, size, seed)


# --- By name -------------------------------------------------------------------------------------------


def _digits(split: str, size: int | None, seed: int) -> ImageSet:
    return _resized(_part(digit_set(), split, seed), size)


def _shapes(split: str, size: int | None, seed: int) -> ImageSet:
    drawn = shapes(SHAPES, size or 32, seed)  # one image tells nothing of another: any part is as good
    train = drawn.take(range(round(TRAINED * SHAPES)))
    return _measured_by(train, train if split == "train" else drawn.take(range(len(train), SHAPES)))


def more_shapes(count: int, size: int | None = None, seed: int = 0) -> ImageSet:
    """More images to train on than "shapes" has, which begin with its own; none of them is one to test on."""
    own = round(TRAINED * SHAPES)
    drawn = shapes(count + SHAPES - own, size or 32, seed)
    train = drawn.take([*range(own), *range(SHAPES, len(drawn))])
    return _measured_by(train, train)


def _text(split: str, size: int | None, seed: int) -> ImageSet:
    return _part(_letters(size or 16, seed), split, seed)


@lru_cache(maxsize=1)  # drawing takes seconds, and both splits come from it
def _letters(size: int, seed: int) -> ImageSet:
    words = [*WORDS.split(), *WORDS.upper().split()]
    return characters(text_lines(LINES, width=96, texts=words, seed=seed), size)


def _cifar10(split: str, size: int | None, seed: int) -> ImageSet:
    return _resized(cifar10(split), size)


def _cifar100(split: str, size: int | None, seed: int) -> ImageSet:
    return _resized(cifar100(split), size)


def _svhn(split: str, size: int | None, seed: int) -> ImageSet:
    return _resized(svhn(split), size)


def _flowers102(split: str, size: int | None, seed: int) -> ImageSet:
    return flowers102(split, size or FLOWER)


SMALL = (3, 32, 32)
HALVES = {"train": 50_000, "test": 10_000}
HOUSES = {"train": 73_257, "test": 26_032}
FLOWERS = {"train": 1020, "val": 1020, "test": 6149}
FLOWER_FILES = ("flowers images", "flowers labels", "flowers splits")
SETS = {
    "digits": Named(
        "handwritten digits", {"train": 1438, "test": 359}, (1, 8, 8), 10, (), _digits, mirror=False
    ),
    "shapes": Named("shapes, with masks", {"train": 4000, "test": 1000}, SMALL, 8, (), _shapes),
    "text": Named("printed letters", {"train": 7340, "test": 1835}, (1, 16, 16), 52, (), _text, mirror=False),
    "cifar10": Named("photographs", HALVES, SMALL, 10, ("cifar10",), _cifar10),
    "cifar100": Named("photographs", HALVES, SMALL, 100, ("cifar100",), _cifar100),
    "svhn": Named("house numbers", HOUSES, SMALL, 10, ("svhn train", "svhn test"), _svhn, mirror=False),
    "flowers102": Named("flowers", FLOWERS, (3, FLOWER, FLOWER), 102, FLOWER_FILES, _flowers102),
}


# --- By path -------------------------------------------------------------------------------------------


def _of_path(path: Path, split: str, size: int | None, seed: int) -> ImageSet:
    names = image_names(path)
    parts = _parts(names)
    if not parts:
        if split not in ("train", "test"):
            raise ValueError(f"{path} is not divided into folders; it has train and test, but not {split!r}")
        return _part(folder(path, size), split, seed)
    if split not in parts:
        raise ValueError(f"{path} has no folder {split}/; it has {' and '.join(parts)}")
    first = parts.get("train", parts[split]) + "/"
    trained = {name for name in names if name.startswith(first)}
    trained -= strays(trained)
    classes = sorted({class_of(name, path) for name in trained})
    shape = size or (None if split == "train" else first_shape(path, trained))
    return folder(path, shape, within=parts[split], classes=classes)


def _parts(names: Sequence[str]) -> dict[str, str]:
    """The folders of the splits, {"train": "photographs/train", …}, of a set that is divided into some.

    They lie above the folders of the classes, and all at the top or all in one folder.
    """
    tops = {name.partition("/")[0] for name in names}
    called = {folder for folders in PARTS.values() for folder in folders}
    above = "".join(f"{top}/" for top in tops) if len(tops) == 1 and not tops & called else ""
    within = {
        name.removeprefix(above).split("/")[0] for name in names if name.count("/") > above.count("/") + 1
    }
    found: dict[str, str] = {}
    for part, folders in PARTS.items():
        there = [name for name in folders if name in within]
        if len(there) > 1:
            raise ValueError(f"{' and '.join(f'{above}{name}/' for name in there)} mean the same: keep one")
        for name in there:
            found[part] = above + name
    return found


# --- Parts and sizes -----------------------------------------------------------------------------------


def _part(whole: Set, split: str, seed: int) -> Set:
    train, test = whole.split(TRAINED, 1 - TRAINED, seed=seed)
    return _measured_by(train, train if split == "train" else test)


def _measured_by(train: ImageSet, part: Set) -> Set:
    mean, std = measured(train.images)
    return replace(part, mean=mean, std=std)


def _resized(found: Set, size: int | None) -> Set:
    """Scaled to size × size pixels, smoothly; mean and std stay."""
    if size is None or found.images.shape[2:] == (size, size):
        return found
    images = interpolate(found.images, size=(size, size), mode="bilinear", antialias=True)  # stays uint8
    return replace(found, images=images)
