"""Formulas in pages that may not use the network: drawn by matplotlib, as a picture with its TeX as text.

nbconvert's pages ask a website for MathJax. matplotlib reads most of the TeX that lessons use; what it
cannot read stays as TeX, which is how its author typed it.
"""

from __future__ import annotations

import base64
import io
import re
from functools import lru_cache
from html import escape

LONGEST = 600  # characters: longer ones are left as text, and so are those that take too long to read
REWRITTEN = (  # TeX that matplotlib spells in another way
    (r"\\(text|textrm|operatorname|mathop)\b\s*\{", r"\\mathrm{"),
    (r"\\(textbf|boldsymbol|bm)\b\s*\{", r"\\mathbf{"),
    (r"\\sqrt\s+([A-Za-z0-9])", r"\\sqrt{\1}"),
    (r"\\[dt]frac(?![a-z])", r"\\frac"),
    (r"\\frac\s*([0-9A-Za-z])\s*([0-9A-Za-z])(?![a-z{])", r"\\frac{\1}{\2}"),
    (r"\\(mathbb|mathbf|mathcal|mathrm)\s+([A-Za-z])", r"\\\1{\2}"),
    (r"\\(text|display)style\b", ""),
    (r"\\(lVert|rVert)\b", r"\\|"),
    (r"\\(big|Big|bigg|Bigg)[lrm]?\b", ""),
    (r"\\!", ""),
)
INK = "#1f2328"
METADATA = re.compile(rb"\s*<metadata>.*?</metadata>", re.DOTALL)  # the time of day, for one


@lru_cache(maxsize=4096)
def formula(tex: str, display: bool = False) -> str:
    """HTML of one formula, given without its dollar signs."""
    tex = " ".join(tex.split())
    picture = _picture(tex)
    alone = "display:block;margin:.8em auto;" if display else "vertical-align:middle;"
    if picture is None:
        shown = f"$${tex}$$" if display else f"${tex}$"
        return f'<code style="{alone}white-space:normal">{escape(shown)}</code>'
    source = f"data:image/svg+xml;base64,{picture}"
    return f'<img style="{alone}max-width:100%;border:0" alt="{escape(tex)}" src="{source}">'


def _picture(tex: str) -> str | None:
    """An SVG in base64; None where matplotlib cannot read the TeX."""
    from matplotlib import rc_context
    from matplotlib.mathtext import math_to_image

    if len(tex) > LONGEST or "$" in tex or "%" in tex:
        return None
    for pattern, instead in REWRITTEN:
        tex = re.sub(pattern, instead, tex)
    drawn = io.BytesIO()
    try:
        with rc_context({"mathtext.fontset": "stix", "svg.hashsalt": "formula", "font.size": 12}):
            math_to_image(f"${tex}$", drawn, format="svg", color=INK)
    except (ValueError, RuntimeError, RecursionError):  # not TeX, or TeX that it does not know
        return None
    return base64.b64encode(METADATA.sub(b"", drawn.getvalue())).decode()
