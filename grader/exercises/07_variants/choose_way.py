"""Which of them would fit?"""

from grader.exercise import Matching

exercise = Matching(
    question="A head's table must stay below **one million numbers** (4 MB in float32). Compute it for each "
    "way that comes into question, with your formulas, then match. Where several fit, take the one in which "
    "a token reaches farthest in **one** look; where those reach equally far, the one with the most tokens.",
    left={
        "a": "a 28 × 28 image, each pixel a token",
        "b": "a 224 × 224 image, each pixel a token",
        "c": "a 224 × 224 image, no CNN in front, and the whole of it seen in one look",
        "d": "a CNN for 512 × 512 images, whose maps are 4, 8, 16, 32 times smaller: one look over a map",
    },
    right={
        "1": "all pixels attend to all",
        "2": "windows of 3 × 3",
        "3": "windows of 7 × 7",
        "4": "column, then row",
        "5": "patches of 8 × 8",
        "6": "patches of 16 × 16",
        "7": "a block on the map 16 times smaller",
        "8": "a block on the map 32 times smaller",
        "9": "a block on the map 8 times smaller",
    },
    pairs={"a": "1", "b": "2", "c": "5", "d": "8"},
    why={
        ("a", "4"): "This fits, and needs two looks; 28⁴ = 614,656 fits as well.",
        ("a", "3"): "This fits; but 28⁴ = 614,656 fits as well, and sees everything.",
        ("b", "3"): "224² · 7² = 2,458,624: more than a million.",
        ("b", "4"): "2 · 224³ is more than 22 million.",
        ("c", "6"): "(224/16)⁴ = 38,416 fits, and so does (224/8)⁴ = 614,656, with four times the tokens.",
        ("c", "9"): "The map of a CNN has as many tokens, and there is none in front here.",
        ("c", "4"): "2 · 224³ is more than 22 million, and it takes two looks.",
        ("d", "7"): "(512/16)⁴ = 1,048,576: just too much.",
        ("d", "9"): "(512/8)⁴ is more than 16 million.",
    },
    points=3,
    difficulty=2,
    minutes=7,
    hints=[
        "28⁴, 224²·9, 224²·49, (224/8)⁴, (512/16)⁴: work them out before you choose.",
        "One of them misses a million by 5 %.",
    ],
)
