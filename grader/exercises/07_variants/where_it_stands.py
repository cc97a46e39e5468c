"""How does a convolution know where it is?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Every place of PEG's image meets the same kernel. With zeros around the image, a moved image "
    "gives outputs that are not only moved; with an image that goes round (circular padding) they are moved "
    "and nothing else. Which sentence explains **both**?",
    options={
        "a": "The kernel has 3 × 3 different numbers, so that left and right can be told apart.",
        "b": "The zeros are seen at the border and nowhere else: a token there has an output that no other "
        "place can have, and later layers can read off how far away that is.",
        "c": "The residual keeps the token, and the token knows where it stands.",
        "d": "The bias of the convolution is another one at each place.",
    },
    right="b",
    why={
        "a": "So it is with circular padding, too, and there every place is like every other.",
        "c": "Nothing told the token: there are no positions at the input.",
        "d": "There is one bias a channel, the same at each place.",
    },
    points=2,
    difficulty=2,
    minutes=3,
    hints=[
        "Is there any place at which the two paddings give different outputs?",
        "What would a constant image look like behind each of them?",
    ],
)
