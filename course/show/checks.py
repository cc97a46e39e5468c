"""What a picture is made from, looked at before it is drawn: arrays of the right shape, rows that sum to one.

Everything here takes NumPy arrays or tensors, on any device, and raises ValueError with one sentence.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from course.expect import kind

TOLERANCE = 2e-3  # how far a row of weights may be from one: bfloat16 gets that far


def array(name: str, values: Any) -> np.ndarray:
    """The values as finite float32, whatever they came as. A tensor is copied from its device."""
    if hasattr(values, "detach"):
        values = values.detach().float().cpu().numpy()
    try:
        found = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be an array of numbers; got {kind(values)}") from None
    if not np.isfinite(found).all():
        raise ValueError(
            f"{name} must be finite, but {int((~np.isfinite(found)).sum())} entries are NaN or ±∞"
        )
    return found


def weights(
    values: Any, name: str = "weights", grid: tuple[int, int] | None = None, extra: int = 0
) -> np.ndarray:
    """Attention weights of one image or sequence: -> (layers, heads, Lq, Lk), float32

    Each row, one query's weights over the keys, must sum to one. With a `grid` (H, W) there must be
    extra + H·W queries and as many keys: `extra` tokens, such as CLS, and the patches row by row.
    """
    found = array(name, values)
    if found.ndim != 4:
        raise ValueError(
            f"{name} must have shape (layers, heads, queries, keys); got {found.shape}"
            + (": pick one image of the batch" if found.ndim == 5 else "")
        )
    if (found < -TOLERANCE).any():
        raise ValueError(f"{name} must not be negative; the smallest is {found.min():.3g}")
    sums = found.sum(axis=-1)
    off = np.abs(sums - 1)
    if off.max(initial=0) > TOLERANCE:
        layer, head, query = np.unravel_index(off.argmax(), off.shape)
        told = f"query {query} of layer {layer}, head {head}, sums to {sums[layer, head, query]:.3g}"
        raise ValueError(f"each row of {name} must sum to one, over the keys; {told}")
    if grid is not None:
        tokens(name, found.shape[-2], grid, extra)
        tokens(name, found.shape[-1], grid, extra)
    return found


def tokens(name: str, count: int, grid: tuple[int, int], extra: int) -> None:
    """Are there as many tokens as `extra` and a grid (H, W) make?"""
    H, W = grid
    if extra < 0 or H < 1 or W < 1:
        raise ValueError(f"a grid of {H} × {W} patches and {extra} extra tokens do not exist")
    if count != extra + H * W:
        made = f"{extra} + {H} × {W} = {extra + H * W}" if extra else f"{H} × {W} = {H * W}"
        raise ValueError(f"{name} are about {count} tokens, but grid {grid} and extra {extra} make {made}")


def image(values: Any, name: str = "image") -> np.ndarray:
    """An image as bytes: (H, W), (H, W, 3) or (3, H, W), uint8 or from 0 to 1 -> (H, W, 3), uint8"""
    if getattr(values, "dtype", None) is not None and str(values.dtype).endswith("uint8"):
        found = np.asarray(values.cpu() if hasattr(values, "cpu") else values)
    else:
        found = array(name, values)
        if found.min(initial=0) < 0 or found.max(initial=0) > 1:
            span = f"{found.min():.3g} … {found.max():.3g}"
            raise ValueError(
                f"{name} must hold numbers from 0 to 1, or bytes; got {span}: undo its normalisation"
            )
        found = (255 * found).round().astype(np.uint8)
    if found.ndim == 3 and found.shape[0] in (1, 3) and found.shape[-1] not in (1, 3):
        found = np.moveaxis(found, 0, -1)
    if found.ndim == 2:
        found = found[..., None]
    if found.ndim != 3 or found.shape[-1] not in (1, 3):
        raise ValueError(f"{name} must have shape (H, W), (H, W, 3) or (3, H, W); got {found.shape}")
    return np.ascontiguousarray(np.broadcast_to(found, (*found.shape[:2], 3)))


def names(what: str, given: Sequence[str] | None, count: int) -> list[str]:
    """A name for each of `count` rows, columns, keys …; their numbers where none are given."""
    if given is None:
        return [str(i) for i in range(count)]
    if len(given) != count:
        raise ValueError(f"there are {count} {what} but {len(given)} names for them")
    return list(given)
