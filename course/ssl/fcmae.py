"""FCMAE: a masked auto-encoder that is convolutional throughout, made together with ConvNeXt V2.

    L = mean over hidden patches of ‖ŷ − normalised x‖² / (p² C)                 Woo et al. 2023, section 3.1

A convolution cannot leave tokens out as a Transformer does: slid over an image with holes it fills them from
their border, layer by layer, until nothing is hidden. The paper computes *sparsely*, at visible pixels only;
an ordinary convolution gives the same numbers there, if hidden places are zero wherever pixels meet.

What people usually get wrong
- the mask has the resolution of the *last* stage, 32 pixels at 224, so that no cell is half hidden anywhere;
- zeros at the entrance alone do not last: biases, LayerNorm's β and each convolution's border fill them
  again, so every depthwise convolution needs them anew;
- GRN's norm runs over the whole map: hidden places must be zero there as well, or the norm counts them;
- the encoder stays a ConvNeXt V2, parameter by parameter, and fine-tuning takes it without any mask;
- the decoder is a single block, of width 512 whatever the encoder; the mask token enters there.

The published code takes GRN's norm over all images of a batch at once, for its sparse tensors have no axis
for the image; here, as in the dense network that is fine-tuned, each image has its own.

Parameters of the decoder: D · 512 + 512, mask token 512, a block 8 · 512² + 65 · 512, and 512 w + w, with
w = 32² · 3 at 224.
Paper: ImageNet top-1 after FCMAE and fine-tuning, atto 76.7 % · tiny 83.0 % · base 84.9 % · huge 86.3 %.
"""

from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import interpolate

from course import expect
from course.norm import GRN
from course.ssl.mae import (
    Augment,
    crop_and_flip,
    random_masking,
    reconstruction,
    rounded_down,
)
from course.ssl.method import Batch, Method, Told
from course.training.randomness import drawn
from course.vision.convnext import VARIANTS, Block, ConvNeXtV2

# --- The encoder: ConvNeXt V2 that can look away -------------------------------------------------------


class Visible:
    """What the blocks of a network may see at present: (B, 1, H, W) of 0 and 1, or None for all of it."""

    map: Tensor | None = None

    def only(self, x: Tensor) -> Tensor:
        """x with zeros where it is hidden: (B, C, H', W') -> the same shape, H' a multiple of H"""
        return x if self.map is None else x * interpolate(self.map, size=x.shape[-2:]).to(x.dtype)


class MaskedGRN(GRN):
    """GRN whose norms run over visible places alone: x: (B, H, W, dim) -> the same shape"""

    def __init__(self, dim: int, visible: Visible):
        super().__init__(dim)
        self.visible = visible

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(self.visible.only(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1))


class MaskedBlock(Block):
    """A block whose convolution reads zeros in hidden places, and whose GRN does not count them."""

    def __init__(self, dim: int, drop_path: float, visible: Visible):
        super().__init__(dim, drop_path)
        self.visible = visible
        self.mlp.activation = nn.Sequential(nn.GELU(), MaskedGRN(4 * dim, visible))

    def convolve(self, x: Tensor) -> Tensor:
        return self.depthwise(self.visible.only(x))


class MaskedConvNeXtV2(ConvNeXtV2):
    """ConvNeXt V2 with the same parameters under the same names, and `visible_maps` beside `maps`."""

    def __init__(self, *arguments: Any, **options: Any):
        self.visible = Visible()  # first, since the blocks are built with it
        super().__init__(*arguments, **options)

    def build_block(self, dim: int, drop_path: float) -> nn.Module:
        return MaskedBlock(dim, drop_path, self.visible)

    def visible_maps(self, images: Tensor, hidden: Tensor) -> Tensor:
        """The last map, which at visible places knows nothing of hidden ones; elsewhere it means nothing.

        (B, channels, H, W), hidden (B, h, w) boolean, one a place of the last map -> (B, dims[-1], h, w)
        """
        expect.images(images, self.channels, self.norm.weight)
        grid = (images.shape[2] // self.cell(), images.shape[3] // self.cell())
        if hidden.dtype != torch.bool or hidden.shape != (len(images), *grid):
            given = f"{expect.kind(hidden)}, {tuple(hidden.shape)}"
            raise ValueError(f"hidden must be boolean, {(len(images), *grid)}, one a place; got {given}")
        self.visible.map = (~hidden)[:, None].to(images.dtype)  # (B, 1, h, w)
        try:
            return self.maps(images)
        finally:
            self.visible.map = None


def build_encoder(variant: str, **overrides: Any) -> MaskedConvNeXtV2:
    """A variant of ConvNeXt V2 to be trained by FCMAE: `build_encoder("atto", patch=1, classes=0)`."""
    expect.variant(variant, VARIANTS)
    return MaskedConvNeXtV2(**{**VARIANTS[variant], **overrides})


# --- The method ----------------------------------------------------------------------------------------


class FCMAE(Method):
    """A masked auto-encoder around a `MaskedConvNeXtV2`.

    ratio: the share of places hidden. dim: the decoder's width. normalise: whether each target patch, of the
    size of such a place, gets mean 0 and standard deviation 1. Tells the loss on visible patches.
    """

    def __init__(
        self,
        encoder: nn.Module,
        *,
        ratio: float = 0.6,
        dim: int = 512,
        normalise: bool = True,
        augment: Augment = crop_and_flip,
    ):
        if not isinstance(encoder, MaskedConvNeXtV2):
            raise TypeError(
                f"FCMAE needs a MaskedConvNeXtV2 (fcmae.build_encoder); got {type(encoder).__name__}"
            )
        super().__init__(encoder)
        expect.rate(ratio=ratio)
        self.encoder: MaskedConvNeXtV2
        self.ratio, self.normalise, self.augment = ratio, normalise, augment
        self.projection = nn.Conv2d(encoder.norm.normalized_shape[0], dim, kernel_size=1)
        self.mask = nn.Parameter(torch.empty(1, dim, 1, 1))
        self.decoder = Block(dim)
        self.prediction = nn.Conv2d(dim, encoder.cell() ** 2 * encoder.channels, kernel_size=1)
        nn.init.normal_(self.mask, std=0.02)
        for part in (self.projection, self.decoder, self.prediction):
            for module in part.modules():
                if isinstance(module, nn.Conv2d | nn.Linear):
                    nn.init.trunc_normal_(module.weight, std=0.02)
                    nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        """-> images (B, C, H, W), augmented, and hidden (B, h, w), boolean"""
        images = self.augment(images, generator)
        cell = self.encoder.cell()
        expect.divisible("height", images.shape[2], "the encoder's cell", cell)
        expect.divisible("width", images.shape[3], "the encoder's cell", cell)
        h, w = images.shape[2] // cell, images.shape[3] // cell
        noise = drawn(torch.rand, (len(images), h * w), like=images, generator=generator)
        kept = rounded_down(h * w, 1 - self.ratio)
        _, restore = random_masking(noise, kept)
        return {"images": images, "hidden": (restore >= kept).unflatten(1, (h, w))}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        predicted, hidden = self.predict(batch), batch["hidden"].flatten(1)  # (B, N, p²·C), (B, N)
        return reconstruction(predicted, batch["images"], hidden, self.encoder.cell(), self.normalise)

    def predict(self, batch: Batch) -> Tensor:
        """All patches as predicted from the visible ones: -> (B, N, cell²·C), flattened as `patchify` does"""
        hidden = batch["hidden"]
        x = self.projection(self.encoder.visible_maps(batch["images"], hidden))  # (B, dim, h, w)
        x = torch.where(hidden[:, None], self.mask.to(x.dtype), x)
        return self.prediction(self.decoder(x)).flatten(2).transpose(1, 2)  # (B, N, cell²·C)
