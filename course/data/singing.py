"""Films of a mouth that sings syllables: the vowel is heard and seen, the consonant is only seen.

    "ba go gi be"        4 or 5 syllables, never the same vowel twice running, 2 or 3 frames each

A vowel has its tone, and its height in the picture; b is bright, and g is dark. (As in speech: on the
telephone b and g are hard to tell apart, on the lips they are not.) So whoever only hears gets the vowels and
guesses the consonants. Before and behind the song there is neither mouth nor tone. `late` moves the sound
against the picture, by whole frames.

What people usually get wrong: a sound that is late by a frame is, at 25 frames a second, late by 40 ms: less
than what people notice, and enough to have every step of a network look at the wrong frame.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course import expect
from course.data.sound import RATE, log_mel

CONSONANTS, VOWELS = "bg", "aeio"
NOTES = tuple(consonant + vowel for consonant in CONSONANTS for vowel in VOWELS)
SEMITONES = (0, 5, 10, 15)  # of the vowels, above LOWEST
LOWEST = 440.0  # hertz
BRIGHT = (0.5, -0.3)  # of the consonants, beyond the background
DARK = 0.4  # the background
FRAMES, SIDE = 20, 12
FRAME = 800  # samples a frame: a tenth of a second
STEPS = 2  # of the spectrogram, a frame
BANDS = 24
QUIET = 2  # frames at either end at least: as far as a sound may be moved
LONGEST, RADIUS, REST = 5, 0.3, -1


@dataclass(frozen=True, eq=False, repr=False)
class Singing:
    """N films with sound. S = STEPS · FRAMES steps of the spectrogram.

    frames: (N, FRAMES, 1, SIDE, SIDE), 0 … 1     sounds: (N, FRAMES · FRAME), −1 … 1
    bands: (N, S, BANDS), standardised log-mel    notes: (N, FRAMES), the number of the note, or REST
    captions: the names of the notes in their order
    """

    frames: Tensor
    sounds: Tensor
    bands: Tensor
    notes: Tensor
    captions: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.captions)

    def __repr__(self) -> str:
        return f"Singing({len(self):,} films of {FRAMES} frames)"

    def late(self, frames: int | Tensor) -> "Singing":
        """The same with the sound moved behind the picture, or before it where negative: by QUIET at most.

        frames: one number for all, or (N,) numbers.
        """
        by = torch.as_tensor(frames).expand(len(self))  # (N,)
        if by.abs().max() > QUIET:
            raise ValueError(f"a sound can be late by {-QUIET} to {QUIET} frames; got {frames}")
        samples = self.sounds.shape[1]
        place = (torch.arange(samples) - by[:, None] * FRAME) % samples  # (N, samples); only noise goes round
        sounds = self.sounds.gather(1, place)
        return replace(self, sounds=sounds, bands=_bands(sounds))

    def blind(self) -> "Singing":
        """The same with a grey picture throughout: a control."""
        return replace(self, frames=torch.full_like(self.frames, 0.5))

    def deaf(self) -> "Singing":
        """The same with the spectrogram of silence throughout: a control."""
        return replace(self, bands=torch.zeros_like(self.bands))


def singing(count: int = 1000, noise: float = 1.0, seed: int = 0) -> Singing:
    """`count` films, with noise of a standard deviation of `noise` times a tone's amplitude.

    The same seed gives the same films, and a longer set begins with those of a shorter one.
    """
    expect.whole(count=count)
    if not 0 <= noise < math.inf:
        raise ValueError(f"noise must be 0 or more; got {noise!r}")
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(count, 3 + 3 * LONGEST + 1, generator=generator)
    song, place = drawn[:, :-1], drawn[:, -1]
    notes = torch.stack([_song(row) for row in song.tolist()])  # (N, FRAMES)
    grain = torch.rand(count, FRAMES, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(seed + 1))
    static = torch.randn(count, FRAMES * FRAME, generator=torch.Generator().manual_seed(seed + 2))

    axis = (torch.arange(SIDE) + 0.5) * 2 / SIDE - 1  # −1 … 1
    vowel, consonant = notes.clamp(min=0) % len(VOWELS), notes.clamp(min=0) // len(VOWELS)  # (N, FRAMES) each
    height = 0.7 - 1.4 * vowel / (len(VOWELS) - 1)  # the last one above
    x = axis - (place[:, None, None, None] - 0.5)  # (N, 1, 1, SIDE)
    y = axis[:, None] - height[..., None, None]  # (N, FRAMES, SIDE, 1)
    mouth = (0.5 - (torch.hypot(x, y) - RADIUS) * SIDE / 2).clamp(0, 1)  # (N, FRAMES, SIDE, SIDE)
    mouth = mouth * (torch.tensor(BRIGHT)[consonant] * (notes != REST))[..., None, None]
    frames = (DARK + mouth[:, :, None] + 0.2 * (grain - 0.5)).clamp(0, 1)

    pitch = LOWEST * 2 ** (torch.tensor(SEMITONES)[vowel] / 12)  # (N, FRAMES)
    phase = (2 * math.pi * pitch.repeat_interleave(FRAME, dim=1).double() / RATE).cumsum(dim=1)
    on = (notes != REST).repeat_interleave(FRAME, dim=1)  # (N, samples)
    sounds = 0.3 * (phase.sin().float() * on + noise * static) / (1 + noise)
    captions = tuple(spoken(row) for row in notes.tolist())
    return Singing(frames, sounds, _bands(sounds), notes, captions)


def spoken(notes: list[int]) -> str:
    """The names of the notes of some frames, each once while it lasts: [-1, 4, 4, 0] is "sol do"."""
    changes = [note for before, note in zip([REST, *notes], notes) if note not in (before, REST)]
    return " ".join(NOTES[note] for note in changes)


def _song(drawn: list[float]) -> Tensor:
    """A song by random numbers: how many notes, where it begins, which ones, how long each: -> (FRAMES,)"""
    count, begins, first, *rest = drawn
    n = LONGEST - 1 + int(2 * count)
    lasts, jumps, lips = (rest[start : start + n] for start in (0, LONGEST, 2 * LONGEST))
    vowel, song = int(first * len(VOWELS)), list[int]()
    for long, jump, lip in zip(lasts, jumps, lips):
        song += [int(lip * len(CONSONANTS)) * len(VOWELS) + vowel] * (2 + int(2 * long))
        vowel = (vowel + 1 + int(jump * (len(VOWELS) - 1))) % len(VOWELS)  # another one
    start = QUIET + int(begins * (FRAMES - 2 * QUIET - len(song) + 1))
    return torch.tensor([REST] * start + song + [REST] * (FRAMES - start - len(song)))


def _bands(sounds: Tensor) -> Tensor:
    """The spectrogram, standardised in each film: (N, FRAMES · FRAME) -> (N, STEPS · FRAMES, BANDS)"""
    hop, parts = FRAME // STEPS, sounds.split(256)
    bands = torch.cat([log_mel(part, BANDS, hop)[:, :, : STEPS * FRAMES] for part in parts]).mT
    std, mean = torch.std_mean(bands, dim=(1, 2), keepdim=True)
    return (bands - mean) / std.clamp_min(1e-3)
