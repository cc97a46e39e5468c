"""The three models of the gallery, small enough to be trained while you wait, and what they were trained on.

    a reader       a ViT that says which digit an image shows              course.vision.vit
    a translator   a Transformer from French to English number words       course.language.transformer
    a painter      a perceptron that fills in what is hidden of a digit    narrow and wide, three seeds each

All are toys: two thousand images of 8 × 8 pixels, a thousand numbers. What is held out is never learnt from.
"""

import copy
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from course.data import digits, number_words
from course.language import translate
from course.language.transformer import Transformer
from course.record import Record
from course.vision.vit import ViT

HELD_OUT = 360  # images
ZOOM, PATCH = 3, 4
SIDE = 8 * ZOOM
GRID = (SIDE // PATCH, SIDE // PATCH)
SEEDS = 3
WIDTHS = (8, 256)  # units of a painter
HOLE = 2  # pixels: the side of what is hidden from the painter


@dataclass
class Reader:
    """Before and after training, with the images it was never shown: (n, 1, SIDE, SIDE)"""

    before: ViT
    after: ViT
    learnt_from: int
    images: Tensor
    labels: Tensor

    def accuracy(self, model: ViT) -> float:
        with torch.no_grad():
            return float((model(self.images).argmax(-1) == self.labels).float().mean())


@dataclass
class Translator:
    """The model, with the pairs it was never shown and what it makes of them."""

    model: Transformer
    vocabulary: translate.Characters
    learnt_from: int
    pairs: list[translate.Pair]
    written: list[str]

    @property
    def accuracy(self) -> float:
        """The share of unseen numbers without one wrong letter."""
        return sum(own == pair[1] for own, pair in zip(self.written, self.pairs)) / len(self.pairs)


@dataclass
class Painter:
    """Squared errors on what is hidden, epoch by epoch, and what it makes of images it was not shown."""

    units: int
    learnt: list[float]
    unseen: list[float]
    images: Tensor  # (n, 8, 8)
    hidden: Tensor  # (n, 8 / HOLE, 8 / HOLE), boolean
    painted: Tensor  # (n, 8, 8)


def train_all(effort: float = 1.0) -> tuple[Reader, Translator, list[Painter]]:
    """All models, on two cores at once. With less `effort` they learn for less long, and less."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        reader, translator = pool.submit(train_reader, effort), pool.submit(train_translator, effort)
        painters = [
            pool.submit(train_painter, seed, units, effort) for units in WIDTHS for seed in range(SEEDS)
        ]
        return reader.result(), translator.result(), [painter.result() for painter in painters]


def split() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Digits to learn from and digits held out: images (n, 8, 8) and labels (n,) of each."""
    images, labels = digits()
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    kept, unseen = order[HELD_OUT:], order[:HELD_OUT]
    return images[kept], labels[kept], images[unseen], labels[unseen]


def enlarged(images: Tensor) -> Tensor:
    """Each side ZOOM times as long, smoothly: (n, 8, 8) -> (n, 1, SIDE, SIDE)"""
    return nn.functional.interpolate(images[:, None], scale_factor=ZOOM, mode="bilinear").clamp(0, 1)


def train_reader(effort: float = 1.0, batch: int = 64) -> Reader:
    """Three layers of three heads over 6 × 6 patches."""
    images, labels, unseen, their_labels = split()
    images = enlarged(images)
    torch.manual_seed(0)
    model = ViT(SIDE, PATCH, dim=48, depth=3, heads=3, hidden=96, classes=10, channels=1)
    for layer in model.layers.modules():
        if isinstance(
            layer, nn.Linear
        ):  # larger than a ViT's usual start, which takes more steps than we have
            nn.init.xavier_uniform_(layer.weight)
    before = copy.deepcopy(model).eval()
    steps = max(1, round(450 * effort))
    optimiser = torch.optim.AdamW(model.parameters(), weight_decay=0.05, foreach=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=3e-3, total_steps=steps + 1)
    for _ in range(steps):
        chosen = torch.randint(len(images), (batch,))
        loss = nn.functional.cross_entropy(model(images[chosen]), labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return Reader(before, model.eval(), len(images), enlarged(unseen), their_labels)


def train_translator(effort: float = 1.0, peak: float = 5e-3, tokens: int = 1000) -> Translator:
    """One layer of four heads on each side, letter by letter."""
    pairs, unseen = number_words(split="train"), number_words(split="test")
    vocabulary = translate.Characters(text for pair in pairs for text in pair)
    torch.manual_seed(0)
    sizes: dict[str, Any] = dict(dim=48, heads=4, hidden=96, layers=1, max_length=64)
    model = Transformer(len(vocabulary), norm="pre", dropout=0.0, **sizes)
    steps = max(1, round(600 * effort))
    warmup = max(1, steps // 10)

    def data() -> Iterator[tuple[Tensor, Tensor]]:
        generator, left = torch.Generator().manual_seed(0), steps
        while left:
            for batch in translate.batches(pairs, vocabulary, tokens, generator):
                if left:
                    left -= 1
                    yield batch

    def rate(step: int) -> float:
        return peak * min(step / warmup, 1.01 - (step - warmup) / (steps - warmup + 1))

    for _ in translate.train(model, data(), rate, smoothing=0.0):
        pass
    model.eval()
    written = write(model, vocabulary, [source for source, _ in unseen])
    return Translator(model, vocabulary, len(pairs), unseen, written)


def write(model: Transformer, vocabulary: translate.Characters, french: list[str]) -> list[str]:
    """What the model makes of these numbers, the likeliest letter again and again."""
    return translate.translate(model, french, vocabulary, width=1, max_length=40)


def train_painter(seed: int, units: int, effort: float = 1.0, batch: int = 64) -> Painter:
    """From what is visible, and where, to all pixels; the loss counts what is hidden."""
    images, _, unseen, _ = split()
    torch.manual_seed(seed)
    layers = [nn.Linear(128, units), nn.GELU(), nn.Linear(units, units), nn.GELU(), nn.Linear(units, 64)]
    model = nn.Sequential(*layers)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, foreach=True)
    holes = holes_for(len(unseen), torch.Generator().manual_seed(0))  # the same for every seed
    errors: tuple[list[float], list[float]] = ([], [])
    for _ in range(max(1, round(40 * effort))):
        for chosen in torch.randperm(len(images)).split(batch):
            loss = _error(model, images[chosen], holes_for(len(chosen)))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            errors[0].append(float(_error(model, images[: len(unseen)], holes)))
            errors[1].append(float(_error(model, unseen, holes)))
    with torch.no_grad():
        painted = _painted(model, unseen, holes)
    return Painter(units, *errors, unseen, holes, painted)


def holes_for(n: int, generator: torch.Generator | None = None) -> Tensor:
    """Half of the patches of each image, drawn at random: (n, 8 / HOLE, 8 / HOLE), boolean"""
    side = 8 // HOLE
    drawn = torch.rand(n, side * side, generator=generator)
    return (drawn.argsort(dim=1) < side * side // 2).unflatten(1, (side, side))


def at_pixels(holes: Tensor) -> Tensor:
    """A boolean for each patch -> one for each pixel, (n, 8, 8)"""
    return holes.repeat_interleave(HOLE, dim=1).repeat_interleave(HOLE, dim=2)


def _painted(model: nn.Module, images: Tensor, holes: Tensor) -> Tensor:
    hidden = at_pixels(holes)
    visible = images.masked_fill(hidden, 0.0)
    return model(torch.cat([visible.flatten(1), hidden.flatten(1).float()], dim=1)).view_as(images)


def _error(model: nn.Module, images: Tensor, holes: Tensor) -> Tensor:
    return (_painted(model, images, holes) - images)[at_pixels(holes)].square().mean()


def attention_of(model: ViT, image: Tensor, label: int) -> tuple[Tensor, Tensor]:
    """Weights, and gradients of the class's logit: (1, SIDE, SIDE) -> (layers, heads, N, N) each"""
    record: Record = {}
    logit = model(image[None], record=record)[0, label]
    gradients = torch.autograd.grad(logit, record["weights"])
    weights = torch.cat(record["weights"])
    return weights.detach(), torch.cat(gradients)
