"""Why do they change places?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="NT-Xent with batches of 16 and of 256, by kNN: at about 9,600 images seen 92.3 ± 1.4 and "
    "86.3 ± 0.2; at 150 steps 86.1 ± 0.5 and 93.2 ± 1.2. A paper wants to say that large batches are better "
    "*because they have more negatives*. Which control would show it?",
    options={
        "a": "The second pair of numbers: at equal steps the large batch wins.",
        "b": "Ten seeds in place of three, at equal steps.",
        "c": "Batches of 256 in which each view is compared with 30 others only, beside whole ones: same "
        "images, same steps.",
        "d": "Batches of 16 for 2,400 steps: as many images as 256 has in 150.",
        "e": "The same table with the rate of learning halved.",
    },
    right="c",
    why={
        "a": "At equal steps the large batch has seen sixteen times as many images, too: was it these, or "
        "the negatives?",
        "b": "The difference is beyond doubt already; its *cause* is not.",
        "d": "That holds the images equal, and lets steps differ sixteenfold: then steps are the confounder.",
        "e": "One more thing changes, and what is asked about, images against negatives, still changes "
        "together.",
    },
    points=2,
    difficulty=3,
    minutes=4,
    hints=[
        "List all that differs between the two: negatives, images seen, steps, FLOPs. A control lets one "
        "of them differ.",
        "Could the number of negatives be changed alone, within a batch?",
    ],
)
