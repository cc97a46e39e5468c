"""`course caption`: what a trained captioner says of pictures, and where it looked for each word."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from course.commands.options import Device
from course.commands.said import at_once, refuse, warnings_said

if TYPE_CHECKING:
    from torch import Tensor

EXAMPLES = 5
MOST = 30  # words that are shown of a caption


def caption(
    run: Annotated[Path, typer.Argument(help="A finished run of `course pretrain captions`.")],
    pictures: Annotated[
        list[Path] | None, typer.Argument(help="Pictures of your own; else those that the run kept apart.")
    ] = None,
    width: Annotated[int, typer.Option(min=1, help="Of the beam; 1 writes greedily.")] = 3,
    maps: Annotated[
        Path | None, typer.Option(help="A folder for a figure of each picture: where it looked.")
    ] = None,
    device: Device = "auto",
) -> None:
    """Write captions of pictures, or measure a captioner on pictures that it has not seen.

    What is measured is printed, and kept as captions.md beside the run, or captions-2.md and so on.
    """
    at_once(f"Getting ready to read {run} …")
    from course.commands.evaluate import keep_beside
    from course.commands.training import device_named
    from course.commands.words import kept_method
    from course.data.pictures import photograph

    place = device_named(device)
    try:
        with warnings_said():
            method, asked = kept_method(run, "captions", "hard-captions")
            method.to(place)
            if pictures:
                shown = {path.name: photograph(path, asked["shape"][1]) for path in pictures}
            else:
                shown, told = measured(method, asked, width)
    except (OSError, ValueError, TypeError) as problem:
        refuse(problem)
    if not pictures:
        print(f"\n{told}\n")
    for name, image in shown.items():
        said, weights = looked(method, image.to(place), width)
        print(f"{name}: {said}")
        if maps is not None:
            draw(image, said.split(), weights, maps / f"{Path(name).stem}.png")
    if not pictures:
        keep_beside(run, "captions.md", told)


def measured(method: Any, asked: dict[str, Any], width: int) -> tuple[dict[str, "Tensor"], str]:
    """A few of the pictures that were kept apart, by what they really show, and a table of how it went."""
    from course.commands.words import as_it_is, kept_apart
    from course.language.translate import bleu
    from course.multimodal.captioning import words_right, written
    from course.training.modes import tensor_of

    usual = asked["usual"]
    lines = ["| pictures | captions | whole sentences right | words right | BLEU |", "|:--|:--|--:|--:|--:|"]
    examples: dict[str, Tensor] = {}
    for name, test in kept_apart(asked).items():
        test = as_it_is(test)
        images = test.floats().to(tensor_of(method))
        each = {"its own": written(method.model, images, method.vocabulary, width)}
        each[f"always *{usual}*"] = len(test) * [usual]
        for who, said in each.items():
            whole = sum(a == b for a, b in zip(said, test.captions)) / len(test)
            shares = f"{100 * whole:.1f} % | {100 * words_right(said, test.captions):.1f} %"
            lines.append(f"| {name}, {len(test):,} | {who} | {shares} | {bleu(said, test.captions):.1f} |")
        for number in range(min(EXAMPLES, len(test))):
            examples.setdefault(f"{name}, {test.captions[number]}", test.floats(slice(number, number + 1))[0])
    return examples, "\n".join(lines)


def looked(method: Any, image: "Tensor", width: int) -> tuple[str, "Tensor"]:
    """A picture's caption, and the weights of each of its words: (3, H, W) -> text, (L, N)"""
    import torch

    from course.multimodal.captioning import written
    from course.training.modes import evaluating

    model, vocabulary = method.model, method.vocabulary
    (said,) = written(model, image[None], vocabulary, width)
    record: dict[str, list[Tensor]] = {}
    with evaluating(model), torch.no_grad():
        ids = vocabulary.encode([said], begin=True)[:, :-1].to(image.device)  # (1, 1 + L)
        model(image[None], ids, record)
    weights = record["cross_weights"][0][0, 0]  # (1 + L, N), the last row about the end
    return said, weights[: len(vocabulary.split(said))].cpu()


def draw(image: "Tensor", words: list[str], weights: "Tensor", path: Path) -> None:
    """Write the figure of a picture's words."""
    import matplotlib

    matplotlib.use("Agg")
    from course.commands.pictures import keep
    from course.show.word_maps import word_maps

    path.parent.mkdir(parents=True, exist_ok=True)
    keep(word_maps(image, words[:MOST], weights[:MOST], " ".join(words)), path)
