"""A network of your convolutions

The layers are made for you: `self.first` and `self.second` hold a `weight` and a `bias`, `self.last` is a
linear layer. Write `forward(self, x)`: your `conv2d` with the first kernels and one zero around the image,
ReLU; the same with the second; then the **mean over all places** of each channel, and the linear layer. Hand
your `conv2d` the weight and the bias of a layer; do not call the layer.
"""

from functools import partial

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module

conv2d = reference("conv2d")


class ConvNet(nn.Module):
    """Two convolutions and a mean over places. x: (B, C, H, W) -> (B, classes)"""

    def __init__(self, C, D, classes):
        super().__init__()
        self.first = nn.Conv2d(C, D, 3)
        self.second = nn.Conv2d(D, D, 3)
        self.last = nn.Linear(D, classes)

    ### BEGIN SOLUTION
    def forward(self, x):
        x = conv2d(x, self.first.weight, self.first.bias, padding=1).relu()  # (B, D, H, W)
        x = conv2d(x, self.second.weight, self.second.bias, padding=1).relu()
        pooled = x.mean(dim=(-2, -1))  # (B, D)
        return self.last(pooled)  # (B, classes)
        ### END SOLUTION


def _images(batch, H, W, draw):
    C, D, classes = draw.shuffled([2, 3, 4, 5])[:3]
    return dict(init=dict(C=C, D=D, classes=classes), inputs=dict(x=draw.normal(batch, C, H, W)))


SIZES = {"one image": (1, 6, 7), "a batch": (4, 7, 5), "larger images": (3, 12, 9)}
exercise = Module(
    ConvNet,
    cases={name: partial(_images, *sizes) for name, sizes in SIZES.items()},
    points=4,
    difficulty=3,
    minutes=10,
    words={"pooled": "the means", "first": "the first kernels", "second": "the second kernels"},
    slips={
        "_x.relu() -> _x": "There is no ReLU: two convolutions in a row are one convolution, 5 wide.",
        "x.mean(dim=_d) -> x.amax(dim=_d)": "The largest number of each channel is taken, not the mean.",
        "x.mean(dim=_d) -> x.sum(dim=_d)": "The places are added up: in a larger image the numbers grow.",
        "conv2d(_x, _w, self.first.bias, padding=1) -> conv2d(_x, _w, self.first.bias)": "The first "
        "convolution has no zeros around it.",
        "conv2d(_x, _w, self.second.bias, padding=1) -> conv2d(_x, _w, self.second.bias)": "The second "
        "convolution has no zeros around it.",
    },
    hints=["Layer by layer: conv2d(x, weight, bias, padding=1), then `.relu()`.", "The mean leaves (B, D)."],
    may_not_call=["F.conv2d", "F.conv3d"],
)
