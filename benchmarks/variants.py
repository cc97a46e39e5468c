"""Variants of the Vision Transformer at one budget: equally many parameters, images and steps.

    python -m benchmarks.variants [--epochs 20] [--seeds 5] [--only vit cnn] [--write]

The `mini` encoders of `course.vision.by_name`, on handwritten digits of 8 × 8 pixels, with the same recipe,
no augmentation, and the same order of images for all. `deit` learns from the labels and from the `cnn` of the
same seed, whose choice it is told (hard distillation): its budget holds the teacher's answers, though not the
teacher's training. What the budget does not hold equal, FLOPs and seconds, stands beside the accuracy.

Each network is then tested on images scaled to sizes that it never saw. A ViT whose positions are learned is
tested twice: the grid of positions resized as a picture, as it should be, and as if it were one line of
entries, a mistake that raises no error.

Each run is kept as soon as it is over (`--write`), and what is kept is not run again.
"""

import argparse
import json
import statistics
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from benchmarks.timing import machine
from course.cost import measure
from course.data.by_name import load
from course.data.image_set import ImageSet
from course.evaluate.features import share_right
from course.fewlabels.distillation import Distillation
from course.fewlabels.supervised import Supervised
from course.fewlabels.transfer import Classifier
from course.position import LearnedPosition
from course.training.loop import train
from course.training.recipe import Recipe
from course.vision.by_name import encoder, width
from course.vision.deit import DeiT
from course.vision.standardised import standardise
from course.vision.vit import ViT

RESULTS = Path(__file__).resolve().parent / "results"
KEPT = RESULTS / "variants-cpu.json"  # the numbers behind the table
DATA, SIZE, CLASSES = "digits", 8, 10
SIZES = (6, 8, 10, 12, 16, 24)  # pixels that each is tested at; they are trained at SIZE
ENCODERS = {
    "vit": "vit-mini/2",
    "cpvt": "cpvt-mini/2",
    "cnn": "cnn-mini",  # before its student
    "deit": "deit-mini/2",
    "hybrid": "hybrid-mini",
    "cvt": "cvt-mini",
}
TEACHER = "cnn"
AS_A_LINE = "vit, positions as one line"


@dataclass(frozen=True)
class Ran:
    """A network trained and tested. right: the share of test images by their size, of what is named."""

    name: str
    seed: int
    epochs: int
    parameters: int
    flops: int  # of one image, forward
    seconds: float  # of processor, for training
    right: dict[str, dict[str, float]]


# --- A run ---------------------------------------------------------------------------------------------


def network(name: str, data: ImageSet, seed: int) -> nn.Module:
    """A network with a head, from the first weights of a seed: (B, 1, SIZE, SIZE) -> logits (B, CLASSES)

    `deit` has a head a token, and gives both their logits in training.
    """
    torch.manual_seed(seed)
    C, H, W = data.images.shape[1:]
    made = encoder(ENCODERS[name], (C, H, W))
    standardise(made, data.mean, data.std)
    if isinstance(made, DeiT):
        made.head, made.distillation_head = (nn.Linear(width(made), CLASSES) for _ in range(2))
        return made
    return Classifier(made, width(made), CLASSES)


def trained(name: str, data: ImageSet, recipe: Recipe, teacher: nn.Module | None) -> nn.Module:
    """The network of a name, trained with labels, and by a teacher where there is one."""
    model = network(name, data, recipe.seed)
    method = Distillation(model, teacher, alpha=0.5, hard=True) if teacher else Supervised(model)
    train(method, data, recipe)
    return model.eval()


def tested(name: str, model: nn.Module, train_set: ImageSet) -> dict[str, dict[str, float]]:
    """The share of test images right at each size, {name: {size: share}}; of a ViT with the mistake, too."""

    def at_all_sizes() -> dict[str, float]:
        return {str(size): share_right(model, load(DATA, "test", size).like(train_set)) for size in SIZES}

    found = {name: at_all_sizes()}
    if isinstance(model, Classifier) and type(model.encoder) is ViT:
        model.encoder.add_module("position", OneLine(model.encoder.position))
        found[AS_A_LINE] = at_all_sizes()
    return found


class OneLine(nn.Module):
    """A mistake to be measured: learned positions of a grid, resized as if its H·W entries were one line.

    x: (B, 1 + H'·W', dim) -> the same shape
    """

    def __init__(self, learned: LearnedPosition):
        super().__init__()
        self.table, self.extra = learned.table, learned.extra

    def forward(self, x: Tensor, grid: tuple[int, int]) -> Tensor:
        front, line = self.table[:, : self.extra], self.table[:, self.extra :]
        line = interpolate(line.transpose(1, 2), size=grid[0] * grid[1], mode="linear")  # (1, dim, H'·W')
        return x + torch.cat([front, line.transpose(1, 2)], dim=1)


def run(name: str, seed: int, epochs: int, teacher: nn.Module | None) -> tuple[Ran, nn.Module]:
    """Train and test one network with one seed."""
    data = load(DATA, "train", SIZE)
    recipe = Recipe(epochs=epochs, batch=32, seed=seed)
    start = time.process_time()
    model = trained(name, data, recipe, teacher)
    seconds = time.process_time() - start
    cost = measure(model, (2, *data.images.shape[1:]))
    return Ran(
        name, seed, epochs, cost.parameters, cost.flops // 2, seconds, tested(name, model, data)
    ), model


# --- What is kept --------------------------------------------------------------------------------------


def remembered(path: Path) -> list[Ran]:
    """What earlier runs found."""
    return [Ran(**kept) for kept in json.loads(path.read_text())] if path.exists() else []


def spread(values: list[float]) -> str:
    """The mean in per cent, ± the standard deviation where there are two or more."""
    mean = f"{100 * statistics.mean(values):.1f}"
    return f"{mean} ± {100 * statistics.stdev(values):.1f}" if len(values) > 1 else mean


def report(found: list[Ran]) -> str:
    """The table of the budget, and the one of sizes never trained at."""
    epochs = found[0].epochs
    count = len({ran.seed for ran in found})
    data = load(DATA, "train", SIZE)
    lines = [
        "# Variants of the Vision Transformer at one budget, on a CPU",
        "",
        f"{date.today()}, {machine(torch.device('cpu'))}. `python -m benchmarks.variants --write`",
        "",
        f"{DATA} of {SIZE} × {SIZE} pixels: {len(data):,} to train on, "
        f"{len(load(DATA, 'test', SIZE))} to test on, {epochs} epochs of batches of 32, AdamW, rate 1e-3, no "
        f"augmentation; {count} seeds: test images right in %, ± the standard deviation.",
        f"`deit` learns from the `{TEACHER}` of the same seed, too.",
        "",
        "| | parameters | MFLOPs an image | seconds of processor | right |",
        "|:--|--:|--:|--:|--:|",
    ]
    by_name = {name: [ran for ran in found if ran.name == name] for name in ENCODERS}
    by_name = {name: runs for name, runs in by_name.items() if runs}
    for name, runs in by_name.items():
        right = spread([ran.right[name][str(SIZE)] for ran in runs])
        seconds = statistics.mean(ran.seconds for ran in runs)
        one = runs[0]
        lines.append(
            f"| {ENCODERS[name]} | {one.parameters:,} | {one.flops / 1e6:.1f} | {seconds:.0f} | {right} |"
        )
    most, least = (pick(runs[0].parameters for runs in by_name.values()) for pick in (max, min))
    lines += [
        "",
        f"The largest has {100 * (most / least - 1):.1f} % more parameters than the smallest.",
        "",
        f"## At sizes never trained at (all were trained at {SIZE})",
        "",
        "| | " + " | ".join(f"{size} × {size}" for size in SIZES) + " |",
        "|:--|" + "--:|" * len(SIZES),
    ]
    for runs in by_name.values():
        for what in runs[0].right:
            cells = " | ".join(spread([ran.right[what][str(size)] for ran in runs]) for size in SIZES)
            lines.append(f"| {what} | {cells} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=ENCODERS, default=list(ENCODERS), metavar="NAME")
    parser.add_argument("--write", action="store_true", help="keep each run in benchmarks/results")
    given = parser.parse_args()
    torch.set_flush_denormal(True)
    found = [ran for ran in remembered(KEPT) if ran.epochs == given.epochs] if given.write else []
    done = {(ran.name, ran.seed) for ran in found}
    for seed in range(given.seeds):
        teacher: nn.Module | None = None
        for name in ENCODERS:
            needed = name == TEACHER and "deit" in given.only and ("deit", seed) not in done
            if not needed and (name not in given.only or (name, seed) in done):
                continue
            ran, model = run(name, seed, given.epochs, teacher if name == "deit" else None)
            if name == TEACHER:
                teacher = model
            print(f"{name}, seed {seed}: {ran.right[name]}, {ran.seconds:.0f} s", flush=True)
            if (name, seed) not in done:
                found.append(ran)
                done.add((name, seed))
            if given.write:
                KEPT.write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n")
                KEPT.with_suffix(".md").write_text(report(found), encoding="utf-8")
    print(report(found))


if __name__ == "__main__":
    main()
