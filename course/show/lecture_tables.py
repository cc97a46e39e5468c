"""The tables of the lectures as figures to point at: what papers print of ViTs and their peers.

Numbers are shares of test images read right, in per cent, as the papers print them; a number that no paper
prints is absent here, too.
"""

from course.show.block import Block
from course.show.published import Row, published

PARAMETERS, IMAGES, DAYS = "parameters, M", "images before, M", "TPUv3-core-days"
MEASURES = ("ImageNet, %", "ReaL, %", "CIFAR-10, %", "CIFAR-100, %", "Pets, %", "Flowers, %", "VTAB, %")

# model: parameters, after ImageNet (1.28 million images), after JFT-300M (303 million)
_TWO_DIETS = {
    "ResNet-50": (26, 79.26, None),
    "ResNet-101": (45, 80.13, None),
    "ResNet-152": (60, 80.62, None),
    "ViT-B/16": (86, 77.91, 84.15),
    "ViT-B/32": (86, 73.38, 80.73),
    "ViT-L/16": (307, 76.53, 87.12),
    "ViT-L/32": (307, 71.16, 84.37),
    "ViT-H/14": (632, None, 88.04),
}

# model, seen before, days, then MEASURES
_STATE_OF_THE_ART = [
    ("ViT-H/14", "JFT-300M", 2500, 88.55, 90.72, 99.50, 94.55, 97.56, 99.68, 77.63),
    ("ViT-L/16", "JFT-300M", 680, 87.76, 90.54, 99.42, 93.90, 97.32, 99.74, 76.28),
    ("ViT-L/16", "ImageNet-21k", 230, 85.30, 88.62, 99.15, 93.25, 94.67, 99.61, 72.72),
    ("BiT-L, ResNet152x4", "JFT-300M", 9900, 87.54, 90.54, 99.37, 93.51, 96.62, 99.63, 76.29),
    ("Noisy Student", "JFT-300M, no labels", 12300, 88.5, 90.55, None, None, None, None, None),
]


def two_diets() -> Block:
    """ImageNet after ImageNet or JFT-300M, against parameters or images: ResNets and ViTs.

    Dosovitskiy et al. 2021, table 5; ResNets: He et al. 2016, as printed on the lecture's slides.
    """
    rows = []
    for model, (parameters, *found) in _TWO_DIETS.items():
        kind = "ResNet" if model.startswith("ResNet") else "ViT"
        for images, share in zip((1.28, 303), found):
            if share is not None:
                seen = "ImageNet" if images < 2 else "JFT-300M"
                numbers = {PARAMETERS: parameters, IMAGES: images, "ImageNet, %": share}
                rows.append(Row(model, f"{kind}, after {seen}", numbers))
    source = "Dosovitskiy et al. 2021, table 5, fine-tuned at 384 pixels; ResNets: He et al. 2016."
    return published(rows, [PARAMETERS, IMAGES], ["ImageNet, %"], source)


def days_of_computing() -> Block:
    """Seven test sets against the days that pre-training took. Dosovitskiy et al. 2021, table 2."""
    rows = []
    for model, seen, days, *found in _STATE_OF_THE_ART:
        measured = {name: share for name, share in zip(MEASURES, found) if share is not None}
        rows.append(Row(model, f"after {seen}", {DAYS: days} | measured))
    return published(rows, [DAYS], MEASURES, "Dosovitskiy et al. 2021, table 2.")


# model, what it saw of the frames, R@5, its spread, median rank, mean rank, its spread
_IN_WHICH_ORDER = [
    ("MMT", "frames in order", 54.0, 0.2, 4.0, 26.7, 0.9),
    ("MMT", "frames shuffled", 53.3, 0.2, 5.0, 27.4, 0.7),
    ("MMT", "largest over time", 52.5, 0.7, 5.0, 27.2, 0.7),
    ("collaborative experts", "collaborative experts, largest over time", 51.3, 0.8, 5.0, 29.5, 1.8),
]


def in_which_order() -> Block:
    """A sentence looks for its video among 1,000: frames ordered, shuffled, or only the largest over time.

    MSR-VTT, text to video. Gabeur et al. 2020, as printed on the lecture's slides (deck 3).
    """
    rows = [
        Row(
            model,
            kind,
            {"R@5, %": found, "median rank": median, "mean rank": mean},
            f"R@5 ± {spread}, mean rank ± {wide}",
        )
        for model, kind, found, spread, median, mean, wide in _IN_WHICH_ORDER
    ]
    source = "Gabeur et al. 2020, MSR-VTT, text to video, three trainings each."
    return published(rows, ["mean rank", "median rank"], ["R@5, %"], source)
