"""A CLIP that learns within seconds, by the caller's loss: so that a lesson can hand in its reader's own.

    loss(pictures, sentences, log_scale) -> scalar       (B, D), (B, D), and the logarithm of the scale

All else is that of `course.multimodal.small.matcher`: pictures, held-out pairs, towers, optimiser. Twins,
equal captions of a batch, are each other's wrong answers here: the loss cannot reach 0.

What people usually get wrong: a loss that falls is taken for a model that has learnt *words*. What is judged
is the choice among all pairs, of pictures whose pair nobody has shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from course.data.captioned import Captioned, captioned
from course.language.one_layer import one_thread
from course.language.translate import Words
from course.multimodal.clip import CLIP, Contrast, TextTower
from course.multimodal.small import eye_of
from course.ssl.method import Batch, Told
from course.training.loop import train
from course.training.recipe import Recipe

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]
JOINT, BATCH = 32, 64


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
        """What is made of a picture without anything in it, as often as wanted: a control -> (count, 32)"""
        grey = torch.zeros(1, *self.data.images.shape[1:])  # the mean of all pictures
        return self.model.image(grey).expand(count, -1)

    @torch.no_grad()
    def read(self, sentences: Sequence[str]) -> Tensor:
        """Sentences as vectors, of any length: -> (P, 32)"""
        return self.model.text(self.words.encode(sentences, begin=True))


class _Handed(Contrast):
    """The training of CLIP, with a loss that is handed in."""

    def __init__(self, model: CLIP, words: Words, loss: Loss):
        super().__init__(model, words)
        self.loss = loss

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        pictures, sentences = self.model.image(batch["images"]), self.model.text(batch["ids"])
        log_scale = self.model.log_scale
        return self.loss(pictures, sentences, log_scale), {"scale": log_scale.detach().exp()}


@one_thread()
def learn_pairs(
    loss: Loss, seed: int = 0, *, steps: int = 200, shuffled: bool = False
) -> tuple[Towers, list[float]]:
    """Towers that learnt from pictures of the seen pairs by `loss`, and the losses told on the way.

    shuffled: each caption is handed to a picture at random, a control that can learn nothing of pairs.
    """
    data = captioned(BATCH * steps, "seen", seed=seed)
    if shuffled:
        order = torch.randperm(len(data), generator=torch.Generator().manual_seed(seed)).tolist()
        data = replace(data, captions=tuple(data.captions[i] for i in order))
    words = Words(data.captions)
    torch.manual_seed(seed)
    model = CLIP(eye_of(JOINT), TextTower(len(words), 12, JOINT, 1, 2, JOINT))
    rows = train(_Handed(model, words, loss), data, Recipe(epochs=1, batch=BATCH, lr=4e-3, seed=seed))
    return Towers(model, words, data), [row["loss"] for row in rows]
