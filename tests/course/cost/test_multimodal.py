"""The formulas of the models of several modalities, equal to what PyTorch counts."""

import pytest
import torch
from torch import nn

from course.cost import measure, multimodal
from course.multimodal import av_align, captioning, clip, retrieval


def on_meta(build, *arguments, **options):
    with torch.device("meta"):
        return build(*arguments, **options)


def path(fused):
    return {} if fused else {"record": {}}


def figures(found):
    return found.parameters, found.flops, found.activation_bytes


@pytest.mark.parametrize(("variant", "resolution", "fused"), [("B/32", 224, True), ("L/14@336", 224, False)])
def test_the_image_tower(variant, resolution, fused):
    sizes = dict(clip.VARIANTS[variant][0], depth=2)
    tower = on_meta(clip.ImageTower, **sizes)
    found = measure(tower, (2, 3, resolution, resolution), **path(fused))
    assert figures(multimodal.image_tower(**sizes, resolution=resolution, fused=fused).batch(2)) == figures(
        found
    )


@pytest.mark.parametrize(("tokens", "fused"), [(77, True), (9, False)])
def test_the_text_tower(tokens, fused):
    sizes = dict(clip.VARIANTS["B/32"][1], depth=2)
    tower = on_meta(clip.TextTower, **sizes)
    found = measure(tower, torch.ones(2, tokens, dtype=torch.int64), **path(fused))
    assert figures(multimodal.text_tower(**sizes, tokens=tokens, fused=fused).batch(2)) == figures(found)


def test_clip():
    for variant, count in {"B/32": 151_277_313, "B/16": 149_620_737, "L/14": 427_616_513}.items():
        assert multimodal.clip(*clip.VARIANTS[variant]).parameters == count
    image, text = clip.VARIANTS["B/32"]
    assert multimodal.image_tower(**image).flops == 8_817_623_040
    assert multimodal.text_tower(**text).flops == 5_959_540_736
    assert measure(clip.cosines, (3, 8), (5, 8)).flops == multimodal.logits(3, 5, 8).flops


def test_the_captioner():
    sizes = dict(places_dim=5, vocabulary=9, dim=4, hidden=6, attention=7)
    model = captioning.Captioner(nn.Identity(), **sizes, dropout=0.0)
    found = measure(model, (2, 5, 3, 3), torch.ones(2, 4, dtype=torch.int64))
    formula = multimodal.captioner(9, 4, **sizes).batch(2)
    assert (formula.parameters, formula.flops) == (found.parameters, found.flops)
    coco = multimodal.captioner(196, 12, vocabulary=10_000, **captioning.VARIANTS["coco"])
    assert coco.parameters == 34_813_801


def test_retrieval():
    experts, B = {"sight": 5, "sound": 3}, 2
    sizes = dict(times=6, dim=8, heads=2, hidden=12, layers=2)

    class Pairs(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = retrieval.MMT(retrieval.VideoTower(experts, **sizes), nn.Identity(), 7)

        def forward(self, text):
            ones = {name: torch.ones(B, 4, width, device=text.device) for name, width in experts.items()}
            return self.model(ones, {name: x[..., 0] > 0 for name, x in ones.items()}, text)

    formula = multimodal.retrieval(experts, 7, frames=4, **sizes)
    found = measure(Pairs(), (B, 7))
    assert formula.parameters == found.parameters
    # every text meets every video, and each pair has a dot product an expert
    assert found.flops == B * formula.flops + (B * B - B) * 2 * 8 * len(experts)


def test_av_align():
    sizes = dict(bands=4, dim=3, hidden=5)

    class Songs(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = av_align.AVAlign(11, nn.Flatten(), **sizes, dropout=0.0)

        def forward(self, bands, frames, target):
            return self.model(av_align.Film(bands, frames), target)

    formula = multimodal.av_align(6, 4, 7, 11, **sizes).batch(2)
    found = measure(Songs(), (2, 6, 4), (2, 4, 1, 1, 3), torch.ones(2, 7, dtype=torch.int64))
    assert (formula.parameters, formula.flops) == (found.parameters, found.flops)
