"""The same few labels, put to use in several ways, all of them by one small network and equal in steps.

    nearest image          no network: the label of the nearest labelled image, pixel by pixel
    labels alone           `Supervised`
    augmented              the same, each image a little enlarged, moved and stretched
    mirrored               the same, and half of the images mirrored: an augmentation that changes some labels
    MixUp                  labels alone, two images in one (α = 1)
    random, frozen         a network that learned nothing, frozen, and a new head
    letters, frozen        one that learned 52 printed letters (`printed_letters`), frozen, and a new head
    letters, fine-tuned    the same, and everything learns
    pseudo-labels          FixMatch, with all other images, whose labels nobody looks at
    contrast, frozen       SimCLR on all images without labels, frozen, and a new head
    distilled              a new network learns from what that one says of all images without labels

The first, "random, frozen" and "mirrored" are controls: what the pixels, a head and the *amount* of change
do by themselves.

What people usually get wrong
- equal epochs: ten images then get a fiftieth of the steps. `repeated` makes every set equally long;
- a draw of labelled images for each strategy of its own: which ten matters more than most strategies do;
- one seed, and no control;
- settings chosen by the test images. These are the library's defaults, fixed before the first run.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_letters
from typing import Any

import torch
from torch import Tensor, nn

from course.augment import Affine, Compose, Flip, MixUp
from course.data.image_set import ImageSet, measured
from course.data.text_lines import characters, text_lines
from course.evaluate.features import called, share_right
from course.evaluate.neighbours import knn
from course.fewlabels.distillation import Distillation
from course.fewlabels.fine_tuning import FineTuning
from course.fewlabels.pseudo_labels import PseudoLabels
from course.fewlabels.supervised import Augment, Supervised
from course.fewlabels.transfer import Classifier, stages
from course.ssl.method import Method
from course.ssl.simclr import SimCLR
from course.training.loop import train
from course.training.recipe import Recipe

HIDDEN, DIM = 128, 64
DIGIT, SIZE = 8, 10  # pixels on a side: of a digit, and of the image that it lies in
EPOCHS = 10  # of all images: 440 steps of 32
BATCH = 32
HEAD_RATE = 1e-2  # of a head alone, which is ten times that of a network
SMALLEST = 0.01  # beside the deviation of a feature that hardly changes
LETTER_LINES = 400
LETTERS = tuple(sorted(ascii_letters))

WEAK = Affine(degrees=10, shift=0.12, zoom=(0.9, 1.1))
STRONG = Affine(degrees=20, shift=0.18, zoom=(0.85, 1.15))


class Reader(nn.Module):
    """A network of two hidden layers, about 22,000 parameters: (B, 1, 10, 10) -> logits (B, classes)"""

    def __init__(self, classes: int = 10):
        super().__init__()
        self.first = nn.Linear(SIZE * SIZE, HIDDEN)
        self.second = nn.Linear(HIDDEN, DIM)
        self.head = nn.Linear(DIM, classes)

    def features(self, images: Tensor) -> Tensor:
        """(B, 1, 10, 10) -> (B, 64)"""
        return self.second(self.first(images.flatten(1)).relu()).relu()

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))


class StandardHead(nn.Module):
    """A linear layer on features, (B, D) -> (B, classes), standardised by those of the labelled images.

    Without that, what is compared is how large two networks' features are, and not what they know.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, features: Tensor, classes: int):
        super().__init__()
        self.register_buffer("mean", features.mean(dim=0))  # (D,)
        self.register_buffer("std", features.std(dim=0) + SMALLEST)
        self.linear = nn.Linear(features.shape[1], classes)
        for parameter in self.linear.parameters():
            nn.init.zeros_(parameter)

    def forward(self, features: Tensor) -> Tensor:
        return self.linear((features - self.mean) / self.std)


class Headed(nn.Module):
    """A network's features, and a head of any kind on them: (B, 1, 10, 10) -> whatever the head says"""

    def __init__(self, reader: Reader, head: nn.Module):
        super().__init__()
        self.reader, self.head = reader, head

    def features(self, images: Tensor) -> Tensor:
        """(B, 1, 10, 10) -> (B, 64)"""
        return self.reader.features(images)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))


@stages.register
def _(model: Reader) -> list[nn.Module]:
    return [model.first, model.second]


def repeated(data: ImageSet, count: int) -> ImageSet:
    """The same images over and over, so that `count` of them make an epoch of any set."""
    return data.take(torch.arange(count) % len(data))


def scattered(data: ImageSet, size: int = SIZE, seed: int = 0) -> ImageSet:
    """Each image somewhere in an empty one of size × size, in a place of its own."""
    N, C, H, W = data.images.shape
    generator = torch.Generator().manual_seed(seed)
    down, right = (torch.randint(size - side + 1, (N,), generator=generator) for side in (H, W))
    images = data.images.new_zeros(N, C, size, size)
    for image, small, y, x in zip(images, data.images, down.tolist(), right.tolist()):
        image[:, y : y + H, x : x + W] = small
    return replace(data, images=images)


def printed_letters(
    lines: int = LETTER_LINES, seed: int = 0, size: int = DIGIT, fonts: Sequence[str | Path] | None = None
) -> ImageSet:
    """Letters of rendered lines, bright on black as the digits are: nobody had to label them.

    The classes are all 52, also where one of them does not occur.
    """
    cut = characters(text_lines(lines, fonts=fonts, seed=seed), size)
    paper = cut.images[:, :, :1, :1].float()  # a corner is paper
    ink = (cut.images.float() - paper).abs()  # (N, 1, size, size)
    ink = (255 * ink / ink.amax(dim=(2, 3), keepdim=True).clamp(min=1)).round().to(torch.uint8)
    numbers = torch.tensor([LETTERS.index(letter) for letter in cut.classes])
    return ImageSet(ink, numbers[cut.labels], LETTERS, *measured(ink))


def new(seed: int) -> Reader:
    """A network that has learned nothing, the same for each strategy."""
    torch.manual_seed(seed)
    return Reader()


def trained(method: Method, data: ImageSet, seed: int, lr: float = 1e-3) -> nn.Module:
    """What a method makes of its encoder, in `EPOCHS` of the data."""
    train(method, data, Recipe(epochs=EPOCHS, batch=BATCH, lr=lr, seed=seed))
    return method.encoder


def learned(labelled: ImageSet, seed: int, augment: Augment | None = WEAK, length: int = 1438) -> nn.Module:
    """A new network that learned from labelled images, in as many steps as `length` of them make."""
    return trained(Supervised(new(seed), augment=augment), repeated(labelled, length), seed)


def letters_read(reader: nn.Module, data: ImageSet) -> tuple[float, float]:
    """The shares of `printed_letters` read rightly, 0 … 1: exactly, and where o may stand for O.

    Each letter fills its square, so that what tells o from O, its height beside its neighbours', is gone.
    """
    said = called(reader, reader, data, 512).argmax(dim=1)  # (N,)
    small = torch.tensor([LETTERS.index(letter.lower()) for letter in LETTERS])
    exactly, but_for_case = said == data.labels, small[said] == small[data.labels]
    return exactly.float().mean().item(), but_for_case.float().mean().item()


# --- Networks that learned something before ------------------------------------------------------------


def of_letters(seed: int, epochs: int = 10) -> nn.Module:
    """A network that can read printed letters."""
    data = scattered(printed_letters(seed=seed), seed=seed)
    torch.manual_seed(seed)
    method = Supervised(Reader(len(data.classes)), augment=WEAK)
    train(method, data, Recipe(epochs=epochs, batch=64, seed=seed))
    return method.encoder


def of_contrast(images: ImageSet, seed: int) -> nn.Module:
    """A network that learned to find the other view of an image, without labels."""
    torch.manual_seed(seed)
    method = SimCLR(Reader(), DIM, hidden=64, out=32, augment=STRONG)
    train(method, images, Recipe(epochs=60, batch=128, seed=seed))
    return method.encoder


# --- Strategies ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Given:
    """What there is: a few labels, all images (whose labels no strategy looks at), and two networks."""

    labelled: ImageSet
    images: ImageSet
    letters: nn.Module
    contrast: nn.Module
    seed: int

    def with_labels(self, labelled: ImageSet) -> "Given":
        """The same, with other labels."""
        return replace(self, labelled=labelled)

    def trained(self, method: Method, data: ImageSet | None = None, lr: float = 1e-3) -> nn.Module:
        """What a method makes of its encoder, in as many steps as any other."""
        data = self.labelled if data is None else data
        return trained(method, repeated(data, len(self.images)), self.seed, lr)

    def new(self) -> Reader:
        """A network that has learned nothing, the same for each strategy."""
        return new(self.seed)

    def head_on(self, encoder: nn.Module) -> nn.Module:
        """The encoder frozen, with a head that learned from the few labels."""
        reader: Any = copy.deepcopy(encoder).requires_grad_(False)
        head = StandardHead(reader.features(self.labelled.floats()), 10)
        return self.trained(Supervised(Headed(reader, head), augment=WEAK), lr=HEAD_RATE)


def given(images: ImageSet, labelled: ImageSet, seed: int) -> Given:
    """What a seed's strategies have, with both networks trained: half a minute."""
    return Given(labelled, images, of_letters(seed), of_contrast(images, seed), seed)


def pseudo_labelled(given: Given, threshold: float = 0.95) -> nn.Module:
    """FixMatch: 32 images without a label and 8 with one in each step."""
    method = PseudoLabels(given.new(), given.labelled, weak=WEAK, strong=STRONG, threshold=threshold, ratio=4)
    return given.trained(method, given.images)


def distilled(given: Given) -> nn.Module:
    """A new network that only hears what "contrast, frozen" says of all images."""
    method = Distillation(given.new(), given.head_on(given.contrast), alpha=1.0, augment=WEAK)
    return given.trained(method, given.images)


STRATEGIES: dict[str, Callable[[Given], nn.Module]] = {
    "labels alone": lambda given: given.trained(Supervised(given.new())),
    "augmented": lambda given: given.trained(Supervised(given.new(), augment=WEAK)),
    "mirrored": lambda given: given.trained(Supervised(given.new(), augment=Compose([WEAK, Flip()]))),
    "MixUp": lambda given: given.trained(Supervised(given.new(), mix=MixUp(1.0))),
    "random, frozen": lambda given: given.head_on(given.new()),
    "letters, frozen": lambda given: given.head_on(given.letters),
    "letters, fine-tuned": lambda given: given.trained(
        FineTuning(Classifier(given.letters, DIM, 10), augment=WEAK)
    ),
    "pseudo-labels": pseudo_labelled,
    "contrast, frozen": lambda given: given.head_on(given.contrast),
    "distilled": distilled,
}
NEAREST = "nearest image"


def nearest(labelled: ImageSet, test: ImageSet) -> float:
    """The share of test images, 0 … 1, called rightly by the labelled image that is nearest in its pixels."""
    pixels, unseen = (data.floats().flatten(1) for data in (labelled, test))
    return knn(pixels, labelled.labels, unseen, test.labels, k=1)


def scored(strategy: str, given: Given, test: ImageSet) -> float:
    """The share of test images that are right, 0 … 1, by a strategy's name, or `NEAREST`."""
    if strategy == NEAREST:
        return nearest(given.labelled, test)
    return share_right(STRATEGIES[strategy](given), test)
