"""Films with sound: what is heard is seen at the same time, unless the sound is late."""

import math
from itertools import pairwise

import pytest
import torch

from course.data.singing import (
    DARK,
    FRAME,
    FRAMES,
    LOWEST,
    NOTES,
    QUIET,
    REST,
    SEMITONES,
    SIDE,
    STEPS,
    VOWELS,
    singing,
    spoken,
)
from course.data.sound import RATE


def test_shapes_and_songs():
    some = singing(200)
    assert (
        some.frames.shape == (200, FRAMES, 1, SIDE, SIDE) and 0 <= some.frames.min() <= some.frames.max() <= 1
    )
    assert some.sounds.shape == (200, FRAMES * FRAME) and some.bands.shape[:2] == (200, STEPS * FRAMES)
    assert {*map(len, map(str.split, some.captions))} == {4, 5}
    for notes, caption in zip(some.notes.tolist(), some.captions, strict=True):
        assert spoken(notes) == caption
        assert {*notes[:QUIET], *notes[-QUIET:]} == {REST}
        words = caption.split()
        assert all(one[1] != other[1] for one, other in pairwise(words))
        lengths = [notes.count(NOTES.index(word)) for word in words if words.count(word) == 1]
        assert {*lengths} <= {2, 3}
    assert spoken([-1, 4, 4, 3, -1]) == "ga bo"
    counts = some.notes[some.notes != REST].bincount(minlength=8) / (some.notes != REST).sum()
    assert (counts - 1 / 8).abs().max() < 0.04


def test_the_mouth_shows_the_vowel_that_sounds_and_the_consonant_that_does_not():
    some = singing(20, noise=0.0)
    for film, sound, notes in zip(some.frames, some.sounds, some.notes.tolist(), strict=True):
        for frame, piece, note in zip(film[:, 0], sound.view(FRAMES, FRAME), notes, strict=True):
            shown = frame - DARK
            if note == REST:
                assert piece.abs().max() == 0 and shown.abs().max() < 0.15
                continue
            consonant, vowel = divmod(note, len(VOWELS))
            assert (shown.sum() < 0) == consonant  # b is bright, g is dark
            seen = shown.abs().where(shown.abs() > 0.15, 0)
            row = (seen.sum(dim=1) @ torch.arange(SIDE).float() / seen.sum()).item()
            assert abs(row - (0.85 - 0.7 * vowel / 3) * SIDE + 0.5) < 0.7
            pitch = torch.fft.rfft(piece).abs().argmax().item() * RATE / FRAME
            assert abs(pitch - LOWEST * 2 ** (SEMITONES[vowel] / 12)) <= RATE / FRAME


def test_a_late_sound_moves_and_nothing_else_does():
    some = singing(6)
    late = some.late(2)
    torch.testing.assert_close(late.sounds[:, 2 * FRAME :], some.sounds[:, : -2 * FRAME])
    shifted = slice(2 * STEPS + 1, -1)  # the windows at either end reach round
    assert (late.bands[:, shifted] - some.bands[:, 1 : -2 * STEPS - 1]).abs().max() < 0.2
    assert (late.bands - some.bands).abs().max() > 1
    assert torch.equal(late.frames, some.frames) and late.captions == some.captions
    back = some.late(torch.tensor([2, -1, 0, 1, -2, 0])).late(torch.tensor([-2, 1, 0, -1, 2, 0]))
    torch.testing.assert_close(back.sounds, some.sounds)
    with pytest.raises(ValueError, match="late by -2 to 2 frames; got 3"):
        some.late(3)


def test_controls():
    some = singing(4)
    assert (some.blind().frames == 0.5).all() and torch.equal(some.blind().bands, some.bands)
    assert (some.deaf().bands == 0).all() and torch.equal(some.deaf().frames, some.frames)


def test_every_film_follows_from_the_seed_and_its_number():
    first, longer = singing(20), singing(60)
    assert longer.captions[:20] == first.captions and torch.equal(longer.frames[:20], first.frames)
    torch.testing.assert_close(longer.sounds[:20], first.sounds)
    assert singing(20, seed=1).captions != first.captions
    with pytest.raises(ValueError, match="noise must be 0 or more; got -1"):
        singing(3, noise=-1)
    with pytest.raises(ValueError, match="noise must be 0 or more"):
        singing(3, noise=math.nan)
