"""The non-local block: each position of a feature map looks at all the others, and adds what it finds.

    y_i = 1/C(x) Σ_j f(x_i, x_j) g(x_j)             Wang et al. 2018, equation 1
    z_i = W_z y_i + x_i                             equation 6

    f(x_i, x_j) = exp(x_iᵀ x_j)                     equation 2, Gaussian,            C = Σ_j f
                  exp(θ(x_i)ᵀ φ(x_j))               equation 3, embedded Gaussian,   C = Σ_j f
                  θ(x_i)ᵀ φ(x_j)                    equation 4, dot product,         C = number of keys
                  ReLU(w_fᵀ [θ(x_i), φ(x_j)])       equation 5, concatenation,       C = number of keys

With the embedded Gaussian this *is* self-attention: θ, φ, g are the queries, keys and values, 1/C Σ f is the
softmax, and W_z the output layer. What it lacks of a Transformer's is heads and positions.

What people usually get wrong
- the 2 × 2 max-pooling stands behind φ and g only: with fewer keys the map keeps its size, with fewer
  queries it would not;
- C of the dot product counts the *keys*, a quarter of the positions where they are pooled;
- BatchNorm stands once, behind W_z, and its factor γ starts at 0: the block starts as the identity, and can
  be put into a network that is already trained without disturbing it;
- equation 3 has no 1/√D, the authors' code divides; so do we, as everywhere in the course.

Parameters of a block with C channels: 2 C² + 3½ C; Gaussian, C² + 2½ C; concatenation, C more.
ResNet-50, five blocks: 32,911,400 with 1,000 classes.
Paper: Kinetics top-1 of C2D ResNet-50 71.8 %, with 1 block 72.7, 5 blocks 73.8, 10 blocks 74.3; of one block,
Gaussian 72.5, embedded 72.7, dot product 72.9, concatenation 72.8: that there is one matters, not which.
"""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import linear, scaled_dot_product_attention

from course import expect
from course.attention import attention_weights
from course.record import Record, keep
from course.vision.resnet import Block, Bottleneck, ResNet, Stage


class NonLocal(nn.Module):
    """The embedded Gaussian. x: (B, C, H, W) -> the same shape

    `inner` is the width of queries, keys and values, C/2 unless given. A `record` keeps "weights", (B, N, M):
    how much each of the N = H·W positions takes from each of the M = ⌈H/2⌉·⌈W/2⌉ pooled ones, row by row.
    The other forms override `attend`, and Gaussian what the queries and keys are.
    """

    def __init__(self, channels: int, inner: int | None = None):
        super().__init__()
        expect.whole(channels=channels)
        inner = max(channels // 2, 1) if inner is None else inner
        expect.whole(inner=inner)
        self.query: nn.Module = nn.Conv2d(channels, inner, 1)  # θ
        self.key: nn.Module = nn.Conv2d(channels, inner, 1)  # φ
        self.value = nn.Conv2d(channels, inner, 1)  # g
        self.pool = nn.MaxPool2d(2, ceil_mode=True)  # an odd last row or column is looked at, too
        self.output = nn.Conv2d(inner, channels, 1, bias=False)  # W_z
        self.norm = nn.BatchNorm2d(channels)
        nn.init.zeros_(self.norm.weight)  # γ

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        expect.images(x, self.value.in_channels, self.value.weight)
        q = flatten(self.query(x))  # (B, N, inner)
        k = flatten(self.pool(self.key(x)))  # (B, M, inner)
        v = flatten(self.pool(self.value(x)))  # (B, M, inner)
        y = self.attend(q, k, v, record)  # (B, N, inner)
        y = y.transpose(1, 2).unflatten(2, x.shape[-2:])  # (B, inner, H, W)
        return x + self.norm(self.output(y))

    def attend(self, q: Tensor, k: Tensor, v: Tensor, record: Record | None) -> Tensor:
        """What each query finds: q: (B, N, D), k: (B, M, D), v: (B, M, inner) -> (B, N, inner)"""
        if record is None:
            # the kernel wants a dimension for heads, here one, and the channels of a position side by side
            q, k, v = (x[:, None].contiguous() for x in (q, k, v))  # (B, 1, N, D), (B, 1, M, D or inner)
            return scaled_dot_product_attention(q, k, v)[:, 0]
        weights = attention_weights(q, k)  # (B, N, M)
        keep(record, "weights", weights)
        return weights @ v


class Gaussian(NonLocal):
    """The positions compared as they are, without θ and φ.

    Values are half as wide as queries and keys, which PyTorch's fused kernel for the CPU does not take: there
    the weights are formed, record or not.
    """

    def __init__(self, channels: int, inner: int | None = None):
        super().__init__(channels, inner)
        self.query, self.key = nn.Identity(), nn.Identity()


class DotProduct(NonLocal):
    """Without the exponential and the softmax: weights of any sign, whose rows sum to anything.

    Nothing stands between the two products, so they may be taken in the other order, Q (Kᵀ V), whose cost
    grows with N and not with N²: with a record the weights are formed, without one they never are.
    """

    def attend(self, q: Tensor, k: Tensor, v: Tensor, record: Record | None) -> Tensor:
        M = k.shape[1]
        if record is None:
            return q @ (k.transpose(1, 2) @ v / M)  # (B, D, inner) in between
        weights = q @ k.transpose(1, 2) / M  # (B, N, M)
        keep(record, "weights", weights)
        return weights @ v


class Concatenation(NonLocal):
    """A linear layer scores each query beside each key, as additive attention does without its tanh.

    w_fᵀ [θ, φ] is a term of the query plus a term of the key, so each is computed once, not once a pair.
    """

    def __init__(self, channels: int, inner: int | None = None):
        super().__init__(channels, inner)
        self.score = nn.Linear(2 * self.value.out_channels, 1, bias=False)  # w_f

    def attend(self, q: Tensor, k: Tensor, v: Tensor, record: Record | None) -> Tensor:
        of_query, of_key = self.score.weight.chunk(2, dim=1)  # (1, inner) each
        scores = linear(q, of_query) + linear(k, of_key).transpose(1, 2)  # (B, N, 1) + (B, 1, M)
        weights = scores.relu() / k.shape[1]  # (B, N, M)
        keep(record, "weights", weights)
        return weights @ v


def flatten(x: Tensor) -> Tensor:
    """A map as a sequence of positions, row by row: (B, C, H, W) -> (B, H·W, C)"""
    return x.flatten(2).transpose(1, 2)


class NonLocalResNet(ResNet):
    """A ResNet with non-local blocks among its own. images: (B, channels, H, W) -> logits (B, classes)

    For each stage, `after` counts from 0 the blocks behind which another stands, made by `form` from the
    number of channels; `options` are ResNet's. All start as the identity: with the weights of a plain ResNet
    the network computes what that did. A `record` also keeps "weights", of each non-local block.
    """

    def __init__(
        self,
        form: Callable[[int], nn.Module] = NonLocal,
        after: Sequence[Sequence[int]] = ((), (1, 3), (1, 3, 5), ()),
        *,
        block: type[Block] = Bottleneck,
        width: int = 64,
        **options: Any,
    ):
        super().__init__(block, width=width, **options)
        if len(after) != len(self.stages):
            raise ValueError(f"after must say of {len(self.stages)} stages where; it says of {len(after)}")
        for stage, (blocks, numbers) in enumerate(zip(self.stages, after)):
            assert isinstance(blocks, Stage)
            last = len(blocks) - 1
            for number in sorted(set(numbers), reverse=True):  # so that the others keep their place
                if not 0 <= number <= last:
                    raise ValueError(f"after must name blocks 0 to {last} of stage {stage}; got {number}")
                blocks.insert(number + 1, form(block.expansion * width * 2**stage))


VARIANTS: dict[str, dict[str, Any]] = {
    "R50/1": dict(after=((), (), (4,), ())),  # before the last block of the third stage, "res4"
    "R50/5": dict(after=((), (1, 3), (1, 3, 5), ())),  # after every other block of "res3" and "res4"
    "R50/10": dict(after=((), range(4), range(6), ())),  # after every block of the two
}


def build(variant: str, **overrides: Any) -> NonLocalResNet:
    """A ResNet-50 of the paper, for images: `build("R50/5")`, `build("R50/1", form=DotProduct)`."""
    expect.variant(variant, VARIANTS)
    return NonLocalResNet(**{**VARIANTS[variant], **overrides})
