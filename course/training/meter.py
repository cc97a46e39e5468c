"""Means of what a training tells, without making a GPU wait: sums stay where they are until they are read."""

import time
from collections.abc import Mapping

import torch
from torch import Tensor

from course.training import processes


class Meter:
    """Sums of numbers by name. They are read every so often, and can be saved in between."""

    def __init__(self) -> None:
        self.sums: dict[str, Tensor] = {}
        self.count = 0
        self._images, self._since = 0, time.perf_counter()

    def add(self, told: Mapping[str, Tensor], images: int) -> None:
        """Scalars of one piece of a step, and how many images it had."""
        for name, value in told.items():
            value = value.detach().float()
            self.sums[name] = self.sums[name] + value if name in self.sums else value
        self.count += 1
        self._images += images

    def read(self) -> dict[str, float]:
        """The means since the last reading, over all processes, and "images_per_second"."""
        names = list(self.sums)
        sums = torch.stack([self.sums[name] for name in names]) / self.count
        means = (processes.summed(sums) / processes.count()).tolist()  # the one place that waits for a GPU
        now = time.perf_counter()
        speed = self._images * processes.count() / (now - self._since)
        self.sums, self.count, self._images, self._since = {}, 0, 0, now
        return {**dict(zip(names, means)), "images_per_second": speed}

    def state_dict(self) -> dict[str, object]:
        return {"sums": self.sums, "count": self.count}

    def load_state_dict(self, state: dict) -> None:
        self.sums, self.count = state["sums"], state["count"]
