"""One loop for every method: `train(SimCLR(encoder, 384), images, Recipe(epochs=100))`.

    for each step:  a batch of views -> loss -> gradients -> AdamW; what follows its own rule moves last

The learning rate rises along a line over the first `warm_up` of all steps, then falls to 0 along half a
cosine. A step is cut into pieces, `accumulate` in each process, and every piece draws its random numbers from
a seed of its own, made of (seed, step, piece). Hence a run that was broken off goes on as if nothing had
happened, and two processes do what one does with `accumulate=2`.

What people usually get wrong
- resuming with the weights but without the optimiser's averages, the schedule or the random numbers;
- reading `loss.item()` at each step, which makes a GPU wait for it every time;
- weight decay on biases and norms (`Method.groups`);
- pieces are not a large batch to everything: BatchNorm and SimCLR's negatives see one piece at a time.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course.training import processes
from course.training.interrupts import noticing_interrupts
from course.training.meter import Meter
from course.training.precision import computing
from course.training.recipe import Diverged, Recipe, Row
from course.training.trainable import Keeper, Trainable

STEPS_PER_ROW = 50  # at most; one also ends with each epoch
EARLY = (2, 10)  # steps of long epochs behind which one hears how it goes


class Plan:
    """Which images each step sees, in which pieces, and the seed of each piece's random numbers.

    An epoch is a new order of all images; the last ones, too few for a batch, wait for the next.
    """

    def __init__(self, images: int, recipe: Recipe):
        self.images, self.seed = images, recipe.seed
        self.batch = min(recipe.batch, images)
        self.in_all = recipe.accumulate * processes.count()
        if self.batch == 0 or self.batch % self.in_all:
            pieces = f"{recipe.accumulate} accumulated × {processes.count()} processes"
            raise ValueError(f"a batch of {self.batch} images cannot be cut into equal pieces, {pieces}")
        self.mine = range(processes.rank() * recipe.accumulate, (processes.rank() + 1) * recipe.accumulate)
        self.per_epoch = images // self.batch
        self.steps = recipe.epochs * self.per_epoch

    def pieces(self, step: int, device: torch.device) -> Iterator[tuple[Tensor, int]]:
        """This process's pieces of a step: the images' numbers (batch / pieces,), and a seed"""
        epoch, place = divmod(step, self.per_epoch)
        size = self.batch // self.in_all
        for piece in self.mine:
            start = place * self.batch + piece * size
            yield (
                _order(self.images, self.seed, epoch, device)[start : start + size],
                mixed(self.seed, step, piece),
            )

    def ends_epoch(self, step: int) -> bool:
        """Whether a step is the last of its epoch."""
        return (step + 1) % self.per_epoch == 0

    def ends_row(self, step: int) -> bool:
        """Whether something is told behind a step."""
        early = self.per_epoch > max(EARLY) and step + 1 in EARLY
        return self.ends_epoch(step) or (step % self.per_epoch + 1) % STEPS_PER_ROW == 0 or early


def train(
    method: Trainable,
    data: Sized,
    recipe: Recipe,
    *,
    run: Keeper | None = None,
    show: Callable[[Row], None] | None = None,
) -> list[Row]:
    """Train on data that lie on the method's device -> what was told, a row at least every 50 steps.

    data: an ImageSet, or whatever else the method's `batch` and `health` read, such as pairs of sentences.

    A row has "step", "steps", "epoch", "lr", "loss", what the method tells and "images_per_second", as means
    since the row before; at the end of an epoch also the `health` of the embeddings. `run` keeps rows and
    checkpoints in a folder, and the training goes on where that stands; `show` sees each row as it comes.

    Raises ValueError where there is nothing to train, Diverged where the loss stops being a number, and
    KeyboardInterrupt behind the step in which Ctrl-C was pressed, with the run saved.
    """
    if next(method.parameters(), None) is None:
        raise ValueError(f"nothing to train: {type(method).__name__} has no parameters")
    device = next(method.parameters()).device
    plan, meter, rows = Plan(len(data), recipe), Meter(), list[Row]()
    optimiser = recipe.optimise(method.groups(recipe.weight_decay))
    first = run.restore(method, optimiser, meter) if run else 0
    network = torch.compile(method) if recipe.compile else method
    generator = torch.Generator(device)
    method.train()
    if run and first == 0:
        run.snapshot(method, 0)
    with _own_random_numbers(device), noticing_interrupts() as interrupted:
        for step in range(first, plan.steps):
            lr = recipe.lr_at((step + 0.5) / plan.steps)
            for group in optimiser.param_groups:
                group["lr"] = lr * group["scale"]
            for chosen, seed in plan.pieces(step, device):
                _seed(device, seed)  # for what takes no generator, such as dropout
                batch = method.batch(data, chosen, generator.manual_seed(seed))
                with computing(device, recipe.precision):
                    loss, told = network(batch)
                (loss / recipe.accumulate).backward()
                meter.add({**told, "loss": loss}, len(chosen))
            processes.average_gradients(method.parameters())
            if recipe.clip is not None:
                nn.utils.clip_grad_norm_(method.parameters(), recipe.clip)
            optimiser.step()
            optimiser.zero_grad()
            method.after_step((step + 1) / plan.steps)

            if plan.ends_row(step):
                row = {"step": step + 1, "steps": plan.steps, "epoch": (step + 1) / plan.per_epoch, "lr": lr}
                row |= meter.read()
                _stop_unless_finite(row, run)
                if plan.ends_epoch(step):
                    row |= _health(method, data)
                rows.append(row)
                if run:
                    run.log(row)
                if show and processes.is_first():
                    show(row)
            if run:
                run.snapshot(method, step + 1)
            stopped = processes.any_of(interrupted.is_set(), device)
            if run and (
                stopped
                or step + 1 == plan.steps
                or (plan.ends_epoch(step) and processes.any_of(run.is_due(), device))
            ):
                run.save(method, optimiser, meter, step + 1)
            if stopped:
                raise KeyboardInterrupt(f"stopped behind step {step + 1:,} of {plan.steps:,}")
    if run:
        run.finish(method, plan.steps)
    return rows


def rehearse(method: Trainable, data: Any, recipe: Recipe) -> None:
    """A step on one or two images that teaches nothing: what would fail in the first step fails now.

    data: on the method's device; what has a length and a `take`, such as an ImageSet.

    All happens on copies. Raises what the method does, and ValueError for a batch that cannot be cut up.
    """
    plan = Plan(len(data), recipe)
    device = next(method.parameters()).device
    chosen = torch.arange(min(2, plan.batch // plan.in_all), device=device)
    tried, generator = copy.deepcopy(method).train(), torch.Generator(device)
    recipe.optimise(tried.groups(recipe.weight_decay))
    with _own_random_numbers(device), torch.no_grad():
        tried(tried.batch(data, chosen, generator.manual_seed(0)))
        tried.after_step(0.0)
        _health(tried, data.take(chosen))


def mixed(*numbers: int) -> int:
    """One seed made of several numbers, far from those of their neighbours."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> 1)  # torch wants 63 bits


@lru_cache(maxsize=1)  # all steps of an epoch ask for the same
def _order(images: int, seed: int, epoch: int, device: torch.device) -> Tensor:
    """The numbers of all images in the order of an epoch, the same on every device: -> (images,)"""
    return torch.randperm(images, generator=torch.Generator().manual_seed(mixed(seed, epoch))).to(device)


@contextmanager
def _own_random_numbers(device: torch.device) -> Iterator[None]:
    """Seeding inside of this changes nothing for whoever draws random numbers outside."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        yield


def _seed(device: torch.device, seed: int) -> None:
    """Seed what draws on a device; `torch.manual_seed` seeks devices of every kind, for a millisecond."""
    if device.type == "cpu":
        torch.default_generator.manual_seed(seed)
    else:
        torch.manual_seed(seed)


def _health(method: Trainable, data: Sized) -> Row:
    return {name: value.item() for name, value in method.health(data).items()}


def _stop_unless_finite(row: Row, run: Keeper | None) -> None:
    if math.isfinite(row["loss"]):
        return
    told = f"The loss is {row['loss']} behind step {row['step']:,}, at learning rate {row['lr']:.2g}"
    kept = f"; the last good checkpoint is {run.checkpoint}" if run and run.checkpoint.exists() else ""
    raise Diverged(f"{told}{kept}. Try a smaller learning rate, a longer warm-up, or clip=1.")
