"""Four answers to the same question"""

from grader.exercise import Matching

exercise = Matching(
    question="All four hide a part of an image and ask for it. What stands in the **encoder** where "
    "something is hidden, and what is the target?",
    left={"a": "MAE", "b": "MaskFeat", "c": "FCMAE", "d": "I-JEPA"},
    right={
        "1": "nothing; the pixels of the patch, to its own scale",
        "2": "a mask token; histograms of edges",
        "3": "zeros, anew in every layer; the pixels of the patch",
        "4": "nothing; what a slow average of the encoder says of the whole image",
        "5": "the patch itself, noisy; the clean pixels",
        "6": "a mask token; which class the image is of",
    },
    pairs={"a": "1", "b": "2", "c": "3", "d": "4"},
    why={
        ("a", "2"): "MAE's mask tokens enter the *decoder*: that is what makes its encoder cheap.",
        ("a", "3"): "A Transformer can leave tokens out; zeros are what a convolution needs.",
        ("b", "1"): "MaskFeat's encoder reads as many tokens as ever, with mask tokens among them.",
        ("c", "1"): "A convolution cannot leave places out: it slides over all of them.",
        ("d", "1"): "I-JEPA paints nothing: its target is features.",
        ("d", "2"): "I-JEPA's student reads its context only; mask tokens stand in the predictor.",
    },
    points=3,
    difficulty=2,
    minutes=6,
    hints=[
        "Which of the four is a convolutional network? Which of them has a teacher?",
        "MaskFeat's features are made by hand.",
    ],
)
