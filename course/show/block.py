"""A block of HTML with an alternative in plain text: what every picture of the course becomes on the page."""

import base64
import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CSS_PIXELS_PER_INCH = 96
SHARPNESS = 2  # image pixels per CSS pixel


@dataclass(frozen=True, repr=False)
class Block:
    """Shown as `html` in a notebook and as `alt` in a terminal; as `png` where HTML cannot be (PDF)."""

    html: str
    alt: str
    png: str | None = None  # base64

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        bundle = {"text/html": self.html, "text/plain": self.alt}
        return bundle if self.png is None else {**bundle, "image/png": self.png}

    def __repr__(self) -> str:
        return self.alt


def checked_alt(alt: str) -> str:
    """The alternative text on one line. Raises ValueError when there is none."""
    line = " ".join(alt.split())
    if not line:
        raise ValueError('a picture needs an alternative text: say in alt="…" what a reader should see in it')
    return line


def image_of(fig: "Figure", alt: str) -> tuple[str, str]:
    """A matplotlib figure as an <img>, and the PNG in it in base64; the figure is closed."""
    from matplotlib import pyplot

    for axes in fig.axes:
        if axes.images:
            axes.grid(False)  # matplotlib would draw the lines across the image
    png = base64.b64encode(_drawn(fig, SHARPNESS * CSS_PIXELS_PER_INCH)).decode("ascii")
    pyplot.close(fig)
    width = round(fig.get_figwidth() * CSS_PIXELS_PER_INCH)  # an inch on the page for an inch on paper
    style = "display:block;max-width:100%;height:auto"
    return f'<img src="data:image/png;base64,{png}" alt="{escape(alt)}" width="{width}" style="{style}">', png


def _drawn(fig: "Figure", dpi: int) -> bytes:
    """An opaque PNG, as by `savefig`, which would draw the figure twice: the first time for its layout."""
    from matplotlib import rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    if rcParams["savefig.facecolor"] != "auto":
        fig.set_facecolor(rcParams["savefig.facecolor"])
    fig.set_dpi(dpi)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    stream = io.BytesIO()
    picture = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba())
    picture.convert("RGB").save(stream, "PNG", dpi=(dpi, dpi))
    return stream.getvalue()
