"""Lesson 07: its numbers are the benchmark's, a slip makes its finale worse, half of it has no traceback."""

import json
import statistics

import pytest
import torch
from torch import nn

from course.cost import vision
from course.position import LearnedPosition
from course.show.stages import stages
from course.vision import cait
from course.vision.small_cnn import SmallCNN, fit, right
from course.vision.what_and_where import WhatAndWhere, accuracy, learn
from grader import catalogue
from tests.test_lessons import LESSONS, ROOT, assert_waiting, assigned, half_filled

(LESSON,) = [lesson for lesson in LESSONS if lesson.name == "07_variants"]
EncoderBlock, PEG, ClassAttention, NonLocal = (
    catalogue.reference(name) for name in ("EncoderBlock", "PEG", "ClassAttention", "NonLocal")
)


# -- the finale, and a slip in it ----------------------------------------------------------------------------


def finale(**places) -> WhatAndWhere:
    torch.manual_seed(0)
    blocks = [EncoderBlock(32, 4, 64), EncoderBlock(32, 4, 64)]
    net = WhatAndWhere(32, blocks, ClassAttention(32), **places)
    learn(net)
    return net


def going_round() -> nn.Module:
    peg = PEG(32)
    peg.convolution = nn.Conv2d(32, 32, 3, padding=1, groups=32, padding_mode="circular")
    return peg


def test_the_finale_loses_where_by_circular_padding_and_keeps_what():
    right_one, slip = finale(peg=PEG(32)), finale(peg=going_round())
    assert accuracy(right_one)[1] > 0.97 and accuracy(right_one, 48)[1] > 0.9
    assert accuracy(slip)[1] < 0.35  # chance is a quarter
    assert min(accuracy(right_one)[0], accuracy(slip)[0]) > 0.7


def test_a_stretched_table_knows_less_than_peg():
    table = finale(learned=LearnedPosition((4, 4), 32, extra=1))
    assert accuracy(table)[1] > 0.97
    assert accuracy(table, 48)[1] < 0.93


# -- numbers in the text -------------------------------------------------------------------------------------


def kept() -> list[dict]:
    return json.loads((ROOT / "benchmarks" / "results" / "variants-cpu.json").read_text())


def runs(name: str, size: int, what: str = "") -> list[float]:
    found = sorted((ran for ran in kept() if ran["name"] == name), key=lambda ran: ran["seed"])
    return [round(100 * ran["right"][what or name][str(size)], 1) for ran in found]


def test_recorded_numbers_are_the_benchmarks():
    recorded = assigned(LESSON, "recorded")
    for name, (flops, values) in recorded.items():
        assert values == runs(name, 8) and len(values) >= 3
        assert flops == round(next(ran["flops"] for ran in kept() if ran["name"] == name) / 1e6, 1)
    assert recorded.keys() == {ran["name"] for ran in kept()}
    line = "vit, positions as one line"
    whose = {"learned": ("vit", ""), "as one line": ("vit", line), "PEG": ("cpvt", ""), "CNN": ("cnn", "")}
    for label, values in assigned(LESSON, "scaled").items():
        name, size = label.split(", ")
        assert values == runs(whose[name][0], int(size), whose[name][1])


def test_they_are_equally_large():
    counts = [ran["parameters"] for ran in kept()]
    assert max(counts) < 1.05 * min(counts)


def test_what_the_text_says_of_them():
    recorded = assigned(LESSON, "recorded")
    mean = {name: statistics.mean(values) for name, (_, values) in recorded.items()}
    assert max(mean, key=mean.__getitem__) == "cnn" and min(mean, key=mean.__getitem__) == "vit"
    assert min(recorded["vit"][1]) > 80 and min(recorded["cpvt"][1]) > 80
    assert mean["deit"] - mean["vit"] == pytest.approx(6, abs=0.5)
    assert recorded["hybrid"][0] / recorded["cvt"][0] == pytest.approx(2.6, abs=0.05)
    assert abs(mean["hybrid"] - mean["cvt"]) < 0.5
    scaled = assigned(LESSON, "scaled")
    average = {name: statistics.mean(values) for name, values in scaled.items()}
    assert average["PEG, 8"] - average["learned, 8"] == pytest.approx(9, abs=0.6)
    assert min(scaled["PEG, 12"]) < max(scaled["learned, 12"])
    assert min(scaled["learned, 12"]) < max(scaled["PEG, 12"])  # the seeds overlap
    for name in ("CNN, 12", "as one line, 12"):
        assert max(scaled[name]) < min(scaled["learned, 12"] + scaled["PEG, 12"])


def test_class_attention_takes_little():
    sizes = cait.VARIANTS["S24"]
    two = 2 * vision.class_layer(197, sizes["dim"], sizes["hidden"], sizes["heads"])
    assert 100 * two.flops / vision.cait(**sizes).flops == pytest.approx(1.3, abs=0.5)


def test_factors_start_smaller_in_deeper_models():
    """LayerScale, as the text tells of it: CaiT's."""
    assert [cait.VARIANTS[name]["layer_scale"] for name in ("S24", "S36", "M48")] == [1e-5, 1e-6, 1e-6]


def test_what_the_figure_shows():
    """Alike at 224; from 256 on CvT costs more; its first table is 250 times the third's."""
    cost = {
        size: [sum(stage.flops for stage in stages(model, size)) for model in ("ViT-S/16", "CvT-13")]
        for size in (224, 256)
    }
    assert cost[224][1] < cost[224][0] and cost[256][1] > cost[256][0]
    first, _, third = stages("CvT-13", 224)
    assert first.entries / third.entries == pytest.approx(250, abs=1)


def test_a_block_put_in_harms_until_its_output_is_silent():
    torch.manual_seed(0)
    net = fit(SmallCNN(16))
    before = right(net)
    net.between = NonLocal(16)
    nn.init.normal_(net.between.output.weight, std=1.0)
    harmed = right(net)
    for parameter in net.between.output.parameters():
        nn.init.zeros_(parameter)
    assert harmed < before - 0.2 and right(net) == before > 0.8


# -- half a notebook, and none -------------------------------------------------------------------------------


def test_a_notebook_half_filled_ends_without_a_traceback_of_ours():
    """Training is cut short: each cell has to run, or to say in one line what it waits for."""
    assert_waiting(half_filled(LESSON, 6))
