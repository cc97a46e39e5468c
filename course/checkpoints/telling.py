"""Captioners and a listener among the checkpoints: what they write, and where they look for it.

What people usually get wrong: a map that looks convincing, with nothing beside it. Whoever looks everywhere
alike has as much of its look on the shape as the shape covers.
"""

from statistics import fmean

import torch

from course.checkpoints.score import Score
from course.data.captioned import Captioned
from course.data.singing import REST, STEPS, Singing
from course.multimodal.av_align import Alignment, alignment
from course.multimodal.av_align import written as heard
from course.multimodal.captioning import Captioning, mass_inside, written

SHAPE = 2  # the place of its word in "a red square at the top left"


def captions_right(method: Captioning, test: Captioned) -> list[Score]:
    """Whole captions right, beside a guess, and the share of the look that is on the shape, beside its area.

    test: standardised as what the captioner learnt from, see `Captioned.like`.
    """
    images = test.normalised()
    said = written(method.model, images, method.vocabulary)
    right = 100 * fmean(a == b for a, b in zip(said, test.captions))
    record: dict[str, list[torch.Tensor]] = {}
    with torch.no_grad():
        method.model(images, method.vocabulary.encode(test.captions, begin=True)[:, :-1], record)
    inside = mass_inside(record["cross_weights"][0], test.masks)[:, SHAPE].mean().item()
    chance = 100 / len(set(test.captions))
    return [
        Score(f"captions without a mistake, %, {len(test):,} pictures", right, {"a caption by lot": chance}),
        Score(
            "of the look for the shape's word, % on the shape",
            100 * inside,
            {"everywhere alike": 100 * test.masks.float().mean().item()},
        ),
    ]


def songs_right(method: Alignment, test: Singing) -> list[Score]:
    """Whole songs right, beside the same listener without picture or sound; and looks on the right note."""

    def right(films: Singing) -> float:
        said = heard(method.model, films, method.vocabulary)
        return 100 * fmean(a == b for a, b in zip(said, films.captions))

    moment = torch.arange(test.bands.shape[1]) // STEPS  # the frame that is shown
    note = test.notes[:, moment]  # (N, moments)
    tone = note != REST
    same = (test.notes[:, None] == note[..., None]).float()  # (N, moments, frames)
    looks = (alignment(method.model, test) * same).sum(dim=-1)[tone].mean().item()
    return [
        Score(
            f"songs without a mistake, %, {len(test):,} films",
            right(test),
            {"the picture grey": right(test.blind()), "no sound": right(test.deaf())},
        ),
        Score(
            "of the looks of tones, % on frames of the same note",
            100 * looks,
            {"everywhere alike": 100 * same.mean(dim=-1)[tone].mean().item()},
        ),
    ]
