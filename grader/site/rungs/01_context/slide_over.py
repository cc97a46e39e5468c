"""A filter slides over a list

The smallest convolution there is: at each place at which the filter fits, multiply
number by number, and add up. No padding, stride 1; the filter is not turned round.
"""

from grader.site.rung import Rung


def slide_over(numbers, weights):
    """numbers: n, weights: k ≤ n -> the n - k + 1 sums, a list"""
    sums = []
    for start in range(len(numbers) - len(weights) + 1):
        sums.append(sum(weight * numbers[start + i] for i, weight in enumerate(weights)))
    return sums


def lists(draw, n, k):
    return {
        "numbers": [draw.integer(-5, 9) for _ in range(n)],
        "weights": [draw.integer(1, 4) for _ in range(k - 1)] + [5],
    }


rung = Rung(
    slide_over,
    before="conv2d",
    cases={
        "a filter of three": lambda draw: lists(draw, draw.integer(6, 9), 3),
        "a filter as long as the list": lambda draw: lists(draw, 4, 4),
    },
    slips={
        "range(len(numbers) - len(weights) + 1) -> range(len(numbers) - len(weights))": (
            "The last place is missing: the filter fits n − k + 1 times."
        ),
        "range(len(numbers) - len(weights) + 1) -> range(0, len(numbers) - len(weights) + 1, len(weights))": (
            "The filter jumps by its own length; with stride 1 it moves on by one."
        ),
        "enumerate(weights) -> enumerate(list(reversed(weights)))": (
            "The filter is turned round. Mathematicians call that convolution; networks leave it as it is."
        ),
    },
    also_right=[
        "sum(weight * numbers[start + i] for i, weight in enumerate(weights)) -> "
        "sum([a * b for a, b in zip(weights, numbers[start:])])",
    ],
    hints=[
        "How often does a filter of 3 fit into a list of 5?",
        "range(len(numbers) - len(weights) + 1) gives the places at which it begins.",
    ],
)
