"""Who stays?

Each patch gets a random number, its noise; the `kept` patches of least noise stay.
Return their numbers, the one of least noise first. With noise [0.7, 0.1, 0.9, 0.4]
and two kept: [1, 3].
"""

from grader.site.rung import Rung


def stay_by_noise(noise, kept):
    """noise: N numbers, kept: int -> the places of the `kept` least, a list"""
    order = sorted(range(len(noise)), key=lambda place: noise[place])
    return order[:kept]


def patches(draw, N, kept):
    return {"noise": [number / 100 for number in draw.shuffled(range(100))[:N]], "kept": kept}


rung = Rung(
    stay_by_noise,
    before="choose_visible",
    cases={
        "two of six stay": lambda draw: patches(draw, 6, 2),
        "four of nine stay": lambda draw: patches(draw, 9, 4),
    },
    slips={
        "order[:kept] -> order[-kept:]": ("These are the patches of most noise; those of least noise stay."),
        "order[:kept] -> sorted(order[:kept])": (
            "The right patches, in the order of their places; the one of least noise is to be first."
        ),
        "order[:kept] -> [noise[place] for place in order[:kept]]": (
            "These are their noises; their places are asked for."
        ),
        "sorted(range(len(noise)), key=lambda place: noise[place]) -> "
        "[sorted(noise).index(number) for number in noise]": (
            "This is the rank of each patch's noise, not which patch has which rank."
        ),
        "order[:kept] -> order[kept:]": "These are the patches that are hidden.",
    },
    also_right=[
        "sorted(range(len(noise)), key=lambda place: noise[place]) -> [place for _, place in "
        "sorted([(number, place) for place, number in enumerate(noise)])]",
    ],
    hints=[
        "sorted(range(N), key=…) sorts the places, and not the numbers.",
        "key=lambda place: noise[place]; then the first `kept` of them.",
    ],
)
