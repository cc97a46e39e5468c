"""Which frame does each moment of a sound look at, and what if the sound is late? A slider moves it.

    rows      moments of the sound, downwards, with the strength of their pitches on the left
    columns   frames of the film, with their pictures above
    dashed    where a moment would look that looks at the frame shown with it

All maps are the model's own, one for each film and each delay; the numbers below are computed from the map
that is shown. The film can be played with its sound.

What people usually get wrong: a map is taken for a clock. A moment that looks for *its own note* moves with
the sound; one that looks at the same place whatever is heard does not.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course import expect
from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import as_bytes, beside, colours, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def late_sound(
    frames: Any,
    notes: Any,
    titles: Sequence[str],
    weights: Mapping[int, Any],
    bands: Mapping[int, Any],
    sounds: Any,
    rate: int,
) -> Block:
    """The figure, as the last line of a cell; it opens where the sound is late by 0.

    frames: (F, M, H, W), 0 … 1; notes: (F, M), the number of what is sung in each frame, below 0 where
    nothing is; titles: F texts. weights, bands: by how many frames the sound is late, from the least on in
    steps of one, (F, N, M), rows summing to one, and (F, N, bands). sounds: (F, samples), −1 … 1, not late,
    `rate` a second.

    Raises ValueError for arrays that do not fit.
    """
    shown, sung = checks.array("frames", frames), checks.array("notes", notes)
    delays = sorted(weights)
    expect.whole(rate=rate)
    if 0 not in delays or delays != list(range(delays[0], delays[-1] + 1)) or sorted(bands) != delays:
        raise ValueError(f"delays must be whole frames without a gap, 0 among them; got {delays}")
    maps = np.stack([checks.array("weights", weights[late]) for late in delays])  # (delays, F, N, M)
    heard = np.stack([checks.array("bands", bands[late]) for late in delays])  # (delays, F, N, bands)
    F, M = shown.shape[:2]
    if sung.shape != (F, M) or maps.shape[1::2] != (F, M) or heard.shape[:3] != maps.shape[:3]:
        raise ValueError(
            f"frames {shown.shape}, notes {sung.shape}, weights {maps.shape[1:]} and bands {heard.shape[1:]} "
            "do not belong to the same films"
        )
    low, high = heard.min(), heard.max()
    css, body = css_and_body("late.html")
    first = delays.index(0)
    return interactive(
        beside("weights.js") + beside("late.js"),
        {
            "frames": (255 * shown).round().astype(np.uint8),
            "notes": sung.astype(np.float32),
            "titles": list(titles),
            "delays": delays,
            "weights": as_bytes(maps),
            "bands": (255 * (heard - low) / (high - low)).astype(np.uint8),
            "sounds": (127.5 * (1 + checks.array("sounds", sounds))).round().astype(np.uint8),
            "rate": rate,
            "sequential": colours(palette.sequential),
        },
        body=body,
        css=css,
        height=560,
        alt=f"Where each of {maps.shape[2]} moments of a sound looks among {M} frames of a film. A slider "
        f"makes the sound late by {delays[0]} to {delays[-1]} frames; how far behind the frame shown it "
        "looks is told as a number.",
        fallback=_still(maps[first, 0], shown[0]),
    )


def _still(weights: np.ndarray, frames: np.ndarray) -> "Figure":
    """The first film, its sound in time, where scripts do not run."""
    fig, (above, ax) = new(2, 1, width=5.5, height=6.2)
    above.imshow(np.concatenate(list(frames), axis=1), cmap="gray", vmin=0, vmax=1)
    above.set_axis_off()
    ax.imshow(weights, aspect="auto")
    ax.set(xlabel="frame", ylabel="moment of the sound")
    return fig
