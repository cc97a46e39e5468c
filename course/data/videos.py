"""Captioned videos as experts saw them: each modality for itself, and sometimes not there at all.

    "a red ball rolls left to a rising tone in paris"       4 · 2 · 4 · 3 = 96 captions

A ball rolls while a tone sounds in each half of the video, and a word is shown for a moment. What is kept of
a video is what four experts say, computed from its pixels, its sound and its word:

    appearance   the mean colour of each of 2 × 2 quarters of a frame     12 numbers a moment
    motion       how much lighter each column and row became              32
    sound        the power in 16 bands of mel frequencies                 16
    words        how often each letter is in the word, while it is shown  26, in one moment only

Each fact is known to one expert alone, so a video whose expert is missing cannot be told by it. Whether the
tone rises or falls is known only to who hears the moments in order.

What people usually get wrong: zeros in place of what is missing, which are a picture of darkness and a sound
of silence; here marks tell what is there, and where nothing is, the features are noise.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course import expect
from course.data.drawing import PAINTS
from course.data.sound import RATE, log_mel

COLOURS = ("red", "yellow", "green", "blue")
MOVES = {"left": (-1, 0), "right": (1, 0)}
LOW, HIGH = 330.0, 1375.0  # hertz
MELODIES = {"low": (LOW, LOW), "high": (HIGH, HIGH), "rising": (LOW, HIGH), "falling": (HIGH, LOW)}
PLACES = ("paris", "oslo", "quito")
SIZES = (len(COLOURS), len(MOVES), len(MELODIES), len(PLACES))
MOMENTS, SIDE, LENGTH = 4, 16, 0.1  # moments a video, pixels, seconds a moment
BANDS, LETTERS = 16, 26
EXPERTS = {"appearance": 12, "motion": 2 * SIDE, "sound": BANDS, "words": LETTERS}
RADIUS, STEP = 0.4, 0.2  # of the ball, and of its way from moment to moment, of half a frame
DARK, NOISE = 0.25, 0.1  # the background, and what is added to pixels and sound
SAMPLES = round(MOMENTS * LENGTH * RATE)  # of the sound
DRAWN = (len(SIZES), 2, 1, len(EXPERTS), MOMENTS * SIDE**2, SAMPLES)  # random numbers a video, by what for
CHUNK = 256  # videos made at a time


@dataclass(frozen=True, eq=False, repr=False)
class Videos:
    """What the experts say of N videos, and a caption each.

    features: by expert, (N, T, width); there: by expert, (N, T), bool; T is MOMENTS, or 1 where pooled
    captions: one sentence a video; facts: (N, 4), int64, numbers in COLOURS, MOVES, MELODIES and PLACES
    """

    features: dict[str, Tensor]
    there: dict[str, Tensor]
    captions: tuple[str, ...]
    facts: Tensor

    def __len__(self) -> int:
        return len(self.captions)

    def __repr__(self) -> str:
        return f"Videos({len(self):,} videos, {len(self.features)} experts)"

    def to(self, device: str | torch.device) -> "Videos":
        """The same videos with all tensors on a device."""
        features = {name: x.to(device) for name, x in self.features.items()}
        there = {name: marks.to(device) for name, marks in self.there.items()}
        return Videos(features, there, self.captions, self.facts.to(device))

    def take(self, indices: Tensor | Sequence[int]) -> "Videos":
        """Some of the videos, in the order of `indices`."""
        chosen = torch.as_tensor(indices, dtype=torch.int64, device=self.facts.device)
        features = {name: x[chosen] for name, x in self.features.items()}
        there = {name: marks[chosen] for name, marks in self.there.items()}
        captions = tuple(self.captions[i] for i in chosen.tolist())
        return Videos(features, there, captions, self.facts[chosen])

    def shuffled(self, seed: int = 0) -> "Videos":
        """The moments of each video in an order of chance, the same for all its experts."""
        generator = torch.Generator().manual_seed(seed)
        order = torch.rand(len(self), MOMENTS, generator=generator).argsort(dim=1)  # (N, MOMENTS)
        features = {
            name: x.gather(1, order[..., None].expand(-1, -1, x.shape[2]))
            for name, x in self.features.items()
        }
        there = {name: marks.gather(1, order) for name, marks in self.there.items()}
        return replace(self, features=features, there=there)

    def pooled(self) -> "Videos":
        """One moment an expert: the largest of each number over all moments that are there."""
        features, there = {}, {}
        for name, x in self.features.items():
            marks = self.there[name]
            there[name] = marks.any(dim=1, keepdim=True)  # (N, 1)
            largest = x.masked_fill(~marks[..., None], -math.inf).amax(dim=1, keepdim=True)  # (N, 1, width)
            features[name] = largest.where(there[name][..., None], 0)
        return replace(self, features=features, there=there)

    def without(self, *experts: str) -> "Videos":
        """The same videos with these experts missing from all."""
        for expert in experts:
            expect.one_of("expert", expert, self.features)
        there = {name: marks & (name not in experts) for name, marks in self.there.items()}
        return replace(self, there=there)


def videos(count: int = 1000, missing: float = 0.2, seed: int = 0) -> Videos:
    """`count` videos, each expert missing from about a share of them, but never all four from one.

    The same seed gives the same videos, and a longer set begins with those of a shorter one.
    """
    expect.whole(count=count)
    expect.rate(missing=missing)
    generator = torch.Generator().manual_seed(seed)
    features: dict[str, list[Tensor]] = {name: [] for name in EXPERTS}
    there: dict[str, list[Tensor]] = {name: [] for name in EXPERTS}
    facts = []
    for start in range(0, count, CHUNK):
        n = min(CHUNK, count - start)
        drawn = torch.rand(n, sum(DRAWN), generator=generator)
        fact, begin, shown, lacks, noise, static = drawn.split(DRAWN, dim=1)
        fact = (fact * torch.tensor(SIZES)).long()  # (n, 4)
        frames = _frames(fact, begin, noise.view(n, MOMENTS, 1, SIDE, SIDE))  # (n, MOMENTS, 3, SIDE, SIDE)
        said = {
            "appearance": _appearance(frames),
            "motion": _motion(frames),
            "sound": _sound(fact[:, 2], static),
            "words": _words(fact[:, 3]),
        }
        has = lacks >= missing  # (n, 4)
        has[~has.any(dim=1), 0] = True
        moment = torch.arange(MOMENTS) == (shown * MOMENTS).long()  # (n, MOMENTS)
        for number, (name, x) in enumerate(said.items()):
            marks = has[:, number, None].expand(n, MOMENTS)
            marks = marks & moment if name == "words" else marks
            features[name].append(x.where(has[:, number, None, None], NOISE * noise[:, None, : x.shape[2]]))
            there[name].append(marks)
        facts.append(fact)
    found = torch.cat(facts)
    return Videos(
        {name: torch.cat(parts) for name, parts in features.items()},
        {name: torch.cat(parts) for name, parts in there.items()},
        tuple(caption(*row) for row in found.tolist()),
        found,
    )


def caption(colour: int, move: int, melody: int, place: int) -> str:
    """The sentence of these numbers, of COLOURS, MOVES, MELODIES and PLACES."""
    rolls = f"a {COLOURS[colour]} ball rolls {list(MOVES)[move]}"
    return f"{rolls} to a {list(MELODIES)[melody]} tone in {PLACES[place]}"


def _frames(fact: Tensor, begin: Tensor, noise: Tensor) -> Tensor:
    """A ball on its way: -> (n, MOMENTS, 3, SIDE, SIDE), about 0 … 1"""
    way = STEP * (torch.arange(MOMENTS) - (MOMENTS - 1) / 2)  # (MOMENTS,)
    step = torch.tensor(list(MOVES.values()), dtype=torch.float32)[fact[:, 1]]  # (n, 2)
    at = (begin - 0.5)[:, None] * 0.4 + way[:, None] * step[:, None]  # (n, MOMENTS, 2), −1 … 1
    axis = (torch.arange(SIDE) + 0.5) * 2 / SIDE - 1
    x, y = axis[None, :] - at[..., 0, None, None], axis[:, None] - at[..., 1, None, None]
    ball = (0.5 - (torch.hypot(x, y) - RADIUS) * SIDE / 2).clamp(0, 1)[
        :, :, None
    ]  # (n, MOMENTS, 1, SIDE, SIDE)
    paint = torch.tensor([PAINTS[name][:3] for name in COLOURS])[fact[:, 0]]  # (n, 3)
    return DARK + (paint[:, None, :, None, None] - DARK) * ball + NOISE * (noise - 0.5)


def _appearance(frames: Tensor) -> Tensor:
    """The mean colour of each quarter, four times what it is beyond the dark: -> (n, MOMENTS, 12)"""
    half = SIDE // 2
    quarters = (
        frames.unflatten(4, (2, half)).unflatten(3, (2, half)).mean(dim=(4, 6))
    )  # (n, MOMENTS, 3, 2, 2)
    return 4 * (quarters - DARK).flatten(2)


def _motion(frames: Tensor) -> Tensor:
    """Each column's and each row's change since the moment before: -> (n, MOMENTS, 2 · SIDE)"""
    grey = frames.mean(dim=2)  # (n, MOMENTS, SIDE, SIDE)
    grey = (grey - DARK) / grey.std(
        dim=(1, 2, 3), keepdim=True
    )  # so that a colour is not told by its lightness
    change = grey.diff(dim=1, prepend=grey[:, :1])
    return torch.cat([change.mean(dim=2), change.mean(dim=3)], dim=-1)


def _sound(melody: Tensor, static: Tensor) -> Tensor:
    """Two tones over some noise, as bands: -> (n, MOMENTS, BANDS)"""
    pitch = torch.tensor(list(MELODIES.values()))[melody]  # (n, 2)
    pitch = pitch.repeat_interleave(SAMPLES // pitch.shape[1], dim=1)  # (n, SAMPLES)
    wave = 0.5 * (2 * math.pi * pitch.cumsum(dim=1) / RATE).sin() + NOISE * (static - 0.5)
    hop = round(LENGTH * RATE) // 4
    bands = log_mel(wave, BANDS, hop)[:, :, : 4 * MOMENTS]  # (n, BANDS, 4 · MOMENTS)
    within = bands.unflatten(2, (MOMENTS, 4))[..., 1:]  # the first reaches into the moment before
    return within.mean(dim=3).transpose(1, 2) / 5


def _words(place: Tensor) -> Tensor:
    """The letters of a place's name, at every moment: -> (n, MOMENTS, LETTERS)"""
    counts = torch.zeros(len(PLACES), LETTERS)
    for row, name in zip(counts, PLACES):
        for letter in name:
            row[ord(letter) - ord("a")] += 1
    return counts[place][:, None].expand(-1, MOMENTS, -1)
