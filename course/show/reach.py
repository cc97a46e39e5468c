"""How far layers reach: the distance attention bridges, and which inputs an output has heard of.

    distances           the mean distance of each head, layer by layer     Dosovitskiy et al. 2021, figure 7
    receptive fields    after l layers output i has heard of input j if a path of l steps leads there:
                        R_l = R_1 R_{l-1}, in booleans

What people usually get wrong: the reach of stacked 3-wide convolutions grows by one position a layer on each
side, not by a factor; a recurrence reaches all that lies behind it in one layer, but over as many steps as
there are positions between; to be reached is not to be used.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from course import expect
from course.show import checks
from course.show.style import figure, new, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "osD^"


def distances(measured: Mapping[str, Any], unit: str = "pixels") -> None:
    """Show the mean attention distance of every head over the layers, for one or more models by name.

    measured: (layers, heads) each, as `course.show.maps.distance` measures them
    """
    found = {name: checks.array(name, values) for name, values in measured.items()}
    if not 1 <= len(found) <= len(MARKERS):
        raise ValueError(f"1 to {len(MARKERS)} models can be told apart; got {len(found)}")
    for name, values in found.items():
        if values.ndim != 2 or values.size == 0:
            raise ValueError(f"{name} must have shape (layers, heads); got {values.shape}")
        if values.min() < 0:
            raise ValueError(
                f"{name} must not be negative, as no distance is; the smallest is {values.min():.3g}"
            )
    fig, ax = new(width=7.5, height=3.6)
    for place, (name, values) in enumerate(found.items()):
        layers = np.arange(len(values)) + 0.16 * (place - (len(found) - 1) / 2)
        (line,) = ax.plot(layers, values.mean(axis=1), label=f"{name}, mean over heads")
        ax.plot(
            np.repeat(layers, values.shape[1]),
            values.ravel(),
            MARKERS[place],
            color=line.get_color(),
            markerfacecolor="none",
            label=f"{name}, a head",
        )
    furthest = max(values.max() for values in found.values())
    ax.set(xlabel="layer", ylabel=f"distance, {unit}", ylim=(0, 1.08 * furthest or 1))
    deepest = max(map(len, found.values()))
    ax.set_xticks(range(0, deepest, 1 if deepest <= 16 else 2))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), handlelength=3.5)
    figure(
        fig,
        alt=f"Mean attention distance in {unit}, a dot for each head. "
        f"{'; '.join(map(_ends, found, found.values()))}.",
    )


def _ends(name: str, values: np.ndarray) -> str:
    """The first and the last layer in words."""
    parts = [
        f"heads from {layer.min():.3g} to {layer.max():.3g}, mean {layer.mean():.3g}"
        for layer in (values[0], values[-1])
    ]
    return f"{name}: in layer 0 {parts[0]}; in layer {len(values) - 1} {parts[1]}"


def through_layers(table: Any, layers: int) -> np.ndarray:
    """What one layer reaches, (N, N) boolean, row by row -> what 1 to `layers` of them do, (layers, N, N)"""
    expect.whole(layers=layers)
    once = np.asarray(table)
    if once.ndim != 2 or once.shape[0] != once.shape[1] or once.dtype != np.bool_:
        raise ValueError(f"table must be boolean, of shape (N, N); got {once.dtype} {once.shape}")
    reached = [once]
    for _ in range(layers - 1):
        reached.append(once @ reached[-1])
    return np.stack(reached)


def receptive_fields(tables: Mapping[str, Any]) -> None:
    """Show which inputs (columns) have reached which outputs (rows), a row of squares for each network.

    tables: (layers, N, N) boolean each, after 1, 2, … layers; of as many layers for each name
    """
    found, layers = _stacks(tables)
    _squares(found, layers, "input", "output", "Which inputs have reached which outputs, after each layer.")


def receptive_fields_of(tables: Mapping[str, Any], query: int, grid: tuple[int, int]) -> None:
    """Show what one output has heard of as a map over the image, a row of maps for each network.

    tables: (layers, H·W, H·W) boolean each, after 1, 2, … layers; query: the output, from 0; grid: (H, W)
    """
    found, layers = _stacks(tables)
    for name, table in found.items():
        checks.tokens(name, table.shape[-1], grid, 0)
    H, W = grid
    if not 0 <= query < H * W:
        raise ValueError(f"query must be from 0 to {H * W - 1}; got {query}")
    maps = {name: table[:, query].reshape(layers, H, W) for name, table in found.items()}
    place = query % W, query // W
    told = f"Which patches have reached the patch in row {place[1]}, column {place[0]}, after each layer."
    _squares(maps, layers, "", "", told, mark=place)


def _stacks(tables: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], int]:
    found = {name: np.asarray(table) for name, table in tables.items()}
    for name, table in found.items():
        if table.ndim != 3 or table.shape[1] != table.shape[2] or table.dtype != np.bool_ or 0 in table.shape:
            raise ValueError(
                f"{name} must be boolean, of shape (layers, N, N); got {table.dtype} {table.shape}"
            )
    depths = {len(table) for table in found.values()}
    if len(depths) != 1:
        given = ", ".join(f"{name} {len(table)}" for name, table in found.items()) or "no network"
        raise ValueError(f"networks side by side must have equally many layers; got {given}")
    return found, depths.pop()


def _squares(
    found: Mapping[str, np.ndarray],
    layers: int,
    across: str,
    down: str,
    alt: str,
    mark: tuple[int, int] | None = None,
) -> None:
    width = min(8.4, 0.8 + 1.7 * layers)
    fig, axes = new(len(found), layers, width=width, height=(width - 0.8) / layers * len(found) + 0.9)
    fig.set_layout_engine("compressed")
    squares = np.reshape(axes, (len(found), layers))
    for row, (name, table) in zip(squares, found.items()):
        for ax, reached in zip(row, table):
            _square(ax, reached, mark)
            ax.set_xlabel(f"{100 * reached.mean():.0f} %")
        row[0].set_ylabel(f"{name}\n{down}".strip())
    for depth, ax in enumerate(squares[0], start=1):
        ax.set_title(f"{depth} layer{'s' * (depth > 1)}", loc="center")
    for ax in squares[-1]:
        ax.set_xlabel(f"{ax.get_xlabel()}\n{across}".strip())
    fig.supxlabel("light: reached, and its share; dark: not reached", fontsize=11)
    told = "; ".join(
        f"{name}: " + ", ".join(f"{100 * reached.mean():.0f} %" for reached in table)
        for name, table in found.items()
    )
    figure(fig, alt=f"{alt} Share reached: {told}.")


def _square(ax: "Axes", reached: np.ndarray, mark: tuple[int, int] | None) -> None:
    ax.imshow(reached, vmin=0, vmax=1)
    ax.grid(False)
    ax.set(xticks=[], yticks=[])
    if mark is not None:
        ax.plot(*mark, marker="o", color=palette.second, markeredgecolor=palette.paper)
