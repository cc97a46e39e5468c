"""Which curve is which?

The curves A–D of the figures above: the entropy of the teacher's answers, how many of its 128 outputs are in
use, and the rank of its logits. The first two tell.
"""

from grader.exercise import Matching

exercise = Matching(
    question="Which setting made which curve? (ln 128 = 4.85)",
    left={"a": "A", "b": "B", "c": "C", "d": "D"},
    right={
        "1": "centring and sharpening",
        "2": "centring alone",
        "3": "sharpening alone",
        "4": "neither",
    },
    pairs={"a": "3", "b": "1", "c": "4", "d": "2"},
    why={
        ("a", "2"): "Centring takes away what all images share: with it, no output can win for every image.",
        ("a", "4"): "Sure of itself from the start: something sharpens.",
        ("d", "3"): "Sharpening lowers the entropy; here it has climbed to the largest that there is.",
        ("d", "4"): "Something drives it up to ln 128; without either nothing drives it anywhere.",
        ("c", "2"): "Centring drives the entropy up to ln 128; this one stands still below it.",
        ("c", "1"): "Its entropy stands still, and its loss is equal to it: nothing moves.",
        ("b", "4"): "Its entropy moves until the end: two forces are at work.",
    },
    points=4,
    difficulty=3,
    minutes=6,
    hints=[
        "Centring alone pushes towards all outputs alike: which entropy is that? Sharpening alone makes the "
        "teacher sure: which entropy is that, and how many outputs win?",
        "Of the two that are left, one stands still: with the same temperature for both and nothing taken "
        "away, "
        "the student agrees with its teacher at once.",
    ],
)
