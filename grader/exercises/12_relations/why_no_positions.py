"""What would positions do?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="While it learns relations, the encoder gets no positions. Why not? (Think of what you saw on "
    "images of pure noise.)",
    options={
        "a": "With positions the answer stands in the input: it can be read off without looking at the "
        "image, and nothing is learnt about images.",
        "b": "Positions are parameters, and would have to be learnt from few images.",
        "c": "Without positions attention is quicker.",
        "d": "Positions would be learnt wrongly, and fine-tuning could not mend them.",
    },
    right="a",
    why={
        "b": "So they are in each ViT, and learnt they are; too well, here.",
        "c": "Adding a table costs next to nothing.",
        "d": "They would be learnt rightly: that is the trouble.",
    },
    points=2,
    difficulty=2,
    minutes=3,
    hints=[
        "How was it possible to be right of 99 % of all pairs on images in which there is nothing to see?",
        "What does a net have to look at if each patch comes with its row and its column?",
    ],
)
