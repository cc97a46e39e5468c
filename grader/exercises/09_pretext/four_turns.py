"""All four, and which is which

Each image of a batch goes in as it is, by one, by two and by three quarter turns, anticlockwise as
`torch.rot90` turns (axes 2 and 3): first **all** images as they are, then all by one turn, and so on. The
label of an image is the number of its turns, a whole number of any integer type.
"""

import torch

from grader.exercise import Function


def four_turns(images):
    """images: (B, C, H, H) -> (4B, C, H, H), and labels (4B,), 0 … 3"""
    B = len(images)
    turned = []
    for k in range(4):
        turned.append(torch.rot90(images, k, dims=(2, 3)))  # (B, C, H, H)
    labels = torch.arange(4).repeat_interleave(B)  # (4B,)
    return torch.cat(turned), labels


def _case(batch=None, square=False):
    def case(draw):
        B, C, H = [draw.integer(3, 5)] * 3 if square else draw.sizes(3)
        return dict(images=draw.normal(batch or B, C, H, H))

    return case


exercise = Function(
    four_turns,
    cases={
        "one image": _case(batch=1),
        "a batch": _case(),
        "as many images as turns": _case(batch=4),
        "B, C and H of one size": _case(square=True),
    },
    words={"turned": "the turned images", "labels": "the labels"},
    slips={
        "torch.arange(4).repeat_interleave(B) -> torch.arange(4).repeat(B)": "The labels go 0, 1, 2, 3, 0, … "
        "while the images come in four blocks: most of them get the label of another.",
        "torch.rot90(images, k, dims=(2, 3)) -> torch.rot90(images, -k, dims=(2, 3))": "The images are "
        "turned clockwise: what is called one turn is three.",
        "torch.cat(turned) -> torch.stack(turned, dim=1).flatten(0, 1) ;; "
        "torch.arange(4).repeat_interleave(B) -> torch.arange(4).repeat(B)": "Image by image, each with its "
        "four turns, and labels that fit; turn by turn is asked for: first all images as they are.",
        "torch.cat(turned) -> torch.stack(turned, dim=1).flatten(0, 1)": "The four turns of an image stand "
        "side by side; four blocks of all images are asked for, as the labels say.",
        "torch.rot90(images, k, dims=(2, 3)) -> images.flip(2) if k == 2 else torch.rot90(images, k, (2, "
        "3))": "Two quarter turns are made by one flip: that mirrors the image, and left stays left.",
    },
    also_right=[
        "torch.rot90(images, k, dims=(2, 3)) -> images.rot90(k, (2, 3))",
        "torch.rot90(images, k, dims=(2, 3)) -> images.rot90(k, (-2, -1))",
        "torch.arange(4).repeat_interleave(B) -> torch.arange(4, dtype=torch.int32).repeat_interleave(B)",
    ],
    points=2,
    difficulty=1,
    minutes=5,
    hints=[
        "`torch.rot90(images, k, dims=(2, 3))` turns a whole batch by k quarters. How do four batches "
        "become one?",
        "With B = 2 the labels are 0, 0, 1, 1, 2, 2, 3, 3. `repeat` and `repeat_interleave` are not the "
        "same.",
    ],
    may_not_call=["course.ssl"],
)
