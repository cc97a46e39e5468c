"""Which layer would you build in?"""

from grader.exercise import Matching

exercise = Matching(
    question="Six jobs. Work the numbers out with your four formulas before you choose; where several "
    "would do, take the one that needs the fewest FLOPs.",
    left={
        "a": "300 gauges at fixed places of a machine, one number each; every pair of gauges has a "
        "relation of its own; 500,000 labelled readings",
        "b": "cracks 5 pixels wide in photographs of 1,024 × 1,024, a yes or no for each pixel; 300 labelled",
        "c": "a text of 4,096 signs, d = 64: which bracket belongs to this one, up to 4,000 signs away? "
        "The answer must be there after at most two layers",
        "d": "a sensor with 32 kB of memory that answers after each of its readings, for ever; d = 32",
        "e": "40 objects found in a scene, d = 128, in no order: which of them is held by which?",
        "f": "photographs of 224 × 224, ten million labelled; both halves of the picture matter together; "
        "at most 40 GFLOPs",
    },
    right={
        "1": "fully connected, all to all",
        "2": "a few convolutions, k = 3",
        "3": "attention, with positions",
        "4": "attention, without positions",
        "5": "attention over patches of 16 × 16, with positions",
        "6": "recurrence",
    },
    pairs={"a": "1", "b": "2", "c": "3", "d": "6", "e": "4", "f": "5"},
    why={
        ("a", "2"): "Neighbours in the list are no neighbours in the machine: the same kernel at every "
        "place says that they are.",
        ("a", "3"): "It could; but 300² = 90,000 weights *are* the relation of each pair, and there are "
        "500,000 readings to learn them from. Attention computes it from what the gauges say.",
        ("b", "1"): "n = 1,048,576 pixels: n² is 10¹² weights, learnt from 300 photographs.",
        ("b", "3"): "A head's table has (1,048,576)² = 10¹² numbers: 4 TiB, for a crack 5 pixels wide.",
        ("b", "5"): "A patch is three times as wide as the crack, and the answer is asked for each pixel.",
        ("c", "2"): "Two kernels of 3 reach 2 signs to each side. From one end of the text to the other it "
        "would take 4,095 layers, and 412 GFLOPs.",
        ("c", "6"): "One vector of 64 numbers would have to carry every open bracket over 4,000 steps.",
        ("c", "1"): "(4,096 · 64)² is 7 · 10¹⁰ weights, each for one place: nothing learnt at one bracket "
        "serves at another.",
        ("c", "4"): "Without positions all opening brackets are the same: which of them is nearest?",
        ("d", "3"): "Keys and values of all readings are kept: 2 · 32 numbers each, 256 bytes. After 128 "
        "readings 32 kB are full.",
        ("d", "1"): "It wants to have all readings at once, and there is no last one.",
        ("e", "3"): "With positions, the same scene listed in another order is another scene.",
        ("e", "1"): "A weight for each place of the list: list the objects in another order, and all is new.",
        ("e", "2"): "The neighbour in the list is nobody's neighbour in the scene.",
        ("f", "3"): "50,176 pixels as tokens: the table alone has 2.5 · 10⁹ numbers a head.",
        ("f", "2"): "A few of them see a few pixels: until the halves meet it takes 112 of them. (A CNN "
        "gets there by strides; that is a sensible answer, and not among these.)",
        ("f", "1"): "(224 · 224 · 3)² is 2 · 10¹⁰ weights in one layer.",
        ("a", "4"): "Without positions all gauges are alike, and each pair has a relation of its own.",
        ("a", "5"): "There is no picture to cut: 300 gauges are 300 numbers.",
        ("a", "6"): "A recurrence reads them one after the other, as if each followed from the one before.",
        ("b", "4"): "A head's table has 10¹² numbers, and without positions no pixel has neighbours.",
        ("b", "6"): "Pixel after pixel, 1,048,576 steps: the one above lies 1,024 of them back.",
        ("c", "5"): "There is no picture to cut, and a patch of a text would hide which of its signs it is.",
        ("d", "2"): "A few kernels of 3 forget all but the last few readings.",
        ("d", "4"): "Keys and values of all readings are kept: after 128 of them 32 kB are full.",
        ("d", "5"): "There is no picture to cut, and readings come for ever.",
        ("e", "5"): "The objects are found already, and the order of a list is no picture.",
        ("e", "6"): "Read one after the other, the same objects in another order give another answer.",
        ("f", "4"): "50,176 pixels as tokens, and without positions a picture is a bag of them.",
        ("f", "6"): "50,176 steps, one after the other; the other half would have to be remembered.",
    },
    points=6,
    difficulty=3,
    minutes=10,
    hints=[
        "For each job: is the place part of the meaning, is it near or far that matters, how large is n²?",
        "Two of the six are attention on whole tokens. Only in one of them does the order mean something.",
    ],
)
