"""Which change makes the label untrue?"""

from grader.exercise import Matching

exercise = Matching(
    question="An augmentation says: whatever I do, the answer stays. Match each task with the change that "
    "does it **most harm**: the one that touches just what the answer lies in. Use each number once at most.",
    left={
        "a": "handwritten digits, 0 … 9",
        "b": "lines of text, to be read",
        "c": "satellite images: forest, water, field, town",
        "d": "photographs of faces: whose is it?",
        "e": "moles on skin: is this one harmless? (a doctor goes by colour and size)",
    },
    right={
        "1": "a half turn (180°)",
        "2": "crops that keep half of the width",
        "3": "hue turned by half of the circle",
        "4": "a box of another person's picture pasted in, the name kept",
        "5": "hue, and zoom by a factor of 2",
        "6": "nothing of these: it may be turned, mirrored, and cropped",
    },
    pairs={"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"},
    why={
        ("a", "2"): "Half of a digit may still be told; a half turn makes a 6 of a 9 with no trace left.",
        ("a", "3"): "Digits are grey: nothing happens.",
        ("b", "1"): "A line upside down is hard to read, and still says the same; half of it does not.",
        ("b", "5"): "Zoomed in, letters are lost, too; but the hue is not what one reads by.",
        ("b", "3"): "Text in another colour reads the same.",
        ("c", "1"): "From above there is no up: a half turn of a forest is a forest.",
        ("c", "2"): "A town may be cut off; half of a forest, or of a field, is a forest or a field.",
        ("c", "5"): "Colour tells them apart; a forest twice as large is a forest. Who goes by size, too?",
        ("c", "6"): "Hue turned half round makes green of magenta, and blue of orange: water of a field.",
        ("d", "3"): "A strange colour, and the same person.",
        ("e", "1"): "Skin has no up. What does the doctor go by?",
        ("e", "3"): "True as far as it goes: but size is what the doctor goes by, too.",
    },
    points=2,
    difficulty=1,
    minutes=4,
    hints=[
        "Ask of each: would a person who knows give another answer than before?",
        "Where the answer lies in a direction, a colour or a size, who changes that changes the answer.",
    ],
)
