"""`course evaluate`: what a pretrained encoder is worth with few labels, beside its baselines."""

from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from course.commands.options import Device, Each, Pool
from course.commands.said import at_once, refuse, warnings_said


def evaluate(
    run: Annotated[Path, typer.Argument(help="A run's folder, or a file encoder.safetensors.")],
    data: Annotated[str | None, typer.Option(help="Another set than it was trained on.")] = None,
    each: Each = None,
    share: Annotated[
        list[float] | None, typer.Option(min=0, max=1, help="Shares of the labels; 0.01, 0.1 and 1.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Draws of the labels, and random encoders.")] = 3,
    fine_tune: Annotated[
        int, typer.Option(min=0, help="Also fine-tune all weights, for so many epochs.")
    ] = 0,
    scratch: Annotated[
        bool,
        typer.Option(
            "--scratch/--no-scratch", help="Also train from scratch with the labels, as long as it."
        ),
    ] = True,
    pool: Pool = None,
    k: Annotated[int, typer.Option(min=1, help="Neighbours that vote.")] = 20,
    device: Device = "auto",
) -> None:
    """Measure an encoder by kNN, a linear probe and fine-tuning, beside a random and a supervised one.

    The table is printed, and kept as evaluation.md beside the encoder, or evaluation-2.md and so on.
    """
    at_once(f"Getting ready to read {run} …")
    from course.commands.runs import built, encoder_of, place_of, recipe_of, tested_on, usual_pool, whole_of
    from course.commands.training import device_named
    from course.evaluate import Reading, as_markdown, compare
    from course.training.recipe import Recipe

    place = device_named(device)
    if each is not None and share:
        refuse("Take --each or --share, not both.")
    folder = run if run.is_dir() else run.parent
    try:
        encoder, asked = encoder_of(run)
        if asked["shape"] is None:
            refuse(f"{run} reads no pixels, but what experts say: `course retrieve {run}` measures it.")
        if "words" in asked and data is None:
            refuse(f"{run} learnt from captions: say with --data which set with classes it is to read.")
        read = {"data": place_of(data) if data else asked["data"], "size": asked["shape"][1]}
        with warnings_said():
            train = whole_of(read)
            _, test = tested_on(read, train)
        recipe = recipe_of(asked, folder) if scratch else None
        if scratch and recipe is None:
            print(f"How long {run} was trained is not known: supervised from scratch is left out.")
        if list(train.images.shape[1:]) != asked["shape"]:
            given, known = (tuple(shape) for shape in (train.images.shape[1:], asked["shape"]))
            refuse(f"{read['data']} has images {given}, but the encoder was trained on {known}.")
        rows = compare(
            lambda: built(asked).encoder.to(place),
            {},
            train,
            test,
            recipe,
            shares=share or (0.01, 0.1, 1.0),
            each=each,
            seeds=range(seeds),
            reading=Reading(
                pool=pool or usual_pool(asked),
                k=k,
                fine_tuning=Recipe(epochs=fine_tune) if fine_tune else None,
            ),
            before={asked["method"]: encoder},
            show=print,
        )
    except (OSError, ValueError, TypeError) as problem:
        refuse(problem)
    told = as_markdown(rows)
    print(f"\n{told}")
    keep_beside(run, "evaluation.md", told)


def keep_beside(run: Path, name: str, told: str) -> None:
    """Write what was measured beside a run, or a file of its own, and say where: name-2, name-3, … if taken.

    What was measured before is not replaced.
    """
    path = (run if run.is_dir() else run.parent) / name
    names = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    kept = path if not path.exists() else next(other for other in names if not other.exists())
    kept.write_text(told + "\n", encoding="utf-8")
    print(f"\nKept as {kept}")
