"""From what `course finetune` was asked for to a model to train, and the accuracy when that is over."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from course.augment import CutMix, MixUp
from course.augment.geometry import Crop, Flip
from course.augment.transform import Compose
from course.commands.runs import (
    BUILT_FROM,
    built,
    chosen_of,
    encoder_of,
    fingerprint,
    mirrored,
    place_of,
    usual_pool,
    whole_of,
)
from course.commands.training import finish, say
from course.data.image_set import ImageSet
from course.evaluate.features import share_right
from course.fewlabels.fine_tuning import FineTuning
from course.fewlabels.transfer import Classifier, freeze
from course.training import processes
from course.training.run_folder import Run
from course.vision.by_name import encoder as encoder_named
from course.vision.by_name import width
from course.vision.standardised import standardise

SCRATCH = "supervised"


def start_of(
    run: Path | None,
    encoder: str | None,
    data: str | None,
    size: int | None,
    each: int | None,
    pool: str | None,
    seed: int,
    chosen: dict[str, Any],
) -> tuple[dict[str, Any], ImageSet]:
    """What is kept of a run that fine-tunes, all that its model is built from, and its images."""
    if (run is None) == (encoder is None):
        raise ValueError("name a pretrained run to start from, or an --encoder to train from scratch")
    if run is not None:
        before = encoder_of(run)[1]
        data, method, encoder = data or before["data"], before["method"], before["encoder"]
        known = before["shape"][1]
        if size not in (None, known):
            raise ValueError(f"{run} was trained on images of {known} pixels: leave --size out, not {size}")
        size = known
    else:
        data, method = data or "digits", SCRATCH
    asked: dict[str, Any] = dict(
        task="finetune", data=place_of(data), size=size, images=None, each=each, seed=seed
    )
    whole = whole_of(asked)
    asked |= fingerprint(whole) | dict(
        method=method,
        start=str(run.absolute()) if run else None,
        before={name: before[name] for name in (*BUILT_FROM, "words") if name in before} if run else None,
        encoder=encoder,
        pool=pool or (usual_pool(before) if run else "features"),
        chosen=chosen,
    )
    return asked, chosen_of(asked, whole)


def model_of(asked: dict[str, Any], begun: bool = False) -> FineTuning:
    """The method that trains a new head on what a run was asked to start from.

    begun: its weights will come from a checkpoint, so that what it started from may be gone.
    """
    torch.manual_seed(asked["seed"])
    shape, chosen = tuple(asked["shape"]), asked["chosen"]
    encoder: nn.Module = encoder_named(asked["encoder"], shape)
    standardise(encoder, asked["mean"], asked["std"])
    dim = width(encoder)
    if asked["start"] is not None:
        if begun and "before" in asked:
            before = asked["before"]
            pretrained = built(before).encoder
        else:
            pretrained, before = encoder_of(asked["start"])
        if tuple(before["shape"]) != shape:
            raise ValueError(f"{asked['start']} was trained on images {tuple(before['shape'])}, not {shape}")
        if asked["method"] == "relvit":  # which trained without positions; from here on they are learned
            encoder.load_state_dict(pretrained.state_dict())
        else:
            encoder = pretrained
    encoder.requires_grad_(True)  # fixed positions too, as in MAE's fine-tuning
    model = Classifier(encoder, dim, len(asked["classes"]), pool=asked["pool"])
    if chosen["freeze"]:
        freeze(model, chosen["top"])
    size = shape[1]
    steps = [Crop(size, scale=(0.5, 1.0)), *([Flip()] if mirrored(asked["data"]) else [])]
    if chosen["mixup"] and chosen["cutmix"]:
        raise ValueError("take --mixup or --cutmix, not both: each mixes whole batches")
    mix = (
        MixUp(chosen["mixup"]) if chosen["mixup"] else CutMix(chosen["cutmix"]) if chosen["cutmix"] else None
    )
    return FineTuning(
        model,
        layer_decay=chosen["layer_decay"],
        drop_path=chosen["drop_path"],
        smoothing=chosen["smoothing"],
        augment=Compose(steps) if chosen["crop"] else None,
        mix=mix,
    )


def finish_tuning(
    method: FineTuning, labelled: ImageSet, test: tuple[str, ImageSet], run: Run, device: torch.device
) -> None:
    """Train to the end, and say the share of a split's images that is right; kept as accuracy.txt."""
    split, images = test
    finish(method, labelled, run, device)
    if processes.is_first():
        right = share_right(method.encoder, images.to(device))
        told = f"{100 * right:.2f} % of {len(images):,} {split} images are right."
        (run.folder / "accuracy.txt").write_text(told + "\n", encoding="utf-8")
        say(told)
