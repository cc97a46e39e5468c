"""Sound as numbers: how strong each pitch is, moment by moment, and a file that can be heard.

    spectrum   |STFT|², Hann windows of 256 samples, the middle of each `hop` samples behind the last
    mel        2595 · log10(1 + f / 700), triangles of equal width on it, no norm     HTK's formula
    what is kept: log(power + 1e-6)

What people usually get wrong: the same words mean other numbers in each library (Slaney's scale, a norm,
padding by zeros, decibels down from the loudest value), so a network wants the ones that it was trained with.
"""

import io
import math
import wave
from functools import lru_cache

import torch
from torch import Tensor

from course import expect

RATE = 8000  # samples a second
WINDOW = 256  # samples


@lru_cache(maxsize=8)
def mel_bank(bands: int, rate: int = RATE, window: int = WINDOW) -> Tensor:
    """What each band takes of each frequency: -> (bands, window / 2 + 1), triangles from 0 to rate / 2"""
    expect.whole(bands=bands, rate=rate, window=window)
    top = 2595 * math.log10(1 + rate / 2 / 700)
    edges = 700 * (10 ** (torch.linspace(0, top, bands + 2, dtype=torch.float64) / 2595) - 1)
    frequencies = torch.linspace(0, rate / 2, window // 2 + 1, dtype=torch.float64)
    rising = (frequencies - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - frequencies) / (edges[2:] - edges[1:-1])[:, None]
    return torch.minimum(rising, falling).clamp(min=0).float()


def log_mel(sound: Tensor, bands: int = 32, hop: int = 200, rate: int = RATE) -> Tensor:
    """The logarithm of the power in each band: (N, samples), −1 … 1 -> (N, bands, 1 + samples // hop)

    Raises ValueError for a sound that is shorter than half a window, which cannot be mirrored at its ends.
    """
    expect.floating("sound", sound)
    expect.whole(hop=hop)
    if sound.dim() != 2 or sound.shape[1] <= WINDOW // 2:
        shape = tuple(sound.shape)
        raise ValueError(f"sound must be (count, samples), of more than {WINDOW // 2} samples; got {shape}")
    hann = torch.hann_window(WINDOW, device=sound.device)
    spectrum = torch.stft(sound, WINDOW, hop, window=hann, center=True, return_complex=True)
    power = mel_bank(bands, rate).to(sound.device) @ spectrum.abs().square()  # (N, bands, frames)
    return (power + 1e-6).log()


def wav(sound: Tensor, rate: int = RATE) -> bytes:
    """A sound as a file that every browser plays: (samples,), −1 … 1 -> WAV, one channel of 16 bits"""
    expect.floating("sound", sound)
    if sound.dim() != 1:
        raise ValueError(f"sound must be (samples,), of one sound; got {tuple(sound.shape)}")
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes((sound.clamp(-1, 1) * 32767).round().to(torch.int16).cpu().numpy().tobytes())
    return file.getvalue()
