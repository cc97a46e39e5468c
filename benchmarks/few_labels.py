"""What to do with 1, 2, 5, 10 or 50 labels a class: eleven strategies, the same network, the same steps.

    python -m benchmarks.few_labels [--seeds 3] [--write]

The strategies of `course.fewlabels.strategies`; scikit-learn's digits, each somewhere in an image of 10 × 10;
labelled images are drawn anew by each seed, the same ones for all, and those of a smaller number are among
those of a larger one. What is measured
is kept in benchmarks/results/few-labels.json behind each training, and a run that was broken off goes on
there; `--write` makes the table of it. It also keeps what pseudo-labels are believed, round by round
(`course.fewlabels.rounds`).
"""

import statistics
from itertools import product
from pathlib import Path

import torch

from benchmarks.by_seed import go_on, keep, told
from benchmarks.timing import machine
from course.data.by_name import load
from course.fewlabels.rounds import THRESHOLDS, rounds
from course.fewlabels.strategies import (
    BATCH,
    EPOCHS,
    NEAREST,
    SIZE,
    STRATEGIES,
    Given,
    given,
    scattered,
    scored,
)

KEPT = Path(__file__).resolve().parent / "results" / "few-labels.json"
COUNTS = (1, 2, 5, 10, 50)  # labels a class
IN_ORDER = (5, 1, 50, 2, 10)  # so that a run that was broken off has a column for lessons, then both ends
BELIEVED = 5  # labels a class where pseudo-labels are counted
NAMES = (NEAREST, *STRATEGIES)

Found = dict[str, list]  # "MixUp: 5" -> accuracies by seed; "threshold 0.95" -> rounds by seed


def run(found: Found, seeds: int) -> None:
    """Train and measure whatever is missing, and keep each result at once."""
    images, test = scattered(load("digits")), scattered(load("digits", "test"), seed=1)
    learned: dict[int, Given] = {}  # what a seed's strategies share, made when it is first needed
    for count, seed, name in product(IN_ORDER, range(seeds), NAMES):
        runs = found.setdefault(f"{name}: {count}", [])
        if len(runs) <= seed:
            few = images.few(count, seed)
            if seed not in learned:
                learned[seed] = given(images, few, seed)
            runs.append(scored(name, learned[seed].with_labels(few), test))
            keep(found, KEPT)
            print(f"{name}: {count}, seed {seed}: {100 * runs[-1]:.1f} %", flush=True)
    for seed, threshold in product(range(seeds), THRESHOLDS):
        each = found.setdefault(f"threshold {threshold}", [])
        if len(each) <= seed:
            ran = rounds(images.few(BELIEVED, seed), images, test, threshold, seed=seed)
            each.append([[one.believed, one.wrong, one.right] for one in ran])
            keep(found, KEPT)
            print(f"threshold {threshold}, seed {seed}: {each[-1][-1]}", flush=True)


def page(found: Found) -> str:
    """The tables, with what was held equal."""
    seeds = min(len(found[f"{name}: {count}"]) for name in NAMES for count in COUNTS)
    lines = [
        "# Few labels: what to do with 1 to 50 a class",
        "",
        "`python -m benchmarks.few_labels --write`; scikit-learn's digits, each somewhere in an image of "
        f"{SIZE} × {SIZE}; 1,438 images of which so many a class are labelled, 359 others to test on; a "
        f"network of two hidden layers; {EPOCHS * 44} steps of {BATCH} images. Accuracy in %, mean ± "
        f"standard deviation over {seeds} seeds. "
        f"{machine(torch.device('cpu'))}",
        "",
        f"| labels a class | {' | '.join(map(str, COUNTS))} |",
        "|:--|" + "--:|" * len(COUNTS),
    ]
    for name in NAMES:
        lines.append(f"| {name} | {' | '.join(told(found[f'{name}: {count}'], 100) for count in COUNTS)} |")
    lines += [
        "",
        f"## Pseudo-labels at a threshold, {BELIEVED} labels a class",
        "",
        "The network is trained, believes what it is sure of, and starts anew with that (self-training, "
        "`course.fewlabels.rounds`); means over the seeds: believed / of those wrong, and % of test images "
        "right.",
        "",
        "| threshold | "
        + " | ".join(f"round {n}" for n in range(len(found[f"threshold {THRESHOLDS[0]}"][0])))
        + " |",
        "|--:|" + "--:|" * len(found[f"threshold {THRESHOLDS[0]}"][0]),
    ]
    for threshold in THRESHOLDS:
        by_round = zip(*found[f"threshold {threshold}"])
        cells = [_round(ran) for ran in by_round]
        lines.append(f"| {threshold} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _round(runs: tuple) -> str:
    believed, wrong, right = (statistics.fmean(values) for values in zip(*runs))
    return f"{believed:,.0f} / {wrong:.0f}, {100 * right:.1f}"


if __name__ == "__main__":
    go_on(__doc__, KEPT, run, page)
