"""`course finetune`: a pretrained encoder, or one from scratch, with labels."""

from pathlib import Path
from typing import Annotated, Any

import typer

from course.commands.options import (
    Accumulate,
    Batch,
    Compile,
    Decay,
    Device,
    Each,
    Encoder,
    Epochs,
    Out,
    Pool,
    Precision,
    Rate,
    Resume,
    Seed,
    Size,
    WarmUp,
)
from course.commands.said import at_once, refuse, warnings_said


def finetune(
    context: typer.Context,
    run: Annotated[
        Path | None,
        typer.Argument(help="A pretrained run's folder or its encoder.safetensors; none: from scratch."),
    ] = None,
    encoder: Encoder = None,
    data: Annotated[str | None, typer.Option(help="A set, a folder or an archive.")] = None,
    size: Size = None,
    each: Each = None,
    freeze: Annotated[bool, typer.Option("--freeze", help="Train the new head only.")] = False,
    top: Annotated[int, typer.Option(min=0, help="With --freeze: and so many of the top stages.")] = 0,
    layer_decay: Annotated[float, typer.Option(help="What a lower stage's rate is of the one above.")] = 0.75,
    drop_path: Annotated[float | None, typer.Option(help="Stochastic depth.")] = None,
    smoothing: Annotated[float, typer.Option(help="Of the labels.")] = 0.0,
    crop: Annotated[
        bool, typer.Option("--crop/--no-crop", help="Crop, and flip where it keeps labels.")
    ] = True,
    mixup: Annotated[float, typer.Option(min=0, help="MixUp's alpha; 0 is off.")] = 0.0,
    cutmix: Annotated[float, typer.Option(min=0, help="CutMix's alpha; 0 is off.")] = 0.0,
    pool: Pool = None,
    epochs: Epochs = 100,
    batch: Batch = 128,
    lr: Rate = 1e-3,
    weight_decay: Decay = 0.05,
    warm_up: WarmUp = 0.1,
    precision: Precision = "32",
    accumulate: Accumulate = 1,
    compile: Compile = False,
    device: Device = "auto",
    seed: Seed = 0,
    out: Out = None,
    resume: Resume = None,
) -> None:
    """Train with labels, on a pretrained encoder or from scratch, and say the accuracy on test images."""
    at_once("Getting ready to train …" if resume is None else f"Going on with {resume} …")
    from course.commands.runs import fingerprint, images_again, tested_on
    from course.commands.training import folder_of, given, told_again, trained_together
    from course.commands.tuning import finish_tuning, model_of, start_of
    from course.training.loop import rehearse
    from course.training.recipe import Recipe
    from course.training.run_folder import Run

    with trained_together(device) as place:
        try:
            with warnings_said():
                if resume is not None:
                    kept = Run.again(resume)
                    if kept.asked.get("task") != "finetune":
                        refuse(f"{resume} is not a run of `course finetune`.")
                    asked = kept.asked
                    told_again(
                        context,
                        kept,
                        {**asked, **asked["chosen"], "size": asked["shape"][1], "run": asked["start"]},
                    )
                    labelled = images_again(asked, data if given(context, "data") else None)
                    method = model_of(asked, begun=kept.checkpoint.exists())
                    test = tested_on(asked, labelled)
                    kept.describe()  # where its images are may have changed
                else:
                    chosen: dict[str, Any] = dict(
                        freeze=freeze,
                        top=top,
                        layer_decay=layer_decay,
                        drop_path=drop_path,
                        smoothing=smoothing,
                        crop=crop,
                        mixup=mixup,
                        cutmix=cutmix,
                    )
                    asked, labelled = start_of(run, encoder, data, size, each, pool, seed, chosen)
                    test = tested_on(asked, labelled)
                    asked["tested"] = fingerprint(test[1])
                    recipe = Recipe(
                        epochs=epochs,
                        batch=batch,
                        lr=lr,
                        weight_decay=weight_decay,
                        warm_up=warm_up,
                        precision=precision,
                        accumulate=accumulate,
                        compile=compile,
                        seed=seed,
                    )
                    method = model_of(asked)  # what is wrong with it is said before there is a folder
                    rehearse(method, labelled, recipe)
                    name = f"{asked['method']}-finetuned" if run else "supervised"
                    kept = Run(folder_of(out, name, asked["data"], asked["encoder"], seed), asked, recipe)
        except (OSError, ValueError, TypeError) as problem:
            refuse(problem)
        finish_tuning(method, labelled, test, kept, place)
