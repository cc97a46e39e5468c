"""How heavy and how quick the attention viewer is: 12 layers of 6 heads over 14 × 14 patches and CLS.

    python -m benchmarks.viewer [--loads 7] [--write]

A ViT-S/16's attention over one image of 224 × 224 pixels, twice: weights and image smooth, as real ones
are, and all noise, which compression shrinks least. The page is opened from a file in Chromium. Other work
on the machine shows in the first paint, and most of that is the browser's own:

    payload      what is added to a notebook, and what the limit of 3 MB is about
    first paint  first-contentful-paint of the viewer's frame, from when the frame itself begins to load
    text alone   the same of a frame with as many characters and no script: what the browser itself needs
    drawn        until every map is on its canvas, after the data is inflated, from the same moment
    frames       gaps between animation frames while the mouse moves over the image, a new patch each frame
"""

import argparse
import base64
import os
import platform
import random
import shutil
import statistics
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.timing import machine
from course.show.viewer import attention_viewer

RESULTS = Path(__file__).parent / "results"
LAYERS, HEADS, SIDE = 12, 6, 14
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]"
LIMIT_MB, LIMIT_SECONDS, FRAMES = 3.0, 0.2, 240
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

# In the viewer's frame, before its own script: when something was last drawn.
WATCH = """
if (window !== window.top) {
  const put = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...given) {
    window.lastDrawn = performance.now();
    return put.apply(this, given);
  };
}
"""
HOVER = """
frames => new Promise((finish) => {
  const image = document.getElementById("image");
  const box = image.getBoundingClientRect();
  const gaps = [];
  let last = null, count = 0;
  const step = (now) => {
    if (last !== null) gaps.push(now - last);
    last = now;
    if (gaps.length === frames) return finish(gaps);
    const patch = (37 * count++) % 196;  // a new patch each frame, all over the image
    const place = { clientX: box.left + (patch % 14 + 0.5) / 14 * box.width,
                    clientY: box.top + (Math.floor(patch / 14) + 0.5) / 14 * box.height };
    image.dispatchEvent(new PointerEvent("pointermove", { ...place, bubbles: true }));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})
"""


@dataclass
class Measured:
    """One kind of weights: megabytes, and milliseconds of each load and of each frame."""

    name: str
    megabytes: float
    paints: list[float]
    bare: list[float]
    drawings: list[float]
    gaps: list[float]

    @property
    def row(self) -> str:
        gap, slow = statistics.median(self.gaps), float(np.percentile(self.gaps, 95))
        return (
            f"| {self.name} | {self.megabytes:.2f} | {_spread(self.paints)} | {_spread(self.bare)} "
            f"| {_spread(self.drawings)} "
            f"| {1000 / gap:.0f} | {gap:.1f} | {slow:.1f} |"
        )


def _spread(times: list[float]) -> str:
    return f"{statistics.median(times):.0f} ({min(times):.0f}–{max(times):.0f})"


def noise() -> Tensor:
    """Softmax of independent scores: (LAYERS, HEADS, N, N)"""
    N = 1 + SIDE * SIDE
    return (2 * torch.randn(LAYERS, HEADS, N, N, generator=torch.Generator().manual_seed(0))).softmax(-1)


def smooth() -> Tensor:
    """Heads that look around the query, each at a width and in a direction of its own, a little at CLS."""
    generator = torch.Generator().manual_seed(0)
    rows, columns = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    places = torch.stack([rows.flatten(), columns.flatten()], dim=1).float()  # (196, 2)
    shifts = 3 * torch.randn(LAYERS, HEADS, 1, 2, generator=generator)
    widths = 1 + 6 * torch.rand(LAYERS, HEADS, 1, 1, generator=generator)
    apart = torch.cdist(places + shifts, places.expand(LAYERS, HEADS, -1, -1))  # (layers, heads, 196, 196)
    scores = torch.nn.functional.pad(-((apart / widths) ** 2), (1, 0, 1, 0))  # CLS in front
    content = torch.randn(LAYERS, HEADS, 1, 1 + SIDE * SIDE, generator=generator)
    return (scores + 0.5 * content).softmax(-1)


def image(detail: int) -> Tensor:
    """Random colours in detail × detail places, and smooth between them: (3, 224, 224)"""
    colours = torch.rand(1, 3, detail, detail, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.interpolate(colours, size=224, mode="bilinear", align_corners=True)[0]


def measure(name: str, weights: Tensor, detail: int, loads: int, folder: Path) -> Measured:
    """One kind of weights and image, in a browser window of its own for each load."""
    from playwright.sync_api import sync_playwright

    html = attention_viewer(weights, image(detail), (SIDE, SIDE)).html
    text = base64.b64encode(random.Random(0).randbytes(3 * len(html) // 4)).decode()
    frame_of_text = f"<iframe srcdoc=\"<p>text</p><script type='application/json'>{text}</script>\"></iframe>"
    pages = {"viewer": html, "text": frame_of_text}
    for kind, body in pages.items():
        document = f"<!doctype html><meta charset='utf-8'><body>{body}</body>"
        (folder / f"{kind}.html").write_text(document, encoding="utf-8")
    measured = Measured(name, len(html.encode()) / 1e6, [], [], [], [])
    found = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        for turn in range(loads):
            for kind in pages:
                window = browser.new_context(viewport={"width": 960, "height": 1000})
                tab = window.new_page()
                tab.add_init_script(WATCH)
                tab.goto((folder / f"{kind}.html").as_uri())
                frame = tab.frames[1]
                frame.wait_for_function(f"{PAINT} !== undefined")
                paint = frame.evaluate(f"{PAINT}.startTime")
                if kind == "text":
                    measured.bare.append(paint)
                else:
                    frame.wait_for_function("document.getElementById('said').textContent.startsWith('From')")
                    measured.paints.append(paint)
                    measured.drawings.append(frame.evaluate("window.lastDrawn"))
                    if turn == loads - 1:
                        measured.gaps = frame.evaluate(HOVER, FRAMES)
                window.close()
        browser.close()
    return measured


def report(everything: list[Measured], loads: int) -> str:
    """The results as Markdown."""
    return "\n".join(
        [
            "# The attention viewer",
            "",
            f"{date.today()} · {machine(torch.device('cpu'))} · {platform.system()}, {os.cpu_count()} cores, "
            f"Chromium without a GPU · {LAYERS} layers × {HEADS} heads × {1 + SIDE * SIDE}² weights "
            f"· `python -m benchmarks.viewer --loads {loads} --write`",
            "",
            f"Medians of {loads} loads from a file, each in a new window, smallest and largest in brackets; "
            f"{FRAMES} frames with a new query each. The limits: {LIMIT_MB:.0f} MB, first paint within "
            f"{1000 * LIMIT_SECONDS:.0f} ms, 60 frames a second.",
            "",
            "| weights and image | payload, MB | first paint, ms | text alone, ms | all maps drawn, ms "
            "| frames / s | median gap, ms | 95th percentile, ms |",
            "|---|" + "---:|" * 7,
            *(each.row for each in everything),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--loads", type=int, default=7, help="how often each page is opened")
    parser.add_argument("--write", action="store_true", help="keep the results in benchmarks/results")
    options = parser.parse_args()
    if options.loads < 1:
        parser.error("--loads must be at least 1")
    with tempfile.TemporaryDirectory() as folder:
        everything = [
            measure(name, weights(), detail, options.loads, Path(folder))
            for name, weights, detail in (("smooth", smooth, SIDE), ("noise", noise, 224))
        ]
    text = report(everything, options.loads)
    print(text)
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "viewer.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
