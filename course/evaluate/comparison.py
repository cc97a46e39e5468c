"""Is it better than nothing, and better than labels alone? Methods beside the two runs that can tell.

    random encoder            the same architecture, not trained at all
    supervised from scratch   the same initial weights, trained on the labelled images at equal budget

Equal budget: the same recipe, hence as many optimiser steps at the same batch size and learning rate; the
labels are exactly those that kNN, probe and fine-tuning get. The labelled images are repeated until there are
as many as the method has without labels. Budgets are steps, not FLOPs: SimCLR's step looks at each image
twice, MAE's at a quarter of it; `minutes` tells what it cost.

What people usually get wrong
- chance as the baseline: with 126 labels a probe of a small ViT that was *never trained* tells two digits of
  three, and chance one of ten;
- a supervised baseline that stopped early, because few labelled images make short epochs;
- one seed. Another draw of ten labels a class moves all numbers by more than most methods differ, so that
  every seed has its own weights, batches and labelled images, the same ones for each method;
- the best epoch, picked on the test images. What is measured here is the end of the training.
"""

import copy
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from course.data.image_set import ImageSet, expect_alike
from course.evaluate.features import embed, share_right
from course.evaluate.fine_tuning import fine_tune, with_head
from course.evaluate.neighbours import knn
from course.evaluate.probe import linear_probe
from course.evaluate.shares import label_shares
from course.evaluate.table import RANDOM, SUPERVISED, Row, Score
from course.fewlabels.supervised import Augment, Supervised
from course.ssl.method import Method
from course.training.loop import train
from course.training.modes import tensor_of
from course.training.recipe import Recipe


@dataclass(frozen=True)
class Reading:
    """How encoders are measured.

    pool: as in `embed`. k: neighbours, or all where there are fewer labelled images. fine_tuning: its recipe,
    or None to leave it out. augment: what fine-tuning and the supervised run do to images; best what the
    methods compared do, as far as it keeps labels.
    """

    pool: str = "features"
    k: int = 20
    fine_tuning: Recipe | None = None
    augment: Augment | None = None

    def measure(
        self, encoder: nn.Module, labelled: ImageSet, test: ImageSet, seed: int = 0
    ) -> dict[str, float]:
        """An encoder's accuracies, 0 … 1, by the name of the measurement: "knn", "probe", "fine_tuned"

        `seed` draws what the probe holds out and what fine-tuning sees when.
        """
        expect_alike(labelled, test)
        z, labels = embed(encoder, labelled, self.pool), labelled.labels
        other, truth = embed(encoder, test, self.pool), test.labels
        found = {
            "knn": knn(z, labels, other, truth, min(self.k, len(z))),
            "probe": linear_probe(z, labels, other, truth, seed=seed),
        }
        if self.fine_tuning is not None:
            recipe = replace(self.fine_tuning, seed=seed)
            found["fine_tuned"] = fine_tune(
                encoder, labelled, test, recipe, pool=self.pool, augment=self.augment
            )
        return found


def compare(
    encoder: Callable[[], nn.Module],
    methods: Mapping[str, Callable[[nn.Module], Method]],
    data: ImageSet,
    test: ImageSet,
    recipe: Recipe | None,
    *,
    shares: Sequence[float] = (0.01, 0.1, 1.0),
    each: int | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    reading: Reading | None = None,
    before: Mapping[str, nn.Module] | None = None,
    show: Callable[[str], None] | None = None,
) -> list[Row]:
    """Train and measure each method, the random encoder and the supervised run -> rows, by share of labels

        compare(lambda: ViT(**options), {"SimCLR": lambda vit: SimCLR(vit, 64)}, train, test, Recipe())

    encoder: makes a new one, on the device to be used; it is called with PyTorch's random numbers seeded.
    methods: each puts its method around an encoder. recipe: of all of them; None trains nothing, and leaves
    the supervised run out. shares: of `data`'s labels; or so many labelled images of `each` class instead.
    before: encoders that were trained elsewhere, by name. show: hears of each training that is over; `print`
    will do. There should be 3 seeds or more: one has no spread, two hardly any.
    """
    expect_alike(data, test)
    expect_different("seed", seeds)
    expect_different("share", shares)
    before = before or {}
    if taken := {RANDOM, SUPERVISED} & {*methods, *before}:
        raise ValueError(f"{taken.pop()!r} is the name of a baseline; name the method otherwise")
    if recipe is None and methods:
        raise ValueError(f"{', '.join(methods)} cannot be trained without a recipe")
    reading = reading or Reading()
    found: dict[tuple[float, str], list[Row]] = {}
    for seed in seeds:
        with seeded(seed):
            for row in one_seed(
                encoder, methods, before, data, test, recipe, seed, shares, each, reading, show
            ):
                found.setdefault((row.share, row.name), []).append(row)
    return [Row.joined(rows) for rows in found.values()]


def one_seed(
    encoder: Callable[[], nn.Module],
    methods: Mapping[str, Callable[[nn.Module], Method]],
    before: Mapping[str, nn.Module],
    data: ImageSet,
    test: ImageSet,
    recipe: Recipe | None,
    seed: int,
    shares: Sequence[float],
    each: int | None,
    reading: Reading,
    show: Callable[[str], None] | None,
) -> Iterator[Row]:
    """The rows of a single seed."""
    start, recipe = encoder(), recipe and replace(recipe, seed=seed)
    device = tensor_of(start).device
    data, test = data.to(device), test.to(device)
    learnt = {RANDOM: Trained(start)}
    for name, make in methods.items():
        assert recipe is not None
        with seeded(seed):  # whatever the methods before it have drawn
            method = make(copy.deepcopy(start)).to(device)
        learnt[name] = trained(method, data, recipe, f"seed {seed}: {name}", show)
    parts = label_shares(data, shares, seed) if each is None else (data.few(each, seed),)
    for labelled in parts:
        runs = {RANDOM: learnt[RANDOM]}
        if recipe is not None:
            model = with_head(start, labelled, reading.pool)
            supervised = Supervised(model, augment=reading.augment)
            told = f"seed {seed}: {SUPERVISED}, {len(labelled):,} labels"
            budget = trained(supervised, repeated(labelled, len(data)), recipe, told, show)
            runs[SUPERVISED] = replace(budget, encoder=model.encoder)  # without its head
        runs |= learnt | {name: Trained(other.to(device)) for name, other in before.items()}
        for name, run in runs.items():
            accuracies = reading.measure(run.encoder, labelled, test, seed)
            if name == SUPERVISED:
                accuracies["fine_tuned"] = share_right(model, test)  # its own head's
            scores: dict[str, Any] = {by: Score((value,), (seed,)) for by, value in accuracies.items()}
            share = len(labelled) / len(data)
            yield Row(name, share, len(labelled), run.steps, run.minutes, **scores)


@dataclass(frozen=True)
class Trained:
    """An encoder and what it took."""

    encoder: nn.Module
    steps: int = 0
    minutes: float = 0.0


def trained(
    method: Method, data: ImageSet, recipe: Recipe, name: str, show: Callable[[str], None] | None
) -> Trained:
    """Train a method, and say how long it took."""
    start = time.perf_counter()
    rows = train(method, data, recipe)
    minutes = (time.perf_counter() - start) / 60
    if show:
        show(f"{name}, {minutes:.1f} minutes")
    return Trained(method.encoder, int(rows[-1]["step"]), minutes)


def repeated(data: ImageSet, count: int) -> ImageSet:
    """A set of `count` images, each of `data` about equally often: an epoch of as many steps as any other."""
    return data.take(torch.arange(count) % len(data))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """PyTorch's random numbers from a seed, and afterwards as if nothing had been drawn."""
    with torch.random.fork_rng(range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        yield


def expect_different(name: str, values: Sequence[float]) -> None:
    """At least one value, and none of them twice."""
    if not values or len(set(values)) < len(values):
        raise ValueError(f"there must be at least one {name}, and none twice; got {tuple(values)}")
