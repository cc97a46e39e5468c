"""What a masked auto-encoder of digits is good for, by how much it hid: a probe, fine-tuning, controls.

    python -m benchmarks.masked [--seeds 3] [--write]

`course.ssl.digit_mae`: 16 patches of 2 × 2 pixels, of which 12, 8, 4 or 2 stay visible; blocks 48 wide, two
to encode, one to decode; the lesson's steps and batch. Then, at ten labels a class, drawn by the seed: a
linear probe on features of whole images, and fine-tuning of the encoder with a new head, read ten times on
its way. Beside them the same from first weights (a random encoder, labels alone), and from the trained
numbers of "75 % hidden", shuffled within each tensor: as large, and telling nothing. What the budget does
not hold equal: the more is visible, the more FLOPs a step takes.

What is measured is kept in benchmarks/results/masked.json behind each training, and a run that was broken off
goes on there; `--write` makes the table of it. Some six minutes of one core.
"""

import copy
import statistics
from pathlib import Path
from typing import Any

import torch
from torch import nn

from benchmarks.by_seed import go_on, keep, told
from benchmarks.timing import machine
from course.language.transformer_layers import EncoderLayer
from course.ssl.digit_mae import PATCHES, DigitMAE, errors, fine_tune, learn, probe, shuffled

KEPT = Path(__file__).resolve().parent / "results" / "masked.json"
D, HEADS, HIDDEN, STEPS, EACH = 48, 4, 96, 500, 10
VISIBLE = {"25 % hidden": 12, "50 % hidden": 8, "75 % hidden": 4, "88 % hidden": 2}
SHUFFLED = "75 % hidden, then shuffled"
NAMES = ("first weights", *VISIBLE, SHUFFLED)

Found = dict[str, list[dict[str, Any]]]  # name -> by seed: squared error on hidden pixels, and % right


def network(seed: int, visible: int = 4) -> DigitMAE:
    """The lesson's net from the first weights of a seed."""
    torch.manual_seed(seed)
    blocks: list[nn.Module] = [EncoderLayer(D, HEADS, HIDDEN, activation=nn.ReLU()) for _ in range(3)]
    return DigitMAE(D, blocks[:2], blocks[2:], kept=visible)


def used(net: DigitMAE, seed: int) -> dict[str, Any]:
    """What the encoder is good for: per cent of unseen digits, by a probe and along fine-tuning."""
    read = probe(net.features, EACH, seed)
    tuned = fine_tune(copy.deepcopy(net), EACH, seed)
    return {"probe": round(100 * read, 1), "tuned": [round(100 * right, 1) for right in tuned]}


def run(found: Found, seeds: int) -> None:
    """Train and measure whatever is missing, and keep each result at once."""
    for seed in range(seeds):
        for name in NAMES:
            runs = found.setdefault(name, [])
            if len(runs) > seed:
                continue
            net = network(seed, VISIBLE.get(name, 4))
            measured: dict[str, Any] = {}
            if "hidden" in name:
                learn(net, steps=STEPS, seed=seed)
                measured["error"] = round(errors(net)[0], 4)
            if name == SHUFFLED:
                net, measured = shuffled(net, seed), {}
            runs.append(measured | used(net, seed))
            keep(found, KEPT)
            print(f"{name}, seed {seed}: {runs[-1]}", flush=True)


def page(found: Found) -> str:
    """The table, with what was held equal."""
    seeds = min(len(runs) for runs in found.values())
    lines = [
        "# Masked digits: what hiding is good for",
        "",
        f"`python -m benchmarks.masked --write`; scikit-learn's digits, {PATCHES} patches; two blocks "
        f"encode, one decodes, {D} wide; {STEPS} steps of 64 of 1,400 images without labels; then {EACH} "
        f"labels a class, 150 steps; 397 others to test on. Accuracy in %, mean ± standard deviation over "
        f"{seeds} seeds. {machine(torch.device('cpu'))}",
        "",
        "| weights before | error on hidden pixels | linear probe | fine-tuned, 45 steps | fine-tuned, 150 |",
        "|:--|--:|--:|--:|--:|",
    ]
    for name in NAMES:
        runs = found[name]
        error = f"{statistics.fmean(ran['error'] for ran in runs):.4f}" if "error" in runs[0] else "–"
        columns = (
            [ran["probe"] for ran in runs],
            *zip(*((ran["tuned"][2], ran["tuned"][-1]) for ran in runs)),
        )
        lines.append(f"| {name} | {error} | {' | '.join(told(list(column)) for column in columns)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    go_on(__doc__, KEPT, run, page)
