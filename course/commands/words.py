"""Runs of methods that read words (`course.multimodal.by_name`): their data, their model, and both again.

As `course.commands.runs` is for methods that see images alone; what is asked of either has the same names. In
a run's config.json stand its words, the vocabulary in order, and the usual caption, which a captioner is to
beat; where no pixels are read its shape is none.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from course.commands import runs
from course.commands.runs import expect_same, fingerprint, move, some_of
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


def decided(asked: dict[str, Any], cpu: bool) -> tuple[dict[str, Any], Found]:
    """All that a run is built from, with what was left open (None) decided, and its captioned data.

    Raises ValueError for what does not go together, and what `described` raises.
    """
    method, encoder = asked["method"], asked["encoder"]
    if asked["mirror"]:
        raise ValueError("a caption may say left and right: pictures that are mirrored would make it wrong")
    reads_pixels = known(method).usual != READS_NO_PIXELS
    if not reads_pixels and (encoder or asked["size"]):
        raise ValueError(f"{method} reads what experts say of videos: it has no --encoder and no --size")
    asked = asked | dict(
        encoder=encoder or READS_NO_PIXELS,
        data=place_of(asked["data"] or usual_data(method), method),
        mirror=False,
        **dict.fromkeys(("shape", "mean", "std")),
    )
    found = whole_of(asked)
    if isinstance(found, ImageSet):
        asked["encoder"] = encoder or usual_encoder(method, found.images.shape[-1], cpu)
        asked |= fingerprint(found)
    chosen = chosen_of(asked, found)
    (usual, _), *_ = Counter(chosen.captions).most_common(1)
    return asked | {"words": Words(chosen.captions).entries, "usual": usual}, chosen


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
    chosen = some_of(asked, found, "captions")
    return as_it_is(chosen) if isinstance(chosen, ImageSet) else chosen


def as_it_is(found: ImageSet) -> Any:
    """A set whose images are not standardised when a method asks for it: its encoder does that."""
    C = len(found.mean)
    return replace(found, mean=C * (0.0,), std=C * (1.0,))


def images_again(asked: dict[str, Any], moved: str | None = None) -> Any:
    """The captioned data of a run that goes on, perhaps from another place; ValueError where it changed."""
    if moved is not None:
        move(asked, moved, place_of(moved, asked["method"]), PLENTY)
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
