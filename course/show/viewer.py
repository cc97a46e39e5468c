"""Who looks at what in an image: every layer and head, from any patch, to be explored by mouse or keyboard.

The viewer takes plain arrays and knows no model. Weights cross as bytes; each row is scaled by its own
largest weight, which is sent beside it: a weight is off by at most 0.2 % of its row's largest. What is put
together from several layers (rollout, relevance) is computed here, by `course.show.maps`; rows, thresholds
and differences are read off in the browser, by viewer.js beside this file.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from course.show import checks, maps
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import as_bytes, beside, colours, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Attention:
    """One model's attention over one image.

    weights: (layers, heads, N, N), each row summing to one
    gradients: of one logit with respect to the weights, the same shape; they open one more mode
    name: what the reader calls the model
    """

    weights: Any
    gradients: Any = None
    name: str = "attention"


def attention_viewer(
    attention: Attention | Any,
    image: Any,
    grid: tuple[int, int],
    extra: Sequence[str] = ("CLS",),
    other: Attention | None = None,
) -> Block:
    """The viewer, as the last line of a cell.

    attention: an `Attention`, or its weights (layers, heads, N, N) alone
    image: (H, W), (H, W, 3) or (3, H, W), bytes or from 0 to 1
    grid: patches high and wide; N = len(extra) + high · wide
    extra: the names of the tokens in front of the patches, such as ("CLS", "DIST"); () where there are none
    other: a second model's attention over the same image, with as many layers and heads, to compare with

    Raises ValueError for arrays that do not fit.
    """
    models = [attention if isinstance(attention, Attention) else Attention(attention)]
    models += [] if other is None else [other]
    weights = [checks.weights(model.weights, model.name, grid, len(extra)) for model in models]
    if len({found.shape for found in weights}) > 1:
        shapes = " and ".join(f"{model.name} {found.shape}" for model, found in zip(models, weights))
        raise ValueError(f"two models are compared layer by layer and head by head; got {shapes}")
    picture = checks.image(image)
    layers, heads = weights[0].shape[:2]
    data = {
        "image": picture,
        "grid": grid,
        "extra": list(extra),
        "layers": layers,
        "heads": heads,
        "models": [_sent(model, found, grid, len(extra)) for model, found in zip(models, weights)],
        "sequential": colours(palette.sequential),
        "diverging": colours(palette.diverging),
    }
    css, body = css_and_body("viewer.html")
    names = " and ".join(model.name for model in models)
    whose = "Attention" if names == "attention" else f"Attention of {names}"
    return interactive(
        beside("weights.js") + beside("viewer.js"),
        data,
        body=body,
        css=css,
        height=700,
        alt=f"{whose}: {layers} layer{'s' * (layers > 1)} of {heads} head{'s' * (heads > 1)} over "
        f"{grid[0]} × {grid[1]} patches. "
        "Choose a patch of the image, and see how much it attends to every other one.",
        fallback=_still(weights[0], picture, grid, len(extra), models[0].name),
    )


def _sent(model: Attention, weights: np.ndarray, grid: tuple[int, int], extra: int) -> dict[str, Any]:
    """One model as the script reads it."""
    as_tensor = torch.from_numpy(weights)
    sent: dict[str, Any] = {
        "name": model.name,
        "raw": as_bytes(weights),
        "rollout": as_bytes(maps.rollout(as_tensor).numpy()),
        "entropy": maps.entropy(as_tensor).mean(dim=-1).numpy(),
        "distance": maps.distance(as_tensor, grid, extra).numpy(),
    }
    if model.gradients is not None:
        gradients = checks.array("gradients", model.gradients)
        sent["gradient"] = as_bytes(maps.relevance(as_tensor, torch.from_numpy(gradients)).numpy())
    return sent


def _still(rows: np.ndarray, photo: np.ndarray, grid: tuple[int, int], extra: int, name: str) -> "Figure":
    """The image, and what its first token sees in each head of the last layer, where scripts do not run."""
    heads = rows.shape[1]
    query = 0 if extra else (grid[0] // 2) * grid[1] + grid[1] // 2
    seen = rows[-1, :, query, extra:].reshape(heads, *grid)
    columns = min(heads + 1, 7)
    lines = math.ceil((heads + 1) / columns)
    fig, axes = new(lines, columns, width=8.5, height=1.7 * lines)
    for ax in np.ravel(axes):
        ax.set_axis_off()
    first, *rest = np.ravel(axes)
    first.imshow(photo)
    first.set_title(name)
    for head, ax in zip(range(heads), rest):
        ax.imshow(seen[head], vmin=0, vmax=seen.max())
        ax.set_title(f"head {head}")
    return fig
