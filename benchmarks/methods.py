"""Every self-supervised method on a CPU and embedded data, beside a random encoder and labels alone.

    python -m benchmarks.methods [--only dino mae] [--seeds 3] [--each 10] [--write]

Small encoders (the `mini` ones of `course.vision.by_name`) learn without labels for a minute or so, and are
then read with ten labels a class, by kNN and by a linear probe, on images that none of them has seen. Beside
them stands the same encoder with its first random weights, and trained with those labels alone for as many
steps. Every seed has its own weights, batches and labels, the same ones for all methods of a group.

Digits serve where the question makes sense on small grey images, scaled up for encoders that see patches.
Colours, and tiles that still show something, need the shapes. What is best on toy data says little about
photographs; that every method learns something that a random network does not know is what is tested here.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from benchmarks.timing import machine
from course.augment import Crop
from course.data.by_name import SETS, load
from course.data.image_set import ImageSet
from course.data.shapes import Shapes
from course.evaluate import Reading, Row, as_markdown, compare
from course.evaluate.table import RANDOM, READINGS, SUPERVISED, Score
from course.ssl.by_name import Images, build
from course.ssl.method import Method
from course.training.recipe import Recipe

RESULTS = Path(__file__).resolve().parent / "results"
KEPT = RESULTS / "methods-cpu.json"  # the numbers behind the table


@dataclass(frozen=True, eq=False)
class Group:
    """Methods around the same encoder on the same images, which share their baselines and are read alike."""

    data: str
    size: int
    encoder: str
    epochs: int
    methods: dict[str, dict[str, Any]]  # and their options
    pool: str = "features"
    about: str = ""  # which factor of the shapes is the class
    rate: float = 1e-3
    batch: int = 32

    def images(self, split: str) -> ImageSet:
        found = load(self.data, split, self.size)
        return found.about(self.about) if isinstance(found, Shapes) else found

    def __str__(self) -> str:
        return (
            f"{self.data}{f', {self.about}' * bool(self.about)}, {self.size} × {self.size} | {self.encoder}"
        )


# a kind of encoder of its own needs baselines of its own
GROUPS = (
    Group(
        "digits",
        16,
        "vit-mini/4",
        20,
        {"mae": dict(ratio=0.5), "maskfeat": {}, "patch-jigsaw": {}},
        "patches",
    ),
    Group("digits", 16, "vit-mini/4", 60, {"simclr": dict(tau=0.2)}, batch=128),
    Group("digits", 16, "vit-mini/4", 20, {"ijepa": {"augment": Crop(16, scale=(0.7, 1.0))}}, rate=5e-4),
    Group("digits", 16, "vit-mini/4", 20, {"relvit": {}}, "patches"),
    Group("digits", 16, "convnext-mini/2", 14, {"fcmae": dict(ratio=0.5)}),
    Group("digits", 8, "resnet-mini", 20, {"autoencoder": {}, "vae": {}, "dino": {}}),
    Group("digits", 16, "resnet-mini", 14, {"context": {}, "jigsaw": {}}),
    Group("digits", 16, "resnet-mini", 8, {"rotation": {}}),
    Group("shapes", 16, "resnet-mini", 6, {"colourisation": {}}, about="colour"),
)


# --- What is measured ----------------------------------------------------------------------------------


def measured(group: Group, seeds: int, each: int, show: Callable[[str], None]) -> list[Row]:
    """The rows of a group: its baselines, then its methods."""
    train, test = group.images("train"), group.images("test")
    images = Images.of(train, SETS[group.data].mirror)

    def made(name: str, start: nn.Module | None = None) -> Method:
        """Around an encoder of its own, whose first weights the seed makes the same as `start`'s."""
        return build(name, images, group.encoder, **group.methods[name])

    return compare(
        lambda: made(next(iter(group.methods))).encoder,
        {name: partial(made, name) for name in group.methods},
        train,
        test,
        Recipe(epochs=group.epochs, batch=group.batch, lr=group.rate),
        each=each,
        seeds=range(seeds),
        reading=Reading(pool=group.pool),
        show=show,
    )


# --- What is kept --------------------------------------------------------------------------------------


def report(found: Mapping[Group, Sequence[Row]], each: int) -> str:
    """The table of all groups, and which methods beat which baseline."""
    seeds = len(next(iter(found.values()))[0].knn.seeds)
    lines = [
        f"# Every method on a CPU, with {each} labels a class",
        "",
        f"{date.today()}, {machine(torch.device('cpu'))}. AdamW; images standardised by their set;",
        f"{seeds} seeds: accuracy in %, ± the standard deviation. `python -m benchmarks.methods --write`",
        "",
        "| data | encoder | | epochs | batch | rate | kNN | linear probe | its own head |",
        "|:--|:--|:--|--:|--:|--:|--:|--:|--:|",
    ]
    for group, rows in found.items():
        for row in rows:
            head = f"{row.fine_tuned}" if row.fine_tuned else ""
            budget = f"{group.epochs} | {group.batch} | {group.rate:g}" if row.steps else " | | "
            lines.append(f"| {group} | {row.name} | {budget} | {row.knn} | {row.probe} | {head} |")
    lines += ["", *verdicts(list(found.values()))]
    return "\n".join(lines)


def remembered(path: Path) -> dict[Group, list[Row]]:
    """What earlier runs found, of the groups as they are today."""
    kept: dict[str, list[dict[str, Any]]] = json.loads(path.read_text()) if path.exists() else {}
    return {group: [_row(row) for row in kept[repr(group)]] for group in GROUPS if repr(group) in kept}


def _row(kept: dict[str, Any]) -> Row:
    scores = {
        name: Score(tuple(kept[name]["values"]), tuple(kept[name]["seeds"]))
        for name in READINGS
        if kept[name]
    }
    return Row(**{**kept, **scores})


def verdicts(found: Sequence[Sequence[Row]]) -> list[str]:
    """Who is better than the random encoder, and than labels alone, beyond the spread or only on average."""
    lines = []
    for title, baseline in (("the random encoder", RANDOM), ("labels alone, from scratch", SUPERVISED)):
        kinds: dict[str, list[str]] = {"beyond the spread": [], "on average only": [], "not": []}
        for rows in found:
            by_name = {row.name: row for row in rows}
            other = by_name[baseline]
            for row in rows:
                if row.name in (RANDOM, SUPERVISED):
                    continue
                probe = other.probe if baseline == RANDOM else other.fine_tuned
                assert probe is not None
                knn = other.knn if baseline == RANDOM else probe
                for how, own, its in (("kNN", row.knn, knn), ("probe", row.probe, probe)):
                    kind = (
                        "beyond the spread"
                        if own.beats(its)
                        else "on average only"
                        if own.mean > its.mean
                        else "not"
                    )
                    kinds[kind].append(f"{row.name} ({how})")
        lines += [f"Better than {title}:", ""]
        lines += [f"- {kind}: {', '.join(names) or 'none'}" for kind, names in kinds.items()] + [""]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    every = [name for group in GROUPS for name in group.methods]
    parser.add_argument("--only", nargs="+", choices=every, metavar="METHOD", help="and those of its group")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--each", type=int, default=10, help="labelled images of each class")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/results")
    given = parser.parse_args()
    torch.set_flush_denormal(True)
    wanted = set(given.only or every)
    for group in GROUPS:
        if not wanted & group.methods.keys():
            continue
        rows = measured(group, given.seeds, given.each, partial(print, flush=True))
        print(as_markdown(rows), flush=True)
        if given.write:  # after each group: the whole takes most of an hour
            found = {**remembered(KEPT), group: rows}
            KEPT.write_text(
                json.dumps({repr(key): [asdict(row) for row in value] for key, value in found.items()})
            )
            ordered = {group: found[group] for group in GROUPS if group in found}
            (RESULTS / "methods-cpu.md").write_text(report(ordered, given.each), encoding="utf-8")


if __name__ == "__main__":
    main()
