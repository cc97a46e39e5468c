"""Options that several commands have, each told once."""

from pathlib import Path
from typing import Annotated

import typer

Epochs = Annotated[int, typer.Option(min=1)]
Batch = Annotated[int, typer.Option(min=1, help="Images a step.")]
Rate = Annotated[float, typer.Option(help="The highest learning rate.")]
Decay = Annotated[float, typer.Option(min=0)]
WarmUp = Annotated[float, typer.Option(help="The share of steps in which the rate rises.")]
Precision = Annotated[str, typer.Option(help="32 or bf16")]
Accumulate = Annotated[int, typer.Option(min=1, help="Pieces of a step, where memory is short.")]
Compile = Annotated[bool, typer.Option("--compile", help="Translate with torch.compile first.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, …")]
Seed = Annotated[int, typer.Option(help="Of the first weights and of all that is drawn.")]
Size = Annotated[int | None, typer.Option(min=1, help="Make images this many pixels wide.")]
Out = Annotated[Path | None, typer.Option(help="The run's folder; otherwise one in runs/.")]
Resume = Annotated[Path | None, typer.Option(help="Go on with the run in this folder, as it was asked for.")]
Each = Annotated[int | None, typer.Option(min=1, help="So many labelled images of each class.")]
Encoder = Annotated[str | None, typer.Option(help="vit-mini/2, vit-S/4, resnet-18, convnext-atto, …")]
Pool = Annotated[str | None, typer.Option(help="features or patches, their mean; otherwise as suits.")]
