"""What `course pretrain` and `course finetune` share: the device, the run folder, and how a training ends."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import typer

from course.commands.pictures import leave_pictures, things
from course.commands.progress import Progress
from course.commands.said import counted, refuse
from course.commands.settings import read
from course.data.image_set import ImageSet
from course.multimodal import by_name as with_words
from course.ssl.by_name import options
from course.ssl.method import Method
from course.training import processes
from course.training.loop import Plan, train
from course.training.recipe import Diverged
from course.training.run_folder import Run

INTERRUPTED = 130  # the exit status that a shell expects behind Ctrl-C
FREE = ("data",)  # may lie elsewhere when a run goes on


def device_named(name: str) -> torch.device:
    """auto: the GPU of this process, or else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as problem:
        sentence = str(problem).partition("\n")[0]
        refuse(f"There is no device {name!r} here: {sentence}. --device auto takes what there is.")
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")  # TF32
        if device.index is None:
            device = torch.device("cuda", processes.local_rank())
        torch.cuda.set_device(device)
    return device


def options_of(settings: Sequence[str], method: str | None = None) -> dict[str, Any]:
    """["tau=0.2", "tasks=angles"] -> {"tau": 0.2, "tasks": ["angles"]}, as the method wants them"""
    try:
        kinds = with_words.options if method in with_words.METHODS else options
        return read(settings, None if method is None else kinds(method), method or "it")
    except ValueError as problem:
        refuse(problem)


@contextmanager
def trained_together(device: str) -> Iterator[torch.device]:
    """The device to train on, together with the other processes of a torchrun."""
    place = device_named(device)
    with processes.together(place):
        yield place


def finish(method: Method, data: ImageSet, run: Run, device: torch.device) -> None:
    """Train to the end, with progress, curves, and a sentence on whatever ends it before."""
    parameters = sum(parameter.numel() for parameter in method.parameters() if parameter.requires_grad)
    with ending(run, f"`--resume {run.folder}`"):
        plan = Plan(len(data), run.recipe)
        say(
            f"{run.folder}: {run.asked['method']} with {run.asked['encoder']}, {parameters:,} parameters to "
            f"train, {things(data)}, {counted(plan.steps, 'step')} of {plan.batch:,}, on {device}"
        )
        show = Progress(run.recipe.epochs, plan.batch)
        train(method.to(device), data.to(device), run.recipe, run=run, show=show)
        if processes.is_first():
            leave_pictures(run, method, data)


@contextmanager
def ending(run: Run, again: str) -> Iterator[None]:
    """A sentence on whatever ends a training before its time; `again` is the command that goes on with it."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        told = (str(interrupt) or "stopped at once").capitalize()
        goes_on = "nothing was kept" if run.withdraw() else f"{again} goes on"
        print(f"\n{told}; {goes_on}.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    except torch.OutOfMemoryError:
        refuse("\nThe device has too little memory: choose a smaller --batch, or --accumulate 2 and up.")
    except (Diverged, OSError, ValueError, TypeError) as problem:
        refuse(f"\n{problem}")
    finally:
        run.withdraw()  # where no step was kept, the corrected command finds its folder free


def given(context: typer.Context, name: str) -> bool:
    """Whether a parameter of a command was typed, and is not just its default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def told_again(context: typer.Context, run: Run, kept: dict[str, Any]) -> None:
    """Refuse a --resume beside options that are not those of the run.

    kept: what it was asked for, by the names of the command's parameters; others may be chosen anew.
    """
    kept = {**asdict(run.recipe), **kept, "out": run.folder}
    for parameter in context.command.params:
        name, value = parameter.name or "", context.params[parameter.name or ""]
        if name in FREE or name not in kept or not given(context, name):
            continue
        if name == "settings":
            _settings_again(run, value)
        elif (
            (value.absolute() != Path(kept[name] or "").absolute())
            if isinstance(value, Path)
            else value != kept[name]
        ):
            asked = max(parameter.opts, key=len)
            refuse(
                f"{asked} {value} is not what the run in {run.folder} was asked for, {kept[name]}: "
                "leave it out, or begin a new run."
            )


def _settings_again(run: Run, settings: Sequence[str]) -> None:
    own = run.asked["options"]
    for name, value in options_of(settings, run.asked["method"]).items():
        if json.loads(json.dumps(value)) != own.get(name):
            told = f"{own[name]}" if name in own else "which left it as it is"
            refuse(
                f"--set {name}={value} is not what the run in {run.folder} was asked for, {told}: "
                "leave it out, or begin a new run."
            )


def say(text: str) -> None:
    """Print, in one of the processes."""
    if processes.is_first():
        print(text, flush=True)


def folder_of(out: Path | None, task: str, data: str, encoder: str, seed: int) -> Path:
    """Where a run goes: as asked, or runs/simclr-digits-vit-mini_2-0."""
    name = f"{task}-{Path(data).name.partition('.')[0]}-{encoder.replace('/', '_')}-{seed}"
    return out or Path("runs") / name
