"""How far apart?

The Euclidean distance of the two patches of each pair, in steps of the grid, then **rescaled to [−1, 1]**:
−1 for a patch and itself, 1 for the widest pair of the grid; a tensor of floats. You have `grid_places`.
"""

from grader.catalogue import reference
from grader.exercise import Function

grid_places = reference("grid_places")


def scaled_distances(H, W):
    """H, W: ints, patches, not both 1 -> (N, N), floats, −1 … 1; N = H·W"""
    places = grid_places(H, W)  # (N, 2)
    way = places[:, None] - places[None]  # (N, N, 2)
    distance = way.pow(2).sum(dim=-1).sqrt()  # (N, N)
    return 2 * distance / distance.max() - 1


def _case(H, W):
    return lambda draw: {"H": H, "W": W}


exercise = Function(
    scaled_distances,
    cases={
        "3 × 3": _case(3, 3),
        "two rows of five": _case(2, 5),
        "six rows of four": _case(6, 4),
        "one row": _case(1, 7),
    },
    gives="floats",
    words={"distance": "the distance", "way": "the way between the two"},
    slips={
        "2 * distance / distance.max() - 1 -> distance": "The distances are in steps; they are to be "
        "rescaled.",
        "2 * distance / distance.max() - 1 -> distance / distance.max()": "They are rescaled to 0 … 1: from "
        "−1 to 1 is asked for.",
        "way.pow(2).sum(dim=-1).sqrt() -> way.abs().sum(dim=-1)": "Steps are counted along the streets: the "
        "straight line is asked for.",
        "way.pow(2).sum(dim=-1).sqrt() -> way.pow(2).sum(dim=-1)": "The root is missing: these are squared "
        "distances.",
        "way.pow(2).sum(dim=-1).sqrt() -> way.abs().amax(dim=-1)": "Only the longer of the two ways counts: "
        "the straight line is asked for.",
        "way.pow(2).sum(dim=-1).sqrt() -> way.sum(dim=-1).abs()": "The two ways are added with their signs: "
        "down and left then cancel.",
        "distance.max() -> (H**2 + W**2)**0.5": "The scale is √(H² + W²): the widest pair is H − 1 and W − 1 "
        "steps apart.",
        "distance.max() -> (H * W)**0.5": "The scale is √(H·W): the widest pair is H − 1 and W − 1 "
        "steps apart.",
        "distance.max() -> H * 2**0.5": "The scale is H√2: the widest pair is H − 1 and W − 1 steps apart.",
        "2 * distance / distance.max() - 1 -> (distance - distance.mean()) / distance.std()": "They are "
        "standardised, to mean 0 and spread 1: from −1 to 1 is asked for.",
        "distance.max() -> distance.amax(dim=-1, keepdim=True)": "Each patch has a scale of its own: one "
        "maximum for the whole grid is meant.",
    },
    also_right=[
        "way.pow(2).sum(dim=-1).sqrt() -> way.norm(dim=-1)",
        "way.pow(2).sum(dim=-1).sqrt() -> torch.cdist(places, places)",
    ],
    points=3,
    difficulty=2,
    minutes=8,
    hints=[
        "The differences of before, (N, N, 2): Pythagoras along the last axis.",
        "Divide by the largest of all: 0 … 1. What makes −1 … 1 of it?",
    ],
    may_not_call=["course.ssl"],
)
