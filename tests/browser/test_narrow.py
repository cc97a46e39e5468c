"""On a phone, 360 pixels wide: no word of a figure is cut off, and none lies on another."""

import numpy as np
import pytest
import torch

from course.show import scaling
from course.show.align import alignment
from course.show.augmentation import augmentation_bench
from course.show.broadcasting import broadcasting
from course.show.cost_curves import cost_curves
from course.show.growing import growing_grid
from course.show.head_flow import head_flow
from course.show.held_equal import Run, held_equal
from course.show.late import late_sound
from course.show.latent_walk import latent_walk
from course.show.norm_cut import norm_cut
from course.show.predict import predict_cell, predict_patch
from course.show.published import Row, published
from course.show.shifts import shifts
from course.show.squares import shuffled_squares
from course.show.stages import pyramid
from course.show.two_patches import two_patches
from course.show.viewer import Attention, attention_viewer
from course.show.waves import waves
from course.ssl.autoencoder import Decoder

pytestmark = pytest.mark.browser

NARROW = {"width": 344, "height": 900}  # what a page of the site leaves a figure, and the margins of this one
RNG = np.random.default_rng(0)
DIGITS = [str(digit) for digit in range(10)]
LETTERS = [*"mille deux", "■"]


def shares(*shape: int) -> np.ndarray:
    """Random rows of probabilities."""
    found = RNG.random(shape)
    return found / found.sum(axis=-1, keepdims=True)


def moments() -> np.ndarray:
    return RNG.standard_normal((4, 37, 8))


def a_film():
    maps, bands = ({late: shares(1, 12, last) for late in (-1, 0, 1)} for last in (6, 4))
    frames, notes = RNG.random((1, 6, 8, 8)), np.array([[-1, 0, 1, 1, 2, -1]])
    return late_sound(frames, notes, ["a circle, then a square"], maps, bands, np.zeros((1, 100)), 8000)


FIGURES = {
    "alignment": lambda: alignment(shares(1, 4, 11, 11), LETTERS, LETTERS),
    "augmentation": lambda: augmentation_bench(
        {"left": (torch.eye(8), "an automobile"), "right": (torch.ones(8, 8), "a truck")}
    ),
    "broadcasting": lambda: broadcasting((64, 1), (64,)),
    "cost": cost_curves,
    "film": a_film,
    "growing": lambda: growing_grid(moments(), [0, 0.1, 0.5, 1]),
    "heads": head_flow,
    "held equal": lambda: held_equal(
        [
            Run("ViT-S/4, RelViT", {"images": 100, "steps": 10}, (60.0, 61.0)),
            Run("CNN", {"images": 400, "steps": 40}, (9.0, 8.0)),
        ],
        {"images": 400, "steps": 10},
        "made up",
    ),
    "latents": lambda: latent_walk(
        Decoder(2, (1, 8, 8), 16), [[2.0, 0.0], [-2.0, 1.0]], [0, 1], ["zero", "one"]
    ),
    "norms": lambda: norm_cut(torch.randn(9, 3, 4, 6), groups=2),
    "patch": lambda: predict_patch("Where?", np.zeros((30, 50)), shares(3, 5)),
    "cell": lambda: predict_cell("Which?", shares(3, 3), ["cat", "sat", "mat"], ["cat", "sat", "mat"]),
    "published": lambda: published(
        [
            Row("ConvNeXt V2 huge", "convolutions", {"GFLOPs": 115, "right, %": 86.3}),
            Row("CvT-13", "both", {"GFLOPs": 4.5, "right, %": 81.6}),
        ],
        ["GFLOPs"],
        ["right, %"],
        "made up",
    ),
    "scaling": lambda: scaling.guess(scaling.measure(keys=100, draws=2)),
    "shifts": lambda: shifts(
        torch.rand(2, 8, 8),
        torch.tensor([1, 3]),
        dict.fromkeys(["convolution, pooled", "bag of words"], lambda x: torch.zeros(len(x), 10)),
    ),
    "squares": lambda: shuffled_squares(
        RNG.random((5, 24, 24)),
        dict.fromkeys(["with positions", "without positions"], shares(5, 10)),
        DIGITS,
        3,
    ),
    "stages": lambda: pyramid("ViT-S/16", "CvT-13", 224),
    "two patches": lambda: two_patches(torch.rand(2, 8, 8), torch.rand(2, 9, 16, 16)),
    "viewer": lambda: attention_viewer(shares(2, 3, 17, 17), RNG.random((32, 32)), (4, 4)),
    "viewer of two": lambda: attention_viewer(
        *(Attention(shares(2, 3, 17, 17), name="supervised"), RNG.random((32, 32)), (4, 4)),
        other=Attention(shares(2, 3, 17, 17), name="self-supervised"),
    ),
    "waves": waves,
}

# Remembers what is written on each canvas since it was last cleared: the words and the box of their ink.
SPY = """() => {
    const size = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, "width");
    const { fillText } = CanvasRenderingContext2D.prototype;
    window.written = new Map();
    Object.defineProperty(HTMLCanvasElement.prototype, "width", {
        get() { return size.get.call(this); },
        set(to) { written.set(this, []); size.set.call(this, to); },
    });
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...most) {
        const ink = this.measureText(text), fit = Math.min(1, (most[0] ?? ink.width) / ink.width);
        const corners = [[-ink.actualBoundingBoxLeft * fit, -ink.actualBoundingBoxAscent],
                         [ink.actualBoundingBoxRight * fit, ink.actualBoundingBoxDescent]]
            .map(([dx, dy]) => this.getTransform().transformPoint({ x: x + dx, y: y + dy }))
            .map((point) => [point.x / devicePixelRatio, point.y / devicePixelRatio]);
        written.get(this.canvas)?.push([String(text), corners]);
        return fillText.call(this, text, x, y, ...most);
    };
    // The figure draws itself anew when its own observer is told of the width: the elder, and so told first.
    new ResizeObserver(() => { window.drawnNarrow = innerWidth < 344; }).observe(document.body);
}"""
WRONG = """() => {
    const found = [], SLACK = 2;
    const box = (one, other) => ({ left: Math.min(one[0], other[0]), right: Math.max(one[0], other[0]),
                                   top: Math.min(one[1], other[1]), bottom: Math.max(one[1], other[1]) });
    const look = (texts, { width, height }) => {
        texts.forEach(([text, ink], place) => {
            if (ink.left < -SLACK || ink.right > width + SLACK) found.push(`cut: ${text}`);
            if (ink.top < -SLACK || ink.bottom > height + SLACK) found.push(`cut: ${text}`);
            for (const [other, its] of texts.slice(0, place)) {
                const wide = Math.min(ink.right, its.right) - Math.max(ink.left, its.left);
                const high = Math.min(ink.bottom, its.bottom) - Math.max(ink.top, its.top);
                if (wide > SLACK && high > SLACK) found.push(`${text} lies on ${other}`);
            }
        });
    };
    for (const [canvas, texts] of written) {
        const inks = texts.map(([text, corners]) => [text, box(...corners)]);
        if (canvas.isConnected) look(inks, canvas.getBoundingClientRect());
    }
    for (const svg of document.querySelectorAll("svg")) {
        const room = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll("text")];
        look(texts.filter((text) => text.getClientRects().length).map((text) => {
            const { left, right, top, bottom } = text.getBoundingClientRect(), leading = (bottom - top) / 5;
            return [text.textContent, box([left - room.left, top - room.top + leading],
                                          [right - room.left, bottom - room.top - leading])];
        }), room);
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push("it is wider than the screen");
    return found;
}"""


@pytest.mark.parametrize("name", FIGURES)
def test_no_word_is_cut_off_or_lies_on_another(show, name):
    page, frame = show(FIGURES[name]())
    frame.locator("#spoken").wait_for(state="attached")
    inside = page.frames[1]
    inside.evaluate(SPY)
    page.set_viewport_size(NARROW)
    inside.wait_for_function("() => window.drawnNarrow")
    assert inside.evaluate(WRONG) == []
