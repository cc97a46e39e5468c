"""What else was different?"""

from grader.exercise import Matching

exercise = Matching(
    question="Six comparisons. Four are from published teaching material, two from this course's own "
    "records. Who wins, where somebody does, is in bold. What, apart from what the table claims to compare, "
    "could explain it?",
    left={
        "a": "Two translators. GRU with attention, 20.5 M parameters: perplexity 25.6. **Transformer, 9.0 "
        "M: 5.3.** Evaluation of the first: `model(src, trg, 0)`, with `teacher_forcing_ratio = 0`; of the "
        "second: `model(src, trg[:, :-1])`",
        "b": "Three networks: supervised 60 %, contrastive probe, **fine-tuned**. Each trained for many "
        'epochs with `validation_data=test`; reported: `max(history["val_accuracy"])` of each',
        "c": "Cutting and pasting images. Without: 72.7 %. **With: 80.4 %.** The first reads images as "
        "they are, the second through CutMix; one run each; neither crops nor mirrors",
        "d": "NT-Xent, 9,600 images seen by each, same views, encoder, three seeds; kNN. Batches of 64: 91.2 "
        "± 1.3. **Batches of 16: 92.3 ± 1.4**. The text: *at as many images 16 is ahead with each of the "
        "seeds, by 0.9 to 1.4; at as many steps it is not*",
        "e": "Small ViTs. Plain: 59 %. **Distilled: higher.** The plain one's code: `model = "
        "DistilledViT(build_vit()); loss = model.compute(x, y)`",
        "f": "Digits of 8 × 8, 20 epochs, the same three seeds. A ViT behind a small CNN, 200,234 "
        "parameters, 9.1 MFLOPs an image: 98.4 ± 1.1. CvT, 207,658, 3.5 MFLOPs: 98.3 ± 0.6. The text: *no "
        "difference that three seeds would show (CvT less the other, by seed: +0.3, +0.6, −1.1), and 2.6 "
        "times the FLOPs*",
    },
    right={
        "1": "the best of many was picked by the data that it is reported on",
        "2": "one of the two was told part of the truth while it was being tested",
        "3": "the baseline does not run what its name says",
        "4": "the baseline was given nothing in place of what the other was given",
        "5": "the winner has more parameters",
        "6": "nothing: what the text says is what was measured",
        "7": "the winner was trained on other *source* images",
    },
    pairs={"a": "2", "b": "1", "c": "4", "d": "6", "e": "3", "f": "6"},
    why={
        ("a", "5"): "The winner has *fewer*. Look at what each evaluation hands to its model.",
        ("a", "6"): "`trg[:, :-1]` are the true words so far; a ratio of 0 means the model's own.",
        ("a", "3"): "Both run what they say; look at what is handed in.",
        ("b", "6"): "The data that chose the epoch is the data that it is reported on; the more epochs, "
        "the luckier the best.",
        (
            "b",
            "7",
        ): "That the contrastive one saw images without labels is what is compared. Look at the epoch that "
        "is reported.",
        ("c", "6"): "Any augmentation would have helped. Is it cutting and pasting, or is it *having one*?",
        ("c", "7"): "Both have the same images; one of them sees them changed.",
        (
            "d",
            "4",
        ): "Images, views, encoder and seeds are held equal; that steps cannot be, too, is said, and "
        "so is what comes of it.",
        ("d", "5"): "The encoder is the same.",
        ("d", "7"): "As many of the same images, in the same views.",
        ("d", "1"): "Nothing was picked: three seeds, all reported.",
        ("e", "4"): "It was given nothing, or so it says. Read the code: which loss does it compute?",
        ("e", "6"): "Read the code of the plain one: whose loss does it compute?",
        ("f", "5"): "Nobody wins, and their parameters differ by 4 %.",
        ("f", "1"): "All three seeds are reported, at an epoch that was fixed before.",
        ("f", "4"): "Each has the same images, epochs and seeds, and what they differ in is said.",
        ("f", "7"): "Both see the same 1,438 digits, and nobody wins.",
    },
    points=6,
    difficulty=4,
    minutes=12,
    hints=[
        "For each: which data chose what is reported; what goes into each model when it is tested; does "
        "the baseline get the same care?",
        "Two of the six are honest. An honest one says what was held equal, shows the spread, and claims "
        "no more.",
    ],
)
