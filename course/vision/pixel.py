"""Image GPT: an image read and written as text is, pixel by pixel, by a Transformer that sees no future.

    p(x) = Π_i p(x_i | x_1 … x_{i−1})           Chen et al. 2020, section 2.1; i runs row by row
    a = h + attention(norm(h))                  section 2.2, one layer, pre-norm, causal
    h = a + MLP(norm(a))
    f = mean_i norm(h_i)                        section 2.4, what a linear probe sees, of *some* layer

A pixel is one of 512 colours (`course.vision.palette`): one token, where red, green and blue would be three.
Nothing says that the sequence is an image: that the pixel 32 tokens back
is the one above must be learned. Attention costs N², so images are small: 32 × 32 pixels are 1,024 tokens.

What people usually get wrong
- the input is shifted: a start token (SOS) stands in front and the last pixel is dropped, so that the logits
  at i, made from pixels before i, are about pixel i. Unshifted, the model copies what it is to predict;
- SOS is read but never written: 513 embeddings, 512 logits. The output matrix is not the embedding's;
- the norms divide by the root of the mean square, with no mean subtracted and no β (RMSNorm, two years before
  it was common), and GELU is the quick one, x · sigmoid(1.702 x); in the paper both read as in GPT-2;
- the best features are in the *middle*: the last layers already turn to the next pixel;
- whoever samples must not compute all earlier pixels anew for each: keys and values are kept (`step`).

Parameters at 32 × 32: S 76,682,240 · M 455,489,536 · L 1,362,914,304, the output matrix included, as in
transformers. The authors' code has no biases: 4,608 fewer in each layer of S.
Paper: linear probe on CIFAR-10 96.3 % (L). Its code: on ImageNet 2.0895 (S), 2.0614 (M) and 2.0466 (L) nats a
pixel.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from course import expect
from course.attention import causal_mask
from course.language.transformer_layers import EncoderLayer
from course.layers import QuickGELU
from course.multihead import KeyValueCache
from course.record import Record, keep


class PixelLayer(EncoderLayer):
    """A pre-norm layer with Image GPT's norm and GELU: x: (B, N, dim) -> (B, N, dim)"""

    norm1: nn.Module  # type: ignore[assignment]  # not a LayerNorm
    norm2: nn.Module  # type: ignore[assignment]

    def __init__(self, dim: int, heads: int, hidden: int):
        super().__init__(dim, heads, hidden, norm="pre", activation=QuickGELU())
        self.norm1, self.norm2 = (nn.RMSNorm(dim, eps=1e-5) for _ in range(2))


@dataclass
class PixelState:
    """Where an image that is being written stands: keys and values of each layer, and how far it is."""

    caches: list[KeyValueCache] = field(default_factory=list)
    position: int = 0


class PixelTransformer(nn.Module):
    """tokens: (B, N), colours of the first N ≤ image_size² pixels -> logits (B, N, colours)

    logits[:, i] are about pixel i, given the pixels before it, so the loss is the cross-entropy with `tokens`
    itself. A `record` keeps "tokens", (B, N, dim), after the embedding and each layer, and "weights",
    (B, heads, N, N); position i of both stands for SOS and the first i pixels.
    """

    def __init__(
        self, colours: int = 512, image_size: int = 32, dim: int = 512, depth: int = 24, heads: int = 8
    ):
        super().__init__()
        expect.whole(colours=colours, image_size=image_size, depth=depth)
        self.colours, self.sos = colours, colours  # the start token comes behind the last colour
        self.embedding = nn.Embedding(colours + 1, dim)
        self.position = nn.Parameter(torch.empty(image_size**2, dim))
        self.layers = nn.ModuleList(PixelLayer(dim, heads, 4 * dim) for _ in range(depth))
        self.norm = nn.RMSNorm(dim, eps=1e-5)
        self.head = nn.Linear(dim, colours, bias=False)
        self.initialise()

    def initialise(self) -> None:
        """As the authors: small, what is added to the residual stream smaller, and the head at zero."""
        depth, dim = len(self.layers), self.embedding.embedding_dim
        nn.init.normal_(self.embedding.weight, std=0.02)
        nn.init.normal_(self.position, std=0.01)
        nn.init.zeros_(self.head.weight)
        for name, parameter in self.layers.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            elif "attention.output" in name:
                nn.init.normal_(parameter, std=(dim * depth) ** -0.5)
            elif "attention" in name:
                nn.init.normal_(parameter, std=dim**-0.5)
            elif "mlp" in name:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, tokens: Tensor, record: Record | None = None) -> Tensor:
        x = self.embed(tokens)
        keep(record, "tokens", x)
        return self.head(self.norm(self.run(x, len(self.layers), record)))

    def features(self, tokens: Tensor, record: Record | None = None, layer: int | None = None) -> Tensor:
        """What a linear probe sees: the normalised input of a layer, averaged over positions: -> (B, dim)

        `layer` is 0 … depth, depth being behind the last; the middle one unless given. Those after it do
        not run.
        """
        depth = len(self.layers)
        layer = depth // 2 if layer is None else layer
        if not isinstance(layer, int) or not 0 <= layer <= depth:
            raise ValueError(f"layer must be 0 to {depth}; got {layer!r}")
        x = self.embed(tokens)
        keep(record, "tokens", x)
        x = self.run(x, layer, record)
        norm = self.norm if layer == depth else self.layers[layer].get_submodule("norm1")
        return norm(x).mean(dim=1)

    def embed(self, tokens: Tensor) -> Tensor:
        """SOS and all pixels but the last, with their positions: (B, N) -> (B, N, dim)"""
        expect.token_ids("tokens", tokens, self.colours, self.embedding.weight)
        self.check_length(tokens.shape[1])
        sos = torch.full_like(tokens[:, :1], self.sos)
        shifted = torch.cat([sos, tokens[:, :-1]], dim=1)  # (B, N)
        return self.embedding(shifted) + self.position[: tokens.shape[1]]

    def run(self, x: Tensor, layers: int, record: Record | None) -> Tensor:
        """The first so many layers, in which no position sees a later one: (B, N, dim) -> (B, N, dim)"""
        mask = causal_mask(x.shape[1], x.device)
        for layer in self.layers[:layers]:
            x = layer(x, mask, record=record)
            keep(record, "tokens", x)
        return x

    def check_length(self, pixels: int) -> None:
        """An image has at least one pixel, and at most as many as there are positions."""
        if not 1 <= pixels <= len(self.position):
            raise ValueError(f"an image must have 1 to {len(self.position)} pixels here; got {pixels}")

    # --- Writing ---------------------------------------------------------------------------------------

    def start(self) -> PixelState:
        """Ready to read SOS."""
        return PixelState([KeyValueCache() for _ in self.layers])

    def step(self, tokens: Tensor, state: PixelState) -> Tensor:
        """One more token a row, SOS first, (B,) -> logits about the next pixel, (B, colours).

        Equal to the last position of `forward`, without computing the others again; `state` moves on.
        """
        expect.next_tokens("tokens", tokens)
        expect.token_ids("tokens", tokens[:, None], self.colours + 1, self.embedding.weight)
        self.check_length(state.position + 1)
        past = state.caches[0].k  # (B, h, position, D)
        if past is not None:
            expect.same_batch("tokens", tokens, "the state", past)
        x = self.embedding(tokens[:, None]) + self.position[state.position]  # (B, 1, dim)
        for layer, cache in zip(self.layers, state.caches):
            x = layer(x, cache=cache)
        state.position += 1
        return self.head(self.norm(x))[:, 0]

    @torch.no_grad()
    def complete(
        self, tokens: Tensor, *, temperature: float = 1.0, generator: torch.Generator | None = None
    ) -> Tensor:
        """Go on from the first pixels, drawn from the model's probabilities: (B, L) -> (B, image_size²)

        L may be 0. A `temperature` below 1 prefers what is likely.
        """
        if not isinstance(temperature, int | float) or temperature <= 0:
            raise ValueError(f"temperature must be above 0; got {temperature!r}")
        expect.token_ids("tokens", tokens, self.colours, self.embedding.weight)
        given, state, pixels = tokens.shape[1], self.start(), []
        if given:
            self.check_length(given)
        read = tokens.new_full((len(tokens),), self.sos)  # (B,)
        for place in range(len(self.position)):
            logits = self.step(read, state)  # (B, colours)
            if place < given:
                read = tokens[:, place]
            else:
                probabilities = (logits.float() / temperature).softmax(dim=-1)
                read = torch.multinomial(probabilities, 1, generator=generator)[:, 0]
            pixels.append(read)
        return torch.stack(pixels, dim=1)


VARIANTS: dict[str, dict[str, Any]] = {
    "S": dict(dim=512, depth=24, heads=8),
    "M": dict(dim=1024, depth=36, heads=8),
    "L": dict(dim=1536, depth=48, heads=16),
}


def build(variant: str, **overrides: Any) -> PixelTransformer:
    """A variant of the paper: `build("S")`, `build("S", colours=16, image_size=8, depth=4)`."""
    expect.variant(variant, VARIANTS)
    return PixelTransformer(**{**VARIANTS[variant], **overrides})
