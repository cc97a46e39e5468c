"""SimCLR's augmentations: in batches, by PIL, by torchvision and by Kornia, all in one run, taking turns.

    python -m benchmarks.augment [--device auto] [--threads 1] [--repeats 9] [--beside ../before] [--write]

The set is Chen et al.'s (2020, appendix A): a random resized crop, a flip (0.5), colour jitter of strength 1
(0.8), grey (0.2), and, for images of 224 pixels, a Gaussian blur (0.5); for those of 32 the paper leaves the
blur out (appendix B.9). All begin with 8-bit images in memory and end with a batch of floating-point numbers.

PIL works through one image after the other on one core, as one worker of a DataLoader would, and always on
the CPU: by itself, with as few lines around it as can be, and as torchvision drives it, which is what people
run. The batches and Kornia use as many threads as PyTorch is given. What is not installed has no number.
"Compiled" is what `Compose(…, compiled=True)` does where there is a C++ compiler, after the first call, whose
seconds are told apart. ``--beside`` is a work tree of another commit, which a process of its own serves.
PIL's blur is an approximation by boxes, and its colours are rounded to 8 bits after every step; torchvision's
blur is a true Gaussian, 23 pixels wide, and it draws the order of the four changes of colour.

With one thread on the CPU times are those of the processor, which others on a busy machine do not lengthen.
Before anything is timed, 32 MiB are asked for and given back: from then on the C library keeps what is freed,
as it does in any training process, instead of returning it to the system between two steps.
"""

import argparse
import importlib
import math
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from torch import Generator, Tensor

from benchmarks.timing import Timing, chosen, machine, take_turns
from course.augment import Blur, ColourJitter, Compose, Crop, Flip, Grey, transform

RESULTS = Path(__file__).parent / "results"
CASES = ((32, 256, False), (224, 32, False), (224, 32, True))  # pixels, images of a turn, with blur?
MORE = 16  # times as many images in a turn on a GPU
JITTER = 0.8, 0.8, 0.8, 0.2  # brightness, contrast, saturation, hue


def simclr(size: int, blur: bool, **how: bool) -> Compose:
    """The set in batches."""
    steps = [Crop(size, scale=(0.08, 1.0)), Flip(), ColourJitter(*JITTER, p=0.8), Grey(0.2)]
    return Compose([*steps, Blur()] if blur else steps, **how)


# --- The peers -----------------------------------------------------------------------------------------


def simclr_by_pil(images: list[Image.Image], size: int, blur: bool, draw: random.Random) -> Tensor:
    """The set as it is usually written: one image after the other, and a batch at the end."""
    return torch.stack([as_tensor(augmented_by_pil(image, size, blur, draw)) for image in images])


def augmented_by_pil(image: Image.Image, size: int, blur: bool, draw: random.Random) -> Image.Image:
    """One image through the set."""
    image = image.resize((size, size), Image.Resampling.BILINEAR, box=random_box(image, draw))
    if draw.random() < 0.5:
        image = ImageOps.mirror(image)
    if draw.random() < 0.8:
        image = jittered_by_pil(image, draw)
    if draw.random() < 0.2:
        image = ImageOps.grayscale(image).convert("RGB")
    if blur and draw.random() < 0.5:
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


def simclr_by_torchvision(size: int, blur: bool) -> Callable[[list[Image.Image]], Tensor] | None:
    """The set by torchvision, on PIL's images; None where it is not installed."""
    try:
        transforms = importlib.import_module("torchvision.transforms")
    except ImportError:
        return None
    steps = [
        transforms.RandomResizedCrop(size),
        transforms.RandomHorizontalFlip(),
        transforms.RandomApply([transforms.ColorJitter(*JITTER)], 0.8),
        transforms.RandomGrayscale(0.2),
        *([transforms.RandomApply([transforms.GaussianBlur(23, (0.1, 2.0))], 0.5)] if blur else []),
        transforms.ToTensor(),
    ]
    one = transforms.Compose(steps)
    return lambda images: torch.stack([one(image) for image in images])


def simclr_by_kornia(size: int, blur: bool) -> Callable[[Tensor], Tensor] | None:
    """The set by Kornia, in batches, each image by its own numbers; None where it is not installed."""
    try:
        augmentation = importlib.import_module("kornia.augmentation")
    except ImportError:
        return None
    steps = [
        augmentation.RandomResizedCrop((size, size), scale=(0.08, 1.0)),
        augmentation.RandomHorizontalFlip(),
        augmentation.ColorJitter(*JITTER, p=0.8),
        augmentation.RandomGrayscale(p=0.2),
        *([augmentation.RandomGaussianBlur((13, 13), (0.1, 2.0))] if blur else []),  # as wide as ours
    ]
    return augmentation.AugmentationSequential(*steps, data_keys=["input"])


# --- Another commit ------------------------------------------------------------------------------------


def serve() -> None:
    """In another work tree: a turn for each line of the input, and the seconds of processor it took."""
    torch.set_num_threads(1)
    kept()
    turn: dict[str, Callable[[], Tensor]] = {}
    for line in sys.stdin:
        if line not in turn:
            size, count, blur = map(int, line.split())
            turn[line] = in_batches(size, squares(size, count), bool(blur))
        start = time.process_time()
        turn[line]()
        print(time.process_time() - start, flush=True)


def other_tree(place: Path, stack: ExitStack) -> Callable[[int, int, bool], float]:
    """A process that serves what stands in a work tree: (size, count, blur) -> seconds of a turn"""
    process = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).resolve()), "serve"],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(place), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    stack.enter_context(process)  # which ends its input, and waits

    def turn(size: int, count: int, blur: bool) -> float:
        assert process.stdin is not None and process.stdout is not None
        print(size, count, int(blur), file=process.stdin, flush=True)
        return float(process.stdout.readline())

    return turn


# --- The measurement -----------------------------------------------------------------------------------


def squares(size: int, many: int) -> Tensor:
    """8-bit images with edges and plain areas: (many, 3, size, size)"""
    small = torch.randint(0, 256, (many, 3, size // 4, size // 4), dtype=torch.uint8)
    return small.repeat_interleave(4, 2).repeat_interleave(4, 3)


def in_batches(size: int, batch: Tensor, blur: bool, **how: bool) -> Callable[[], Tensor]:
    """A turn of ours."""
    ours, generator = simclr(size, blur, **how), Generator(batch.device).manual_seed(0)
    return lambda: ours(batch.float().div_(255), generator)


def contestants(
    size: int, count: int, blur: bool, device: torch.device
) -> dict[str, tuple[Callable[[], object], int]]:
    """A turn of each, ours first, and its number of images; those that work on PIL's images do `count`."""
    many = count * (1 if device.type == "cpu" else MORE)
    pixels = squares(size, many)
    batch = pixels.to(device)
    pictures = [Image.fromarray(image.permute(1, 2, 0).contiguous().numpy()) for image in pixels[:count]]
    draw = random.Random(0)
    runs: dict[str, tuple[Callable[[], object], int]] = {
        "in batches": (in_batches(size, batch, blur), many),
        "compiled": (in_batches(size, batch, blur, compiled=True), many),
        "PIL": (lambda: simclr_by_pil(pictures, size, blur, draw), count),
    }
    if not transform.can_compile(device):
        del runs["compiled"]
    by_torchvision, by_kornia = simclr_by_torchvision(size, blur), simclr_by_kornia(size, blur)
    if by_torchvision is not None:
        runs["torchvision on PIL"] = (lambda: by_torchvision(pictures), count)
    if by_kornia is not None:
        runs["Kornia"] = (lambda: by_kornia(batch.float().div_(255)), many)
    return runs


def turns(
    contestants: dict[str, Callable[[], object]], device: torch.device, repeats: int
) -> dict[str, Timing]:
    """`take_turns`, but with one thread on the CPU in seconds of the processor instead of the clock's."""
    if device.type != "cpu" or torch.get_num_threads() > 1:
        return take_turns(contestants, device, repeats)
    seconds: dict[str, list[float]] = {name: [] for name in contestants}

    def watched(name: str) -> Callable[[], None]:
        def run() -> None:
            start = time.process_time()
            told = contestants[name]()  # one in another process says what it took
            seconds[name].append(told if isinstance(told, float) else time.process_time() - start)

        return run

    taken = take_turns({name: watched(name) for name in contestants}, device, repeats)
    return {name: Timing(seconds[name][-repeats:], timing.peak_bytes) for name, timing in taken.items()}


def clock(device: torch.device) -> str:
    """Which seconds `turns` counts, and what else was going on, for the head of a table."""
    if device.type != "cpu" or torch.get_num_threads() > 1:
        return "seconds of the clock"
    load = f"{os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    return f"seconds of the processor, the machine's load being {load}"


def rows(name: str, timings: dict[str, Timing], counts: dict[str, int]) -> Iterator[str]:
    """The lines of one case: times an image, and how many times as long as ours and ours compiled."""
    each = {who: timing.median / counts[who] for who, timing in timings.items()}
    for who in dict.fromkeys([*timings, "compiled", *PEERS]):
        if who not in timings:
            missing = "no compiler" if who == "compiled" else "not installed"
            yield f"| {name} | {who} | {missing} | – | – | – | – |"
            continue
        took = [seconds / counts[who] * 1e6 for seconds in timings[who].seconds]
        beside = [f"{each[who] / each[us]:.2f}×" if us in each else "–" for us in ("in batches", "compiled")]
        spread = f"{min(took):,.0f}–{max(took):,.0f}"
        numbers = f"{each[who] * 1e6:,.1f} | {spread} | {1 / each[who]:,.0f}"
        yield f"| {name} | {who} | {numbers} | {' | '.join(beside)} |"


PEERS = ("PIL", "torchvision on PIL", "Kornia")
HEAD = (
    "| case | who | µs an image, median | all | images/s | of in batches | of compiled |\n"
    "|---|---|---:|---:|---:|---:|---:|"
)


def kept() -> None:
    """From here on what is freed is kept by the C library: 32 MiB are asked for and given back."""
    torch.empty(2**25 - 2**16, dtype=torch.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description="SimCLR's augmentations, in batches and by others")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--threads", type=int, nargs="+", default=[1], help="of PyTorch, on the CPU")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--beside", type=Path, help="a work tree of another commit, served with one thread")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/results")
    options = parser.parse_args()
    device = chosen(options.device)
    kept()
    lines = ["# SimCLR's augmentations, in batches and by others", ""]

    def say(line: str) -> None:
        lines.append(line)
        print(line, flush=True)

    with ExitStack() as stack:
        other = other_tree(options.beside, stack) if options.beside else None
        for threads in options.threads if device.type == "cpu" else options.threads[:1]:
            torch.set_num_threads(threads)
            say(f"{date.today()} · {machine(device)} · {options.repeats} turns · {clock(device)}")
            for line in ("", HEAD):
                say(line)
            for case in CASES:
                measure(case, device, options.repeats, other, say)
            say("")
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "augment.md").write_text("\n".join(lines))
        print("\nWritten to benchmarks/results/augment.md.")


def measure(
    case: tuple[int, int, bool],
    device: torch.device,
    repeats: int,
    other: Callable[[int, int, bool], float] | None,
    say: Callable[[str], None],
) -> None:
    """One case, from the first compilation to the rows of the table."""
    size, count, blur = case
    runs = contestants(size, count, blur, device)
    if other is not None:
        runs["in batches, before"] = (lambda: other(size, count, blur), count)
    name = f"{size} pixels, batch {runs['in batches'][1]}{', blur' if blur else ''}"
    if "compiled" in runs:
        start = time.perf_counter()
        runs["compiled"][0]()
        first = time.perf_counter() - start
    timings = turns({who: run for who, (run, _) in runs.items()}, device, repeats)
    for row in rows(name, timings, {who: count for who, (_, count) in runs.items()}):
        say(row)
    if "compiled" in runs:
        say(f"| {name} | compiled, first call | {first:.0f} s of the clock | – | – | – | – |")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        main()
