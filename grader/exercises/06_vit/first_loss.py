"""The loss before the first step

The head begins at zero. `given.classes` is how many classes your data have. **What is the cross-entropy of
your ViT before it has learnt anything**, in nats, whatever the images are?
"""

from grader.exercise import Number

exercise = Number(
    given=lambda draw: {"classes": draw.integer(20, 900)},
    value="log(classes)",
    unit="nats",
    slips={
        "1 / classes": "This is the probability of the true class; the loss is minus its logarithm.",
        "log2(classes)": "This is in bits; PyTorch's cross-entropy takes the natural logarithm.",
        "log(classes) / log(10)": "This is the logarithm to the base 10; PyTorch takes the natural one.",
        "-log(classes)": "The sign is turned: the logarithm of a probability is negative, the loss minus "
        "that.",
        "log(classes) / classes": "The loss is a mean over images, not over classes.",
        "exp(classes)": "That is the inverse: the loss is a logarithm.",
    },
    points=1,
    difficulty=1,
    minutes=3,
    hints=[
        "All logits are zero. Which probability does the softmax give each class?",
        "Cross-entropy is minus the natural logarithm of the probability of the true class.",
    ],
)
