"""What does a shortcut cost? A pretext with a cue that gives the answer away, without it, and with a control.

    python -m benchmarks.shortcut [--seeds 3] [--write]

Digits of 16 × 16 pixels. A small ViT is shown the 4 × 4 patches of an image, shuffled, and says where each
comes from (`course.ssl.jigsaw.PatchJigsaw`). The cue is a pixel of each patch whose grey numbers it. The
control has the same pixels in an order that tells nothing (`course.data.cues`).

Each encoder is frozen and read with ten labels a class, twice: on images that have the cue, as those it
learnt from, and on clean ones (labelled and unseen alike). Beside them the same encoder with its first
weights. Each run is kept as soon as it is over (`--write`), and what is kept is not run again.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import torch

from benchmarks.timing import machine
from course.data.by_name import load
from course.data.cues import misnumbered, numbered
from course.data.image_set import ImageSet
from course.evaluate import Reading
from course.ssl.by_name import Images, build
from course.ssl.method import Method
from course.training.loop import train
from course.training.modes import evaluating
from course.training.recipe import Recipe
from course.whole_files import replacing

RESULTS = Path(__file__).resolve().parent / "results"
KEPT, PAGE = RESULTS / "shortcut.json", RESULTS / "shortcut.md"
EACH = 10  # labelled images of a class


EPOCHS = 10


def clean(data: ImageSet) -> ImageSet:
    """As they are."""
    return data


CUES: dict[str, Callable[[ImageSet], ImageSet]] = {
    "no cue": clean,
    "numbers": numbered,
    "numbers that tell nothing": misnumbered,
}


@dataclass(frozen=True)
class Ran:
    """pretext_right: of unseen images that have the cue. marked, clean: {"knn": …, "probe": …}, 0 … 1, of
    images with it and without; untrained: the same of the encoder's first weights, on clean images."""

    cue: str
    seed: int
    seconds: float  # of processor, for training
    pretext_right: float
    marked: dict[str, float]
    clean: dict[str, float]
    untrained: dict[str, float]


def run(cue: str, seed: int) -> Ran:
    """Train one encoder and read it."""
    sets = load("digits", "train", 16), load("digits", "test", 16)
    marked = CUES[cue](sets[0]), CUES[cue](sets[1])
    torch.manual_seed(seed)
    method = build("patch-jigsaw", Images.of(marked[0], mirror=False), "vit-mini/4")

    def read(train_set: ImageSet, test_set: ImageSet) -> dict[str, float]:
        labelled = train_set.few(EACH, seed)
        return Reading(pool="patches").measure(method.encoder, labelled, test_set, seed)

    untrained = read(*sets)
    start = time.process_time()
    train(method, marked[0], Recipe(epochs=EPOCHS, batch=32, seed=seed))
    seconds = time.process_time() - start
    return Ran(cue, seed, seconds, solved(method, marked[1]), read(*marked), read(*sets), untrained)


@torch.no_grad()
def solved(method: Method, data: ImageSet) -> float:
    """The share of its pretext's questions about a set that a method answers rightly."""
    views = method.batch(data, torch.arange(len(data)), torch.Generator().manual_seed(0))
    with evaluating(method):
        return float(method(views)[1]["accuracy"])


# --- What is kept --------------------------------------------------------------------------------------


def remembered() -> list[Ran]:
    """What earlier runs found."""
    return [Ran(**kept) for kept in json.loads(KEPT.read_text(encoding="utf-8"))] if KEPT.exists() else []


def told(values: list[float]) -> str:
    """The mean in per cent, ± the standard deviation where there are two or more."""
    spread = f" ± {100 * statistics.stdev(values):.1f}" if len(values) > 1 else ""
    return f"{100 * statistics.fmean(values):.1f}{spread}"


def page(found: list[Ran]) -> str:
    """The table."""
    lines = [
        "# What a shortcut costs",
        "",
        f"{date.today()}, {machine(torch.device('cpu'))}. `python -m benchmarks.shortcut --write`",
        "",
        f"`patch-jigsaw`, vit-mini/4, {EPOCHS} epochs on digits, 16 × 16, {EACH} labels a class, 359 unseen; "
        f"{len({ran.seed for ran in found})} seeds; right in %, ± the standard deviation. "
        "*Marked*: kNN and linear probe on images with the cue; *clean*: on images without it.",
        "",
        "| cue | pretext, unseen | kNN, marked | probe, marked | kNN, clean | probe, clean |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    first = [ran.untrained for ran in found if ran.cue == "no cue"]
    by = [told([each[how] for each in first]) for how in ("knn", "probe")]
    lines.append(f"| *untrained* | | | | {by[0]} | {by[1]} |")
    for cue in CUES:
        own = [ran for ran in found if ran.cue == cue]
        if own:
            cells = [told([ran.pretext_right for ran in own])]
            for which in ("marked", "clean"):
                cells += [told([getattr(ran, which)[how] for ran in own]) for how in ("knn", "probe")]
            lines.append(f"| {cue} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="keep each run in benchmarks/results")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    found = remembered() if asked.write else []
    done = {(ran.cue, ran.seed) for ran in found}
    for seed in range(asked.seeds):
        for cue in CUES:
            if (cue, seed) in done:
                continue
            found.append(run(cue, seed))
            print(found[-1], flush=True)
            if asked.write:
                with replacing(KEPT) as growing:
                    growing.write_text(
                        json.dumps([asdict(ran) for ran in found], indent=1) + "\n", encoding="utf-8"
                    )
                PAGE.write_text(page(found), encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    main()
