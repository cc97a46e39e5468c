"""Two views of painted digits: batch size, temperature and colours against kNN.

    python -m benchmarks.two_views [--seeds 3] [--write]

The small encoder of `course.ssl.in_seconds` learns from `course.data.painted`; kNN reads the digit, and the
colour of the paper, off what stands before the projection head and behind it. What is measured is kept in
benchmarks/results/two-views.json behind each training, and a run that was broken off goes on there; `--write`
makes the table of it. About three minutes of one core.
"""

import statistics
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.by_seed import go_on, keep, told
from benchmarks.timing import machine
from course.data.painted import painted
from course.ssl.in_seconds import Projected, SmallEncoder, contrast, judged
from course.ssl.simclr import nt_xent

KEPT = Path(__file__).resolve().parent / "results" / "two-views.json"
USUAL: dict[str, Any] = dict(tau=0.2, batch=64, steps=150, colours=True)
BATCHES = (16, 256)
TAUS = (0.05, 1.0)

Found = dict[str, list[dict[str, Any]]]  # what was trained -> what was measured, by seed


def asked(net: Any) -> dict[str, float]:
    """kNN by digit and by colour, %."""
    train, test = painted(), painted("test")
    return {what: round(judged(net, train.about(what), test.about(what)), 1) for what in ("digit", "colour")}


def contrasted(seed: int, **options: Any) -> dict[str, Any]:
    torch.manual_seed(seed)
    net = Projected(SmallEncoder())
    untrained = asked(net.encoder)
    losses = list(contrast(net, painted().floats(), nt_xent, seed=seed, **options))
    last = statistics.fmean(losses[-10:])
    return {
        "before": asked(net.encoder),
        "behind": asked(net),
        "untrained": untrained,
        "loss": round(last, 3),
    }


def trainings() -> dict[str, dict[str, Any]]:
    """Every training by its name: the options of `contrast`, and what is changed of them."""
    kinds: dict[str, dict[str, Any]] = {"as usual": {}, "colours kept": dict(colours=False)}
    kinds |= {f"τ = {tau}": dict(tau=tau) for tau in TAUS}
    images = USUAL["steps"] * USUAL["batch"]
    for batch in BATCHES:
        kinds[f"batch {batch}, as many images"] = dict(batch=batch, steps=images // batch)
        kinds[f"batch {batch}, as many steps"] = dict(batch=batch)
    return {name: USUAL | changed for name, changed in kinds.items()}


def run(found: Found, seeds: int) -> None:
    """Train and measure whatever is missing, and keep each result at once."""
    for seed in range(seeds):
        for name, options in trainings().items():
            runs = found.setdefault(name, [])
            if len(runs) <= seed:
                began = time.process_time()
                measured = contrasted(seed, **options)
                runs.append(measured | {"seconds": round(time.process_time() - began, 1)})
                keep(found, KEPT)
                told = runs[-1]
                print(f"{name}, seed {seed}: {told['before']} ({told['seconds']:.0f} s)", flush=True)


def page(found: Found) -> str:
    """The table, with what was held equal."""
    seeds = min(len(runs) for runs in found.values())
    lines = [
        "# Two views of painted digits",
        "",
        "`python -m benchmarks.two_views --write`; 1,438 digits of 8 × 8 in two colours each, 359 to "
        "test on; two convolutions and a linear layer, 64 features; as usual: batch 64, 150 steps, τ = 0.2. "
        "kNN (k = 20, all labels) in %, mean ± standard "
        f"deviation over {seeds} seeds. {machine(torch.device('cpu'))}",
        "",
        "| training | digit, before the head | colour, before | digit, behind | colour, behind |",
        "|:--|--:|--:|--:|--:|",
    ]
    first = next(iter(found.values()))
    rows = {"untrained": [{"before": ran["untrained"]} for ran in first], **found}
    for name, runs in rows.items():
        places = [(where, what) for where in ("before", "behind") for what in ("digit", "colour")]
        cells = [told([ran[where][what] for ran in runs]) for where, what in places if where in runs[0]]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    go_on(__doc__, KEPT, run, page)
