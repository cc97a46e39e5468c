"""Mixes of RelViT's tasks against labels alone, with controls; and what noise gives, with positions or none.

    python -m benchmarks.relations [--seeds 3] [--write]

The heads `FourTasks` (lesson 12) around the small ViT of `course.fewlabels.relations_first` learn
scikit-learn's digits without labels, 300 steps of 32 images, each mix with equal weights. Then each learns
from 100 labelled digits, in the same 400 steps, from the same images and with the same seeds; "labels alone"
begins with the weights that all others began with. Each is fine-tuned twice: with positions as they were
drawn, ± 0.02, and begun at ± 1 ("loud"), for lesson 06 found that those of a plain ViT are silent for long.
Controls: patches scattered in each image (nothing to be learnt about places), and positions left on while
the tasks are learnt (the shortcut), on digits and on noise; these have learnt their positions already.

On an 8 × 8 grid images of noise are given to a ViT of one layer, with positions and without.

What is measured is kept in benchmarks/results/relations.json behind each run, and a benchmark that was broken
off goes on there; `--write` makes the page of it. About a quarter of an hour of one core.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.by_seed import Found, go_on, keep, told
from benchmarks.timing import machine
from course.fewlabels import relations_first as first
from course.ssl.relvit import ViTWithoutPositions, angle_labels, distance_labels, relation_labels
from course.vision.vit import ViT
from grader.catalogue import reference

KEPT = Path(__file__).resolve().parent / "results" / "relations.json"
TASKS = ("relations", "distances", "angles", "places")
LABELLED = 100
RELATIONS, QUIET, LOUD = "relations right", f"{LABELLED} labels", f"{LABELLED} labels, loud"


@dataclass(frozen=True)
class Mix:
    """What comes before the labels. weights: of the four tasks; none: nothing is learnt before.

    images: "digits", "scattered" or "noise". positions: on while the tasks are learnt.
    """

    weights: tuple[int, ...] = ()
    images: str = "digits"
    positions: bool = False


MIXES = {  # so that a run that was broken off has all seeds of what decides
    "labels alone": Mix(),
    "all four": Mix((1, 1, 1, 1)),
    "all four, scattered": Mix((1, 1, 1, 1), "scattered"),
    "all four, positions on": Mix((1, 1, 1, 1), positions=True),
    "all four, positions on, noise": Mix((1, 1, 1, 1), "noise", positions=True),
    "relations and places": Mix((1, 0, 0, 1)),  # what the published scripts train
    "relations": Mix((1, 0, 0, 0)),
    "places": Mix((0, 0, 0, 1)),
    "distances": Mix((0, 1, 0, 0)),
    "angles": Mix((0, 0, 1, 0)),
}
NOISE = {"noise, positions": ViT, "noise, no positions": ViTWithoutPositions}
NOISE_SIDE, NOISE_STEPS, NOISE_TESTED = 8, 400, 200  # patches on a side; steps; images

Row = dict[str, float]  # of one run: losses, and shares from 0 to 1


def tables(side: int) -> tuple[Tensor, Tensor, Tensor]:
    """Relations, distances and angles of a square grid: three times (N, N)"""
    return relation_labels(side, side), distance_labels(side, side), angle_labels(side, side)


def relations_right(encoder: ViT, heads: Any, images: Tensor, labels: Tensor) -> float:
    """The share of all pairs whose relation is told rightly."""
    told = first.logits(encoder, heads.relations, images).argmax(dim=1)  # (B, N, N)
    return (told == labels).float().mean().item()


def drawn(images: str) -> first.Draw:
    """Draws of images by the name that a mix has for them."""
    draw = first.some_digits()
    return {"digits": draw, "scattered": first.scattered(draw), "noise": first.noise}[images]


def mix(asked: Mix, seed: int) -> Row:
    """One mix of tasks and one seed: the pretext losses, and the accuracies on unseen digits."""
    encoder = first.encoder(seed, asked.positions)
    row: Row = {}
    if asked.weights:
        grid = tables(first.GRID)
        heads = reference("FourTasks")(first.DIM, first.N)
        curve = first.learn(encoder, heads, grid, drawn(asked.images), asked.weights, seed=seed)
        row |= {f"loss of {task}": loss for task, loss in zip(TASKS, curve[-50:].mean(dim=0).tolist())}
        row[RELATIONS] = relations_right(encoder, heads, first.unseen(), grid[0])
    row[QUIET] = first.fine_tuned(encoder, LABELLED, seed)
    if not asked.positions:
        row[LOUD] = first.fine_tuned(first.louder(encoder, seed), LABELLED, seed)
    return row


def noise(kind: type[ViT], seed: int) -> Row:
    """Relations learnt on images of noise, by one layer: the share right on new images of noise."""
    torch.manual_seed(seed)
    sizes = dict(image_size=2 * NOISE_SIDE, patch=2, dim=48, depth=1, heads=4, hidden=192)
    encoder = kind(**sizes, classes=0, channels=1)
    heads = reference("FourTasks")(48, NOISE_SIDE**2)
    grid = tables(NOISE_SIDE)

    def draw(B: int, generator: torch.Generator) -> Tensor:
        return torch.randn(B, 1, 2 * NOISE_SIDE, 2 * NOISE_SIDE, generator=generator)

    first.learn(encoder, heads, grid, draw, (1, 0, 0, 0), NOISE_STEPS, seed)
    unseen = draw(NOISE_TESTED, torch.Generator().manual_seed(1_000 + seed))
    return {RELATIONS: relations_right(encoder, heads, unseen, grid[0])}


def run(found: Found, seeds: int) -> None:
    """Measure whatever is missing, and keep each run at once."""
    for name, seed in product((*MIXES, *NOISE), range(seeds)):
        runs = found.setdefault(name, [])
        if len(runs) <= seed:
            runs.append(mix(MIXES[name], seed) if name in MIXES else noise(NOISE[name], seed))
            keep(found, KEPT)
            print(f"{name}, seed {seed}: { {what: round(x, 3) for what, x in runs[-1].items()} }", flush=True)


def page(found: Found) -> str:
    """The tables, with what was held equal."""
    seeds = min(map(len, found.values()))
    columns = (RELATIONS, QUIET, LOUD)
    lines = [
        "# Mixes of RelViT's tasks, then labels",
        "",
        "`python -m benchmarks.relations --write`; scikit-learn's digits, 8 × 8, patches of 2 × 2, 359 to "
        f"test on; {seeds} seeds. Mean ± standard deviation, in per cent; relations of unseen digits (floor "
        "20.3), then classes after fine-tuning, positions begun at ± 0.02 or at ± 1 (loud). "
        f"{machine(torch.device('cpu'))}",
        "",
        f"| first | {' | '.join(columns)} |",
        "|---|" + "--:|" * len(columns),
    ]
    for name in MIXES:
        lines.append(f"| {name} | {' | '.join(_told(found[name], what) for what in columns)} |")
    lines += ["", "Images of noise, a grid of 8 × 8 (floor 20.70), one layer:", "", "| | relations right |"]
    lines += ["|---|--:|", *(f"| {name} | {_told(found[name], RELATIONS)} |" for name in NOISE)]
    return "\n".join(lines) + "\n"


def _told(runs: list[Row], what: str) -> str:
    return told([run[what] for run in runs], 100) if what in runs[0] else "–"


if __name__ == "__main__":
    go_on(__doc__, KEPT, run, page)
