"""The pyramid: its stages are the model's, by our formulas, and what is not in it is refused."""

import pytest
import torch

from course.cost import vision
from course.record import Record
from course.show.stages import HIERARCHICAL, ISOTROPIC, SIZES, pyramid, stages
from course.vision import cvt


@pytest.mark.parametrize("size", [64, 224, 1024])
def test_the_flops_of_all_stages_are_the_models(size):
    for model, sizes in HIERARCHICAL.items():
        whole = vision.cvt(**sizes, classes=0, resolution=size).flops
        assert sum(stage.flops for stage in stages(model, size)) == whole
    for model, sizes in ISOTROPIC.items():
        (stage,) = stages(model, size)
        assert stage.flops == vision.vit(**sizes, classes=0, resolution=size).flops


def test_a_stage_has_as_many_tokens_as_the_model_records():
    record: Record = {}
    with torch.no_grad():
        cvt.build("13", depths=(1, 1, 1)).eval()(torch.zeros(1, 3, 64, 64), record)
    for weights, stage in zip(record["weights"], stages("CvT-13", 64), strict=True):
        queries, keys = weights.shape[-2:]
        assert (queries, queries * keys) == (stage.tokens, stage.entries)


def test_the_crossing_that_the_lesson_tells():
    """CvT-13's first stage, one layer of thirteen: 11 % of the FLOPs at 224, 46 % at 1,024."""
    share = {}
    for size in (224, 1024):
        found = stages("CvT-13", size)
        share[size] = found[0].flops / sum(stage.flops for stage in found)
    assert share == pytest.approx({224: 0.11, 1024: 0.46}, abs=0.005)


def test_the_slides_table():
    """Multiply–adds in billions, as deck 3 prints them: CvT-13 4.5 and, at 384, 16.3; CvT-21 7.1."""
    for model, size, printed in (("CvT-13", 224, 4.5), ("CvT-13", 384, 16.3), ("CvT-21", 224, 7.1)):
        ours = sum(stage.flops for stage in stages(model, size)) / 2e9
        assert ours == pytest.approx(printed, abs=0.11), model


def test_it_is_drawn_and_says_what_is_not_in_it():
    block = pyramid()
    assert "CvT-13" in block.alt and "srcdoc" in block.html
    with pytest.raises(ValueError, match="hierarchical must be"):
        pyramid(hierarchical="ViT-S/16")
    with pytest.raises(ValueError, match="size must be"):
        pyramid(size=225)
    with pytest.raises(ValueError, match="model must be"):
        stages("Swin", SIZES[0])
