"""Every tile alone

Standardise each channel of each tile **by itself**: take its own mean away, and divide by its own standard
deviation (of all its pixels, so by h·w and not by h·w − 1) plus `eps`. A tile of one grey is all zeros
then.
"""

from grader.exercise import Function


def tile_by_tile(tiles, eps=1e-4):
    """tiles: (..., C, h, w) -> as tiles; mean 0, deviation 1"""
    centred = tiles - tiles.mean(dim=(-2, -1), keepdim=True)
    deviation = centred.square().mean(dim=(-2, -1), keepdim=True).sqrt()  # (..., C, 1, 1)
    return centred / (deviation + eps)


def by_std(tiles, eps=1e-4):
    deviation = tiles.std(dim=(-2, -1), correction=0, keepdim=True)
    return (tiles - tiles.mean(dim=(-2, -1), keepdim=True)) / (deviation + eps)


def _flat(draw):
    B, C, h, w = draw.sizes(4)
    return dict(tiles=draw.normal(B, C, 1, 1).round().expand(B, C, h, w).contiguous())


def _case(level=0.0, **others):
    def case(draw):
        B, N, C, h, w = draw.sizes(5)
        return dict(tiles=draw.normal(B, N, C, h, w) + level * draw.normal(B, N, C, 1, 1), **others)

    return case


exercise = Function(
    tile_by_tile,
    cases={
        "tiles of several images": _case(),
        "all axes of one size": lambda draw: dict(tiles=draw.normal(4, 4, 4, 4, 4)),
        "tiles of different brightness": _case(5.0),
        "tiles of one grey": _flat,
        "another eps": _case(eps=0.3),
    },
    without=["gradient"],
    words={"centred": "the tile without its mean", "deviation": "the deviation"},
    slips={
        "_x.mean(dim=(-2, -1), keepdim=True) -> _x.mean(dim=(-3, -2, -1), keepdim=True)": "The channels of a "
        "tile share one mean and one deviation: each has its own.",
        "centred / (deviation + eps) -> centred": "The mean is taken away, the deviation stays.",
        "centred.square().mean(dim=(-2, -1), keepdim=True).sqrt() -> tiles.std(dim=(-2, -1), "
        "keepdim=True)": "The deviation is divided by one pixel less than there are (`correction=0` is "
        "asked for).",
        "centred / (deviation + eps) -> tiles / (deviation + eps)": "The mean is not taken away.",
        "deviation + eps -> deviation": "Without eps a tile of one grey is 0 / 0.",
        "deviation + eps -> deviation + 1e-4": "The argument `eps` is not used: 1e-4 stands in its place.",
        "deviation + eps -> deviation.clamp(min=eps)": "eps is the least that the deviation may be; it is "
        "added to every deviation.",
        "deviation + eps -> (deviation**2 + eps).sqrt()": "eps is added to the variance, inside the root; it "
        "is added to the deviation.",
        "deviation + eps -> (deviation**2 + eps**2).sqrt()": "eps² is added to the variance, inside the "
        "root; eps is added to the deviation.",
        "_x.mean(dim=(-2, -1), keepdim=True) -> _x.mean(dim=(0, -2, -1), keepdim=True)": "The mean is taken "
        "over the first axis, too: over other tiles.",
    },
    also_right=[by_std],
    points=2,
    difficulty=2,
    minutes=5,
    hints=[
        "Which two axes are the pixels of one channel of one tile? All others stay apart: `keepdim=True`.",
        "`x.std(dim=…, correction=0, keepdim=True)` divides by all. Where does eps belong?",
    ],
    may_not_call=["course.ssl", "F.instance_norm", "F.group_norm", "F.layer_norm", ".instance_norm"],
)
