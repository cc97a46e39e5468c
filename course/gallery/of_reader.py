"""What the gallery shows of the reader, a Vision Transformer on digits."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from course.gallery.models import GRID, Reader, attention_of
from course.gallery.page import Section, stills
from course.record import Record
from course.show import (
    Attention,
    attention_viewer,
    faithfulness,
    filters,
    maps,
    positions,
    predict_number,
    predict_patch,
    reach,
    training,
)
from course.vision.vit import ViT

JUDGED = 20  # digits over which faithfulness is averaged
STEPS = 12  # in which their patches go, three at a time


def sections(reader: Reader) -> list[Section]:
    """What it looks at, whether that is true to it, and what it learnt."""
    return [
        _viewer(reader),
        _guess(reader),
        _faithfulness(reader),
        _distances(reader),
        _positions(reader),
        _filters(reader),
        _embeddings(reader),
    ]


def _right_and_sure(reader: Reader, digit: int) -> int:
    """The unseen image of this digit about which the trained model is surest."""
    with torch.no_grad():
        sure = reader.after(reader.images).softmax(-1)[:, digit]  # (n,)
    return int(sure.masked_fill(reader.labels != digit, -1).argmax())


def _attention(reader: Reader, model: ViT, index: int, name: str) -> Attention:
    weights, gradients = attention_of(model, reader.images[index], int(reader.labels[index]))
    return Attention(weights, gradients, name)


def _viewer(reader: Reader) -> Section:
    index = _right_and_sure(reader, 3)
    before, after = (
        _attention(reader, model, index, name)
        for model, name in ((reader.before, "before training"), (reader.after, "after training"))
    )
    return Section(
        "The attention viewer",
        "A Vision Transformer of 3 layers and 3 heads over 6 × 6 patches, before and after it learnt to "
        f"read digits: {reader.accuracy(reader.before):.1%} and {reader.accuracy(reader.after):.1%} of the "
        f"{len(reader.labels)} images it never saw are read right. The image is one of those, ink in "
        "white. Before training its weights are random, and so is where it looks.",
        [attention_viewer(before, reader.images[index], GRID, ("CLS",), after)],
        "move over the image, hold a patch with a click or Enter, and switch “Heads of” to “after "
        "training” or to the difference. Then “gradient-weighted”: it asks which weights raised the score "
        "of “3”. Before training it is empty, since a head that starts at zero passes no gradient on.",
    )


def _guess(reader: Reader) -> Section:
    index = _right_and_sure(reader, 2)
    weights, _ = attention_of(reader.after, reader.images[index], 2)
    seen = weights[-1].mean(dim=0)[0, 1:].unflatten(0, GRID)  # (rows, columns)
    return Section(
        "Predict, then reveal",
        "Commit to an answer before you see it. First, the trained reader’s last layer, its heads averaged: "
        "what CLS, from which the digit is read, gives to each patch. Then its accuracy.",
        [
            predict_patch("From which patch of this 2 does CLS take most?", reader.images[index], seen),
            predict_number(
                f"What share of {len(reader.labels)} unseen digits does the reader read right?",
                100 * reader.accuracy(reader.after),
                0,
                100,
                "%",
            ),
        ],
        "mark the patch where <em>you</em> would look. Is it on the ink?",
    )


def _faithfulness(reader: Reader) -> Section:
    measured = [_judged(reader, index) for index in range(min(JUDGED, len(reader.labels)))]
    index = _right_and_sure(reader, 3)
    lines = "".join(
        f"<tr><th scope='row'>{name}</th><td>{_mean(measured, name, 'deletion_area'):.3f}</td>"
        f"<td>{_mean(measured, name, 'insertion_area'):.3f}</td></tr>"
        for name in measured[0]
    )
    return Section(
        "Is a map true to its model?",
        "Patches are wiped to blank paper in the order of a map, or brought back in it, and the model is "
        "asked for the probability of the digit at each step. A map that found what the model uses lies "
        "low in deletion and high in insertion. The curves are of the 3 above; one image is an anecdote, "
        f"so here are the mean areas over {len(measured)} unseen digits:</p><table><thead><tr><th "
        "scope='col'>map</th><th scope='col'>deletion, lower is better</th><th scope='col'>insertion, "
        f"higher is better</th></tr></thead><tbody>{lines}</tbody></table><p>{_verdict(measured)} A map "
        "can rank blank paper high, which wiping does not change; a pixel that counts is not always one "
        "that CLS looks at.",
        stills(lambda: faithfulness.deletion_and_insertion(_judged(reader, index, steps=None))),
    )


def _judged(reader: Reader, index: int, steps: int | None = STEPS) -> dict[str, faithfulness.Curves]:
    """Deletion and insertion for what CLS of the last layer was told, by three maps and at random."""
    image, label = reader.images[index], int(reader.labels[index])
    weights, gradients = attention_of(reader.after, image, label)
    found = {
        "raw attention": weights[-1].mean(dim=0),
        "rollout": maps.rollout(weights)[-1],
        "gradient-weighted": maps.relevance(weights, gradients)[-1],
    }
    return faithfulness.curves(
        lambda images: reader.after(images).softmax(-1)[:, label],
        image,
        {name: table[0, 1:].unflatten(0, GRID) for name, table in found.items()},
        steps=steps,
        baseline="zeros",
    )


def _verdict(measured: Sequence[dict[str, faithfulness.Curves]]) -> str:
    """How many of the maps are better than chance, on average."""
    told = []
    for area, sign in (("deletion_area", 1), ("insertion_area", -1)):
        chance = sign * _mean(measured, faithfulness.RANDOM, area)
        better = [
            name
            for name in measured[0]
            if name != faithfulness.RANDOM and sign * _mean(measured, name, area) < chance
        ]
        told.append(f"in {area.removesuffix('_area')} {' and '.join(better) or 'no map'}")
    return f"Better than random orders here: {', '.join(told)}."


def _mean(measured: Sequence[dict[str, faithfulness.Curves]], name: str, area: str) -> float:
    return float(np.mean([getattr(curves[name], area).mean() for curves in measured]))


def _distances(reader: Reader) -> Section:
    found = {}
    for model, name in ((reader.before, "before training"), (reader.after, "after training")):
        record: Record = {}
        with torch.no_grad():
            model(reader.images[:100], record=record)
        weights = torch.stack(record["weights"], dim=1)  # (B, layers, heads, N, N)
        found[name] = maps.distance(weights, GRID, extra=1).mean(dim=0)  # (layers, heads)
    return Section(
        "How far heads look",
        "The mean distance between a query and what it looks at, weighted by how much, over 100 unseen "
        "digits. In large Vision "
        "Transformers some heads of the first layers stay near while the last layers look far "
        "(Dosovitskiy et al. 2021, figure 7); three layers over 6 × 6 patches need not do so.",
        stills(lambda: reach.distances(found, "patches")),
    )


def _positions(reader: Reader) -> Section:
    learnt = reader.after.position.table.detach().flatten(0, -2)  # (1 + N, dim)
    return Section(
        "Positions, learnt",
        "The positions that the reader learnt: for each patch a map of how similar its position is to "
        "that of every other patch. They started as noise.",
        stills(lambda: positions.grid_similarity(learnt, GRID, extra=1)),
        "can you see rows, columns or neighbourhoods? A minute on two thousand digits leaves much of the "
        "noise.",
    )


def _filters(reader: Reader) -> Section:
    weights = reader.after.embedding.projection.weight.detach()
    return Section(
        "What the first layer looks for",
        "The reader multiplies each patch of 4 × 4 pixels with these filters. First 14 of its 48, in "
        "order and on one scale; then the directions in which they differ most. Most of the first picture "
        "is the random start, little changed.",
        stills(lambda: filters.filters(weights, count=14), lambda: filters.components(weights, count=7)),
    )


def _embeddings(reader: Reader) -> Section:
    def features(model: ViT) -> Tensor:
        with torch.no_grad():
            return model.features(reader.images)

    return Section(
        "Where training puts the digits",
        f"What the reader’s head sees of the {len(reader.labels)} images it never saw, before and after "
        "training, each in the plane of its own first two principal components. Marks tell digits apart "
        "as well as colours.",
        stills(
            lambda: training.embeddings(features(reader.before), reader.labels, title="before training"),
            lambda: training.embeddings(features(reader.after), reader.labels, title="after training"),
        ),
    )
