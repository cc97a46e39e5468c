"""SimCLR's augmentations, in batches against the same set by PIL, both in one run, taking turns.

    python -m benchmarks.augment [--device auto] [--repeats 7] [--write]

The set is Chen et al.'s (2020, appendix A): a random resized crop, a flip (0.5), colour jitter of strength 1
(0.8), grey (0.2), and a Gaussian blur (0.5). Both begin with 8-bit images in memory and end with a batch of
floating-point numbers. PIL works through one image after the other on one core, as one worker of a DataLoader
would, and always on the CPU; the batches use as many threads as PyTorch has (OMP_NUM_THREADS).
PIL's blur is an approximation by boxes, and its colours are rounded to 8 bits after every step.
"""

import argparse
import math
import random
from datetime import date
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from torch import Tensor

from benchmarks.timing import machine, take_turns
from course.augment import Blur, ColourJitter, Compose, Crop, Flip, Grey

RESULTS = Path(__file__).parent / "results"
BATCHES = {32: 256, 224: 16}  # images of a turn, by their side in pixels
JITTER = 0.8, 0.8, 0.8, 0.2  # brightness, contrast, saturation, hue


def simclr(size: int) -> Compose:
    """The set in batches."""
    return Compose([Crop(size, scale=(0.08, 1.0)), Flip(), ColourJitter(*JITTER, p=0.8), Grey(0.2), Blur()])


# --- The peer ------------------------------------------------------------------------------------------


def simclr_by_pil(images: list[Image.Image], size: int, draw: random.Random) -> Tensor:
    """The set as it is usually written: one image after the other, and a batch at the end."""
    return torch.stack([as_tensor(augmented_by_pil(image, size, draw)) for image in images])


def augmented_by_pil(image: Image.Image, size: int, draw: random.Random) -> Image.Image:
    """One image through the set."""
    image = image.resize((size, size), Image.Resampling.BILINEAR, box=random_box(image, draw))
    if draw.random() < 0.5:
        image = ImageOps.mirror(image)
    if draw.random() < 0.8:
        image = jittered_by_pil(image, draw)
    if draw.random() < 0.2:
        image = ImageOps.grayscale(image).convert("RGB")
    if draw.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(draw.uniform(0.1, 2.0)))
    return image


def random_box(image: Image.Image, draw: random.Random) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a crop, in pixels; up to ten tries, then the whole image."""
    W, H = image.size
    for _ in range(10):
        area, ratio = (
            draw.uniform(0.08, 1.0) * W * H,
            math.exp(draw.uniform(math.log(3 / 4), math.log(4 / 3))),
        )
        width, height = math.sqrt(area * ratio), math.sqrt(area / ratio)
        if width <= W and height <= H:
            left, top = draw.uniform(0, W - width), draw.uniform(0, H - height)
            return left, top, left + width, top + height
    return 0, 0, W, H


def jittered_by_pil(image: Image.Image, draw: random.Random) -> Image.Image:
    """Brightness, contrast and saturation by ImageEnhance, hue by way of HSV."""
    enhancers = (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color)
    for enhancer, strength in zip(enhancers, JITTER):
        image = enhancer(image).enhance(draw.uniform(1 - strength, 1 + strength))
    hue, saturation, value = image.convert("HSV").split()
    turn = round(draw.uniform(-JITTER[3], JITTER[3]) * 255)
    hue = Image.fromarray((np.asarray(hue).astype(np.int16) + turn).astype(np.uint8))
    return Image.merge("HSV", (hue, saturation, value)).convert("RGB")


def as_tensor(image: Image.Image) -> Tensor:
    """(3, H, W), 0 … 1"""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous().float().div_(255)


# --- The measurement -----------------------------------------------------------------------------------


def measure(size: int, device: torch.device, repeats: int) -> str:
    """One line of the table: images a second of both, and how many times faster the batches are."""
    count = BATCHES[size] * (1 if device.type == "cpu" else 16)
    generator = torch.Generator(device).manual_seed(0)
    draw = random.Random(0)
    pixels = torch.randint(0, 256, (count, 3, size // 4, size // 4), dtype=torch.uint8)
    pixels = pixels.repeat_interleave(4, 2).repeat_interleave(4, 3)  # squares: edges and plain areas
    batch = pixels.to(device)
    pictures = [Image.fromarray(image.permute(1, 2, 0).contiguous().numpy()) for image in pixels]
    ours = simclr(size)
    timings = take_turns(
        {
            "batches": lambda: ours(batch.float().div_(255), generator),
            "PIL": lambda: simclr_by_pil(pictures[: BATCHES[size]], size, draw),
        },
        device,
        repeats,
    )
    rate, by_pil = count / timings["batches"].median, BATCHES[size] / timings["PIL"].median
    return f"| {size} | {count} | {rate:,.0f} | {by_pil:,.0f} | {rate / by_pil:.1f}× |"


def report(device: torch.device, repeats: int) -> str:
    """The table, in Markdown."""
    lines = [
        "| pixels | images a batch | in batches, images/s | PIL, images/s | faster |",
        "|---:|---:|---:|---:|---:|",
        *(measure(size, device, repeats) for size in BATCHES),
    ]
    return f"{machine(device)} · {date.today()} · median of {repeats} turns\n\n" + "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="SimCLR's augmentations, in batches and by PIL")
    parser.add_argument("--device", default="auto", help="cpu, cuda, or auto (the default)")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="into benchmarks/results/augment.md as well")
    options = parser.parse_args()
    found = "cuda" if torch.cuda.is_available() else "cpu"
    table = report(torch.device(found if options.device == "auto" else options.device), options.repeats)
    print(table)
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        heading = (
            "# SimCLR's augmentations, in batches and by PIL\n\n`python -m benchmarks.augment --write`\n\n"
        )
        (RESULTS / "augment.md").write_text(heading + table)


if __name__ == "__main__":
    main()
