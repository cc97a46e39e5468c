"""CNN against ViT at 50, 200, 1,000 and all labelled images, with controls that say why.

    python -m benchmarks.few_images [--seeds 3] [--write]

The networks of `course.fewlabels.few_images`, equal in parameters to one per cent and in steps, learn
scikit-learn's digits; images are drawn anew by each seed, the same ones for all. "CNN, rearranged" sees the
2 × 2 squares of all images, to train and to test on, in one wrong order, the same for all. What is measured
is kept in benchmarks/results/few-images.json behind each training, and a run that was broken off goes on
there; `--write` makes the table of it.
"""

from pathlib import Path

import torch

from benchmarks.by_seed import go_on, keep, told
from benchmarks.timing import machine
from course.data.by_name import load
from course.fewlabels.few_images import STEPS, cnn, few, measured, mlp, pair, vit
from course.vision.patches import rearranged

KEPT = Path(__file__).resolve().parent / "results" / "few-images.json"
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
                    keep(found, KEPT)
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
        cells = [told(found[key(name, count)], 100) for name in NETWORKS]
        lines.append(f"| {'1,438' if count is None else f'{count:,}'} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    go_on(__doc__, KEPT, run, page)
