"""A network of your convolutions

The layers are made for you: `self.first` and `self.second` hold a `weight` and a `bias`, `self.last` is a
linear layer. Write `forward(self, x)`: your `conv2d` with the first kernels and one zero around the image,
ReLU; the same with the second; then the **mean over all places** of each channel, and the linear layer. Hand
your `conv2d` the weight and the bias of a layer; do not call the layer.
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module

conv2d = reference("conv2d")


class ConvNet(nn.Module):
    """Two convolutions 3 wide, the mean over all places, one score for each class.

    x: (B, C, H, W) -> (B, classes)
    """

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


def _images(batch, sides):
    def case(draw):
        C, D, classes = draw.shuffled([2, 3, 4, 5])[:3]
        H, W = sides
        return dict(init=dict(C=C, D=D, classes=classes), inputs=dict(x=draw.normal(batch, C, H, W)))

    return case


exercise = Module(
    ConvNet,
    cases={
        "one image": _images(1, (6, 7)),
        "a batch": _images(4, (7, 5)),
        "larger images": _images(3, (12, 9)),
    },
    points=4,
    difficulty=3,
    minutes=10,
    words={"pooled": "the means", "first": "the first kernels", "second": "the second kernels"},
    slips={
        "_x.relu() -> _x": "There is no ReLU: two convolutions in a row are one convolution, 5 wide.",
        "x.mean(dim=(-2, -1)) -> x.amax(dim=(-2, -1))": "The largest number of each channel is taken, not "
        "the mean.",
        "x.mean(dim=(-2, -1)) -> x.sum(dim=(-2, -1))": "The places are added up: in a larger image the "
        "numbers grow. Take the mean.",
        "conv2d(_x, _w, self.second.bias, padding=1) -> conv2d(_x, _w, self.second.bias)": "The "
        "second convolution has no zeros around it.",
        "conv2d(_x, _w, self.first.bias, padding=1) -> conv2d(_x, _w, self.first.bias)": "The "
        "first convolution has no zeros around it.",
        "self.last(pooled) -> self.last(pooled).softmax(dim=-1)": "A softmax stands at the end: the loss "
        "wants the scores as they are.",
    },
    hints=[
        "conv2d(x, self.first.weight, self.first.bias, padding=1) is the first layer.",
        "`.relu()` behind each of the two; then the mean over the last two axes leaves (B, D).",
        "x.mean(dim=(-2, -1)), and self.last turns D numbers into scores.",
    ],
    may_not_call=["F.conv2d", "F.conv3d"],
)
