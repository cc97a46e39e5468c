"""The capstone's archive: what images without labels add to a network that augments, by several ways.

    python -m benchmarks.archive [--seeds 5] [--write]

The script that is graded (`grader/exercises/14_choose/recognise.py`), 200 labels, a page of 1,500 letters by
two hands, and 4,000 new letters, drawn anew with each seed. Held equal in all that are trained: network,
steps, batches of labelled images, optimiser and rate. What uses the page sees more images a step, so takes
longer; "augmented, as long" has as much time. What is measured is kept in
benchmarks/results/archive.json behind each training.
"""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.by_seed import Found, go_on, keep, told
from benchmarks.timing import machine
from course.fewlabels.archive import (
    STEPS,
    archive,
    augmented,
    labels_alone,
    moved,
    nearest,
    of_either_ink,
    recoloured,
    rising_and_falling,
    small_cnn,
)
from grader import catalogue

KEPT = Path(__file__).resolve().parent / "results" / "archive.json"
SCRIPT, NEW, SURE = 14, 4000, 0.8
LONGER = 2000  # steps of the labelled images alone that take as long as 800 with the page

Way = Callable[[nn.Module, Tensor], tuple[Tensor, Tensor, Tensor]]


def across_hands(network: nn.Module, page: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Images, and the class that both copies of a letter are taken for together, and how surely."""
    hands = page[torch.randint(len(page), (32,))]  # (32, 2, 1, H, W)
    with torch.no_grad():
        shares = network(hands.flatten(0, 1)).softmax(dim=-1).unflatten(0, (32, 2)).mean(dim=1)  # (32, 10)
    sure, said = shares.repeat_interleave(2, dim=0).max(dim=-1)
    return hands.flatten(0, 1), said, sure


def one_by_one(network: nn.Module, page: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Images, and the class that each is taken for when it is changed a little (FixMatch), and how surely."""
    letters = page.flatten(0, 1)[torch.randint(2 * len(page), (64,))]
    with torch.no_grad():
        sure, said = network(moved(letters, far=0.05, turn=0.05)).softmax(dim=-1).max(dim=-1)
    return letters, said, sure


def believing(way: Way) -> Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]:
    """A method that takes what the network is sure of for a label."""

    def recognise(images: Tensor, labels: Tensor, page: Tensor, unseen: Tensor) -> Tensor:
        network = small_cnn()
        optimiser, rate = rising_and_falling(network)
        for _ in range(STEPS):
            chosen = torch.randint(len(images), (32,))
            letters, said, sure = way(network, page)
            changed = network(recoloured(moved(torch.cat([images[chosen], letters]))))
            known, guessed = changed.split([32, len(letters)])
            believed = F.cross_entropy(guessed, said, reduction="none") * (sure > SURE)
            loss = F.cross_entropy(known, labels[chosen]) + believed.mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rate.step()
        return of_either_ink(network.eval(), unseen)

    return recognise


METHODS: dict[str, Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]] = {
    "nearest labelled image": nearest,
    "as they are": labels_alone,
    "augmented": augmented,
    "augmented, as long": partial(augmented, steps=LONGER),
    "pseudo-labels, one by one": believing(one_by_one),
    "pseudo-labels, across hands": believing(across_hands),
    "NT-Xent between hands": catalogue.reference("recognise"),
}


def run(found: Found, seeds: int) -> None:
    """Train and measure whatever is missing, and keep each result at once."""
    for seed in range(seeds):
        given = archive(SCRIPT, seed=2 + seed, new=NEW)
        for name, method in METHODS.items():
            runs = found.setdefault(name, [])
            if len(runs) > seed:
                continue
            torch.manual_seed(seed)
            began = time.process_time()
            said = method(given.images, given.labels, given.unlabelled, given.unseen)
            seconds = round(time.process_time() - began, 1)
            runs.append({"right": float((said == given.right).double().mean()), "seconds": seconds})
            keep(found, KEPT)
            print(f"{name}, seed {seed}: {runs[-1]}", flush=True)


def page(found: Found) -> str:
    """The table."""
    seeds = min(map(len, found.values()))
    lines = [
        "# The capstone's archive",
        "",
        f"`python -m benchmarks.archive --write`; script {SCRIPT}, 200 labels, {NEW:,} new letters; {STEPS} "
        f"steps of 32 labelled images; mean ± standard deviation over {seeds} seeds. "
        f"{machine(torch.device('cpu'))}",
        "",
        "| | right, % | seconds of processor |",
        "|:--|--:|--:|",
    ]
    for name in METHODS:
        runs = found[name]
        right, seconds = ([one[what] for one in runs] for what in ("right", "seconds"))
        lines.append(f"| {name} | {told(right, 100)} | {told(seconds)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    go_on(__doc__, KEPT, run, page)
