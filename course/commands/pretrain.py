"""`course pretrain`: any self-supervised method, any encoder that suits it, any set of images."""

from typing import Annotated

import typer

from course.commands.options import (
    Accumulate,
    Compile,
    Decay,
    Device,
    Encoder,
    Epochs,
    Out,
    Precision,
    Rate,
    Resume,
    Seed,
    Size,
    WarmUp,
)
from course.commands.said import at_once, refuse, warnings_said


def methods() -> None:
    """List the self-supervised methods, and what each asks of the network."""
    from course.multimodal import by_name as with_words
    from course.ssl.by_name import METHODS
    from course.vision.by_name import SMALL

    for name, known in METHODS.items():
        print(f"{name:<14} {known.about:<58} {known.usual}")
    print("\nOf pictures, or videos, and their captions:")
    for name, reads in with_words.METHODS.items():
        print(f"{name:<14} {reads.about:<58} {reads.usual}")
    print(f"\nOn a CPU, images below {SMALL} pixels get the mini one of that encoder's family.")


def pretrain(
    context: typer.Context,
    method: Annotated[
        str | None, typer.Argument(help="simclr, dino, mae, …; `course methods` lists them.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="A set (`course data list`), or a folder or archive; for clip and captions one with a "
            "captions.csv. Otherwise digits, or what the course draws with captions."
        ),
    ] = None,
    size: Size = None,
    images: Annotated[int | None, typer.Option(min=1, help="Take only so many, at random.")] = None,
    mirror: Annotated[
        bool | None,
        typer.Option(
            "--mirror/--no-mirror", help="Whether a mirrored image shows the same; else by the set."
        ),
    ] = None,
    encoder: Encoder = None,
    epochs: Epochs = 100,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Images a step; 256, around a mini encoder what suits.")
    ] = None,
    lr: Rate = 1e-3,
    weight_decay: Decay = 0.05,
    warm_up: WarmUp = 0.1,
    optimiser: Annotated[str, typer.Option(help="adamw or sgd")] = "adamw",
    precision: Precision = "32",
    accumulate: Accumulate = 1,
    clip: Annotated[float | None, typer.Option(help="The largest norm of the gradient.")] = None,
    compile: Compile = False,
    device: Device = "auto",
    seed: Seed = 0,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="An option of the method: --set tau=0.2")
    ] = None,
    snapshot: Annotated[
        list[int] | None,
        typer.Option(min=0, help="Keep the encoder behind this step; 0 is before the first. Repeatable."),
    ] = None,
    out: Out = None,
    resume: Resume = None,
) -> None:
    """Train an encoder without labels, or on captions, and keep it in a run folder.

    Ctrl-C stops behind the next step, and --resume FOLDER goes on to the same result. With several GPUs:
    torchrun --nproc-per-node 2 -m course pretrain …
    """
    on = f"on {data} " if data else ""
    at_once(f"Getting ready to train {on}…" if resume is None else f"Going on with {resume} …")
    from course.commands import runs, words
    from course.commands.runs import method_of
    from course.commands.training import finish, folder_of, options_of, told_again, trained_together
    from course.multimodal import by_name as with_words
    from course.ssl.by_name import usual_batch
    from course.training.loop import Plan, rehearse
    from course.training.recipe import Recipe
    from course.training.run_folder import Run

    with trained_together(device) as place:
        try:
            with warnings_said():
                if resume is not None:
                    run = Run.again(resume)
                    if run.asked.get("task") != "pretrain":
                        refuse(f"{resume} is not a run of `course pretrain`.")
                    told_again(
                        context,
                        run,
                        {
                            **run.asked,
                            "size": run.asked["shape"][1] if run.asked["shape"] else None,
                            "snapshot": run.asked["snapshots"],
                            "settings": (),
                        },
                    )
                    kind = words if "words" in run.asked else runs
                    found = kind.images_again(run.asked, data)
                    made = method_of(run.asked, run.recipe.seed)
                    run.describe()  # where its images are may have changed
                elif method is None:
                    refuse("Which method? `course methods` lists them.")
                else:
                    reads_words = method in with_words.METHODS
                    kind, batch_of = (words, with_words.usual_batch) if reads_words else (runs, usual_batch)
                    wanted = dict(
                        task="pretrain",
                        method=method,
                        encoder=encoder,
                        options=options_of(settings or [], method),
                        data=data,
                        size=size,
                        images=images,
                        mirror=mirror,
                    )
                    asked, found = kind.decided(wanted, cpu=place.type == "cpu")
                    recipe = Recipe(
                        epochs=epochs,
                        batch=batch or batch_of(method, asked["encoder"]),
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
                    asked["snapshots"] = among_steps(snapshot or [], Plan(len(found), recipe).steps)
                    made = method_of(asked, seed)  # what is wrong with it is said before there is a folder
                    rehearse(made, found, recipe)
                    run = Run(folder_of(out, method, asked["data"], asked["encoder"], seed), asked, recipe)
        except (OSError, ValueError, TypeError) as problem:
            refuse(problem)
        finish(made, found, run, place)


def among_steps(wanted: list[int], steps: int) -> list[int]:
    """The steps of --snapshot, in order, if the training comes to each. Raises ValueError."""
    if wanted and max(wanted) > steps:
        raise ValueError(f"--snapshot {max(wanted)}: the training has {steps:,} steps only")
    return sorted({*wanted})
