"""What the loop calls: of what it trains, and of whoever keeps a run."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Generator, Tensor, nn

from course.training.meter import Meter
from course.training.recipe import Row

Told = dict[str, Tensor]  # numbers to log, detached scalars


class Trainable(Protocol):
    """A module around an encoder, as `course.ssl.method.Method` is one."""

    encoder: nn.Module

    def batch(self, data: Any, chosen: Tensor, generator: Generator | None = None) -> Any:
        """What a step is about; data: such as an ImageSet; chosen: (B,), the numbers of its entries."""

    def forward(self, batch: Any) -> tuple[Tensor, Told]:
        """The loss, a scalar, and numbers to log."""

    def after_step(self, progress: float) -> None:
        """What follows rules of its own, with the share of the training that is over, 0 … 1."""

    def groups(self, weight_decay: float) -> list[dict[str, Any]]:
        """What the optimiser trains: "params", "weight_decay", and "scale", a factor of the learning rate."""

    def health(self, data: Any) -> Told:
        """Numbers, told behind each epoch, that show whether embeddings of some of the data collapse."""

    # and what every nn.Module has

    __call__: Callable[..., Any]

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]: ...

    def train(self, mode: bool = True) -> Any: ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> Any: ...


class Keeper(Protocol):
    """Keeps rows and checkpoints, as `course.training.run_folder.Run` does."""

    checkpoint: Path

    def restore(self, method: Trainable, optimiser: torch.optim.Optimizer, meter: Meter) -> int:
        """Bring everything to where the checkpoint stands -> the step to go on with."""

    def log(self, row: Row) -> None:
        """Keep a row."""

    def is_due(self) -> bool:
        """Whether the last checkpoint is old enough for another one."""

    def save(self, method: Trainable, optimiser: torch.optim.Optimizer, meter: Meter, step: int) -> None:
        """Write a checkpoint of everything."""

    def snapshot(self, method: Trainable, step: int) -> None:
        """Called behind each step, and with 0 before the first."""

    def finish(self, method: Trainable, step: int) -> None:
        """Called when the training is over."""
