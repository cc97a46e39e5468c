"""What would you do?"""

from grader.exercise import Matching

exercise = Matching(
    question="Four situations. For each, the strategy to try **first**.",
    left={
        "a": "200 labelled X-rays, 150,000 without labels from the same machines, no network for X-rays "
        "anywhere, a GPU for a week",
        "b": "50 labelled photographs of each of 20 breeds of dog, a network that learnt 1,000 classes of "
        "photographs, one evening",
        "c": "a network that reads licence plates at 99.1 %, 300 MB; the camera at the gate has 5 MB and has "
        "stored a million plates without labels",
        "d": "40,000 scans of forms, printed in 3 known fonts, none of them labelled; 50 can be typed off by "
        "hand",
    },
    right={
        "1": "pre-train without labels on what there is, then a head and fine-tuning",
        "2": "freeze it, train a new head, and compare with fine-tuning the top",
        "3": "distil: a small network learns what the large one says of all images",
        "4": "draw images with their labels yourself, and test on a few labelled by hand",
        "5": "label ten more of each and train from scratch",
        "6": "pseudo-labels by a network that learnt from the labels alone",
    },
    pairs={"a": "1", "b": "2", "c": "3", "d": "4"},
    why={
        ("a", "2"): "Which network? One of photographs of dogs knows little of X-rays: there is none here.",
        ("a", "5"): "210 are as few as 200, and 150,000 images lie idle.",
        ("a", "6"): "200 labels make a network that is wrong often and surely; its mistakes would be learnt "
        "from 150,000 images.",
        ("b", "1"): "Somebody has done it: the network is there, and you have no other images.",
        ("b", "5"): "A network from scratch would learn the 1,200 photographs by heart.",
        ("b", "6"): "There are no images without labels here.",
        ("c", "2"): "The large one is good as it is; it does not fit.",
        ("c", "6"): "The labels would be a teacher's, which is what distilling is; and this teacher knows "
        "more than its choice.",
        ("d", "1"): "It would know what strokes look like, and no letter's name: there is not one label.",
        ("d", "6"): "Whose labels? There is not one.",
    },
    points=3,
    difficulty=2,
    minutes=6,
    hints=[
        "Go by what there is: labels, images without, a network, the means to draw.",
        "Only one of the four has neither a label nor a network; only one has a network that is good at its "
        "task already.",
    ],
)
