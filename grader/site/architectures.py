"""The library's architectures, for the site's tables: what each costs by `course.cost`, what papers print.

A paper's numbers stand as it writes them, each looked up in it or where others cite it; one that was found
nowhere is left out. What papers call FLOPs is in most of them multiply–adds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import torch
from torch import nn

from course.cost import convolutional, language, multimodal, networks, vision
from course.cost.formula import Cost

IMAGE = "an image of 224 × 224, 1,000 classes"
EXPERTS = {"motion": 1024, "sound": 128}


@dataclass(frozen=True)
class Architecture:
    """A module that has `VARIANTS` and `build`.

    Attributes:
        work: the cost of a variant, of its name and its row of `VARIANTS`.
        of: what parameters and work are for.
        options: what `build` needs beside the variant.
        printed: by variant, the parameters and the work that the paper prints; "" where it prints none.
        source: where it prints them.
    """

    work: Callable[[str, Any], Cost]
    of: str = IMAGE
    options: Mapping[str, Any] = field(default_factory=dict)
    printed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    source: str = ""


def _resnet(name: str, sizes: Any) -> Cost:
    return convolutional.resnet(name, resolution=32 if name.startswith("CIFAR") else 224)


def _stand_alone(name: str, sizes: Any) -> Cost:
    return networks.stand_alone_resnet(full=name.startswith("Full"), **sizes)


def _seq2seq(name: str, sizes: Any) -> Cost:
    cell, _, attention = name.partition("+")
    return language.seq2seq(25, 25, 30_000, cell=cell, attention=bool(attention))


ARCHITECTURES = {
    "vision.vit": Architecture(
        lambda name, sizes: vision.vit(**sizes),
        printed={"B/16": ("86M", ""), "L/16": ("307M", ""), "H/14": ("632M", "")},
        source="Dosovitskiy et al. 2021, table 1, by width and depth alone",
    ),
    "vision.deit": Architecture(
        lambda name, sizes: vision.deit(**sizes),
        printed={"Ti": ("6M", ""), "S": ("22M", ""), "B": ("87M", "")},
        source="Touvron et al. 2021, the distilled models",
    ),
    "vision.cait": Architecture(
        lambda name, sizes: vision.cait(**sizes),
        printed={
            "XXS24": ("12.0M", "2.5B"),
            "XXS36": ("17.3M", "3.8B"),
            "XS24": ("26.6M", "5.4B"),
            "XS36": ("38.6M", "8.1B"),
            "S24": ("46.9M", "9.4B"),
            "S36": ("68.2M", "13.9B"),
            "S48": ("89.5M", ""),
            "M24": ("185.9M", "36.0B"),
            "M36": ("270.9M", "53.7B"),
        },
        source="Touvron et al. 2021b; multiply–adds at 224",
    ),
    "vision.cpvt": Architecture(
        lambda name, sizes: vision.cpvt(**sizes, cls=not name.endswith("-GAP")),
        printed={"Ti": ("6M", "")},
        source="Chu et al. 2021",
    ),
    "vision.cvt": Architecture(
        lambda name, sizes: vision.cvt(**sizes),
        printed={"13": ("20M", "4.5G"), "21": ("32M", "7.1G"), "W24": ("277M", "193.2G at 384")},
        source="Wu et al. 2021; multiply–adds",
    ),
    "vision.hybrid": Architecture(lambda name, sizes: networks.hybrid(**sizes)),
    "vision.alexnet": Architecture(
        lambda name, sizes: convolutional.alexnet(),
        printed={"AlexNet": ("60 million", "")},
        source="Krizhevsky et al. 2012, the network of two columns",
    ),
    "vision.resnet": Architecture(
        _resnet,
        of=f"{IMAGE}; CIFAR: 32 × 32, 1,000 classes",
        printed={
            "18": ("", "1.8 × 10⁹"),
            "34": ("", "3.6 × 10⁹"),
            "50": ("", "3.8 × 10⁹"),
            "101": ("", "7.6 × 10⁹"),
            "152": ("", "11.3 × 10⁹"),
        },
        source="He et al. 2016, table 1; multiply–adds, of bottlenecks that stride in their first layer",
    ),
    "vision.convnext": Architecture(
        lambda name, sizes: convolutional.convnext(**sizes),
        printed={
            "atto": ("3.7M", "0.55G"),
            "femto": ("5.2M", "0.78G"),
            "pico": ("9.1M", "1.37G"),
            "nano": ("15.6M", "2.45G"),
            "tiny": ("28.6M", "4.47G"),
            "base": ("89M", "15.4G"),
            "large": ("198M", "34.4G"),
            "huge": ("660M", "115G"),
        },
        source="Woo et al. 2023; multiply–adds",
    ),
    "vision.non_local": Architecture(lambda name, sizes: networks.non_local_resnet(**sizes)),
    "vision.double_attention": Architecture(
        lambda name, sizes: networks.non_local_resnet("DoubleAttention", after=sizes["after"])
    ),
    "vision.augmented": Architecture(
        lambda name, sizes: networks.augmented_resnet(**sizes),
        printed={"50": ("25.8M", ""), "101": ("45.4M", ""), "152": ("61.6M", "")},
        source="Bello et al. 2019",
    ),
    "vision.axial": Architecture(
        lambda name, sizes: networks.axial_resnet(**sizes),
        printed={"50-S": ("12.4M", "")},
        source="Wang et al. 2020; the authors' PyTorch code has our number",
    ),
    "vision.standalone": Architecture(
        _stand_alone,
        printed={
            "26": ("10.3M", ""),
            "38": ("14.1M", ""),
            "50": ("18.0M", ""),
        },
        source="Ramachandran et al. 2019",
    ),
    "vision.local_relation": Architecture(
        lambda name, sizes: networks.lr_net(**sizes),
        printed={"26": ("14.7M", ""), "50": ("23.3M", "")},
        source="Hu et al. 2019",
    ),
    "vision.pixel": Architecture(
        lambda name, sizes: language.pixel_transformer(**sizes),
        of="an image of 32 × 32 pixels in 512 colours",
        printed={"S": ("76M", ""), "M": ("455M", ""), "L": ("1362M", "")},
        source="Chen et al. 2020",
    ),
    "language.transformer": Architecture(
        lambda name, sizes: language.transformer(25, 25, 37_000, **sizes),
        of="25 tokens read and 25 written, of 37,000",
        options={"vocabulary": 37_000},
        printed={"base": ("65 × 10⁶", ""), "big": ("213 × 10⁶", "")},
        source="Vaswani et al. 2017, table 3",
    ),
    "language.seq2seq": Architecture(
        _seq2seq,
        of="25 tokens read and 25 written, of 30,000",
        options={"vocabulary": 30_000},
    ),
    "multimodal.clip": Architecture(
        lambda name, sizes: multimodal.clip(*sizes), of="one image and one text of 77 tokens"
    ),
    "multimodal.captioning": Architecture(
        lambda name, sizes: multimodal.captioner(196, 12, vocabulary=10_000, **sizes),
        of="a caption of 12 words, of 10,000, about 196 places; without the encoder",
        options={"encoder": nn.Identity(), "vocabulary": 10_000},
    ),
    "multimodal.retrieval": Architecture(
        lambda name, sizes: multimodal.retrieval(EXPERTS, 768, **sizes),
        of="a video of 30 moments as two experts see it, and a text; without the text tower",
        options={"experts": EXPERTS, "text": nn.Identity(), "width": 768},
    ),
}

Counted = dict[str, dict[str, tuple[int, int]]]  # by module and variant: parameters, FLOPs


def counted(names: tuple[str, ...] = tuple(ARCHITECTURES)) -> Counted:
    """Parameters and FLOPs of every variant of these modules."""
    return {name: _counted(name, ARCHITECTURES[name]) for name in names}


def _counted(name: str, architecture: Architecture) -> dict[str, tuple[int, int]]:
    module = import_module(f"course.{name}")
    found = {}
    for variant, sizes in module.VARIANTS.items():
        with torch.device("meta"):
            model = module.build(variant, **architecture.options)
        parameters = sum(parameter.numel() for parameter in model.parameters())
        found[variant] = parameters, architecture.work(variant, sizes).flops
    return found
