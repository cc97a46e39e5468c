"""Views, masks and relations at one budget: the same network, the same digits, 10 labels a class.

    python -m benchmarks.equal_budget [--seeds 3] [--write]

Six methods teach the same small ViT without labels. First each sees as many images; then each may count as
many FLOPs, forward and backward, as SimCLR needs for that. The encoder is then read with 10 labels a class by
kNN and a linear probe, and fine-tuned, beside the same encoder with its first random weights, and after a
training with those labels alone of as many steps. A seed has its own first weights, batches and labels; the
last two are the same for all. What is measured is kept in benchmarks/results/equal-budget.json behind each
training.

Held equal: network, images, batch, optimiser, rate, labels. Not held equal: what was chosen elsewhere for
each method (its head, its crops, its ratio), and what is read of it: its features, which are CLS or, of
I-JEPA, a mean, or the mean of its patches where nothing trained CLS.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.by_seed import Found, go_on, keep, told
from benchmarks.timing import machine
from course.data.by_name import SETS, load
from course.data.image_set import ImageSet
from course.evaluate.comparison import RANDOM, SUPERVISED, Reading, repeated, seeded
from course.evaluate.features import share_right
from course.evaluate.fine_tuning import with_head
from course.fewlabels.supervised import Supervised
from course.ssl.by_name import Images, build, known
from course.ssl.method import Method
from course.training.loop import train
from course.training.recipe import Recipe

KEPT = Path(__file__).resolve().parent / "results" / "equal-budget.json"
DATA, SIZE, ENCODER, EACH, EPOCHS, BATCH = "digits", 16, "vit-mini/4", 10, 20, 32
METHODS: dict[str, dict[str, float]] = {
    "simclr": dict(tau=0.2),
    "dino": {},
    "mae": dict(ratio=0.5),
    "maskfeat": {},
    "ijepa": {},
    "relvit": {},
}
UNIT = "simclr"  # whose FLOPs the others may count
POOLS = ("features", "patches")
BUDGETS = ("images", "FLOPs")
MEASURED = ("knn", "probe", "fine_tuned")
TUNED = Recipe(epochs=60, batch=50, lr=5e-4)  # of 100 images: 120 steps


def made(name: str, data: ImageSet, seed: int) -> Method:
    """A method around the encoder that this seed gives to all of them."""
    with seeded(seed):
        return build(name, Images.of(data, SETS[DATA].mirror), ENCODER, **METHODS[name])


@cache
def flops(name: str) -> int:
    """What a step costs an image, forward and backward, attention counted as products of matrices."""
    data = load(DATA, size=SIZE)
    method = made(name, data, seed=0)
    batch = method.batch(data, torch.arange(BATCH), torch.Generator().manual_seed(0))
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        method(batch)[0].backward()
    return counter.get_total_flops() // BATCH


def epochs(name: str, budget: str) -> int:
    """How often a method may see the images."""
    return EPOCHS if budget == "images" else max(round(EPOCHS * flops(UNIT) / flops(name)), 1)


def runs(seeds: int) -> Iterator[tuple[int, str, str, str]]:
    """(seed, who, pool, budget) of all that is measured, baselines first."""
    for seed in range(seeds):
        yield from ((seed, who, pool, "images") for who, pool in product((RANDOM, SUPERVISED), POOLS))
        for budget, name in product(BUDGETS, METHODS):
            if budget == "images" or name != UNIT:
                yield seed, name, known(name).pool, budget


def run(found: Found, seeds: int) -> None:
    """Train and measure whatever is missing, and keep each result at once."""
    data, test = load(DATA, size=SIZE), load(DATA, "test", SIZE)
    for seed, who, pool, budget in runs(seeds):
        each = found.setdefault(f"{who}: {pool}, {budget}", [])
        if len(each) <= seed:
            labelled = data.few(EACH, seed)
            each.append(read(who, pool, budget, seed, data, labelled, test))
            keep(found, KEPT)
            print(f"{who}: {pool}, {budget}, seed {seed}: {each[-1]}", flush=True)


def read(
    who: str, pool: str, budget: str, seed: int, data: ImageSet, labelled: ImageSet, test: ImageSet
) -> dict[str, float]:
    """What an encoder is worth once it was taught: accuracies 0 … 1 by the name of the measurement."""
    method = made(UNIT if who in (RANDOM, SUPERVISED) else who, data, seed)
    encoder: nn.Module = method.encoder
    recipe = Recipe(epochs=epochs(who, budget) if who in METHODS else EPOCHS, batch=BATCH, seed=seed)
    head = None
    if who == SUPERVISED:
        head = with_head(encoder, labelled, pool)
        encoder = head.encoder
        train(Supervised(head), repeated(labelled, len(data)), recipe)
    elif who != RANDOM:
        train(method, data, recipe)
    found = Reading(pool=pool, fine_tuning=TUNED).measure(encoder, labelled, test, seed)
    return found if head is None else found | {"fine_tuned": share_right(head, test)}  # its own head's


def page(found: Found) -> str:
    """The table, a row for each method and budget."""
    seeds = min(map(len, found.values()))
    lines = [
        "# Views, masks and relations at one budget",
        "",
        f"`python -m benchmarks.equal_budget --write`; {DATA} at {SIZE} × {SIZE}, {ENCODER}, batches of "
        f"{BATCH}, AdamW at 0.001; read with {EACH} labels a class; accuracy in %, mean ± standard deviation "
        f"over {seeds} seeds. *{SUPERVISED}* is trained with those labels alone for as many steps, and its "
        f"last column is its own head's. {machine(torch.device('cpu'))}",
        "",
        "| | reads | held equal | epochs | MFLOPs an image | kNN | linear probe | fine-tuned |",
        "|:--|:--|:--|--:|--:|--:|--:|--:|",
    ]
    for who, pool, budget in dict.fromkeys((who, pool, budget) for _, who, pool, budget in runs(1)):
        results = found.get(f"{who}: {pool}, {budget}", [])
        cost = (str(epochs(who, budget)), f"{flops(who) / 1e6:.1f}") if who in METHODS else ("", "")
        if who == SUPERVISED:
            cost = (str(EPOCHS), "")
        cells = (
            [told([one[by] for one in results], 100) for by in MEASURED] if len(results) > 1 else ["–"] * 3
        )
        held = budget if who in METHODS else ""
        lines.append(f"| {who} | {pool} | {held} | {' | '.join((*cost, *cells))} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    go_on(__doc__, KEPT, run, page)
