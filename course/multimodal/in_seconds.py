"""A CLIP that learns within seconds, by the caller's loss: so that a lesson can hand in its reader's own.

    loss(pictures, sentences, log_scale) -> scalar       (B, D), (B, D), and the logarithm of the scale

The pictures and the held-out pairs are those of `course.multimodal.small.matcher`, and the eye is nearly its
own; the text tower is a mean of words without their order, which learns in a third of the steps. Twins, equal
captions of a batch, are each other's wrong answers here: the loss cannot reach 0.

What people usually get wrong: a loss that falls is taken for a model that has learnt *words*. What is judged
is the choice among all pairs, of pictures whose pair nobody has shown.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache

import torch
from torch import Tensor, nn

from course.data.captioned import Captioned, captioned
from course.language.one_layer import one_thread
from course.language.translate import Words
from course.multimodal.clip import CLIP
from course.multimodal.small import map_of

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]
JOINT, BATCH, PICTURES, RATE, ROW = 32, 64, 4000, 4e-3, 20


class MeanOfWords(nn.Module):
    """A text as the mean of its words, whatever their order: ids (T, L), 0 is padding -> (T, joint)"""

    def __init__(self, vocabulary: int, joint: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, joint, padding_idx=0)
        self.projection = nn.Linear(joint, joint)

    def forward(self, ids: Tensor) -> Tensor:
        words = (ids != 0).sum(dim=1, keepdim=True)  # (T, 1)
        return self.projection(self.embedding(ids).sum(dim=1) / words)


class Towers:
    """Two trained towers, and what they were shown. `model` is the CLIP of both."""

    def __init__(self, model: CLIP, words: Words, data: Captioned):
        self.model, self.words, self.data = model.eval(), words, data

    @torch.no_grad()
    def look(self, pictures: Captioned) -> Tensor:
        """Pictures as vectors, of any length: -> (N, 32)"""
        return self.model.image(pictures.like(self.data).normalised())

    @torch.no_grad()
    def look_at_grey(self, count: int) -> Tensor:
        """What is made of a picture without anything in it, as often as wanted, a control: -> (count, 32)"""
        grey = torch.zeros(1, *self.data.images.shape[1:])  # the mean of all pictures
        return self.model.image(grey).expand(count, -1)

    @torch.no_grad()
    def read(self, sentences: Sequence[str]) -> Tensor:
        """Sentences as vectors, of any length: -> (P, 32)"""
        return self.model.text(self.words.encode(sentences, begin=True))


@cache  # a lesson compares losses on the same pictures
def _pictures(seed: int) -> Captioned:
    return captioned(PICTURES, "seen", seed=seed)


@one_thread()
def learn_pairs(
    loss: Loss, seed: int = 0, *, steps: int = 100, shuffled: bool = False
) -> tuple[Towers, list[float]]:
    """Towers that learnt from pictures of the seen pairs by `loss`, and its values, means of 20 steps each.

    shuffled: each caption is handed to a picture at random, a control that can learn nothing of pairs.
    """
    data = _pictures(seed)
    generator = torch.Generator().manual_seed(seed)
    if shuffled:
        data = data.at_random(generator)
    words = Words(data.captions)
    images, ids = data.normalised(), words.encode(data.captions, begin=True)
    torch.manual_seed(seed)
    eye = nn.Sequential(map_of(JOINT), nn.Flatten(), nn.Linear(64 * JOINT, JOINT))
    model = CLIP(eye, MeanOfWords(len(words), JOINT))
    optimiser = torch.optim.Adam(model.parameters(), foreach=True)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    told = []
    for _ in range(steps):
        chosen = torch.randint(len(ids), (BATCH,), generator=generator)
        now = loss(model.image(images[chosen]), model.text(ids[chosen]), model.log_scale)
        optimiser.zero_grad()
        now.backward()
        optimiser.step()
        rates.step()
        model.clamp_scale()
        told.append(now.item())
    means = [
        math.fsum(told[start : start + ROW]) / len(told[start : start + ROW])
        for start in range(0, steps, ROW)
    ]
    return Towers(model, words, data), means
