"""How far does a stack of layers see?

Layer 1 has kernels `kernels[0]` wide, placed `strides[0]` apart; layer 2 works on its result, and so on. How
many pixels in a row can **one** output of the last layer depend on, far from the border? The terms are
*receptive field* for that number, and *stride* for the distance.
"""

from grader.exercise import Function


def field_of_view(kernels, strides):
    """kernels, strides: lists of whole numbers, the first layer first -> a number"""
    field, step = 1, 1  # what one output sees; how far apart two neighbours are, in pixels
    for kernel, stride in zip(kernels, strides):
        field = field + (kernel - 1) * step
        step = step * stride
    return field


def backwards(kernels, strides):
    needed = 1
    for kernel, stride in reversed(list(zip(kernels, strides))):
        needed = (needed - 1) * stride + kernel
    return needed


def _stack(draw, layers, strides):
    kernels = draw.shuffled([2, 3, 4, 5, 7])[:layers]
    return dict(kernels=kernels, strides=[draw.choice(strides) for _ in kernels])


exercise = Function(
    field_of_view,
    cases={
        "one layer": lambda draw: _stack(draw, 1, [1, 2, 3]),
        "two layers, stride 1": lambda draw: _stack(draw, 2, [1]),
        "four layers, stride 1": lambda draw: _stack(draw, 4, [1]),
        "two layers with strides": lambda draw: _stack(draw, 2, [2, 3]),
        "four layers with strides": lambda draw: _stack(draw, 4, [2, 3, 4]),
    },
    points=3,
    difficulty=2,
    minutes=8,
    words={"step": "the distance", "field": "the field"},
    slips={
        "field + (kernel - 1) * step -> field * kernel": "The kernels are multiplied: each layer *adds*.",
        "step * stride -> step + stride": "The strides are added: two strides of 2 put neighbours 4 apart.",
        "(kernel - 1) * step -> (kernel - 1) * step * stride": "A layer's own stride is counted in its "
        "own field: it moves apart what comes *behind* it.",
        "(kernel - 1) * step -> (kernel - 1)": "Strides are left out: they put neighbours further apart.",
        "step * stride -> stride": "Only the stride of the layer before counts: all of them multiply.",
    },
    also_right=[backwards],
    hints=[
        "Two layers 3 wide, stride 1: the output sees three middle values, and these see 3 + 1 + 1 pixels.",
        "Each layer adds k − 1 steps. How long is a step, in pixels, behind layers with strides?",
        "Two numbers through the loop: the field so far, and how many pixels apart neighbours are now.",
    ],
)
