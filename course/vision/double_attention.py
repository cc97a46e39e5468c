"""A²-Net: attention in two steps, gather the map into a few descriptors, then hand them out to its positions.

    Z = [A softmax(B)ᵀ] softmax(V)        Chen et al. 2018 ("A²-Nets: Double Attention Networks"), section 3

    A = W_A X (c_m × N)    the features
    B = W_B X (c_n × N)    c_n attention maps, each softmaxed over the N = H·W *positions*: gather
    V = W_V X (c_n × N)    for each position a softmax over the c_n *descriptors*: distribute

The brackets are the point. A softmax(B)ᵀ is c_m × c_n, a few numbers about the whole image, so the cost grows
with N, where the non-local block compares N² pairs. Multiplied out the other way, softmax(B)ᵀ softmax(V) is a
matrix of attention weights as any other, its rows summing to one, but of rank c_n at most.

What people usually get wrong
- the second softmax runs over the descriptors, not over the positions again, as in several well-known ports:
  each position *chooses* among what was gathered, and its choices sum to one;
- A takes no softmax: it is what is gathered, not how.

Parameters of a block with C channels, c_m = c_n = C/2: 2 C² + 2½ C.
ResNet-50, five blocks: 32,907,304 with 1,000 classes.
Paper: ResNet-50 with these blocks outdoes ResNet-152 on ImageNet with over 40 % fewer parameters. That is how
the widths were chosen here: C/2, as in the non-local block, has 45 % fewer; C/4, as in some ports, 51 %.
"""

from typing import Any

from torch import Tensor, nn

from course import expect
from course.record import Record, keep
from course.vision.non_local import NonLocalResNet, flatten


class DoubleAttention(nn.Module):
    """x: (B, C, H, W) -> the same shape

    `features` is c_m and `descriptors` c_n, each C/2 unless given. The last layer starts at zero, and so the
    block as the identity, as the non-local block does (the paper does not say). A `record` keeps

    - "gather", (B, c_n, N): where in the image each descriptor looks;
    - "distribute", (B, N, c_n): which descriptors each position takes;
    - "weights", (B, N, N): their product, how much each position takes from each other, through all of them.
    """

    def __init__(self, channels: int, features: int | None = None, descriptors: int | None = None):
        super().__init__()
        expect.whole(channels=channels)
        half = max(channels // 2, 1)
        features = half if features is None else features
        descriptors = half if descriptors is None else descriptors
        expect.whole(features=features, descriptors=descriptors)
        self.features = nn.Conv2d(channels, features, 1)  # W_A
        self.gather = nn.Conv2d(channels, descriptors, 1)  # W_B
        self.distribute = nn.Conv2d(channels, descriptors, 1)  # W_V
        self.output = nn.Conv2d(features, channels, 1)
        for parameter in self.output.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        expect.images(x, self.features.in_channels, self.features.weight)
        gather = flatten(self.gather(x)).transpose(1, 2).softmax(dim=2)  # (B, c_n, N), over positions
        distribute = flatten(self.distribute(x)).softmax(dim=2)  # (B, N, c_n), over descriptors
        gathered = gather @ flatten(self.features(x))  # (B, c_n, c_m)
        z = distribute @ gathered  # (B, N, c_m)
        if record is not None:
            keep(record, "gather", gather)
            keep(record, "distribute", distribute)
            keep(record, "weights", distribute @ gather)
        return x + self.output(z.transpose(1, 2).unflatten(2, x.shape[-2:]))


# The paper has one such network, without a name; this is how `course.vision.non_local` would call it.
VARIANTS: dict[str, dict[str, Any]] = {
    "R50/5": dict(form=DoubleAttention, after=((), (1, 3), (1, 3, 5), ())),
}


def build(variant: str, **overrides: Any) -> NonLocalResNet:
    """ResNet-50 with five blocks, where the non-local network has its five: `build("R50/5", classes=10)`."""
    expect.variant(variant, VARIANTS)
    return NonLocalResNet(**{**VARIANTS[variant], **overrides})
