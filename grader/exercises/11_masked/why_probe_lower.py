"""A probe is not a fine-tune"""

from grader.exercise import Quiz

exercise = Quiz(
    question="ViT-L, pre-trained on ImageNet without labels: MoCo v3 (two views) reaches 77.6 % by a linear "
    "probe and 84.1 % fine-tuned; MAE 75.8 % and **85.9 %**. Which sentence explains how MAE can be behind "
    "by the one and ahead by the other?",
    options={
        "a": "A probe has fewer parameters, so that its numbers are noisier; the order is chance.",
        "b": "Fine-tuning throws away what was pre-trained, so that only the architecture counts.",
        "c": "MAE's last layer still prepares to paint patches; classes are in its features, but do not lie "
        "in straight directions. A probe may only read straight ones, fine-tuning may turn them.",
        "d": "MAE saw only a quarter of each image, so that its features describe a quarter.",
    },
    right="c",
    why={
        "a": "Both were measured on 50,000 images: two points are many images.",
        "b": "Then both would reach the same, that of the same network from scratch: 82.6 %.",
        "d": "Features are taken of the whole image, without a mask; and then fine-tuning would suffer, too.",
    },
    points=2,
    difficulty=3,
    minutes=5,
    hints=[
        "What may a linear probe change, and what may fine-tuning?",
        "What was the last layer of each method trained to do?",
    ],
)
