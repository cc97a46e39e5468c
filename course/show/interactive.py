"""A picture the reader can handle: one self-contained block of HTML with its own script and data.

It lives in an <iframe srcdoc>, so it needs no kernel, no widget manager and no network: it works in
JupyterLab, after a reload, in exported HTML and from file://, and the keys pressed in it stay in it. The page
around the script (colours for light and dark, controls, helpers) is interactive.html, beside this file.
"""

import base64
import json
import re
import zlib
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from course.show.block import Block, checked_alt, image_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGE = 50_000  # bytes: an array of this size crosses deflated


def interactive(
    script: str,
    data: dict[str, Any],
    *,
    body: str = "",
    css: str = "",
    height: int,
    alt: str,
    fallback: "Figure | None" = None,
) -> Block:
    """A block drawn by `script` from `data`; leave it as the last line of a cell.

    script: JavaScript, run once `body` is in place. It finds
        data              what was handed in; an array is {values, shape}, `values` a typed array, row by row
        onTheme(draw)     calls draw() now, and again whenever the colours or the width change
        colour("accent")  the present colour of: ink, paper, muted, grid, accent, second, third, fourth
        context(canvas)   its 2d context, cleared, in CSS pixels, sharp on every screen
        add(parent, name, attributes, text)    puts an element of SVG into `parent`; the text may be missing
        announce(text)    has a screen reader say `text`
    data: JSON values and NumPy arrays, nested as you like. Arrays of booleans and uint8 cross as uint8,
        of other numbers as float32.
    body, css: HTML and style sheet inside the block; the colours are CSS variables too, as in var(--accent).
    height: of the block until it is drawn, in CSS pixels; from then on it is as high as its content.
    alt: what a reader should see in it. The block's name to a screen reader, and all there is in a terminal.
    fallback: a matplotlib figure (it is closed) for viewers that remove scripts.

    Raises ValueError without an alternative text, TypeError for data that cannot cross.
    """
    alt = checked_alt(alt)
    parts = {
        "title": escape(alt),
        "css": _inside("style", css),
        "body": body,
        "data": json.dumps(data, default=_packed, allow_nan=False).replace("<", "\\u003c"),
        "script": _inside("script", script),
    }
    page = re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _template())
    # No `sandbox`: the script must see the theme of the page around it, and whoever sees that could lift one.
    style = f"display:block;width:100%;max-width:900px;height:{height}px;margin:4px 0;border:0"
    frame = (
        f'<iframe srcdoc="{escape(page)}" title="{escape(alt)}" style="{style};border-radius:10px"></iframe>'
    )
    if fallback is None:
        return Block(frame, alt)
    # Viewers that remove the frame keep the still image; the frame's script hides it wherever it runs.
    image, png = image_of(fallback, alt)
    return Block(f"<div>{frame}{image}</div>", alt, png)


@cache
def _template() -> str:
    return (files("course.show") / "interactive.html").read_text(encoding="utf-8")


def _inside(element: str, text: str) -> str:
    """Text that cannot end the element it stands in: in JavaScript strings and CSS, `<\\/` means `</`."""
    return re.sub(rf"<(?=/{element}|!--)", r"<\\", text, flags=re.IGNORECASE)


def _packed(value: object) -> object:
    """What JSON does not know: arrays as base64, NumPy's single numbers as numbers."""
    if isinstance(value, np.generic):
        return value.item()
    if not isinstance(value, np.ndarray):
        kind = type(value).__name__
        raise TypeError(
            f"data may hold JSON values and NumPy arrays; got {kind} (for a tensor, hand in .numpy())"
        )
    if value.dtype.kind not in "buif":
        raise TypeError(f"data may hold arrays of numbers; got an array of {value.dtype}")
    dtype = "uint8" if value.dtype in (np.bool_, np.uint8) else "float32"
    packed = value.astype(np.dtype(dtype).newbyteorder("<")).tobytes()  # little-endian, as browsers are
    deflated = len(packed) >= LARGE
    sent = zlib.compress(packed) if deflated else packed
    text = base64.b64encode(sent).decode("ascii")
    return {"dtype": dtype, "shape": list(value.shape), "deflated": deflated, "base64": text}
