"""Tokens × width, stage by stage: an isotropic model beside a hierarchical one, at any image size.

    isotropic       N tokens of one width in every layer            ViT, DeiT
    hierarchical    many narrow tokens first, few wide ones last    CvT, and every CNN

What people usually get wrong: that the stage with the most layers is the one that costs, and that a
pyramid is cheap at any size: its first stage still compares all its tokens, and overtakes the others as the
image grows.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from course import expect
from course.cost.layers import convolution, encoder_layer, layer_norm, patch_embedding
from course.cost.vision import cvt_layer
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body
from course.vision import cvt, vit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZES = list(range(64, 1025, 32))  # pixels on a side
ISOTROPIC = {"ViT-S/16": vit.VARIANTS["S/16"], "ViT-B/16": vit.VARIANTS["B/16"]}
HIERARCHICAL = {"CvT-13": cvt.VARIANTS["13"], "CvT-21": cvt.VARIANTS["21"]}

ALT = (
    "Two models side by side, each stage a rectangle as high as it has tokens and as wide as they are. At "
    "224 pixels ViT-S/16 is one block of 197 × 384; CvT-13 has 3,136 × 64, 784 × 192 and 197 × 384. Bars "
    "below are their FLOPs: as the image grows, CvT's first stage comes to take the largest part of its own."
)


@dataclass(frozen=True)
class Stage:
    """tokens of a layer, their width, how many layers; entries: of one head's table of weights in a layer.

    flops: of all its layers and of the embedding that opens it; pairs: those of them that grow with the
    number of pairs (scores and weighted sums).
    """

    tokens: int
    width: int
    layers: int
    entries: int
    flops: int
    pairs: int


def stages(model: str, size: int) -> list[Stage]:
    """The stages of a model of this figure on an image of size × size, without its head."""
    if model in ISOTROPIC:
        made = ISOTROPIC[model]
        L, d, depth = 1 + (size // made["patch"]) ** 2, made["dim"], made["depth"]
        opened = patch_embedding(size, made["patch"], d)
        cost = opened + depth * encoder_layer(L, d, made["hidden"], made["heads"])
        return [Stage(L, d, depth, L * L, int(cost.flops), depth * 4 * L * L * d)]
    expect.one_of("model", model, [*ISOTROPIC, *HIERARCHICAL])
    found, channels, side = [], 3, size
    sizes = HIERARCHICAL[model]
    last = len(sizes["dims"]) - 1
    for stage, (d, heads, depth) in enumerate(zip(sizes["dims"], sizes["heads"], sizes["depths"])):
        kernel, stride = (3, 2) if stage else (7, 4)
        side //= stride
        extra = int(stage == last)
        opened = convolution(side**2, channels, d, kernel) + layer_norm(side**2, d)
        cost = opened + depth * cvt_layer(side, d, heads, extra)
        queries, keys = side**2 + extra, ((side + 1) // 2) ** 2 + extra
        pairs = depth * 4 * queries * keys * d
        found.append(Stage(queries, d, depth, queries * keys, int(cost.flops), pairs))
        channels = d
    return found


def pyramid(isotropic: str = "ViT-S/16", hierarchical: str = "CvT-13", size: int = 224) -> Block:
    """The figure, as the last line of a cell.

    Raises ValueError for a model that is not in it, and a size that is not on its slider.
    """
    expect.one_of("isotropic", isotropic, list(ISOTROPIC))
    expect.one_of("hierarchical", hierarchical, list(HIERARCHICAL))
    expect.one_of("size", size, SIZES)
    css, body = css_and_body("stages.html")
    models = {
        name: [[asdict(stage) for stage in stages(name, at)] for at in SIZES]
        for name in (*ISOTROPIC, *HIERARCHICAL)
    }
    return interactive(
        beside("stages.js"),
        {
            "sizes": SIZES,
            "models": models,
            "sides": [list(ISOTROPIC), list(HIERARCHICAL)],
            "chosen": [isotropic, hierarchical],
            "size": size,
        },
        body=body,
        css=css,
        height=570,
        alt=ALT,
        fallback=_still(isotropic, hierarchical, size),
    )


def _still(isotropic: str, hierarchical: str, size: int) -> "Figure":
    """Both models at one size, for viewers that remove scripts."""
    fig, axes = new(cols=2, height=3.4)
    for ax, name in zip(axes, (isotropic, hierarchical)):
        left = 0
        for number, stage in enumerate(stages(name, size)):
            ax.bar(left, stage.tokens, stage.width, align="edge", label=f"stage {number + 1}")
            ax.annotate(f"{stage.tokens:,} × {stage.width}", (left, stage.tokens), fontsize=8)
            left += stage.width + 40
        ax.set(title=f"{name}, {size} × {size} pixels", xlabel="width", ylabel="tokens")
    return fig
