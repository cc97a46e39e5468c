"""Two images in one, and a label that says how much of each

MixUp: image i and its partner, `partner[i]`, are laid over each other, λ of the first and 1 − λ of the
partner, and so are their labels. Each image has a λ **of its own**.
"""

from grader.exercise import Function


def mix_up(images, labels, partner, share):
    """images: (B, C, H, W), labels: (B, K), partner, share: (B,) -> images, labels"""
    of_image = share[:, None, None, None]  # (B, 1, 1, 1)
    of_label = share[:, None]  # (B, 1)
    mixed = of_image * images + (1 - of_image) * images[partner]  # (B, C, H, W)
    shares = of_label * labels + (1 - of_label) * labels[partner]  # (B, K)
    return mixed, shares


def _case(cubic=False, certain=False):
    def case(draw):
        B, C, H, W, K = draw.sizes(5)
        if cubic:
            B = C = H = W = K = 4
        labels = draw.normal(B, K).softmax(dim=-1)
        return {
            "images": draw.normal(B, C, H, W),
            "labels": labels.round() if certain else labels,
            "partner": draw.normal(B).argsort(),
            "share": draw.normal(B).sigmoid(),
        }

    return case


exercise = Function(
    mix_up,
    cases={
        "five axes of different sizes": _case(),
        "all axes of one size": _case(cubic=True),
        "one class a label": _case(certain=True),
    },
    words={"mixed": "the images", "shares": "the labels", "of_image": "λ beside the images"},
    slips={
        "(1 - of_label) * labels[partner] -> (1 - of_label) * labels": "The label does not know of the "
        "partner: half of a picture may be an 8, and is called a 3.",
        "(1 - of_image) * images[partner] -> (1 - of_image) * images": "The picture is the image itself: "
        "only the label is mixed.",
        "of_label * labels + (1 - of_label) * labels[partner] -> (1 - of_label) * labels + of_label * "
        "labels[partner]": "In the label the shares are exchanged: λ belongs to the image itself.",
        "share[:, None, None, None] -> 1 - share[:, None, None, None] ;; share[:, None] -> "
        "1 - share[:, None]": "The shares are exchanged in picture and label: λ belongs to the image itself, "
        "and 1 − λ to its partner.",
        "of_image * images + (1 - of_image) * images[partner] -> (1 - of_image) * images + of_image * "
        "images[partner]": "In the picture the shares are exchanged: λ belongs to the image itself.",
        "share[:, None, None, None] -> share.mean()": "All images get one λ, the mean of theirs.",
        "share[:, None, None, None] -> share[0] ;; share[:, None] -> share[0]": "All images get the first "
        "one's λ.",
        "share[:, None, None, None] -> share": "λ is laid along the last axis, the columns of the image: it "
        "needs an axis of one for each axis behind the first.",
        "images[partner] -> images.flip(0) ;; labels[partner] -> labels.flip(0)": "The partners are those "
        "of a batch turned round, not the ones given.",
    },
    also_right=[
        "of_image * images + (1 - of_image) * images[partner] -> images[partner].lerp(images, of_image)",
    ],
    without=["gradient"],  # images and labels are data
    points=3,
    difficulty=1,
    minutes=6,
    hints=[
        "`images[partner]` are all partners at once. What must λ's shape be to meet (B, C, H, W)?",
        "share[:, None] is (B, 1), which meets (B, K). How many axes of one do the images need?",
    ],
    may_not_call=["course.augment"],
)
