"""Lines of text drawn here from fonts, with the text and the box of every character known.

Reading is a task in which labels cost nothing: whoever draws the text knows it (Jaderberg et al. 2014 trained
a reader of photographs on such images alone). `characters` cuts the lines up, into a set to be classified.

What people usually get wrong: taking the width a font *advances* by for the box of what it draws (an f leans
out of it, a 1 does not fill it); images all in one font and size and black on white, unlike anything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import torch
from torch import Tensor

from course import expect
from course.data.image_set import ImageSet, measured

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

WORDS = """
    above after air answer apple arm autumn bird blue boat book bread bridge brother candle cat chair
    child city cloud cold corner dark day dog door dream early earth east evening eye face family far
    field fire fish five flower forest four friend garden glass gold grass green hand head heart hill
    home horse house ice island jump key king lake leaf letter light line lion long moon morning
    mountain mouse name near night nine north ocean open paper path people picture quick quiet rain red
    river road room round salt school sea seven ship silver six sky small snow song south star stone
    story street summer sun table ten three time town tree two under village voice walk wall warm water
    west white wind window winter wood word yellow year zebra zero
"""
FAMILIES = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansMono",
    "DejaVuSansMono-Bold",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "DejaVuSerif-Italic",
)
SMALLEST = 12  # pixels of height
FILL = (0.6, 0.9)  # of the image's height, from the top of the letters to their bottom
TINIEST = 5  # points that a text may shrink to
CONTRAST = 90  # between ink and paper, at least, of 255


@dataclass(frozen=True, eq=False, repr=False)
class TextLines(ImageSet):
    """An ImageSet, labelled by its fonts, that knows what is written where.

    texts: what is written, one an image
    boxes: a tensor (characters, 4) an image, int64: left, top, right, bottom of each character's ink in
        pixels, right and bottom exclusive; a space has no ink, and its box is empty
    """

    texts: tuple[str, ...]
    boxes: tuple[Tensor, ...]

    EACH: ClassVar[tuple[str, ...]] = ("images", "labels", "texts", "boxes")


def text_lines(
    count: int = 500,
    height: int = 32,
    width: int = 160,
    texts: Sequence[str] | None = None,
    fonts: Sequence[str | Path] | None = None,
    seed: int = 0,
) -> TextLines:
    """`count` grey images with a line of text each: (count, 1, height, width)

    `texts` are what is drawn from, with repetition; otherwise up to three of WORDS. `fonts` are files of
    fonts, or else eight of DejaVu's, which matplotlib brings along. Font, size, place, shades and noise are
    drawn at random; a text is made as small as it must be to fit. The same seed gives the same images.

    Raises ValueError for a text that is empty or does not fit, however small, and for a file that is no font.
    """
    expect.whole(count=count, height=height, width=width)
    if height < SMALLEST:
        raise ValueError(f"height must be at least {SMALLEST} pixels, for text to be read; got {height}")
    if texts is not None and (isinstance(texts, str) or not texts or not all(t.strip() for t in texts)):
        raise ValueError("texts must be a list of texts, of which none is empty")
    files = font_files() if fonts is None else [Path(font) for font in fonts]
    opened = _Fonts(files)
    rng = np.random.default_rng(seed)
    images, labels, written, boxes = [], [], [], []
    for _ in range(count):
        text = _words(rng, width // TINIEST) if texts is None else texts[int(rng.integers(len(texts)))]
        number = int(rng.integers(len(files)))
        ink, found = _line(opened, number, text, height, width, rng)  # (H, W), 0 … 1, and (L, 4)
        images.append(_shaded(ink, rng))
        labels.append(number)
        written.append(text)
        boxes.append(torch.tensor(found, dtype=torch.int64))
    stack = torch.from_numpy(np.stack(images))[:, None]  # (N, 1, H, W)
    mean, std = measured(stack)
    names = tuple(file.stem for file in files)
    return TextLines(stack, torch.tensor(labels), names, mean, std, tuple(written), tuple(boxes))


def characters(lines: TextLines, size: int = 16) -> ImageSet:
    """Every character of the lines for itself, in a square: (characters, 1, size, size)

    The classes are the characters that occur, in their order in Unicode. Each fills its square, so that its
    height beside its neighbours' is lost, as it is in the handwritten digits.
    """
    expect.whole(size=size)
    inked = [
        (image, box, letter)
        for image, boxes, text in zip(lines.images, lines.boxes, lines.texts)
        for box, letter in zip(boxes.tolist(), text)
        if box[2] > box[0]
    ]
    classes = tuple(sorted({letter for _, _, letter in inked}))
    cut = torch.stack([_square(image, box, size) for image, box, _ in inked])  # (n, 1, size, size)
    numbers = {letter: number for number, letter in enumerate(classes)}
    labels = torch.tensor([numbers[letter] for _, _, letter in inked])
    return ImageSet(cut, labels, classes, *measured(cut))


# --- Drawing -------------------------------------------------------------------------------------------


def font_files(names: Sequence[str] = FAMILIES) -> list[Path]:
    """Files of the fonts that matplotlib brings along, by name: "DejaVuSans", "STIXGeneral", "cmr10", …"""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return [folder / f"{name}.ttf" for name in names]


class _Fonts:
    """Files of fonts, opened once for each size."""

    def __init__(self, files: Sequence[Path]):
        if not files:
            raise ValueError("fonts must name at least one file of a font")
        self.files = files
        self.opened: dict[tuple[int, int], FreeTypeFont] = {}
        for number in range(len(files)):
            self.at(number, SMALLEST)

    def at(self, number: int, size: int) -> "FreeTypeFont":
        from PIL import ImageFont

        if (number, size) not in self.opened:
            file = self.files[number]
            if not file.is_file():
                raise FileNotFoundError(f"there is no file {file}")
            try:
                font = ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)
            except OSError:
                raise ValueError(f"{file} is no font that Pillow can read") from None
            self.opened[number, size] = font
        return self.opened[number, size]


def _words(rng: np.random.Generator, most: int) -> str:
    """One to three words of at most so many characters, or one that is longer."""
    text = " ".join(rng.choice(WORDS.split(), size=rng.integers(1, 4)))
    while len(text) > most and " " in text:
        text = text.rpartition(" ")[0]
    return str(rng.choice([text, text, text.capitalize(), text.upper()]))


def _line(
    fonts: _Fonts, number: int, text: str, height: int, width: int, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """How much ink is on each pixel, (H, W) from 0 to 1, and each character's box."""
    from PIL import Image, ImageChops, ImageDraw

    size = round(height * rng.uniform(*FILL) / 1.16)  # ascent and descent of DejaVu are 1.16 of its size
    while True:
        font = fonts.at(number, size)
        ascent, descent = font.getmetrics()
        left, _, right, _ = font.getbbox(text)
        if right - left <= width - 2 and ascent + descent <= height:
            break
        size -= 1
        if size < TINIEST:
            raise ValueError(f"{text!r} does not fit into {width} × {height} pixels")
    x = 1 - left + rng.uniform(0, width - 2 - (right - left))
    y = int(rng.integers(0, height - ascent - descent + 1))
    page = Image.new("L", (width, height))
    boxes = []
    for index, letter in enumerate(text):
        start = round(x + font.getlength(text[: index + 1]) - font.getlength(letter))
        alone = Image.new("L", (width, height))
        ImageDraw.Draw(alone).text((start, y), letter, fill=255, font=font)
        boxes.append(alone.getbbox() or (start, y, start, y))
        page = ImageChops.lighter(page, alone)
    return np.asarray(page, dtype=np.float32) / 255, boxes


def _shaded(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink on paper, dark on light or light on dark, with noise: (H, W), uint8"""
    dark = rng.uniform(0, 250 - CONTRAST)
    light = rng.uniform(dark + CONTRAST, 255)
    paper, colour = (light, dark) if rng.random() < 0.7 else (dark, light)
    grain = rng.normal(scale=rng.uniform(0, 10), size=ink.shape)
    return (paper + (colour - paper) * ink + grain).clip(0, 255).round().astype(np.uint8)


def _square(image: Tensor, box: Sequence[int], size: int) -> Tensor:
    """What is in a box, in the middle of a square of its paper: (1, H, W) -> (1, size, size)"""
    left, top, right, bottom = box
    cut = image[:, top:bottom, left:right].float()  # (1, h, w)
    paper = image.float().median()
    h, w = cut.shape[1:]
    side = max(h, w) + 2
    square = paper.expand(1, side, side).clone()
    square[:, (side - h) // 2 : (side - h) // 2 + h, (side - w) // 2 : (side - w) // 2 + w] = cut
    scaled = torch.nn.functional.interpolate(
        square[None], size=(size, size), mode="bilinear", antialias=True, align_corners=False
    )
    return scaled[0].round().clamp(0, 255).to(torch.uint8)
