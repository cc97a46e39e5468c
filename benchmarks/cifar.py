"""CIFAR-10, the experiments that want a GPU: one command each, and a smoke run of all for a machine without.

    python -m benchmarks.cifar relvit [--data FOLDER_OR_ARCHIVE] [--device auto] [--seeds 3] [--write]
    python -m benchmarks.cifar all --smoke            one epoch of each on a few images

    relvit      ViT-S/4, 100 epochs without labels and 100 with, beside 100 and 200 from scratch
                (Camporese et al. 2022: 86.09 % from scratch, 90.23 % after RelViT)
    simclr      ResNet-18, 200 epochs; reach: kNN 84.7 %
    dino mae ijepa maskfeat      ViT-S/4        fcmae      ConvNeXt V2 atto

Each is read by kNN (k = 200, as usual for CIFAR) and a linear probe on all labels, beside the encoder with
its first random weights. With `--write`, benchmarks/ keeps a table, the curves as CSV, and the encoder in 16
bits where that takes at most 12 MB. `cifar10` is fetched (see `course data`); a path is read as it is.
"""

import argparse
import csv
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import torch
from torch import nn

from benchmarks.timing import machine
from course import checkpoint
from course.augment import RandAugment
from course.data.by_name import load
from course.data.image_set import ImageSet
from course.evaluate import Score, embed, knn, linear_probe
from course.evaluate.features import share_right
from course.fewlabels.fine_tuning import FineTuning
from course.fewlabels.supervised import Supervised
from course.fewlabels.transfer import Classifier
from course.ssl.by_name import METHODS, Images, build
from course.ssl.mae import crop_and_flip
from course.training.loop import train
from course.training.recipe import Recipe, Row
from course.vision.by_name import encoder as encoder_named
from course.vision.by_name import width
from course.vision.standardised import standardise

RESULTS = Path(__file__).resolve().parent / "results"
CHECKPOINTS = RESULTS.parent / "checkpoints"
LARGEST = 12 * 2**20  # bytes of a checkpoint that is kept
K = 200  # neighbours
SMOKE = 64  # images


@dataclass(frozen=True)
class Experiment:
    """A method, how it is trained, and, where that belongs to it, how its encoder is then fine-tuned."""

    method: str
    encoder: str
    recipe: Recipe
    options: dict[str, Any] = field(default_factory=dict)
    tuning: Recipe | None = None
    reach: str = ""


GPU = Recipe(epochs=200, batch=512, lr=1e-3, weight_decay=0.05, precision="bf16", compile=True)
LABELS = replace(GPU, epochs=100, lr=5e-4)
EXPERIMENTS = {
    "relvit": Experiment(
        "relvit", "vit-S/4", replace(GPU, epochs=100, lr=5e-4), tuning=LABELS, reach="90.2 % in 20 minutes"
    ),
    "simclr": Experiment(
        "simclr",
        "resnet-18",
        replace(GPU, optimiser="sgd", lr=0.12, weight_decay=5e-4),
        reach="kNN 84.7 % in 15 minutes",
    ),
    "dino": Experiment("dino", "vit-S/4", replace(GPU, lr=5e-4, clip=3.0)),
    "mae": Experiment("mae", "vit-S/4", GPU, options=dict(dim=192, depth=4, heads=3)),
    "ijepa": Experiment("ijepa", "vit-S/4", GPU, options=dict(dim=192, depth=4, heads=6, minimum=8)),
    "maskfeat": Experiment("maskfeat", "vit-S/4", GPU),
    "fcmae": Experiment("fcmae", "convnext-atto", GPU, options=dict(dim=256)),
}


# --- What is measured ----------------------------------------------------------------------------------


@dataclass
class Result:
    """Of one experiment: accuracies 0 … 1 and minutes by what they are of, a value a seed; and the curves."""

    values: dict[str, list[float]] = field(default_factory=dict)
    curves: list[dict[str, Any]] = field(default_factory=list)
    encoder: nn.Module | None = None
    device: str = ""

    def add(self, name: str, value: float) -> None:
        self.values.setdefault(name, []).append(value)

    def learnt(self, run: str, seed: int, rows: list[Row]) -> None:
        self.curves += [{"run": run, "seed": seed, **row} for row in rows]


def measure(experiment: Experiment, train_set: ImageSet, test: ImageSet, seeds: range) -> Result:
    """Pretrain, read, fine-tune and train from scratch, for each seed."""
    result, device = Result(), train_set.images.device
    pool = METHODS[experiment.method].pool
    for seed in seeds:
        torch.manual_seed(seed)
        method = build(experiment.method, Images.of(train_set), experiment.encoder, **experiment.options).to(
            device
        )
        read(result, "random encoder", method.encoder, train_set, test, pool)
        start = time.perf_counter()
        result.learnt("without labels", seed, train(method, train_set, replace(experiment.recipe, seed=seed)))
        result.add("minutes without labels", (time.perf_counter() - start) / 60)
        read(result, experiment.method, method.encoder, train_set, test, pool)
        if experiment.tuning is not None:
            with_labels(result, experiment, experiment.tuning, method.encoder, train_set, test, seed)
            for times in (1, 2):
                longer = replace(experiment.tuning, epochs=times * experiment.tuning.epochs)
                with_labels(result, experiment, longer, None, train_set, test, seed)
        result.encoder = method.encoder
    return result


def read(result: Result, name: str, model: nn.Module, train_set: ImageSet, test: ImageSet, pool: str) -> None:
    """kNN and a linear probe on all labels."""
    z, other = embed(model, train_set, pool), embed(model, test, pool)
    k = min(K, len(z))
    result.add(f"{name}: kNN", knn(z, train_set.labels, other, test.labels, k))
    result.add(f"{name}: linear probe", linear_probe(z, train_set.labels, other, test.labels))


def with_labels(
    result: Result,
    experiment: Experiment,
    recipe: Recipe,
    pretrained: nn.Module | None,
    train_set: ImageSet,
    test: ImageSet,
    seed: int,
) -> None:
    """All weights trained with labels, from an encoder or from scratch, always with positions."""
    torch.manual_seed(seed)
    start = encoder_named(experiment.encoder, tuple(train_set.images.shape[1:]))
    standardise(start, train_set.mean, train_set.std)
    if pretrained is not None:
        start.load_state_dict(pretrained.state_dict())
    model = Classifier(start, width(start), len(train_set.classes), pool="patches").to(
        train_set.images.device
    )
    augment = labelled_views
    made = Supervised(model, augment=augment) if pretrained is None else FineTuning(model, augment=augment)
    name = f"{recipe.epochs} epochs with labels, " + ("from scratch" if pretrained is None else "fine-tuned")
    begun = time.perf_counter()
    result.learnt(name, seed, train(made, train_set, replace(recipe, seed=seed)))
    result.add(f"minutes of {name}", (time.perf_counter() - begun) / 60)
    result.add(name, share_right(model, test))


def labelled_views(images: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
    """Crop, flip and two operations of RandAugment, for whatever learns from labels, pretrained or not."""
    return RandAugment(n=2, m=9)(crop_and_flip(images, generator), generator)


# --- What is kept --------------------------------------------------------------------------------------


def report(name: str, experiment: Experiment, result: Result, images: int, command: str) -> str:
    """The table of one experiment, in Markdown."""
    recipe = experiment.recipe
    how = f"{recipe.epochs} epochs without labels, batch {recipe.batch}, precision {recipe.precision}"
    lines = [
        f"# CIFAR-10: {name}, {experiment.encoder}",
        "",
        f"{date.today()}, {result.device}; {images:,} images, {how}. `{command}`",
        *([f"To reach: {experiment.reach}."] if experiment.reach else []),
        "",
        "| | mean ± standard deviation | seeds |",
        "|:--|--:|--:|",
    ]
    for what, values in result.values.items():
        score = Score(tuple(values), tuple(range(len(values))))
        told = f"{score} %" if not what.startswith("minutes") else f"{score.mean:.1f}"
        lines.append(f"| {what} | {told} | {len(values)} |")
    return "\n".join(lines) + "\n"


def keep(name: str, experiment: Experiment, result: Result, text: str, command: str) -> None:
    """The table, the curves, and the encoder of the last seed where it is small enough."""
    (RESULTS / f"cifar-{name}.md").write_text(text, encoding="utf-8")
    columns = dict.fromkeys(column for row in result.curves for column in row)
    with open(RESULTS / f"cifar-{name}.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns)
        table.writeheader()
        table.writerows(result.curves)
    assert result.encoder is not None
    if 2 * sum(tensor.numel() for tensor in result.encoder.state_dict().values()) <= LARGEST:
        made = dict(method=experiment.method, encoder=experiment.encoder, options=experiment.options)
        path = CHECKPOINTS / f"cifar-{name}.safetensors"
        asked = {**made, "shape": [3, 32, 32], "mirror": True, "data": "cifar10", "command": command}
        checkpoint.save(result.encoder, path, asked, half=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("experiment", choices=[*EXPERIMENTS, "all"])
    parser.add_argument("--data", default="cifar10", help="a folder or an archive, instead of fetching")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--smoke", action="store_true", help=f"one epoch of {SMOKE} images, nothing is kept")
    parser.add_argument("--write", action="store_true", help="keep table, curves and encoder in benchmarks/")
    given = parser.parse_args()
    device = torch.device(given.device)
    torch.set_float32_matmul_precision("high")
    train_set, test = load(given.data), load(given.data, "test")
    if given.smoke:
        train_set, test = (
            part.take(torch.arange(0, len(part), len(part) // SMOKE)) for part in (train_set, test)
        )
    train_set, test = train_set.to(device), test.to(device)
    command = " ".join(["python -m benchmarks.cifar", *sys.argv[1:]])
    for name in EXPERIMENTS if given.experiment == "all" else [given.experiment]:
        experiment = EXPERIMENTS[name]
        if given.smoke:
            once = dict(epochs=1, batch=32, compile=False, precision="32")
            tuning = experiment.tuning and replace(experiment.tuning, **once)
            experiment = replace(experiment, recipe=replace(experiment.recipe, **once), tuning=tuning)
        result = measure(experiment, train_set, test, range(1 if given.smoke else given.seeds))
        result.device = machine(device)
        text = report(name, experiment, result, len(train_set), command)
        print(text, flush=True)
        if given.write and not given.smoke:
            keep(name, experiment, result, text, command)


if __name__ == "__main__":
    main()
