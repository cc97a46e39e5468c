"""From what a run was asked for to its images, its method and its encoder, today or a year later.

`asked` is what stands in a run's config.json, and in encoder.safetensors beside the weights: names, options
and the images' shape, all that a method is built from. The images themselves are only needed to train.
"""

from pathlib import Path
from typing import Any

import torch

from course import checkpoint
from course.data.by_name import SETS, held_out, load
from course.data.image_set import ImageSet, expect_alike
from course.ssl.by_name import Images, build, known
from course.ssl.method import Method


def asked_for(
    task: str,
    method: str,
    data: str,
    size: int | None,
    images: int | None,
    mirror: bool | None,
    encoder: str | None,
    options: dict[str, Any],
) -> tuple[dict[str, Any], ImageSet]:
    """All that a run is built from, with what was left open decided, and its images.

    Raises what `load` raises, and ValueError for a method that there is not.
    """
    usual = known(method).usual  # a slip is said before images are read
    found = images_of({"data": data, "size": size, "images": images})
    asked = dict(
        task=task,
        method=method,
        encoder=encoder or usual,
        options=options,
        data=data,
        size=size,
        images=images,
        mirror=mirrored(data) if mirror is None else mirror,
        shape=list(found.images.shape[1:]),
        classes=list(found.classes),
    )
    return asked, found


def images_of(asked: dict[str, Any]) -> ImageSet:
    """The images of a run to train on, the same whenever it goes on."""
    found = load(asked["data"], "train", asked["size"])
    if each := asked.get("each"):
        return found.few(each, asked["seed"])
    wanted = asked["images"] or len(found)
    if wanted > len(found):
        raise ValueError(f"{asked['data']} has {len(found):,} images to train on; {wanted:,} were asked for")
    return found.take(torch.randperm(len(found), generator=torch.Generator().manual_seed(0))[:wanted])


def tested_on(asked: dict[str, Any], train: ImageSet) -> tuple[str, ImageSet]:
    """The split to test a run on, and its images, made as large as those to train on."""
    H, W = train.images.shape[2:]
    split, found = held_out(asked["data"], H if H == W else asked["size"])
    expect_alike(train, found)
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
    images = Images(tuple(asked["shape"]), asked["mirror"])
    return build(asked["method"], images, asked["encoder"], **asked["options"])


def encoder_of(path: str | Path) -> tuple[Any, dict[str, Any]]:
    """The encoder in a run's folder, or in a file encoder.safetensors by itself, and what it was asked for.

    Raises FileNotFoundError where there is none yet, and ValueError for a file of another kind.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "encoder.safetensors"
        if not file.is_file():
            raise FileNotFoundError(
                f"{path} has no encoder.safetensors: is it a run, and has it come that far?"
            )
    asked = checkpoint.metadata(file)
    if not {"method", "encoder", "shape", "options"} <= asked.keys():
        raise ValueError(f"{file} does not say how its encoder is built; `course pretrain` writes such files")
    encoder = method_of(asked, seed=0).encoder
    checkpoint.load(encoder, file)
    return encoder, asked
