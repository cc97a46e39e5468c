"""The folder of one training run: what was asked, what was told, and where to go on.

    config.json           how it was started: method, encoder, data, recipe
    metrics.csv           a row at least every 50 steps
    checkpoint.pt         weights, the optimiser's averages and the step
    encoder.safetensors   what is kept when training is over
    method.safetensors    the whole method, decoder, head and teacher, in 16 bits; when training is over
    snapshots/            the encoder in 16 bits behind the steps that were asked for, step-000100.safetensors

A file takes the place of an older one in a single step, once it is complete: whatever ends the program, the
last checkpoint is whole. Where a run goes on (`Run.again`), rows behind its checkpoint are dropped and come
again. A new run that ends before it has kept a step can be withdrawn, so that its folder is free again.
"""

import csv
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import torch

from course import checkpoint
from course.training import processes
from course.training.meter import Meter
from course.training.recipe import Diverged, Recipe, Row
from course.training.trainable import Trainable
from course.whole_files import replacing

SECONDS_BETWEEN = 30.0  # of training that a power cut may cost


class CannotWrite(OSError):
    """A file of the run could not be written, on a full disk for example."""


class Run:
    """A new run in a folder of its own. asked: whatever JSON can hold, such as how the encoder is built.

    Of it, "snapshots" lists the steps behind which the encoder is kept; 0 is before the first.
    Raises FileExistsError where the folder holds something already.
    """

    def __init__(self, folder: str | Path, asked: dict[str, Any], recipe: Recipe):
        self.folder, self.asked, self.recipe = Path(folder), asked, recipe
        self._made = not self.folder.exists()
        taken = self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir()))
        if taken and processes.is_first():  # the others may come when the first has begun to write
            if (self.folder / "config.json").is_file() and not (self.folder / "checkpoint.pt").exists():
                raise FileExistsError(
                    f"the run in {folder} has not kept a step: `--resume {folder}` begins it again as it was "
                    "asked for, or remove the folder"
                )
            raise FileExistsError(f"{folder} is not empty: resume that run, or choose another folder")
        self._begin([])
        self._new = True
        self.describe()

    def describe(self) -> None:
        """Write config.json."""
        if processes.is_first():
            config = {**self.asked, "recipe": asdict(self.recipe)}
            self._write(self.folder / "config.json", (json.dumps(config, indent=2) + "\n").encode())

    def withdraw(self) -> bool:
        """Remove what a new run has written, where that is no checkpoint yet -> whether it was so."""
        if not self._new or self.checkpoint.exists():
            return False
        if processes.is_first():
            for path in (self.folder / "config.json", self.metrics):
                path.unlink(missing_ok=True)
            if self._made and not any(self.folder.iterdir()):
                self.folder.rmdir()
        return True

    @classmethod
    def again(cls, folder: str | Path) -> "Run":
        """A run that was broken off, or is over. Raises FileNotFoundError where there is none."""
        path = Path(folder) / "config.json"
        if not path.is_file():
            raise FileNotFoundError(f"there is no run in {folder}: it has no config.json")
        try:
            asked = json.loads(path.read_text(encoding="utf-8"))
            recipe = Recipe(**asked.pop("recipe"))
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise ValueError(f"{path} does not describe a run: {problem}") from None
        run = cls.__new__(cls)
        run.folder, run.asked, run.recipe = Path(folder), asked, recipe
        run._begin(_read(run.folder / "metrics.csv"))
        return run

    def _begin(self, rows: list[Row]) -> None:
        self.checkpoint, self.encoder = self.folder / "checkpoint.pt", self.folder / "encoder.safetensors"
        self.method = self.folder / "method.safetensors"
        self.metrics, self.rows = self.folder / "metrics.csv", rows
        self._saved_at = time.monotonic()
        self._new = False

    def is_due(self) -> bool:
        """Whether the last checkpoint is old enough for another one."""
        return time.monotonic() - self._saved_at >= SECONDS_BETWEEN

    def log(self, row: Row) -> None:
        """Add a row to metrics.csv."""
        new = not self.rows or not row.keys() <= self.rows[0].keys()
        self.rows.append(row)
        if new:  # there are columns that the file has not: the first row gets them all
            columns = dict.fromkeys(name for row in self.rows for name in row)
            self.rows[0] = {name: self.rows[0].get(name, float("nan")) for name in columns}
            self._write_rows()
        elif processes.is_first():
            with self._refusals(self.metrics), open(self.metrics, "a", newline="", encoding="utf-8") as file:
                csv.DictWriter(file, self.rows[0].keys()).writerow(row)

    def save(self, method: Trainable, optimiser: torch.optim.Optimizer, meter: Meter, step: int) -> None:
        """Write a checkpoint of everything, and the encoder by itself.

        Raises Diverged, and keeps the checkpoint before, where a weight is not a finite number; CannotWrite
        where the disk is full.
        """
        weights = torch.stack(torch._foreach_norm([p.detach().float() for p in method.parameters()]))
        if not weights.isfinite().all():
            raise Diverged(f"Weights are not numbers behind step {step:,}. {self._kept()}")
        if processes.is_first():
            whole = BytesIO()
            state = [part.state_dict() for part in (method, optimiser, meter)]
            torch.save({"step": step, **dict(zip(("method", "optimiser", "meter"), state))}, whole)
            self._write(self.checkpoint, whole.getbuffer())
            with self._refusals(self.encoder):
                checkpoint.save(method.encoder, self.encoder, self.described(step))
        self._saved_at = time.monotonic()

    def snapshot(self, method: Trainable, step: int) -> None:
        """Keep the encoder as it is behind a step, if that was asked for."""
        if step in self.asked.get("snapshots", ()) and processes.is_first():
            path = self.folder / "snapshots" / f"step-{step:06}.safetensors"
            with self._refusals(path):
                path.parent.mkdir(exist_ok=True)
                checkpoint.save(method.encoder, path, self.described(step), half=True)

    def finish(self, method: Trainable, step: int) -> None:
        """Keep the whole method: a reconstruction needs its decoder."""
        if processes.is_first():
            assert isinstance(method, torch.nn.Module)
            with self._refusals(self.method):
                checkpoint.save(method, self.method, self.described(step), half=True)

    def described(self, step: int) -> dict[str, Any]:
        """What stands beside the weights of the encoder: all that it is built, and was trained, from."""
        return {**self.asked, "recipe": asdict(self.recipe), "step": step}

    def restore(self, method: Trainable, optimiser: torch.optim.Optimizer, meter: Meter) -> int:
        """Bring everything to where the checkpoint stands -> the step to go on with, 0 without one."""
        step = 0
        if self.checkpoint.exists():
            device = next(method.parameters()).device
            try:
                state = torch.load(self.checkpoint, map_location=device, weights_only=True)
                method.load_state_dict(state["method"])
                optimiser.load_state_dict(state["optimiser"])
                meter.load_state_dict(state["meter"])
            except Exception as problem:  # torch.load has no error of its own
                sentence = str(problem).partition("\n")[0]
                raise ValueError(
                    f"{self.checkpoint} does not fit this run or is damaged: {sentence}"
                ) from None
            step = state["step"]
        self.rows = [row for row in self.rows if row["step"] <= step]
        self._write_rows()
        return step

    def _write_rows(self) -> None:
        if processes.is_first():
            text = StringIO(newline="")
            if self.rows:
                table = csv.DictWriter(text, self.rows[0].keys())
                table.writeheader()
                table.writerows(self.rows)
            self._write(self.metrics, text.getvalue().encode())

    def _write(self, path: Path, content: bytes | memoryview) -> None:
        with self._refusals(path), replacing(path) as growing:
            growing.write_bytes(content)

    @contextmanager
    def _refusals(self, path: Path) -> Iterator[None]:
        """What the operating system, or a library that writes for us, says, in one sentence."""
        from safetensors import SafetensorError

        try:
            yield
        except (OSError, SafetensorError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem)
            raise CannotWrite(f"{path} could not be written: {reason}. {self._kept()}") from problem

    def _kept(self) -> str:
        if not self.checkpoint.exists():
            return "There is no checkpoint yet."
        return f"The last good checkpoint is {self.checkpoint}."


def _read(path: Path) -> list[Row]:
    """The rows of a metrics.csv, as far as they are whole."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    names, rows = (lines[0] if lines else []), []
    for line in lines[1:]:
        if len(line) == len(names):  # the last one may have been cut off
            rows.append({name: float(entry) if entry else float("nan") for name, entry in zip(names, line)})
    return rows
