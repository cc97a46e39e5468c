"""What papers print of masked images on ImageNet, as a figure to point at: by what was asked for.

He et al. 2022 (MAE), tables 3 and section 4; Wei et al. 2022 (MaskFeat) and Woo et al. 2023 (ConvNeXt V2), as
in their authors' repositories; Assran et al. 2023 (I-JEPA), table 1, from which all linear probes are taken.

What people usually get wrong: the labels-alone number of another paper, with another recipe, is taken as the
baseline; and numbers with other images, labels or sizes are put into one line.
"""

from course.show.block import Block
from course.show.published import Row, published

PARAMETERS, EPOCHS = "parameters, M", "epochs before"
TUNED, PROBE = "fine-tuned, %", "linear probe, %"
LABELS, PIXELS, EDGES, FEATURES = "labels alone", "pixels", "edges", "a teacher's features"
_RECIPE = "The MAE authors' recipe."
_448 = "Images of 448 pixels."

# model, what was asked for, then the numbers: parameters, epochs, fine-tuned, probe; and a note
_ROWS = [
    ("ViT-B", LABELS, (86, None, 82.3, None), _RECIPE),
    ("ViT-L", LABELS, (307, None, 82.6, None), _RECIPE),
    ("ViT-H", LABELS, (632, None, 83.1, None), _RECIPE),
    ("ViT-L, 2021", LABELS, (307, None, 76.5, None), "The recipe of the ViT paper."),
    ("ConvNeXt-B", LABELS, (89, None, 83.8, None), ""),
    ("ViT-B", PIXELS, (86, 1600, 83.6, 68.0), "MAE."),
    ("ViT-L", PIXELS, (307, 1600, 85.9, 76.0), "MAE."),
    ("ViT-H", PIXELS, (632, 1600, 86.9, 77.2), "MAE."),
    ("ViT-H, 448", PIXELS, (632, 1600, 87.8, None), f"MAE. {_448}"),
    ("ConvNeXt V2-B", PIXELS, (89, 1600, 84.9, None), "FCMAE."),
    ("ConvNeXt V2-H", PIXELS, (659, 1600, 86.3, None), "FCMAE."),
    ("V2-H, 512", PIXELS, (659, 1600, 88.9, None), "FCMAE, then 14 million labelled images, 512 pixels."),
    ("ViT-B", EDGES, (86, 1600, 84.0, None), "MaskFeat."),
    ("ViT-L", EDGES, (307, 1600, 85.7, None), "MaskFeat."),
    ("ViT-B", FEATURES, (86, 600, None, 72.9), "I-JEPA."),
    ("ViT-L", FEATURES, (307, 600, None, 77.5), "I-JEPA."),
    ("ViT-H", FEATURES, (632, 300, None, 79.3), "I-JEPA."),
    ("ViT-H, 448", FEATURES, (632, 300, None, 81.1), f"I-JEPA. {_448}"),
]


def masked_on_imagenet() -> Block:
    """Fine-tuned, or by a linear probe, against parameters or epochs; a colour for each kind of target."""
    quantities = (PARAMETERS, EPOCHS, TUNED, PROBE)
    rows = [
        Row(model, kind, {q: n for q, n in zip(quantities, numbers) if n is not None}, note)
        for model, kind, numbers, note in _ROWS
    ]
    source = "ImageNet-1K. He et al. 2022; Wei et al. 2022; Woo et al. 2023; Assran et al. 2023, table 1."
    return published(rows, [PARAMETERS, EPOCHS], [TUNED, PROBE], source)
