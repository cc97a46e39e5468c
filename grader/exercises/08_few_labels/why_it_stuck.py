"""Why did it not get better?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Self-training, 5 labels a class, threshold 0.5. Round after round more images are believed, "
    "and the accuracy falls. A colleague proposes more rounds. What do you answer?",
    options={
        "a": "Right: mistakes are outvoted, given enough rounds.",
        "b": "The images it is wrong about are labelled by the network itself: the next one is taught those "
        "mistakes, and agrees. Only what the labels, or a change of view, add can correct one.",
        "c": "The network has too few parameters to hold so many labels.",
        "d": "The learning rate was too low: it should forget the old labels faster.",
    },
    right="b",
    why={
        "a": "Outvoted by whom? All votes come from the same network; there is no second opinion.",
        "c": "It learns them well: that is the trouble, the wrong ones, too.",
        "d": "Each round starts anew: there is nothing to forget.",
    },
    points=2,
    difficulty=2,
    minutes=3,
    hints=[
        "Where does a wrong pseudo-label come from, and who could contradict it?",
        "A round more asks the same network about the same pictures: what would have to be new?",
    ],
)
