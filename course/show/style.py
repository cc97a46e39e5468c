"""The one style of the course's still figures: colours, fonts, and the card they lie on.

The card is opaque and softly lit, so a figure reads the same in a light and in a dark notebook. At 100 % zoom
one inch is 96 CSS pixels, and fonts are 11 points or more. Lines differ in dash as well as in colour: colour
alone never tells them apart.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course.show.block import Block, checked_alt, image_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Palette:
    """Colours of the card, safe for colour-blind readers, 4.5 : 1 or more as text; as in interactive.html."""

    ink: str = "#1f2328"
    paper: str = "#faf8f3"
    muted: str = "#5b6169"
    grid: str = "#dcd7cb"
    accent: str = "#0b62a8"  # blue
    second: str = "#b84a00"  # vermilion
    third: str = "#00735a"  # bluish green
    fourth: str = "#8a3f86"  # purple
    sequential: str = "viridis"  # magnitudes: its hues tell small ones apart (cividis: all navy)
    diverging: str = "RdBu_r"  # values around a stated zero


palette = Palette()


def new(rows: int = 1, cols: int = 1, width: float = 7.5, height: float = 3.2) -> tuple["Figure", Any]:
    """A new matplotlib figure in the course's style, `width` × `height` inches.

    Returns (fig, axes): one Axes, or an array of them, as `plt.subplots` does. The style becomes matplotlib's
    default from here on: legends and texts read it when they are drawn, and figures made by hand then match.
    """
    import matplotlib
    from matplotlib import pyplot

    matplotlib.rcParams.update(_style())
    return pyplot.subplots(rows, cols, figsize=(width, height), layout="constrained")


def figure(fig: "Figure", alt: str) -> None:
    """Show a matplotlib figure on its card, with `alt` for those who cannot see it, and close it.

    Outside a notebook the alternative text is printed. Raises ValueError without an alternative text.
    """
    alt = checked_alt(alt)
    image, _ = image_of(fig, alt)
    card = (
        f"display:inline-block;max-width:100%;box-sizing:border-box;margin:4px 0;padding:14px;"
        f"background:{palette.paper};border:1px solid {palette.grid};border-radius:10px"
    )
    block = Block(html=f'<div style="{card}">{image}</div>', alt=alt)
    try:
        from IPython.display import display
    except ImportError:
        print(block)
    else:
        display(block)  # prints the alternative text when no notebook is there


def _style() -> Any:  # matplotlib types the keys of its settings one by one
    from cycler import cycler

    colours = [palette.accent, palette.second, palette.third, palette.fourth]
    dashes = ["-", (0, (6, 2)), (0, (2, 1.5)), (0, (8, 2, 2, 2))]
    return {
        "font.size": 11,
        "axes.titlesize": 12,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 11,
        "xtick.labelsize": 11,
        "ytick.labelsize": 11,
        "legend.fontsize": 11,
        "legend.frameon": False,
        "figure.facecolor": palette.paper,
        "savefig.facecolor": palette.paper,
        "axes.facecolor": palette.paper,
        "text.color": palette.ink,
        "axes.labelcolor": palette.ink,
        "axes.titlecolor": palette.ink,
        "xtick.color": palette.muted,
        "ytick.color": palette.muted,
        "xtick.labelcolor": palette.ink,
        "ytick.labelcolor": palette.ink,
        "axes.edgecolor": palette.muted,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": palette.grid,
        "grid.linewidth": 0.8,
        "lines.linewidth": 2.2,
        "axes.prop_cycle": cycler(color=colours) + cycler(linestyle=dashes),
        "image.cmap": palette.sequential,
        "image.interpolation": "nearest",
    }
