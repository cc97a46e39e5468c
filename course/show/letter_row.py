"""A row of letters as an image, a square for each, so that the attention viewer can lie on it."""

import numpy as np

SIDE = 32  # pixels


def letter_row(text: str) -> np.ndarray:
    """(32, 32 · letters), from 0 (ink) to 1 (paper). Raises ValueError for an empty text."""
    if not text:
        raise ValueError("there is no letter to draw")
    from matplotlib.font_manager import findfont
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (SIDE * len(text), SIDE), 255)
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(findfont("DejaVu Sans"), 24)
    for place, letter in enumerate(text):
        pen.text(((place + 0.5) * SIDE, 0.75 * SIDE), letter, fill=0, font=font, anchor="ms")
    return np.asarray(image, dtype=np.float32) / 255
