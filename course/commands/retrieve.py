"""`course retrieve`: which picture, or video, does a sentence mean? By a run of CLIP or MMT."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from course.commands.options import Device
from course.commands.said import at_once, failed, refuse, warnings_said

if TYPE_CHECKING:
    from torch import Tensor


def retrieve(
    run: Annotated[Path, typer.Argument(help="A finished run of `course pretrain clip`, or mmt.")],
    sentences: Annotated[
        list[str] | None, typer.Argument(help="What to look for; without any, all captions are.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many are told for a sentence.")] = 5,
    device: Device = "auto",
) -> None:
    """Find what a sentence means among pictures or videos that were kept apart, or measure how well.

    Of the course's own pictures, pairs of a colour and a shape that were never shown together are measured by
    themselves, but sought among all. What is measured is printed, and kept as retrieval.md beside the run, or
    retrieval-2.md and so on.
    """
    at_once(f"Getting ready to read {run} …")
    from course.commands.evaluate import keep_beside
    from course.commands.training import device_named
    from course.commands.words import kept_apart, kept_method

    place = device_named(device)
    try:
        with warnings_said():
            method, asked = kept_method(run, "clip", "mmt")
            method.to(place)
            apart = kept_apart(asked)
        if sentences:
            for sentence in sentences:
                print(f"\n{answered(method, apart, sentence, top)}")
            return
        told = measured(method, apart)
    except (OSError, ValueError, TypeError) as problem:
        refuse(problem)
    print(f"\n{told}")
    keep_beside(run, "retrieval.md", told)


def scored(method: Any, data: Any, texts: list[str]) -> "Tensor":
    """Every text with everything of a set: -> (T, N), on the CPU"""
    import torch

    from course.multimodal.clip import CLIP
    from course.training.modes import evaluating, tensor_of

    model, device = method.model, tensor_of(method).device
    ids = method.vocabulary.encode(texts, begin=True).to(device)
    with evaluating(model), torch.no_grad():
        if isinstance(model, CLIP):
            return model(data.floats().to(device), ids).T.cpu()
        moved = data.to(device)
        return model(moved.features, moved.there, ids).cpu()


def measured(method: Any, apart: dict[str, Any]) -> str:
    """Recall and ranks both ways, each beside chance; whoever is said to show the same is right as well.

    Sentences of each set are sought among the pictures or videos of all sets, and the other way round.
    """
    import torch

    from course.multimodal.retrieval import ranked

    shown = [caption for data in apart.values() for caption in data.captions]  # N
    texts = list(dict.fromkeys(shown))  # T, each once
    scores = torch.cat([scored(method, data, texts) for data in apart.values()], dim=1)  # (T, N)
    right = torch.tensor([[text == caption for caption in shown] for text in texts])  # (T, N)
    lines = [
        f"{len(texts):,} different captions, {len(shown):,} of what they are about:",
        "",
        "| sought | R@1 | R@5 | R@10 | median rank | mean rank |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    end = 0
    for name, data in apart.items():
        start, end = end, end + len(data)
        of = right[:, start:end].any(dim=1)  # (T,), the sentences that are about this set
        for way, given, answers in (
            (f"{name}, by a sentence", scores[of], right[of]),
            (f"a sentence, by {name}", scores[:, start:end].T, right[:, start:end].T),
        ):
            for who, numbers in ((way, given), ("by chance", torch.zeros_like(given))):
                found = ranked(numbers, answers)
                shares = " | ".join(f"{100 * share:.1f} %" for share in found.recall.values())
                lines.append(f"| {who} | {shares} | {found.median:.1f} | {found.mean:.1f} |")
    return "\n".join(lines)


def answered(method: Any, apart: dict[str, Any], sentence: str, top: int) -> str:
    """The best of everything that was kept apart, with what it really shows."""
    vocabulary = method.vocabulary
    words = vocabulary.split(sentence)
    new = [word for word in words if word not in vocabulary.entries]
    if len(new) == len(words):
        raise ValueError(
            f"{sentence!r} has none of the {len(vocabulary.entries):,} words of this run's captions"
        )
    if new:
        failed(f"Not among the words of this run's captions, and read as unknown: {', '.join(new)}.")
    found = [
        (score, name, caption)
        for name, data in apart.items()
        for score, caption in zip(scored(method, data, [sentence])[0].tolist(), data.captions)
    ]
    lines = [f"{sentence}"]
    for place, (score, name, caption) in enumerate(sorted(found, reverse=True)[:top], 1):
        lines.append(f"  {place}. {score:6.2f}  {caption}  ({name})")
    return "\n".join(lines)
