"""What a masked auto-encoder of digits is good for, by how much it hid: a probe and fine-tuning, seeds.

    python -m benchmarks.masked [--seeds 3] [--write]

`course.ssl.digit_mae`: 16 patches of 2 × 2 pixels, of which 12, 8, 4 or 2 stay visible; blocks 48 wide, two
to encode, one to decode; the lesson's steps and batch. Then, at ten labels a class, drawn by the seed: a
linear probe on features of whole images, and fine-tuning of the encoder with a new head. Beside them the same
from first weights: a random encoder, and labels alone. What the budget does not hold equal: the more is
visible, the more FLOPs a step takes.

Each run is kept as soon as it is over (`--write`), and what is kept is not run again.
"""

import argparse
import copy
import json
import statistics
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import torch
from torch import nn

from benchmarks.timing import machine
from course.language.transformer_layers import EncoderLayer
from course.ssl.digit_mae import PATCHES, DigitMAE, errors, fine_tune, learn, probe

RESULTS = Path(__file__).resolve().parent / "results"
KEPT = RESULTS / "masked-cpu.json"
VISIBLE = (12, 8, 4, 2, 0)  # of 16; with 0 nothing is learnt before
D, HEADS, HIDDEN, STEPS, EACH = 48, 4, 96, 500, 10


@dataclass(frozen=True)
class Ran:
    """One net. hidden: the squared error on hidden pixels; probe, tuned: shares right of unseen digits."""

    visible: int
    seed: int
    steps: int
    seconds: float  # of processor, for all of it
    hidden: float | None
    probe: float
    tuned: float


def network(visible: int, seed: int) -> DigitMAE:
    """The lesson's net from the first weights of a seed."""
    torch.manual_seed(seed)
    blocks: list[nn.Module] = [EncoderLayer(D, HEADS, HIDDEN, activation=nn.ReLU()) for _ in range(3)]
    return DigitMAE(D, blocks[:2], blocks[2:], kept=visible or PATCHES // 4)


def run(visible: int, seed: int) -> Ran:
    """Learn with so many patches visible (0: not at all), then probe and fine-tune."""
    started = time.process_time()
    net, hidden = network(visible, seed), None
    if visible:
        learn(net, steps=STEPS, seed=seed)
        hidden = errors(net)[0]
    read = probe(net.features, EACH, seed)
    torch.manual_seed(seed)
    tuned = fine_tune(copy.deepcopy(net), EACH, seed)
    return Ran(visible, seed, STEPS, time.process_time() - started, hidden, read, tuned)


def kept() -> list[Ran]:
    """What has been run so far."""
    return [Ran(**row) for row in json.loads(KEPT.read_text())] if KEPT.is_file() else []


def table(runs: list[Ran]) -> str:
    """A row for each share hidden: means, and the least and largest of the seeds."""
    lines = ["| hidden | error on hidden pixels | linear probe, % | fine-tuned, % |", "|---|---|---|---|"]
    for visible in VISIBLE:
        of = [ran for ran in runs if ran.visible == visible]
        if not of:
            continue
        share = f"{1 - visible / PATCHES:.0%}" if visible else "nothing learnt before"
        errors_of = [ran.hidden for ran in of if ran.hidden is not None]
        error = f"{statistics.mean(errors_of):.4f}" if errors_of else "–"
        cells = [[100 * value for value in values] for values in zip(*((ran.probe, ran.tuned) for ran in of))]
        told = [f"{statistics.mean(cell):.1f} ({min(cell):.1f} to {max(cell):.1f})" for cell in cells]
        lines.append(f"| {share} | {error} | {told[0]} | {told[1]} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="keep runs, and write the table")
    options = parser.parse_args()
    runs = kept()
    for seed in range(options.seeds):
        for visible in VISIBLE:
            if any((ran.visible, ran.seed) == (visible, seed) for ran in runs):
                continue
            runs.append(run(visible, seed))
            print(runs[-1], flush=True)
            if options.write:
                KEPT.write_text(json.dumps([asdict(ran) for ran in runs], indent=1) + "\n")
    print(table(runs))
    if options.write:
        where = machine(torch.device("cpu"))
        head = f"# Masked digits\n\n{date.today()}, {where}; `python -m benchmarks.masked --write`.\n\n"
        (RESULTS / "masked-cpu.md").write_text(head + table(runs) + "\n")


if __name__ == "__main__":
    main()
