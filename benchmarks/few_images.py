"""CNN against ViT at 50, 200, 1,000 and all labelled images, with controls that say why.

    python -m benchmarks.few_images [--seeds 3] [--write]

The networks of `course.fewlabels.few_images`, equal in parameters to one per cent and in steps, learn
scikit-learn's digits; images are drawn anew by each seed, the same ones for all. "CNN, rearranged" sees the
2 × 2 squares of all images, to train and to test on, in one wrong order, the same for all. What is measured
is kept in benchmarks/results/few-images.json behind each training, and a run that was broken off goes on
there; `--write` makes the table of it.
"""

import argparse
import json
import statistics
from pathlib import Path

import torch

from benchmarks.timing import machine
from course.data.by_name import load
from course.fewlabels.few_images import STEPS, cnn, few, measured, mlp, pair, vit
from course.vision.patches import rearranged
from course.whole_files import replacing

RESULTS = Path(__file__).resolve().parent / "results"
KEPT, PAGE = RESULTS / "few-images.json", RESULTS / "few-images.md"
COUNTS = (50, 200, 1000, None)  # labelled images; None: all
PATCH = 2
ORDER = torch.randperm(16, generator=torch.Generator().manual_seed(0))
NETWORKS = {
    "CNN": cnn,
    "ViT": vit,
    "ViT, loud positions": lambda: vit(1.0),
    "MLP": mlp,
    "CNN, rearranged": cnn,
}

Found = dict[str, list[float]]  # "CNN: 50" -> accuracies by seed


def key(network: str, count: int | None) -> str:
    """The name of a row of results."""
    return f"{network}: {'all' if count is None else count}"


def run(found: Found, seeds: int) -> None:
    """Train and measure whatever is missing, and keep each result at once."""
    train, test = load("digits"), load("digits", "test")
    for seed in range(seeds):
        for count in COUNTS:
            sets = [pair(few(train, count, seed)), pair(test)]
            wrong = [(rearranged(images, PATCH, ORDER), labels) for images, labels in sets]
            for name, make in NETWORKS.items():
                runs = found.setdefault(key(name, count), [])
                if len(runs) <= seed:
                    runs.append(measured(make, *(wrong if "rearranged" in name else sets), seed=seed))
                    with replacing(KEPT) as growing:
                        growing.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
                    print(f"{key(name, count)}, seed {seed}: {100 * runs[-1]:.1f} %", flush=True)


def page(found: Found) -> str:
    """The table, with what was held equal."""
    sizes = [sum(p.numel() for p in make().parameters()) for make in NETWORKS.values()]
    seeds = min(len(runs) for runs in found.values())
    lines = [
        "# CNN against ViT, from few images to all",
        "",
        "`python -m benchmarks.few_images --write`; scikit-learn's digits, 8 × 8, 359 to test on; "
        f"{min(sizes):,} to {max(sizes):,} parameters; {STEPS} steps of 32 images, however many there are. "
        f"Accuracy in %, mean ± standard deviation over {seeds} seeds. {machine(torch.device('cpu'))}",
        "",
        f"| images | {' | '.join(NETWORKS)} |",
        "|--:|" + "--:|" * len(NETWORKS),
    ]
    for count in COUNTS:
        cells = [_told(found[key(name, count)]) for name in NETWORKS]
        lines.append(f"| {'1,438' if count is None else f'{count:,}'} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _told(runs: list[float]) -> str:
    return f"{100 * statistics.fmean(runs):.1f} ± {100 * statistics.stdev(runs):.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write the table beside the numbers")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    found: Found = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    run(found, asked.seeds)
    print(page(found))
    if asked.write:
        PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
