"""On what not?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Weight decay pulls what it is set on towards 0 in every step. A fine-tuned ViT: on which of "
    "these should it **not** be set, and why?",
    options={
        "a": "On none: with few labels everything should be pulled.",
        "b": "On the head: it is new and must grow.",
        "c": "On biases, the scales of LayerNorm, the CLS token and the positions: a scale of 0 silences its "
        "channel and makes no function simpler, and these are few numbers.",
        "d": "On the frozen layers, which would otherwise shrink.",
    },
    right="c",
    why={
        "a": "Pulled to 0, a LayerNorm's scale does not smooth the function: it takes the channel away.",
        "b": "A head that may grow without end is what few labels are learnt by heart with.",
        "d": "What is frozen is given to no optimiser: it is not pulled either. Name what *is* trained.",
    },
    points=2,
    difficulty=2,
    minutes=3,
    hints=[
        "What does a LayerNorm give when its scale is 0, and when its scale is small?",
        "Decay is meant for matrices that could grow; of which of these is the size itself what was learnt?",
    ],
)
