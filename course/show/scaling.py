"""How sharp is the softmax of one query over many keys? Guess first, then see it measured.

Every entry of query and keys is drawn from a standard normal distribution. Sharpness is told in two ways: by
the largest weight, and by the entropy of all weights in bits, log2(keys) where all are alike and 0 where one
key has everything. `measure` draws and computes; `guess` lets the reader set five points of the curve before
it shows them. Its script is scaling.js, beside this file.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import beside

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTHS = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
GUESSED = (4, 16, 64, 256, 1024)
LOW, MIDDLE, HIGH = 0, 1, 2  # quartiles over the draws

_BODY = """
<div class="row" role="group" aria-label="What to guess">
  <button id="largest">Largest weight</button> <button id="entropy">Entropy in bits</button>
</div>
<div class="wide"><svg id="plot" role="group"></svg></div>
<div class="row">
  <button id="reveal">Reveal the measurement</button>
  <button id="scaled">… and with scores of variance 1</button>
  <button id="again">Guess again</button>
</div>
<p id="said"></p>
"""

_CSS = """
.row { display: flex; flex-wrap: wrap; gap: 8px; margin: 0 0 8px; }
.wide { overflow-x: auto; }
svg { display: block; width: 100%; min-width: 520px; height: 330px; touch-action: pan-x; user-select: none; }
svg text { fill: var(--ink); font-size: 14px; }
svg .quiet { fill: var(--muted); }
.handle { cursor: ns-resize; }
.handle:focus { outline: none; }
.handle:focus-visible .halo { stroke: var(--accent); stroke-width: 3; }
.halo { fill: transparent; }
button:disabled { opacity: 0.55; cursor: default; }
#said { min-height: 4.5em; margin: 4px 0 0; }  /* three lines: the block does not grow */
"""


@dataclass(frozen=True)
class Measured:
    """Quartiles over the draws, each (widths, 3), of the scores as they are and of the scores over √d."""

    keys: int
    draws: int
    largest: np.ndarray
    largest_scaled: np.ndarray
    entropy: np.ndarray
    entropy_scaled: np.ndarray


def measure(keys: int = 10_000, draws: int = 16, seed: int = 0) -> Measured:
    """Draw one query and ``keys`` keys, ``draws`` times over, and take the softmax at each of `WIDTHS`.

    A narrow draw is the first columns of the wide one: they are independent, so this is a draw of its own.
    """
    generator = torch.Generator().manual_seed(seed)
    found = torch.empty(2, 2, len(WIDTHS), draws)  # (raw and scaled, largest and entropy, width, draw)
    for draw in range(draws):
        q = torch.randn(WIDTHS[-1], generator=generator)
        k = torch.randn(keys, WIDTHS[-1], generator=generator)
        for place, d in enumerate(WIDTHS):
            scores = k[:, :d] @ q[:d]  # (keys,)
            found[0, :, place, draw] = _sharpness(scores)
            found[1, :, place, draw] = _sharpness(scores / math.sqrt(d))
    quartiles = torch.quantile(found, torch.tensor([0.25, 0.5, 0.75]), dim=-1).movedim(0, -1).numpy()
    return Measured(
        keys=keys,
        draws=draws,
        largest=quartiles[0, 0],
        largest_scaled=quartiles[1, 0],
        entropy=quartiles[0, 1],
        entropy_scaled=quartiles[1, 1],
    )


def _sharpness(scores: Tensor) -> Tensor:
    """The largest weight, and the entropy of the weights in bits."""
    logs = scores.log_softmax(dim=-1)
    weights = logs.exp()
    return torch.stack([weights.max(), -(weights * logs).sum() / math.log(2)])


def guess(measured: Measured) -> Block:
    """Five points to set by mouse or keyboard, then the measured curves and the distance to them."""
    return interactive(
        beside("scaling.js"),
        dict(
            widths=WIDTHS,
            guessed=[WIDTHS.index(d) for d in GUESSED],
            keys=measured.keys,
            draws=measured.draws,
            bits=math.log2(measured.keys),
            largest=dict(raw=measured.largest, scaled=measured.largest_scaled),
            entropy=dict(raw=measured.entropy, scaled=measured.entropy_scaled),
        ),
        body=_BODY,
        css=_CSS,
        height=524,
        alt=f"One query, {measured.keys:,} keys: five handles, at d = 4, 16, 64, 256 and 1,024, to guess "
        "the largest weight and the entropy of the softmax before the measured curve appears beside it.",
        fallback=_still(measured),
    )


def _still(measured: Measured) -> "Figure":
    fig, axes = new(cols=2, width=8.5, height=3.4)
    curves = [
        ("largest attention weight", measured.largest, measured.largest_scaled, 1.02),
        ("entropy, bits", measured.entropy, measured.entropy_scaled, 1.02 * math.log2(measured.keys)),
    ]
    for ax, (title, raw, scaled, top) in zip(axes, curves, strict=True):
        for values, label, colour in (
            (raw, "scores as they are", palette.second),
            (scaled, "variance 1", palette.third),
        ):
            ax.plot(WIDTHS, values[:, MIDDLE], marker="o", color=colour, label=label)
            ax.fill_between(WIDTHS, values[:, LOW], values[:, HIGH], color=colour, alpha=0.2)
        ax.set(title=title, xlabel="width d", ylim=(-0.03 * top, top))
        ax.set_xscale("log", base=2)
        ax.set_xticks(GUESSED, [f"{d:,}" for d in GUESSED])
    axes[0].legend(loc="center right")
    return fig
