"""From what a run was asked for to its images, its method and its encoder, today or a year later.

`asked` is what stands in a run's config.json, and in encoder.safetensors beside the weights: names, options
and the images' shape, all that a method is built from. The images themselves are only needed to train.
"""

import math
from collections.abc import Container
from pathlib import Path
from typing import Any

import torch

from course import checkpoint
from course.data.by_name import SETS, held_out, load, more_shapes
from course.data.image_set import ImageSet, expect_alike
from course.language.translate import Words
from course.multimodal import by_name as with_words
from course.ssl.by_name import Images, build, known, usual_encoder
from course.ssl.method import Method
from course.training.recipe import Recipe
from course.training.run_folder import Run

DECODED = 1e-3  # by how much the mean of the same images may differ, read by other versions of a library
BUILT_FROM = ("method", "encoder", "shape", "options", "mirror", "mean", "std")


def decided(asked: dict[str, Any], cpu: bool) -> tuple[dict[str, Any], ImageSet]:
    """All that a run is built from, with what was left open (None) decided, and its images.

    Raises what `load` raises, and ValueError for a method that there is not.
    """
    method, data = asked["method"], asked["data"] or "digits"
    known(method)  # a slip is said before images are read
    mirror = mirrored(data) if asked["mirror"] is None else asked["mirror"]
    asked = asked | dict(data=place_of(data), mirror=mirror)
    found = whole_of(asked)
    asked["encoder"] = asked["encoder"] or usual_encoder(method, found.images.shape[-1], cpu)
    return asked | fingerprint(found), chosen_of(asked, found)


def place_of(data: str) -> str:
    """A set's name, or a path as it can be found from everywhere. Raises ValueError where there is none."""
    if data in SETS:
        return data
    if not Path(data).exists():
        raise ValueError(f"{data!r} is no folder, no archive, and none of the sets {', '.join(SETS)}")
    return str(Path(data).absolute())


def fingerprint(found: ImageSet) -> dict[str, Any]:
    """By what a set is known again: classes, how many images each has, their shape, mean and deviation."""
    counts = found.labels.bincount(minlength=len(found.classes)).tolist()
    shape, classes = list(found.images.shape[1:]), list(found.classes)
    return dict(shape=shape, classes=classes, counts=counts, mean=list(found.mean), std=list(found.std))


def images_again(asked: dict[str, Any], moved: str | None = None) -> ImageSet:
    """The images of a run that goes on, perhaps from another place; ValueError where they have changed."""
    if moved is not None:
        move(asked, moved, place_of(moved), SETS)
    found = whole_of(asked)
    expect_same(asked["data"], asked, fingerprint(found))
    return chosen_of(asked, found)


def move(asked: dict[str, Any], typed: str, place: str, named: Container[str]) -> None:
    """Look for a run's data in another place from here on; ValueError for a set by its name, `named`."""
    if place != asked["data"] and (place in named or asked["data"] in named):
        raise ValueError(f"this run is about {asked['data']}, not {typed}: leave --data out")
    asked["data"] = place


def expect_same(data: str, then: dict[str, Any], now: dict[str, Any]) -> None:
    """Compare two fingerprints of a set. Raises ValueError."""
    changed = [name for name in ("classes", "counts", "shape") if then[name] != now[name]]
    light = (sum(one["mean"]) / len(one["mean"]) for one in (then, now))
    if not changed and math.isclose(*light, abs_tol=DECODED):
        return
    if not changed:
        told = f"{data} has as many images as before, but others: their pixels have another mean"
    elif changed[0] == "counts":
        number = next(i for i, pair in enumerate(zip(then["counts"], now["counts"])) if pair[0] != pair[1])
        was, is_ = then["counts"][number], now["counts"][number]
        told = f"{data} has {is_:,} images of {now['classes'][number]}, and had {was:,}"
    elif changed[0] == "classes":
        other = sorted({*then["classes"]} ^ {*now["classes"]})
        told = f"{data} has other classes than it had: {', '.join(other[:5])}"
    else:
        told = f"{data} has images {tuple(now['shape'])}, and had {tuple(then['shape'])}"
    raise ValueError(f"{told}, when this run began: put it back as it was, or begin a new run")


def whole_of(asked: dict[str, Any]) -> ImageSet:
    """All that there is to train on."""
    data = asked["data"]
    if data not in SETS and not Path(data).exists():
        raise ValueError(f"{data}, where the images were, is not there: say with --data where they are now")
    if data == "shapes" and (asked.get("images") or 0) > SETS["shapes"].images["train"]:
        return more_shapes(asked["images"], asked["size"])
    return load(data, "train", asked["size"])


def chosen_of(asked: dict[str, Any], found: ImageSet) -> ImageSet:
    """Those to train on, the same whenever a run goes on."""
    if each := asked.get("each"):
        return found.few(each, asked["seed"])
    return some_of(asked, found, "images")


def some_of(asked: dict[str, Any], found: Any, things: str) -> Any:
    """As many at random as were asked for, always the same, or all; ValueError where there are fewer."""
    wanted = asked.get("images") or len(found)
    if wanted > len(found):
        raise ValueError(
            f"{asked['data']} has {len(found):,} {things} to train on; {wanted:,} were asked for"
        )
    return found.take(torch.randperm(len(found), generator=torch.Generator().manual_seed(0))[:wanted])


def tested_on(asked: dict[str, Any], train: ImageSet) -> tuple[str, ImageSet]:
    """The split to test a run on, and its images, made as large as those to train on."""
    H, W = train.images.shape[2:]
    split, found = held_out(asked["data"], H if H == W else asked["size"])
    if not len(found):
        raise ValueError(f"{asked['data']} has too few images of each class to keep any to test on")
    expect_alike(train, found)
    if then := asked.get("tested"):
        expect_same(f"{asked['data']}, {split},", then, fingerprint(found))
    return split, found


def mirrored(data: str) -> bool:
    """Whether a mirrored image of a set shows the same; of one without a name it is taken to."""
    return data not in SETS or SETS[data].mirror


def method_of(asked: dict[str, Any], seed: int) -> Method:
    """The method of a run with its first weights."""
    torch.manual_seed(seed)
    return built(asked)


def built(asked: dict[str, Any]) -> Method:
    """The method of a run with weights as they are drawn now."""
    images = Images(tuple(asked["shape"] or ()), asked["mirror"], asked["mean"], asked["std"])
    name, encoder, options = asked["method"], asked["encoder"], asked["options"]
    if "words" in asked:
        return with_words.build(name, Words.of(asked["words"]), images, encoder, **options)
    return build(name, images, encoder, **options)


def usual_pool(asked: dict[str, Any]) -> str:
    """What an evaluation reads of a run's encoder where nothing is said."""
    return (with_words.known if "words" in asked else known)(asked["method"]).pool


def encoder_of(path: str | Path) -> tuple[Any, dict[str, Any]]:
    """The encoder in a run's folder, or in a file encoder.safetensors by itself, and what it was asked for.

    A snapshot is such a file too. Raises FileNotFoundError where there is none yet, and ValueError for a file
    of another kind.
    """
    file = kept(path, "encoder.safetensors")
    asked = _described(file)
    encoder = method_of(asked, seed=0).encoder
    checkpoint.load(encoder, file)
    return encoder, asked


def kept_method(path: str | Path) -> tuple[Any, dict[str, Any]]:
    """The whole method in a finished run's folder, or in a file method.safetensors, as `encoder_of`."""
    file = kept(path, "method.safetensors")
    asked = _described(file)
    method = method_of(asked, seed=0)
    checkpoint.load(method, file)
    return method, asked


def kept(path: str | Path, name: str) -> Path:
    """A file that a run keeps, by its folder, or the path of such a file. Raises FileNotFoundError."""
    file = Path(path)
    if not file.is_dir():
        return file
    if not (file / name).is_file():
        raise FileNotFoundError(f"{path} has no {name}: is it a run, and has it come that far?")
    return file / name


def _described(file: Path) -> dict[str, Any]:
    """What stands beside the weights, where that is enough to build what they are of."""
    asked = checkpoint.metadata(file)
    if asked.get("task") == "finetune":
        raise ValueError(
            f"{file} is fine-tuned already: take the run of `course pretrain` that it began from"
        )
    if not asked.keys() >= {*BUILT_FROM}:
        raise ValueError(f"{file} does not say how its encoder is built; `course pretrain` writes such files")
    return asked


def recipe_of(asked: dict[str, Any], folder: Path) -> Recipe | None:
    """How an encoder was trained, by its own file or by the folder around it; None where neither knows."""
    if "recipe" in asked:
        return Recipe(**asked["recipe"])
    return Run.again(folder).recipe if (folder / "config.json").is_file() else None
