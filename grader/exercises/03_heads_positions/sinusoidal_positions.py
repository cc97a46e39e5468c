"""Sines and cosines for any length

PE(p, 2i) = sin(p / 10,000^(2i/d)) and PE(p, 2i + 1) = cos(p / 10,000^(2i/d)): channels take turns, sine
first. d may be odd; then the last channel is a sine without its cosine.
"""

import math

import torch

from grader.exercise import Function


def sinusoidal_positions(L, d):
    """The encoding of positions 0 … L − 1. L, d: int -> (L, d)"""
    places = torch.arange(L)[:, None]  # (L, 1)
    even = torch.arange(0, d, 2)  # the channels 2i
    angles = places / 10_000 ** (even / d)  # (L, ⌈d / 2⌉)
    table = torch.zeros(L, d)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles[:, : d // 2].cos()
    return table


def by_channel(L, d):
    places, channel = torch.arange(L)[:, None], torch.arange(d)
    angles = places / 10_000 ** (channel // 2 * 2 / d)  # (L, d)
    return torch.where(channel % 2 == 0, angles.sin(), angles.cos())


def by_exponential(L, d):
    places = torch.arange(L).unsqueeze(1).float()
    frequencies = torch.exp(torch.arange(0, d, 2).float() * (-math.log(10_000.0) / d))
    table = torch.zeros(L, d)
    table[:, 0::2] = torch.sin(places * frequencies)
    table[:, 1::2] = torch.cos(places * frequencies[: d // 2])
    return table


def _case(low, high, odd=0):
    return lambda draw: dict(L=draw.integer(low, high), d=2 * draw.integer(3, 9) + odd)


exercise = Function(
    sinusoidal_positions,
    cases={
        "d even": _case(5, 30),
        "d odd": _case(5, 30, odd=1),
        "one channel": lambda draw: dict(L=draw.integer(3, 9), d=1),
        "a long sequence": lambda draw: dict(
            L=draw.integer(300, 400), d=6
        ),  # what float32 still tells apart,
    },
    points=4,
    difficulty=3,
    minutes=10,
    words={"angles": "the angles", "places": "the places", "even": "the channels"},
    slips={
        "10_000 ** (even / d) -> 10_000 ** (even / 2 / d)": "The exponent is i/d; it is 2i/d.",
        "table[:, 0::2] = angles.sin() -> table[:, : (d + 1) // 2] = angles.sin() ;; table[:, 1::2] = "
        "angles[:, : d // 2].cos() -> table[:, (d + 1) // 2 :] = angles[:, : d // 2].cos()": "All "
        "sines come first, then all cosines; here they take turns, channel by channel.",
        "angles.sin() -> angles.cos() ;; angles[:, : d // 2].cos() -> angles[:, : d // 2].sin()": "The "
        "cosines stand in the even channels: the sine comes first.",
        "places / 10_000 ** (even / d) -> places * 10_000 ** (even / d)": "The angles are multiplied by "
        "10,000^(2i/d): the waves get faster with the channel; they should get slower.",
        "torch.arange(L)[:, None] -> torch.arange(1, L + 1)[:, None]": "The first position is 1; it is 0.",
    },
    also_right=[by_channel, by_exponential],
    hints=[
        "Make the angles first: a column of places, divided by a row of 10,000^(2i/d), one for each pair.",
        "torch.arange(0, d, 2) is the row of 2i. table[:, 0::2] are the even channels, table[:, 1::2] "
        "the odd.",
        "With d odd there is one sine more than there are cosines: how many angles does the second half use?",
    ],
)
