"""Runs of methods that read words (`course.multimodal.by_name`): their data, their model, and both again.

As `course.commands.runs` is for methods that see images alone; what is asked of either has the same names. A
run's words, its vocabulary in order, stand in its config.json; where no pixels are read its shape is none.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from course.commands import runs
from course.commands.runs import expect_same, fingerprint
from course.data.captioned import Captioned, captioned
from course.data.described import Described, described
from course.data.image_set import ImageSet
from course.data.videos import Videos, videos
from course.language.translate import Words
from course.multimodal.by_name import READS_NO_PIXELS, known, usual_encoder

PICTURES, FILMS = "captioned", "videos"  # what the course makes itself
PLENTY = {PICTURES: 12_000, FILMS: 2000}  # to train on
TESTED, FRESH = 500, 10_000  # as many to test on, drawn from another seed

Found = Captioned | Described | Videos


def asked_for(
    task: str,
    method: str,
    data: str,
    size: int | None,
    images: int | None,
    mirror: bool | None,
    encoder: str | None,
    options: dict[str, Any],
    cpu: bool,
) -> tuple[dict[str, Any], Found]:
    """All that a run is built from, with what was left open decided, and its captioned data.

    Raises ValueError for what does not go together, and what `described` raises.
    """
    if mirror:
        raise ValueError("a caption may say left and right: pictures that are mirrored would make it wrong")
    reads_pixels = known(method).usual != READS_NO_PIXELS
    if not reads_pixels and (encoder or size):
        raise ValueError(f"{method} reads what experts say of videos: it has no --encoder and no --size")
    asked: dict[str, Any] = dict(
        task=task,
        method=method,
        encoder=encoder or READS_NO_PIXELS,
        options=options,
        data=place_of(data, method),
        size=size,
        images=images,
        mirror=False,
        **dict.fromkeys(("shape", "mean", "std")),
    )
    found = whole_of(asked)
    if isinstance(found, ImageSet):
        asked["encoder"] = encoder or usual_encoder(method, found.images.shape[-1], cpu)
        asked |= fingerprint(found)
    chosen = chosen_of(asked, found)
    return asked | {"words": Words(chosen.captions).entries}, chosen


def usual_data(method: str) -> str:
    """What a method learns from where nothing is said: what the course makes itself."""
    return FILMS if known(method).usual == READS_NO_PIXELS else PICTURES


def place_of(data: str, method: str) -> str:
    """The course's own set, or a folder of pictures as it is found from everywhere. Raises ValueError."""
    if known(method).usual == READS_NO_PIXELS:
        if data != FILMS:
            raise ValueError(f"{method} learns from the course's own {FILMS}: say --data {FILMS}")
        return FILMS
    if data == PICTURES:
        return PICTURES
    if not Path(data).is_dir():
        told = f"--data {PICTURES}, which the course draws, or a folder with captions.csv"
        raise ValueError(f"{method} learns from pictures with captions: {told}; got {data!r}")
    return str(Path(data).absolute())


def whole_of(asked: dict[str, Any]) -> Found:
    """All that there is to train on; of what the course makes, as much as was asked for."""
    data = asked["data"]
    count = asked["images"] or PLENTY.get(data, 0)
    if data == FILMS:
        return videos(count)
    return (
        captioned(count, "seen", asked["size"] or 32)
        if data == PICTURES
        else described(data, size=asked["size"])
    )


def kept_apart(asked: dict[str, Any]) -> dict[str, Any]:
    """What a run can be tested on, by what it is: of its own pictures those of pairs never shown, too."""
    data = asked["data"]
    if data == FILMS:
        return {"videos": videos(TESTED, seed=FRESH)}
    size = asked["shape"][1]
    if data == PICTURES:
        kinds = {"seen": "pictures of pairs that were shown", "unseen": "pictures of pairs never shown"}
        return {name: captioned(TESTED, pairs, size, FRESH) for pairs, name in kinds.items()}
    return {"pictures": described(data, "test", size)}


def chosen_of(asked: dict[str, Any], found: Any) -> Any:
    """Those to train on, the same whenever a run goes on."""
    wanted = asked["images"] or len(found)
    if wanted > len(found):
        raise ValueError(
            f"{asked['data']} has {len(found):,} captions to train on; {wanted:,} were asked for"
        )
    chosen = found.take(torch.randperm(len(found), generator=torch.Generator().manual_seed(0))[:wanted])
    return as_it_is(chosen) if isinstance(chosen, ImageSet) else chosen


def as_it_is(found: ImageSet) -> Any:
    """A set whose images are not standardised when a method asks for it: its encoder does that."""
    C = len(found.mean)
    return replace(found, mean=C * (0.0,), std=C * (1.0,))


def images_again(asked: dict[str, Any], moved: str | None = None) -> Any:
    """The captioned data of a run that goes on, perhaps from another place; ValueError where it changed."""
    if moved is not None:
        place = place_of(moved, asked["method"])
        if place != asked["data"] and {place, asked["data"]} & PLENTY.keys():
            raise ValueError(f"this run is about {asked['data']}, not {moved}: leave --data out")
        asked["data"] = place
    found = whole_of(asked)
    if isinstance(found, ImageSet):
        expect_same(asked["data"], asked, fingerprint(found))
    chosen = chosen_of(asked, found)
    if Words(chosen.captions).entries != asked["words"]:
        raise ValueError(f"{asked['data']} has other captions than when this run began: put them back")
    return chosen


def kept_method(run: Path, *methods: str) -> tuple[Any, dict[str, Any]]:
    """The method in a finished run's folder, one of these, and what it was asked for.

    Raises FileNotFoundError where there is none yet, and ValueError for a run of another method.
    """
    method, asked = runs.kept_method(run)
    if asked["method"] not in methods:
        needed = " or ".join(methods)
        raise ValueError(
            f"{run} is a run of {asked['method']}: `course pretrain {needed}` is what this reads"
        )
    return method, asked
