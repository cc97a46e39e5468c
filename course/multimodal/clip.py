"""CLIP: a picture and its caption must find each other among all pictures and captions of a batch.

    I = normalise(image tower),  T = normalise(text tower)          Radford et al. 2021, figure 3
    logits = exp(t) · I Tᵀ                                          t learnt, exp(t) at most 100
    L = (cross entropy of the rows + cross entropy of the columns) / 2, the right ones on the diagonal

    zero-shot: a class is the mean of its prompts' vectors, and the nearest class is the answer  (section 3.1)

What people usually get wrong
- what is learnt is t, the *logarithm* of the scale: it starts at ln(1 / 0.07), and without the limit ln 100
  it runs away; weight decay would pull it to a scale of 1;
- vectors are normalised before prompts are averaged, and the mean once more;
- the text is read at its *end* token, behind a causal mask: without one in it, a library that looks for it
  takes the first token instead, and all texts are the same. Here such a text is refused;
- the activation is QuickGELU; with GELU the official weights give other logits and no error;
- two captions of a batch that say the same are both right: on the diagonal alone the loss cannot reach 0.

Parameters: B/32 151,277,313 · B/16 149,620,737 · L/14 427,616,513 · L/14@336 427,944,193.
Simplified: both towers are drawn as the paper's code draws the text tower; its ResNet towers are left out,
but `CLIP` joins any two modules that end in vectors of one width.
Paper: ImageNet zero-shot, 80 prompts a class: B/32 63.2 %, B/16 68.6 %, L/14@336 76.2 %.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, interpolate, normalize

from course import expect
from course.attention import causal_mask
from course.data.captioned import Captioned
from course.language.decode import END
from course.language.transformer_layers import EncoderLayer
from course.language.translate import Vocabulary
from course.layers import QuickGELU
from course.position import LearnedPosition
from course.record import Record
from course.ssl.method import Batch, Method, Told
from course.training.modes import evaluating
from course.training.precision import full_precision
from course.vision.patches import PatchEmbedding

FIRST, LARGEST = math.log(1 / 0.07), math.log(100)  # of the scale's logarithm
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)  # of 0 … 1
ENDED = 49407  # the end token of the official vocabulary

# --- The loss --------------------------------------------------------------------------------------------


def contrastive_loss(logits: Tensor, same: Tensor | None = None) -> Tensor:
    """Both ways at once: logits (B, B), picture by caption -> scalar; ln B where all logits are alike

    same: (B, B), bool, True where caption j says what picture i shows, so at least on the diagonal; the right
    answer is then spread evenly over them. Without it, the diagonal alone is right.
    """
    expect.floating("logits", logits)
    if logits.dim() != 2 or logits.shape[0] != logits.shape[1]:
        raise ValueError(f"logits must be (batch, batch), picture by caption; got {tuple(logits.shape)}")
    if same is None:
        same = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
    elif same.dtype != torch.bool or same.shape != logits.shape:
        given = f"{expect.kind(same)} {tuple(same.shape)}"
        raise ValueError(
            f"same must be boolean and as large as the logits, {tuple(logits.shape)}; got {given}"
        )
    right = same.to(logits.dtype)
    rows, columns = right / right.sum(1, keepdim=True), right.T / right.sum(0)[:, None]  # (B, B) each
    return (cross_entropy(logits, rows) + cross_entropy(logits.T, columns)) / 2


def cosines(images: Tensor, texts: Tensor) -> Tensor:
    """The cosine of every picture with every text: (B, D), (T, D) -> (B, T)"""
    expect.channels_last("texts", texts, images.shape[-1], images)
    with full_precision(images):
        return normalize(images.float(), dim=-1) @ normalize(texts.float(), dim=-1).T


# --- The towers ------------------------------------------------------------------------------------------


class ImageTower(nn.Module):
    """A ViT by CLIP: images (B, channels, H, W) -> vectors (B, joint), not normalised

    Other than in `course.vision.vit`: patches without a bias, a LayerNorm before the first layer, QuickGELU,
    eps 1e-5, and a projection without a bias in place of the head. The patch must divide H and W. A `record`
    keeps "weights", (B, heads, 1 + N, 1 + N) of each layer.
    """

    def __init__(
        self,
        image_size: int,
        patch: int,
        dim: int,
        depth: int,
        heads: int,
        joint: int,
        channels: int = 3,
        dropout: float = 0.0,
    ):
        super().__init__()
        expect.whole(depth=depth, joint=joint)
        expect.divisible("image_size", image_size, "patch", patch)
        self.embedding = PatchEmbedding(patch, dim, channels)
        self.embedding.projection.register_parameter("bias", None)
        self.cls = nn.Parameter(dim**-0.5 * torch.randn(1, 1, dim))
        side = image_size // patch
        self.position = LearnedPosition((side, side), dim, extra=1)
        nn.init.normal_(self.position.table, std=dim**-0.5)
        self.norm_pre = nn.LayerNorm(dim)
        self.layers = nn.ModuleList(
            EncoderLayer(dim, heads, 4 * dim, norm="pre", activation=QuickGELU(), dropout=dropout)
            for _ in range(depth)
        )
        self.norm = nn.LayerNorm(dim)
        self.projection = nn.Linear(dim, joint, bias=False)
        initialise(self.layers, self.projection)

    def forward(self, images: Tensor, record: Record | None = None) -> Tensor:
        return self.projection(self.features(images, record))

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        """What the projection sees, the normalised CLS token: (B, channels, H, W) -> (B, dim)"""
        x = self.embedding(images)  # (B, N, dim)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1)  # (B, 1 + N, dim)
        x = self.norm_pre(self.position(x, self.embedding.grid(images)))
        for layer in self.layers:
            x = layer(x, record=record)
        return self.norm(x[:, 0])


class TextTower(nn.Module):
    """A causal Transformer, read where the text ends: ids (B, L), L ≤ context -> vectors (B, joint)

    `end` is the number of the token that ends a text; what stands behind it, padding, changes nothing. A
    `record` keeps "weights", (B, heads, L, L) of each layer.
    """

    def __init__(
        self,
        vocabulary: int,
        context: int,
        dim: int,
        depth: int,
        heads: int,
        joint: int,
        end: int = END,
        dropout: float = 0.0,
    ):
        super().__init__()
        expect.whole(vocabulary=vocabulary, context=context, dim=dim, depth=depth, joint=joint)
        expect.a_token("end", end, vocabulary)
        self.end = end
        self.embedding = nn.Embedding(vocabulary, dim)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.position = nn.Parameter(0.01 * torch.randn(context, dim))
        self.layers = nn.ModuleList(
            EncoderLayer(dim, heads, 4 * dim, norm="pre", activation=QuickGELU(), dropout=dropout)
            for _ in range(depth)
        )
        self.norm = nn.LayerNorm(dim)
        self.projection = nn.Linear(dim, joint, bias=False)
        initialise(self.layers, self.projection)

    def forward(self, ids: Tensor, record: Record | None = None) -> Tensor:
        vocabulary, context = len(self.embedding.weight), len(self.position)
        expect.token_ids("ids", ids, vocabulary, self.position)
        expect.not_empty("ids", ids)
        L = ids.shape[1]
        if context < L:
            raise ValueError(f"ids has {L} tokens a text, but this tower reads at most {context}: cut them")
        ended = ids == self.end  # (B, L)
        if expect.at_hand(ids) and not ended.any(dim=1).all():
            row = int(ended.any(dim=1).int().argmin())
            raise ValueError(f"text {row} has no end, token {self.end}, where it would be read")
        x = self.embedding(ids) + self.position[:L]  # (B, L, dim)
        mask = causal_mask(L, ids.device)
        for layer in self.layers:
            x = layer(x, mask, record=record)
        x = x[torch.arange(len(x)), ended.int().argmax(dim=1)]  # (B, dim), at the first end
        return self.projection(self.norm(x))


def initialise(layers: nn.ModuleList, projection: nn.Linear) -> None:
    """The first weights of a tower, as in the paper's code; what adds to a residual starts smaller."""
    dim = projection.in_features
    for layer in layers:
        assert isinstance(layer, EncoderLayer)
        attention = layer.attention
        adds = dim**-0.5 * (2 * len(layers)) ** -0.5
        for part in (attention.query, attention.key, attention.value):
            nn.init.normal_(part.weight, std=dim**-0.5)
        nn.init.normal_(attention.output.weight, std=adds)
        nn.init.normal_(layer.mlp.expand.weight, std=(2 * dim) ** -0.5)
        nn.init.normal_(layer.mlp.contract.weight, std=adds)
        for part in (attention.query, attention.key, attention.value, attention.output):
            nn.init.zeros_(part.bias)
    nn.init.normal_(projection.weight, std=dim**-0.5)


class Projected(nn.Module):
    """An encoder of the course as an image tower: images (B, C, H, W) -> vectors (B, joint), not normalised

    width: of the encoder's features. By itself, the encoder is what is kept of a training.
    """

    def __init__(self, encoder: nn.Module, width: int, joint: int):
        super().__init__()
        expect.whole(width=width, joint=joint)
        self.encoder = encoder
        self.projection = nn.Linear(width, joint, bias=False)
        nn.init.normal_(self.projection.weight, std=width**-0.5)

    def forward(self, images: Tensor) -> Tensor:
        encoder: Any = self.encoder  # it offers features
        return self.projection(encoder.features(images))


# --- Both together ---------------------------------------------------------------------------------------


class CLIP(nn.Module):
    """Two towers and a scale: images (B, C, H, W) and ids (T, L) -> logits (B, T)

    image, text: any modules that end in vectors of one width, (B, joint) and (T, joint).
    """

    def __init__(self, image: nn.Module, text: nn.Module):
        super().__init__()
        self.image, self.text = image, text
        self.log_scale = nn.Parameter(torch.tensor(FIRST))

    def forward(self, images: Tensor, ids: Tensor) -> Tensor:
        return self.logits(self.image(images), self.text(ids))

    def logits(self, images: Tensor, texts: Tensor) -> Tensor:
        """From vectors, of any length: (B, joint), (T, joint) -> (B, T)"""
        return self.log_scale.exp() * cosines(images, texts)

    @torch.no_grad()
    def clamp_scale(self) -> None:
        """Keep the scale from 1 to 100: to be called behind every step of the optimiser."""
        self.log_scale.clamp_(0, LARGEST)


@torch.no_grad()
def class_vectors(text: nn.Module, prompts: Sequence[Tensor]) -> Tensor:
    """A unit vector for each class, the mean of what its prompts say.

    prompts: for each of C classes its texts, (P, L), with P ≥ 1 of its own -> (C, joint)
    """
    with evaluating(text):
        means = [normalize(text(ids), dim=-1).mean(dim=0) for ids in prompts]  # (joint,) each
    return normalize(torch.stack(means), dim=-1)


@torch.no_grad()
def zero_shot(model: CLIP, images: Tensor, prompts: Sequence[Tensor]) -> Tensor:
    """Classes that were never trained, by what they are called: (B, C, H, W), C texts (P, L) -> (B, C)

    The largest of a row's logits is the answer.
    """
    with evaluating(model):
        return model.logits(model.image(images), class_vectors(model.text, prompts))


def preprocess(images: Tensor, size: int = 224) -> Tensor:
    """Bytes as the official weights want them: (B, 3, H, W), uint8 -> (B, 3, size, size), standardised

    The shorter side becomes `size`, bicubically, and the middle is cut out.
    """
    if images.dtype != torch.uint8 or images.dim() != 4 or images.shape[1] != 3:
        given = f"{expect.kind(images)} {tuple(images.shape)}"
        raise ValueError(f"images must be bytes, (batch, 3, height, width) of uint8; got {given}")
    height, width = images.shape[2:]
    short = min(height, width)
    shape = size * height // short, size * width // short
    images = interpolate(images, size=shape, mode="bicubic", antialias=True)
    top, left = (shape[0] - size) // 2, (shape[1] - size) // 2
    images = images[:, :, top : top + size, left : left + size]
    mean, std = (torch.tensor(x, device=images.device)[:, None, None] for x in (MEAN, STD))
    return (images / 255 - mean) / std


# --- Training --------------------------------------------------------------------------------------------


class Contrast(Method):
    """CLIP learnt from captioned images, by `course.training.loop.train`; kept is the image tower's encoder.

    vocabulary: what makes numbers of captions. Tells how many pictures find a right caption in the batch.
    """

    def __init__(self, model: CLIP, vocabulary: Vocabulary):
        super().__init__(model.image.encoder if isinstance(model.image, Projected) else model.image)
        self.model, self.vocabulary = model, vocabulary

    def batch(self, data: Captioned, chosen: Tensor, generator: Generator | None = None) -> Batch:  # type: ignore[override]
        """-> images (B, C, H, W), standardised, and ids (B, L)"""
        ids = self.vocabulary.encode([data.captions[i] for i in chosen.tolist()], begin=True)
        return {"images": data.normalised(chosen), "ids": ids.to(chosen.device)}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        ids = batch["ids"]
        logits = self.model(batch["images"], ids)  # (B, B)
        same = (ids[:, None] == ids[None]).all(dim=-1)  # (B, B)
        found = same.gather(1, logits.detach().argmax(dim=1, keepdim=True)).float().mean()
        told = {"found": found, "scale": self.model.log_scale.detach().exp()}
        return contrastive_loss(logits, same), told

    def after_step(self, progress: float) -> None:
        self.model.clamp_scale()

    def health(self, data: Captioned) -> Told:  # type: ignore[override]
        """Nothing beyond what the steps tell: pairs of a collapsed model find each other by chance only."""
        return {}


VISION = {
    "B": dict(dim=768, depth=12, heads=12, joint=512),
    "L": dict(dim=1024, depth=24, heads=16, joint=768),
}
TEXT: dict[str, dict[str, int]] = {
    "B": dict(dim=512, depth=12, heads=8, joint=512),
    "L": dict(dim=768, depth=12, heads=12, joint=768),
}
WORDS = dict(vocabulary=49408, context=77, end=ENDED)

VARIANTS: dict[str, tuple[dict[str, int], dict[str, int]]] = {  # of the image tower, of the text tower
    "B/32": (dict(image_size=224, patch=32, **VISION["B"]), TEXT["B"] | WORDS),
    "B/16": (dict(image_size=224, patch=16, **VISION["B"]), TEXT["B"] | WORDS),
    "L/14": (dict(image_size=224, patch=14, **VISION["L"]), TEXT["L"] | WORDS),
    "L/14@336": (dict(image_size=336, patch=14, **VISION["L"]), TEXT["L"] | WORDS),
}


def build(variant: str, image: dict[str, Any] | None = None, text: dict[str, Any] | None = None) -> CLIP:
    """A variant of the paper, `build("B/32")`; `image` and `text` override sizes of its towers."""
    expect.variant(variant, VARIANTS)
    sizes = VARIANTS[variant]
    return CLIP(ImageTower(**{**sizes[0], **(image or {})}), TextTower(**{**sizes[1], **(text or {})}))
