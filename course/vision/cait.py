"""CaiT: a deeper ViT, whose patches first talk among themselves and are summed up by a CLS token afterwards.

    trunk   x ← x + γ₁ ⊙ SA(LN(x)),       x ← x + γ₂ ⊙ MLP(LN(x))       Touvron et al. 2021b, equation 4
    class   c ← c + γ₁ ⊙ CA(LN([c; x])),   c ← c + γ₂ ⊙ MLP(LN(c))       section 3
    SA      P_w softmax(P_l q kᵀ / √D) v                                 talking heads, Shazeer et al. 2020

γ is LayerScale, a factor a channel that starts near zero: even 48 layers start close to the identity. P_l and
P_w mix the *heads*: (h, h) matrices, with biases, applied at each pair of query and key alike.

What people usually get wrong
- the trunk has no CLS token, and the positions count the patches only;
- in a class-attention layer the query is CLS alone, while keys and values are CLS *and* patches; LayerNorm
  stands before both, and the patches leave the layer as they came;
- class attention has no talking heads. It costs N and not N² scores;
- P_w comes behind the softmax, so that what multiplies the values neither sums to one nor is positive;
- stochastic depth has the *same* rate in every layer of the trunk, and is 0 in the two class layers;
- LayerScale starts at 1e-5 up to 24 layers and at 1e-6 beyond (XXS36: 1e-5, in the authors' code).

Parameters at 224 with 1,000 classes: XXS24 11,956,264 · XXS36 17,299,720 · XS24 26,560,648 ·
XS36 38,557,432 · S24 46,916,200 · S36 68,220,712 · S48 89,525,224 · M24 185,850,088 · M36 270,929,512 ·
M48 356,008,936.
At 384 there are 380 dim more, of positions (M36 271,221,352), at 448 588 dim (M48 356,460,520).
Paper: ImageNet top-1, distilled: S24 at 224 83.5 %, S24 at 384 85.1 %, M36 at 384 86.1 %, M48 at 448 86.5 %.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from course import expect
from course.language.transformer_layers import EncoderLayer
from course.layers import LayerScale
from course.multihead import MultiHeadAttention
from course.position import LearnedPosition
from course.record import Record, keep
from course.vision.patches import PatchEmbedding
from course.vision.vit import classifier, initialise


class TalkingHeads(MultiHeadAttention):
    """Self-attention whose heads exchange their scores before the softmax, and their weights behind it.

    x: (B, N, dim) -> (B, N, dim). Parameters: 4 dim² + 4 dim + 2 h² + 2 h.

    No fused kernel can do this. A `record` keeps under "weights" what the softmax gives, rows that sum to
    one, and under "mixed_weights" what multiplies the values, both (B, h, N, N). It takes no mask: behind the
    softmax, the bias of the second mixing would give forbidden keys a weight again.
    """

    def __init__(self, dim: int, heads: int, *, dropout: float = 0.0):
        super().__init__(dim, heads, dropout=dropout)
        self.mix_scores = nn.Linear(heads, heads)  # P_l
        self.mix_weights = nn.Linear(heads, heads)  # P_w

    def attend(
        self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, record: Record | None, name: str
    ) -> Tensor:
        if mask is not None:
            raise ValueError("talking heads take no mask: their second mixing would undo it")
        scores = q / math.sqrt(q.shape[-1]) @ k.transpose(-2, -1)  # (B, h, N, N)
        weights = across_heads(self.mix_scores, scores).softmax(dim=-1)
        mixed = across_heads(self.mix_weights, weights)
        keep(record, name, weights)
        keep(record, f"mixed_{name}", mixed)
        return dropout(mixed, self.dropout, self.training) @ v  # (B, h, N, D)


def across_heads(mix: nn.Module, x: Tensor) -> Tensor:
    """A linear layer over the heads, at each pair of query and key: (B, h, Lq, Lk) -> the same shape"""
    return mix(x.movedim(1, -1)).movedim(-1, 1)


class ScaledLayer(EncoderLayer):
    """A pre-norm layer with LayerScale on both of its branches: x: (B, N, dim) -> (B, N, dim)"""

    def __init__(self, dim: int, heads: int, hidden: int, *, layer_scale: float = 1e-5, **options: Any):
        super().__init__(dim, heads, hidden, norm="pre", eps=1e-6, **options)
        for branch in (self.after_attention, self.after_mlp):
            branch.append(LayerScale(dim, layer_scale))


class TrunkLayer(ScaledLayer):
    """A layer of the trunk, with talking heads: x: (B, N, dim) -> (B, N, dim)"""

    def __init__(self, dim: int, heads: int, hidden: int, *, dropout: float = 0.0, **options: Any):
        super().__init__(dim, heads, hidden, dropout=dropout, **options)
        self.attention = TalkingHeads(dim, heads, dropout=dropout)


class ClassLayer(ScaledLayer):
    """A layer in which CLS, the first token, reads all tokens and is the only one to change.

    x: (B, 1 + N, dim) -> (B, 1 + N, dim). A `record` keeps "class_weights", (B, heads, 1, 1 + N).
    """

    def forward(  # type: ignore[override]  # CLS reads what the layer before it made: nothing to cache
        self, x: Tensor, mask: Tensor | None = None, record: Record | None = None
    ) -> Tensor:
        expect.tokens("x", x, len(self.norm1.weight), self.norm1.weight)
        cls, patches = x[:, :1], x[:, 1:]
        memory = self.norm1(x)  # (B, 1 + N, dim)
        read = self.attention(memory[:, :1], memory, mask, record=record, name="class_weights")
        cls = cls + self.after_attention(read)  # (B, 1, dim)
        cls = cls + self.after_mlp(self.mlp(self.norm2(cls)))
        return torch.cat([cls, patches], dim=1)


class CaiT(nn.Module):
    """images: (B, channels, H, W), H and W multiples of the patch -> logits (B, classes)

    `depth` layers of the trunk, then `class_depth` class-attention layers. `image_size` is the resolution
    that the positions are made for; other ones are interpolated. With `classes=0` there is no head. A
    `record` keeps, of the trunk, "tokens" (B, N, dim), of the embedding and of each layer, and "weights" and
    "mixed_weights" (B, heads, N, N); of the class layers, "class_tokens" (B, 1, dim) and "class_weights"
    (B, heads, 1, 1 + N).
    """

    def __init__(
        self,
        image_size: int = 224,
        patch: int = 16,
        dim: int = 384,
        depth: int = 24,
        heads: int = 8,
        hidden: int = 1536,
        classes: int = 1000,
        channels: int = 3,
        *,
        class_depth: int = 2,
        layer_scale: float = 1e-5,
        dropout: float = 0.0,
        drop_path: float = 0.0,
    ):
        super().__init__()
        expect.whole(depth=depth, class_depth=class_depth)
        expect.divisible("image_size", image_size, "patch", patch)
        expect.rate(dropout=dropout, drop_path=drop_path)
        self.embedding = PatchEmbedding(patch, dim, channels)
        side = image_size // patch
        self.position = LearnedPosition((side, side), dim)
        self.dropout = nn.Dropout(dropout)
        options: dict[str, Any] = dict(dropout=dropout, drop_path=drop_path, layer_scale=layer_scale)
        self.layers = nn.ModuleList(TrunkLayer(dim, heads, hidden, **options) for _ in range(depth))
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.class_layers = nn.ModuleList(
            ClassLayer(dim, heads, hidden, layer_scale=layer_scale) for _ in range(class_depth)
        )
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.head = classifier(dim, classes)
        initialise(self)
        nn.init.trunc_normal_(self.cls, std=0.02)

    def forward(self, images: Tensor, record: Record | None = None) -> Tensor:
        return self.head(self.features(images, record))

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        """What the head sees, the normalised CLS token: (B, channels, H, W) -> (B, dim)"""
        return self.tokens(images, record)[:, 0]

    def tokens(self, images: Tensor, record: Record | None = None) -> Tensor:
        """All tokens behind the last LayerNorm, CLS first: (B, channels, H, W) -> (B, 1 + N, dim)"""
        x = self.embed(images)  # (B, N, dim)
        keep(record, "tokens", x)
        for layer in self.layers:
            x = layer(x, record=record)
            keep(record, "tokens", x)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1)  # (B, 1 + N, dim)
        for layer in self.class_layers:
            x = layer(x, record=record)
            keep(record, "class_tokens", x[:, :1])
        return self.norm(x)

    def embed(self, images: Tensor) -> Tensor:
        """Patches and their positions: (B, channels, H, W) -> (B, N, dim)"""
        return self.dropout(self.position(self.embedding(images), self.embedding.grid(images)))


WIDTHS = {
    "XXS": dict(dim=192, heads=4, hidden=768),
    "XS": dict(dim=288, heads=6, hidden=1152),
    "S": dict(dim=384, heads=8, hidden=1536),
    "M": dict(dim=768, heads=16, hidden=3072),
}
DEPTHS = {"XXS": (24, 36), "XS": (24, 36), "S": (24, 36, 48), "M": (24, 36, 48)}

VARIANTS: dict[str, dict[str, Any]] = {
    f"{size}{depth}": dict(depth=depth, layer_scale=1e-5 if depth <= 24 else 1e-6, **widths)
    for size, widths in WIDTHS.items()
    for depth in DEPTHS[size]
}
VARIANTS["XXS36"]["layer_scale"] = 1e-5  # the one that the authors' code has otherwise


def build(variant: str, **overrides: Any) -> CaiT:
    """A variant of the paper: `build("S24")`, `build("XXS24", image_size=32, patch=4, classes=10)`."""
    expect.variant(variant, VARIANTS)
    return CaiT(**{**VARIANTS[variant], **overrides})
