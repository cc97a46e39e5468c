"""Making a checkpoint: a training that can be broken off, its whole method in 16 bits, and a card.

    runs/NAME        the run: goes on where it was broken off, to the same file
    FOLDER           NAME.safetensors and NAME.card.json, once it is over

What is measured for the card is the file that was written, not the weights before they became 16 bits.
"""

import hashlib
import json
import platform
import subprocess
from collections.abc import Callable, Sized
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import torch

import course
from course import checkpoint
from course.checkpoints.recipes import Known, fresh
from course.checkpoints.shelf import PACKAGE, Card, files
from course.ssl.method import Method
from course.training.loop import train
from course.training.recipe import Row
from course.training.run_folder import Run
from course.whole_files import replacing


def begin(name: str, known: Known, folder: Path) -> tuple[Method, Sized, Run]:
    """The method with its first weights, its data, and the run in `folder`, a new one or the one to go on.

    Raises ValueError where that run was of another recipe, and what reading the data raises.
    """
    data = known.train()
    about = known.describe(data)
    asked = {"checkpoint": name, "built_from": about}
    if (folder / "config.json").is_file():
        run = Run.again(folder)
        if (run.asked, run.recipe) != (json.loads(json.dumps(asked)), known.recipe):
            raise ValueError(
                f"the run in {folder} is not of {name} as it is made now: remove the folder to begin anew"
            )
    else:
        run = Run(folder, asked, known.recipe)
    return fresh(known, about, known.recipe.seed), data, run


def make(
    name: str,
    known: Known,
    method: Method,
    data: Sized,
    run: Run,
    folder: Path,
    show: Callable[[Row], None] | None = None,
) -> Card:
    """Train to the end, then write weights and card into `folder` -> the card"""
    train(method, data, run.recipe, run=run, show=show)
    weights, card = files(name, folder)
    with replacing(weights) as growing:
        growing.write_bytes(run.method.read_bytes())
    checkpoint.load(method, weights)  # 16 bits are what is measured
    method.eval()
    scores = [asdict(score) for score in known.scores(method) + known.more(method, run.asked["built_from"])]
    steps = int(run.rows[-1]["step"])
    made = {
        "name": name,
        "about": known.about,
        "use": known.use,
        "data": known.data,
        "command": f"course checkpoints make {name}",
        "commit": commit(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "minutes": round(seconds(run.rows, known.recipe.batch) / 60, 1),
        "machine": machine(),
        "steps": steps,
        "recipe": asdict(known.recipe),
        "parameters": sum(parameter.numel() for parameter in method.parameters()),
        "bytes": weights.stat().st_size,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "scores": scores,
    }
    with replacing(card) as growing:
        growing.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return made


def machine() -> str:
    """What it was made on."""
    return f"{platform.machine()} CPU, threads: {torch.get_num_threads()}, PyTorch {torch.__version__}"


def seconds(rows: list[Row], batch: int) -> float:
    """How long the steps took, over all the times that a run was begun again, by the speed of each row."""
    steps = [0.0, *(row["step"] for row in rows)]
    return sum((row["step"] - before) * batch / row["images_per_second"] for row, before in zip(rows, steps))


def commit() -> str:
    """The commit of the course's code, with "+" where files have changed since; else its version."""
    place = Path(course.__file__).parent

    def git(*arguments: str) -> str:
        ran = subprocess.run(["git", *arguments], cwd=place, capture_output=True, text=True, check=True)
        return ran.stdout.strip()

    try:
        git("ls-files", "--error-unmatch", "__init__.py")  # or it is another project's commit
        changed = git("status", "--porcelain", "--", ".", f":!{PACKAGE.relative_to(place)}")
        return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return f"version {course.__version__}"
