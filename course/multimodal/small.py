"""One small model of each paper here, on data made here, that learns something real in half a minute.

    pictures and captions    `matcher`     CLIP; are pairs told that were never shown together?
    captions                 `teller`      Show, attend and tell, soft or hard; where does it look?
    videos and sentences     `finder`      MMT; what is left without the order of time?
    sound and picture        `listener`    AV-Align; does a moment of sound find its frame?

Each returns what it trained, the vocabulary, and the set it was trained on. The same seed gives the same
model. For lessons and measurements (`benchmarks.multimodal`); nothing of it is in a paper.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from course.data.captioned import Captioned, captioned
from course.data.singing import BANDS, QUIET, SIDE, Singing, singing
from course.data.videos import Videos, videos
from course.language.translate import Words
from course.multimodal.av_align import Alignment, AVAlign
from course.multimodal.by_name import mmt
from course.multimodal.captioning import Captioner, Captioning, HardCaptioner, HardCaptioning
from course.multimodal.clip import CLIP, Contrast, TextTower
from course.multimodal.retrieval import MMT
from course.training.loop import train
from course.training.recipe import Recipe, Row

Show = Callable[[Row], None]
ORDERS = {"ordered": lambda data: data, "shuffled": Videos.shuffled, "pooled": Videos.pooled}
TELLING = Recipe(epochs=3, batch=64, lr=4e-3, clip=1.0)
LISTENING = Recipe(epochs=6, batch=32, lr=4e-3)
SENSES = {"both": lambda data: data, "blind": Singing.blind, "deaf": Singing.deaf}


class WithCoordinates(nn.Module):
    """Images and, for each pixel, where it is, −1 … 1: (B, C, H, W) -> (B, C + 2, H, W)

    A place that is looked at alone could not tell otherwise where it lies.
    """

    def forward(self, images: Tensor) -> Tensor:
        B, _, H, W = images.shape
        axes = (torch.linspace(-1, 1, size, device=images.device) for size in (H, W))
        where = torch.stack(torch.meshgrid(*axes, indexing="ij"))  # (2, H, W)
        return torch.cat([images, where.expand(B, -1, -1, -1)], dim=1)


def map_of(images_to: int, width: int = 16) -> nn.Sequential:
    """Convolutions from 32 × 32 pixels to 8 × 8 places: (B, 3, 32, 32) -> (B, images_to, 8, 8)"""

    def layer(channels: int, out: int, stride: int) -> list[nn.Module]:
        convolution = nn.Conv2d(channels, out, 3, stride, padding=1, bias=False)
        return [convolution, nn.BatchNorm2d(out), nn.ReLU()]

    return nn.Sequential(
        WithCoordinates(), *layer(5, width, 1), *layer(width, width, 2), *layer(width, images_to, 2)
    )


def eye_of(width: int) -> nn.Sequential:
    """The whole picture in one vector: (B, 3, 32, 32) -> (B, width)"""
    halved = [nn.Conv2d(32, 32, 3, 2, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU()]
    return nn.Sequential(*map_of(32), *halved, nn.Flatten(), nn.Linear(4 * 4 * 32, width))


def matcher(
    seed: int = 0, *, count: int = 12_000, epochs: int = 2, shuffled: bool = False, show: Show | None = None
) -> tuple[CLIP, Words, Captioned]:
    """CLIP with a CNN in place of its ViT, which would need more pictures than fit into half a minute.

    shuffled: each caption is handed to a picture at random, a control that can learn nothing of pairs.
    """
    data = captioned(count, "seen", seed=seed)
    if shuffled:
        data = data.at_random(torch.Generator().manual_seed(seed))
    words = Words(data.captions)
    torch.manual_seed(seed)
    joint = 32
    model = CLIP(eye_of(joint), TextTower(len(words), 12, 32, 1, 2, joint))
    train(Contrast(model, words), data, Recipe(epochs=epochs, batch=64, lr=2e-3, seed=seed), show=show)
    return model, words, data


def teller(
    seed: int = 0, *, hard: bool = False, count: int = 6000, epochs: int = 3, show: Show | None = None
) -> tuple[Captioner, Words, Captioned]:
    """A captioner with soft or hard attention over 8 × 8 places."""
    data = captioned(count, "seen", seed=seed)
    words = Words(data.captions)
    torch.manual_seed(seed)
    method = telling(words, hard)
    train(method, data, replace(TELLING, epochs=epochs, seed=seed), show=show)
    return method.model, words, data


def telling(words: Words, hard: bool) -> Captioning:
    """The captioner of `teller` as it begins, to be trained by TELLING."""
    sizes: dict[str, Any] = dict(
        places_dim=32, vocabulary=len(words), dim=32, hidden=64, attention=32, dropout=0.0
    )
    if hard:
        return HardCaptioning(HardCaptioner(map_of(32), **sizes), words)
    return Captioning(Captioner(map_of(32), **sizes), words, penalty=0.0)


def finder(
    seed: int = 0,
    *,
    order: str = "ordered",
    count: int = 2000,
    epochs: int = 16,
    show: Show | None = None,
) -> tuple[MMT, Words, Videos]:
    """MMT on videos whose moments are ordered, shuffled or pooled."""
    data = ORDERS[order](videos(count, seed=seed))
    words = Words(data.captions)
    torch.manual_seed(seed)
    method = mmt(words, context=18)
    train(method, data, Recipe(epochs=epochs, batch=48, lr=4e-3, seed=seed), show=show)
    return method.model, words, data


def listener(
    seed: int = 0,
    *,
    senses: str = "both",
    count: int = 2000,
    epochs: int = 6,
    regression: float = 10.0,
    late: bool = False,
    show: Show | None = None,
) -> tuple[AVAlign, Words, Singing]:
    """AV-Align on films with both, or without picture ("blind") or sound ("deaf").

    regression: the factor of what the picture shows in the loss; nobody is asked for it who sees nothing.
    late: each sound is moved by a number of frames at random.
    """
    data = SENSES[senses](singing(count, seed=seed))
    if late:
        by = torch.randint(-QUIET, QUIET + 1, (count,), generator=torch.Generator().manual_seed(seed))
        data = data.late(by)
    words = Words(data.captions)
    torch.manual_seed(seed)
    method = listening(words, 0.0 if senses == "blind" else regression)
    train(method, data, replace(LISTENING, epochs=epochs, seed=seed), show=show)
    return method.model, words, data


def listening(words: Words, regression: float = 10.0) -> Alignment:
    """The AV-Align of `listener` as it begins, to be trained by LISTENING."""
    pixels = SIDE * SIDE
    eye = nn.Sequential(
        nn.Flatten(), nn.BatchNorm1d(pixels), nn.Linear(pixels, 64), nn.ReLU(), nn.Linear(64, 32)
    )
    return Alignment(AVAlign(len(words), eye, BANDS, 32, 32, dropout=0.0), words, regression)
