"""Every model of the course: its formulas equal to what PyTorch counts, exactly, in all three figures."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from course.cost import convolutional, language, maps, measure, networks, table, vision
from course.cost.layers import encoder_layer, kept
from course.language import seq2seq, transformer
from course.language.transformer_layers import EncoderLayer
from course.vision import (
    alexnet,
    augmented,
    axial,
    cait,
    convnext,
    cpvt,
    cvt,
    deit,
    double_attention,
    hybrid,
    local_relation,
    non_local,
    pixel,
    resnet,
    standalone,
    vit,
)

both_paths = pytest.mark.parametrize("fused", [True, False], ids=["fused", "explicit"])


def agree(formula, model, *inputs, **options):
    B = len(inputs[0]) if isinstance(inputs[0], torch.Tensor) else inputs[0][0]
    expected, measured = formula.batch(B), measure(model, *inputs, **options)
    found = measured.parameters, measured.flops, measured.activation_bytes
    assert (expected.parameters, expected.flops, expected.activation_bytes) == found


def on_meta(build, *arguments, **options):
    with torch.device("meta"):
        return build(*arguments, **options)


def path(fused):
    return {} if fused else {"record": {}}


def ids(*shape):
    return torch.ones(shape, dtype=torch.int64)


# --- Vision Transformers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "resolution", "fused"),
    [("B/16", 224, True), ("B/16", 384, False), ("H/14", 224, True), ("Ti/8", 160, False)],
)
def test_vit(variant, resolution, fused):
    formula = vision.vit(**vit.VARIANTS[variant], resolution=resolution, fused=fused)
    agree(formula, on_meta(vit.build, variant), (2, 3, resolution, resolution), **path(fused))


@settings(max_examples=25, deadline=None)
@given(
    side=st.integers(1, 6),
    patch=st.integers(1, 4),
    head=st.integers(1, 9),
    heads=st.integers(2, 4),
    hidden=st.integers(2, 40),
    depth=st.integers(1, 3),
    classes=st.integers(0, 3),
    channels=st.integers(1, 4),
    B=st.integers(2, 4),
    fused=st.booleans(),
)
def test_vit_of_any_size(side, patch, head, heads, hidden, depth, classes, channels, B, fused):
    image = side * patch
    sizes = (image, patch, head * heads, depth, heads, hidden, classes, channels)
    model = on_meta(vit.ViT, *sizes)
    agree(vision.vit(*sizes, fused=fused), model, (B, channels, image, image), **path(fused))


@pytest.mark.parametrize(("variant", "fused"), [("Ti", True), ("S", False), ("B", True)])
def test_deit(variant, fused):
    formula = vision.deit(**deit.VARIANTS[variant], resolution=160, fused=fused)
    agree(formula, on_meta(deit.build, variant), (2, 3, 160, 160), **path(fused))


@pytest.mark.parametrize(
    ("variant", "depth", "fused"), [("XXS24", 24, True), ("XS24", 2, False), ("M48", 3, True)]
)
def test_cait(variant, depth, fused):
    formula = vision.cait(**{**cait.VARIANTS[variant], "depth": depth}, resolution=96, fused=fused)
    agree(formula, on_meta(cait.build, variant, depth=depth), (2, 3, 96, 96), **path(fused))


@pytest.mark.parametrize(("variant", "fused"), [("Ti", True), ("B", False), ("S-GAP", True)])
def test_cpvt(variant, fused):
    cls = not variant.endswith("-GAP")
    formula = vision.cpvt(**cpvt.VARIANTS[variant], resolution=160, cls=cls, fused=fused)
    agree(formula, on_meta(cpvt.build, variant), (2, 3, 160, 160), **path(fused))


@pytest.mark.parametrize(
    ("variant", "depths", "fused"),
    [("13", (1, 2, 10), True), ("21", (1, 1, 2), False), ("W24", (1, 1, 1), True)],
)
def test_cvt(variant, depths, fused):
    formula = vision.cvt(**{**cvt.VARIANTS[variant], "depths": depths}, resolution=131, fused=fused)
    model = on_meta(cvt.build, variant, depths=depths, drop_path=0.0)
    agree(formula, model, (2, 3, 131, 131), **path(fused))


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_cvt_of_small_images(stride):
    sizes = dict(dims=(6, 8), heads=(1, 2), depths=(1, 1), classes=3)
    model = on_meta(cvt.CvT, **sizes, stride=stride)
    agree(vision.cvt(**sizes, stride=stride, resolution=16), model, (2, 3, 16, 16))


@pytest.mark.parametrize(("variant", "depth"), [("R50+B/16", 12), ("R26+S/32", 1), ("R50+L/32", 1)])
def test_hybrid(variant, depth):
    formula = networks.hybrid(**{**hybrid.VARIANTS[variant], "depth": depth}, resolution=160)
    agree(formula, on_meta(hybrid.build, variant, depth=depth), (2, 3, 160, 160))


# --- Convolutional networks, and what is put into them ----------------------------------------------------


@pytest.mark.parametrize("resolution", [224, 71])
def test_alexnet(resolution):
    formula = convolutional.alexnet(resolution=resolution)
    agree(formula, on_meta(alexnet.build, dropout=0.0), (2, 3, resolution, resolution))


@pytest.mark.parametrize(
    ("variant", "resolution"),
    [("18", 224), ("34", 77), ("50", 224), ("101", 64), ("152", 64), ("CIFAR-18", 32), ("CIFAR-50", 31)],
)
def test_resnet(variant, resolution):
    formula = convolutional.resnet(variant, resolution=resolution)
    agree(formula, on_meta(resnet.build, variant), (3, 3, resolution, resolution))


@pytest.mark.parametrize("variant", ["atto", "nano", "base"])
def test_convnext(variant):
    formula = convolutional.convnext(**convnext.VARIANTS[variant], resolution=96)
    agree(formula, on_meta(convnext.build, variant), (2, 3, 96, 96))


@pytest.mark.parametrize("form", ["NonLocal", "Gaussian", "DotProduct", "Concatenation"])
@both_paths
def test_the_non_local_block(form, fused):
    block = on_meta(getattr(non_local, form), 8)
    formula = maps.non_local(5, 7, 8, form=form, fused=fused) + kept(8 * 5 * 7)
    agree(formula, block, (2, 8, 5, 7), **path(fused))


@both_paths
def test_double_attention(fused):
    block = on_meta(double_attention.DoubleAttention, 8, 3, 5)
    formula = maps.double_attention(5, 7, 8, 3, 5, fused=fused) + kept(8 * 5 * 7)
    agree(formula, block, (2, 8, 5, 7), **path(fused))


@pytest.mark.parametrize("stride", [1, 2])
@both_paths
def test_augmented_convolution(stride, fused):
    layer = on_meta(augmented.AugmentedConv2d, 8, 12, 6, 4, 2, (9, 9), stride=stride)
    formula = maps.augmented(9, 8, 12, 6, 4, 2, 9, stride=stride) + kept(8 * 9 * 9)
    agree(formula, layer, (2, 8, 9, 9), **path(fused))


@pytest.mark.parametrize(("axis", "L", "lines"), [("height", 5, 7), ("width", 7, 5)])
def test_axial_attention(axis, L, lines):
    layer = on_meta(axial.AxialAttention, 8, 2, 9, axis)
    agree(maps.axial(L, lines, 8, 2, 9) + kept(8 * 5 * 7), layer, (2, 8, 5, 7))


@pytest.mark.parametrize("stride", [1, 2])
def test_stand_alone_attention(stride):
    layer = on_meta(standalone.StandAloneAttention, 8, 2, 3, stride)
    agree(maps.stand_alone(5, 7, 8, 2, 3, stride) + kept(8 * 5 * 7), layer, (2, 8, 5, 7))


@pytest.mark.parametrize("form", ["LocalRelation", "AbsoluteDifference", "Product"])
@pytest.mark.parametrize("stride", [1, 2])
def test_local_relation(form, stride):
    layer = on_meta(getattr(local_relation, form), 12, 3, 8, stride)
    agree(maps.local_relation(5, 7, 12, 3, 8, stride, form=form) + kept(12 * 5 * 7), layer, (2, 12, 5, 7))


NETWORKS = {
    "non-local 1": (
        non_local.build,
        "R50/1",
        networks.non_local_resnet(after=((), (), (4,), ()), resolution=68),
    ),
    "non-local 5": (non_local.build, "R50/5", networks.non_local_resnet(resolution=68)),
    "A2": (double_attention.build, "R50/5", networks.non_local_resnet("DoubleAttention", resolution=68)),
    "AA 50": (augmented.build, "50", networks.augmented_resnet(resolution=68)),
    "axial 26-S": (axial.build, "26-S", networks.axial_resnet((1, 2, 4, 1), width=32, resolution=68)),
    "stand-alone 50": (standalone.build, "50", networks.stand_alone_resnet(resolution=68)),
    "stand-alone, full": (standalone.build, "Full-50", networks.stand_alone_resnet(full=True, resolution=68)),
    "local relation 26": (local_relation.build, "26", networks.lr_net((2, 2, 2, 2), resolution=68)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_that_attend(name):
    build, variant, formula = NETWORKS[name]
    agree(formula, on_meta(build, variant), (2, 3, 68, 68))


# --- Sequences -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "norm", "fused"), [("base", "post", True), ("base", "pre", False), ("big", "post", False)]
)
def test_transformer(variant, norm, fused):
    formula = language.transformer(50, 37, 370, norm=norm, fused=fused, **transformer.VARIANTS[variant])
    model = on_meta(transformer.build, variant, 370, norm=norm, dropout=0.0)
    agree(formula, model, ids(3, 50), ids(3, 37), **path(fused))


@pytest.mark.parametrize("variant", seq2seq.VARIANTS)
@pytest.mark.parametrize(("source", "target"), [(5, 6), (3, 1)])
def test_recurrent_networks(variant, source, target):
    """A sentence's length is a number, which a tensor without contents has not: these run."""
    cell, _, attention = variant.partition("+")
    formula = language.seq2seq(source, target, 11, 3, 5, cell, attention=bool(attention))
    model = seq2seq.build(variant, 11, dim=3, hidden=5, dropout=0.0)
    agree(formula, model, ids(3, source), ids(3, target), numbers=True)


@both_paths
def test_pixel_transformer(fused):
    formula = language.pixel_transformer(depth=2, image_size=5, pixels=19, fused=fused)
    model = on_meta(pixel.build, "S", depth=2, image_size=5)
    agree(formula, model, ids(2, 19), **path(fused))


# --- Measuring itself ----------------------------------------------------------------------------------


def small_models():
    yield vit.build("Ti/16", image_size=32, depth=2, classes=3), (2, 3, 32, 32)
    yield cvt.build("13", depths=(1, 1, 1), drop_path=0.0, classes=3), (2, 3, 48, 48)
    yield resnet.build("CIFAR-18", classes=3), (2, 3, 8, 8)
    yield axial.HeightThenWidth(8, 2, 9, 2), (2, 8, 7, 9)


@pytest.mark.parametrize("number", range(4))
@both_paths
def test_a_run_with_numbers_keeps_the_same_bytes(number, fused):
    model, shape = list(small_models())[number]
    played, real = measure(model, shape, **path(fused)), measure(model, shape, numbers=True, **path(fused))
    assert played.activation_bytes == real.activation_bytes
    assert played.output_shape == real.output_shape


def test_numbers_make_no_difference_to_flops():
    """PyTorch's own counter drops the scores and means of the CPU's fused kernel, unless told their price."""
    model, B, L, dim, depth = vit.build("Ti/16", image_size=32), 2, 5, 192, 12
    on_cpu, right = measure(model, (B, 3, 32, 32), numbers=True), measure(model, (B, 3, 32, 32))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(B, 3, 32, 32))
    assert right.flops - counter.get_total_flops() == B * depth * 4 * L**2 * dim
    assert measure(model, (B, 3, 32, 32), **path(fused=False)).flops == right.flops == on_cpu.flops


def test_the_weights_are_what_the_fused_kernel_saves():
    """One layer, by hand: h L² numbers along the explicit path, h L along the fused one."""
    B, L, dim, heads = 2, 50, 12, 3
    layer = on_meta(EncoderLayer, dim, heads, 24)
    fused, explicit = measure(layer, (B, L, dim)), measure(layer, (B, L, dim), **path(fused=False))
    assert explicit.activation_bytes - fused.activation_bytes == 4 * B * heads * (L**2 - L)
    assert fused.activation_bytes == 4 * B * (8 * L * dim + 2 * L * 24 + 4 * L + heads * L)
    assert encoder_layer(L, dim, 24, heads).batch(B).activation_bytes == fused.activation_bytes


def test_what_is_kept_in_two_places_counts_once():
    assert measure(lambda x: x.exp() * x, (3, 5)).activation_bytes == 4 * 2 * 15  # x and e^x; e^x twice
    assert measure(lambda x: x[0].sin(), (3, 5)).activation_bytes == 4 * 15  # a slice keeps the whole


def test_inference_keeps_what_training_does_but_dropout_adds_to_it():
    model = on_meta(transformer.build, "base", 370, layers=1)
    with_dropout = measure(model, ids(2, 5), ids(2, 5))
    without = measure(model.eval(), ids(2, 5), ids(2, 5))
    assert with_dropout.activation_bytes > without.activation_bytes
    assert with_dropout.flops == without.flops


def test_measuring_leaves_statistics_graph_and_record_alone():
    record: dict[str, Any] = {}
    measure(on_meta(vit.build, "Ti/16", depth=1), (2, 3, 224, 224), record=record)
    assert record == {}
    model = resnet.build("CIFAR-18", classes=3)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for numbers in (False, True):
        measure(model, (2, 3, 8, 8), numbers=numbers)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_table_sets_formula_and_measurement_side_by_side():
    model = on_meta(vit.build, "Ti/16")
    lines = table(model, vision.vit(**vit.VARIANTS["Ti/16"]), (2, 3, 224, 224)).splitlines()
    assert lines[0].split() == ["batch", "of", "2", "formula", "measured"]
    assert lines[1].split() == ["parameters", "5,717,416", "5,717,416", "5.72", "million", "parameters"]
    assert lines[2].split()[1:3] == ["5,014,732,800"] * 2
    assert [line.split()[0] for line in lines[3:]] == ["multiply–adds", "activation"]
    wrong = table(model, vision.vit(**vit.VARIANTS["Ti/16"], fused=False), (2, 3, 224, 224)).splitlines()
    assert wrong[-1].endswith("THEY DIFFER") and "DIFFER" not in wrong[1]
    explicit = table(
        model, vision.vit(**vit.VARIANTS["Ti/16"], fused=False), (2, 3, 224, 224), **path(fused=False)
    )
    assert "DIFFER" not in explicit
