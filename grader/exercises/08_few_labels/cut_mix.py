"""A window into another image

CutMix pastes a box of the partner's image: side × side pixels around a centre (y, x), from y − side//2 up to,
but not including, y − side//2 + side, and the same along x. Where the box hangs over the border, it is cut
off. λ is **the share of the pixels that is still the image's own**; the labels are mixed by it.
"""

from grader.exercise import Function


def cut_mix(images, labels, partner, y, x, side):
    """images: (B, C, H, W), labels: (B, K), partner: (B,) -> images, labels"""
    H, W = images.shape[-2:]
    top, left = y - side // 2, x - side // 2
    bottom, right = min(top + side, H), min(left + side, W)
    top, left = max(top, 0), max(left, 0)
    mixed = images.clone()
    mixed[..., top:bottom, left:right] = images[partner][..., top:bottom, left:right]
    pasted = (bottom - top) * (right - left) / (H * W)
    share = 1 - pasted
    return mixed, share * labels + (1 - share) * labels[partner]


def _case(where):
    def case(draw):
        B, C, K = draw.sizes(3)
        H, W = draw.integer(7, 9), draw.integer(10, 12)
        y, x = {"inside": (4, 6), "corner": (0, 0), "edge": (H - 1, 5), "right": (3, W - 1)}[where]
        return {
            "images": draw.normal(B, C, H, W),
            "labels": draw.normal(B, K).softmax(dim=-1),
            "partner": draw.normal(B).argsort(),
            "y": y,
            "x": x,
            "side": draw.integer(4, 6),
        }

    return case


exercise = Function(
    cut_mix,
    cases={
        "a box inside": _case("inside"),
        "a box over the corner": _case("corner"),
        "a box over the lower edge": _case("edge"),
        "a box over the right edge": _case("right"),
    },
    words={"mixed": "the images", "pasted": "the share that is pasted", "share": "λ"},
    slips={
        "pasted = (bottom - top) * (right - left) / (H * W) -> pasted = side * side / (H * W)": "λ is that "
        "of the whole box, also where part of it hangs over the border and nothing is pasted.",
        "share = 1 - pasted -> share = pasted": "The shares are exchanged: λ is what is still the image's "
        "own, not what was pasted.",
        "max(top, 0), max(left, 0) -> top, left": "A box that begins above or left of the image has negative "
        "indices, and those count from the other end.",
        "min(top + side, H), min(left + side, W) -> min(y + side // 2, H), min(x + side // 2, W)": "The box "
        "ends at y + side//2: where the side is odd, it is one pixel too small.",
        "min(top + side, H), min(left + side, W) -> min(max(top, 0) + side, H), "
        "min(max(left, 0) + side, W)": "A box that begins above or left of the image keeps its whole side: "
        "its end follows from where it was drawn, not from where it was cut off.",
        "y - side // 2, x - side // 2 -> min(max(y - side // 2, 0), H - side), "
        "min(max(x - side // 2, 0), W - side)": "A box that hangs over the border is moved inside; it is to "
        "be cut off there.",
        "min(top + side, H), min(left + side, W) -> top + side, left + side ;; max(top, 0), max(left, 0) -> "
        "top, left": "Nothing is cut off at the border: a box that begins above or left of the image has "
        "negative indices, which count from the other end, and λ is that of the whole box.",
        "mixed[..., top:bottom, left:right] = images[partner][..., top:bottom, left:right] -> "
        "mixed[..., y - side // 2 : bottom, x - side // 2 : right] = "
        "images[partner][..., y - side // 2 : bottom, x - side // 2 : right]": "The share is right; what is "
        "pasted begins above or left of the image at negative indices, which count from the other end.",
        "y - side // 2, x - side // 2 -> y, x": "(y, x) is the middle of the box, not its corner.",
        "(bottom - top) * (right - left) / (H * W) -> (bottom - top) / H": "The share of the rows, not of "
        "the pixels.",
        "share * labels + (1 - share) * labels[partner] -> labels": "The picture has changed and the label "
        "has not.",
        "images[partner][..., top:bottom, left:right] -> 0.0": "The box is empty (that is Cutout): it shows "
        "the partner.",
    },
    without=["gradient"],  # images and labels are data
    points=4,
    difficulty=2,
    minutes=10,
    hints=[
        "Four whole numbers first: top, bottom, left, right, cut off at 0 and at H and W.",
        "Paste into `images.clone()`. Count what was pasted, rows times columns; do not ask the drawn box.",
    ],
    may_not_call=["course.augment"],
)
