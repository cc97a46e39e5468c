"""`course pretrain`: any self-supervised method, any encoder that suits it, any set of images."""

from pathlib import Path
from typing import Annotated

import typer


def methods() -> None:
    """List the self-supervised methods, and what each asks of the network."""
    from course.ssl.by_name import METHODS

    for name, known in METHODS.items():
        print(f"{name:<14} {known.about:<58} {known.usual}")


def pretrain(
    method: Annotated[
        str | None, typer.Argument(help="simclr, dino, mae, …; `course methods` lists them.")
    ] = None,
    data: Annotated[str, typer.Option(help="A set (`course data list`), or a folder or archive.")] = "digits",
    size: Annotated[int | None, typer.Option(min=1, help="Make images this many pixels wide.")] = None,
    images: Annotated[int | None, typer.Option(min=1, help="Take only so many, at random.")] = None,
    mirror: Annotated[
        bool | None,
        typer.Option(
            "--mirror/--no-mirror", help="Whether a mirrored image shows the same; else by the set."
        ),
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(help="vit-mini/2, vit-S/4, resnet-18, …; otherwise what is usual.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1)] = 100,
    batch: Annotated[int, typer.Option(min=1, help="Images a step.")] = 256,
    lr: Annotated[float, typer.Option(help="The highest learning rate.")] = 1e-3,
    weight_decay: Annotated[float, typer.Option(min=0)] = 0.05,
    warm_up: Annotated[float, typer.Option(help="The share of steps in which the rate rises.")] = 0.1,
    optimiser: Annotated[str, typer.Option(help="adamw or sgd")] = "adamw",
    precision: Annotated[str, typer.Option(help="32 or bf16")] = "32",
    accumulate: Annotated[int, typer.Option(min=1, help="Pieces of a step, where memory is short.")] = 1,
    clip: Annotated[float | None, typer.Option(help="The largest norm of the gradient.")] = None,
    compile: Annotated[bool, typer.Option("--compile", help="Translate with torch.compile first.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, …")] = "auto",
    seed: Annotated[int, typer.Option(help="Of the first weights and of all that is drawn.")] = 0,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="An option of the method: --set tau=0.2")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The run's folder; otherwise one in runs/.")] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this folder, as it was asked for.")
    ] = None,
) -> None:
    """Train an encoder without labels, and keep it in a run folder.

    Ctrl-C stops behind the next step, and --resume FOLDER goes on to the same result. With several GPUs:
    torchrun --nproc-per-node 2 -m course pretrain …
    """
    from course.commands.runs import asked_for, images_of, method_of
    from course.commands.training import finish, folder_of, options_of, refuse, trained_together
    from course.run import Run
    from course.train import Recipe

    with trained_together(device) as place:
        try:
            if resume is not None:
                run = Run.again(resume)
                if run.asked.get("task") != "pretrain":
                    refuse(f"{resume} is not a run of `course pretrain`.")
                found = images_of(run.asked)
            elif method is None:
                refuse("Which method? `course methods` lists them.")
            else:
                asked, found = asked_for(
                    "pretrain", method, data, size, images, mirror, encoder, options_of(settings or [])
                )
                recipe = Recipe(
                    epochs=epochs,
                    batch=batch,
                    lr=lr,
                    weight_decay=weight_decay,
                    warm_up=warm_up,
                    optimiser=optimiser,
                    precision=precision,
                    accumulate=accumulate,
                    clip=clip,
                    compile=compile,
                    seed=seed,
                )
                method_of(asked, seed)  # what is wrong with it is said before there is a folder
                run = Run(folder_of(out, method, data, asked["encoder"], seed), asked, recipe)
            made = method_of(run.asked, run.recipe.seed)
        except (OSError, ValueError, TypeError) as problem:
            refuse(problem)
        finish(made, found, run, place)
