"""Lesson 01: what its text says is so, a slip makes its finale worse, half a notebook has no traceback."""

import re
from contextlib import nullcontext
from functools import cache

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course.attention import attention
from course.data import digits
from course.language import copying, letter_table
from course.training.stand_in import stand_in
from course.vision.bag_of_words import BagOfWords
from grader import catalogue
from grader.building.instructor import instructor_notebook
from grader.catalogue import file_of
from grader.configure import DEMONSTRATION, LONG
from grader.references import BUILT_ON
from grader.slips.build import build
from grader.slips.patch import patch
from grader.slips.slip import apply
from grader.slips.tree import parse
from tests.test_lessons import LESSONS, assert_waiting, half_filled, released

(LESSON,) = [lesson for lesson in LESSONS if lesson.name == "01_context"]
conv2d, field_of_view = catalogue.reference("conv2d"), catalogue.reference("field_of_view")
ConvNet = catalogue.reference("ConvNet")
TRAINED = 1200  # images; the other 597 are for testing


def asked():
    """The lesson's exercises, in order."""
    return [exercise.id for exercise in catalogue.of_lesson(LESSON.name)]


def cells_with(*beginnings):
    """The lesson's own helpers, from the cells that hold these lines: run as a reader would run them."""
    space = {"torch": torch, "nn": nn, "F": F, "digits": digits}
    exec("import math, time\nimport course.attention", space)
    found = [c.source for c in instructor_notebook(LESSON).cells if any(b in c.source for b in beginnings)]
    assert len(found) == len(beginnings)
    for source in found:
        exec(source, space)
    return space


@cache
def lesson():
    return cells_with("def fit(", "class PixelAttention")


def learnt(network, x):
    """How many of 100 a network reads that has learnt as in the lesson, by PyTorch's convolution."""
    ours = lesson()
    convolves = "conv2d" in type(network).forward.__globals__
    with stand_in("conv2d", F.conv2d, network, x[:50]) if convolves else nullcontext():
        ours["fit"](network, x[:TRAINED], ours["labels"][:TRAINED])
    return ours["accuracy"](network, x[TRAINED:], ours["labels"][TRAINED:])


def made(kind, *sizes):
    torch.manual_seed(0)
    return kind(*sizes)


# -- the finale, and a slip in it ----------------------------------------------------------------------------


@cache
def as_they_are():
    return learnt(made(ConvNet, 1, 24, 10), lesson()["images"])


def slipped(name, slip):
    """The reader's answer with one of its exercise's named slips in it."""
    assert slip in catalogue.find(name).slips
    tree = parse(catalogue.reference(name))
    return build(apply(tree, patch(tree, slip)), name, {"torch": torch, "nn": nn, "F": F, "conv2d": conv2d})


def test_the_finale_gets_worse_without_a_relu():
    network = made(slipped("ConvNet", "_x.relu() -> _x"), 1, 24, 10)
    assert learnt(network, lesson()["images"]) < 80 < 90 < as_they_are()


def at_work(own):
    """The convolution that trains, as in the lesson's cells, where the reader has written `own`."""
    tree = parse(ConvNet)
    network = made(build(tree, "ConvNet", {"nn": nn, "conv2d": own}), 1, 24, 10)
    with stand_in("conv2d", F.conv2d, network, lesson()["images"][:50]):
        return type(network).forward.__globals__["conv2d"]


def test_pytorchs_convolution_trains_in_place_of_one_that_is_equal_only(capsys):
    assert at_work(conv2d) is F.conv2d
    assert "A faster `conv2d` works here in place of yours" in capsys.readouterr().out
    wrong = [slip for slip in catalogue.find("conv2d").slips if "stride" not in slip]  # the network has none
    assert len(wrong) >= 3
    for own in (slipped("conv2d", slip) for slip in wrong):
        assert at_work(own) is own
        assert "Your own `conv2d` is at work" in capsys.readouterr().out


def test_three_ages_read_about_alike():
    ours = lesson()
    images, labels = ours["images"], ours["labels"]
    bag = BagOfWords(seed=0).fit(images[:TRAINED, 0] / images.max(), labels[:TRAINED])
    right = (bag.predict(images[TRAINED:, 0] / images.max()) == labels[TRAINED:]).float().mean().item()
    look_up = ours["accuracy"](ours["looked_up"](images[:TRAINED]), images[TRAINED:], labels[TRAINED:])
    assert min(100 * right, as_they_are(), look_up) > 91


# -- what moves, and what is shuffled ------------------------------------------------------------------------


def test_who_reads_a_digit_that_has_moved():
    ours = lesson()
    sheets, labels = F.pad(ours["images"], (2, 2, 2, 2)), ours["labels"]
    network = made(ConvNet, 1, 24, 10)
    readers = {"convolutional": network, "look-up": ours["looked_up"](sheets[:TRAINED])}
    assert learnt(network, sheets) > 85
    moved = sheets[TRAINED:].roll(2, -1)
    right = {name: ours["accuracy"](reader, moved, labels[TRAINED:]) for name, reader in readers.items()}
    assert right["convolutional"] > 80 and right["look-up"] < 25

    everywhere = torch.cat(
        [sheets[:TRAINED].roll((i, j), (-2, -1)) for i in range(-2, 3) for j in range(-2, 3)]
    )
    keys, queries = (F.normalize(x.flatten(1), dim=-1) for x in (everywhere, moved))
    read = attention(1000 * queries, keys, ours["one_hot"][:TRAINED].repeat(25, 1)).argmax(dim=-1)
    assert (read == labels[TRAINED:]).float().mean() > 0.94  # the control: bought with data


def test_attention_without_positions_notices_no_shuffle():
    network = made(lesson()["PixelAttention"], False)
    images = lesson()["images"][:50]
    own = torch.rand(50, 64, generator=torch.Generator().manual_seed(0)).argsort(dim=1)
    shuffled = images.flatten(1).gather(1, own).reshape(images.shape)
    assert torch.allclose(network(images), network(shuffled), atol=1e-5)
    placed, renamed = (made(lesson()["PixelAttention"], True) for _ in range(2))
    assert not torch.allclose(placed(images), placed(shuffled), atol=1e-2)
    one = images.flatten(1)[:, own[0]].reshape(images.shape)  # one shuffle for all is a renaming
    renamed.place.data = placed.place.data[own[0]]
    assert torch.allclose(placed(images), renamed(one), atol=1e-5)


def test_one_shuffle_is_noticed_by_the_convolution_only():
    images = lesson()["images"]
    order = torch.rand(64, generator=torch.Generator().manual_seed(1)).argsort()
    shuffled = images.flatten(1)[:, order].reshape(images.shape)
    assert learnt(made(ConvNet, 1, 24, 10), shuffled) < as_they_are() - 4
    fully_connected = [learnt(made(lesson()["fully_connected"], 64), x) for x in (images, shuffled)]
    assert fully_connected[1] > fully_connected[0] - 2


# -- numbers in the text -------------------------------------------------------------------------------------


def test_the_corner_of_the_slides_and_the_weights_of_a_photograph():
    corner = torch.tensor([[[156, 155], [153, 154]], [[167, 166], [164, 165]], [[163, 162], [160, 161.0]]])
    red, green = [[-1, -1, 1], [0, 1, -1], [0, 1, 1]], [[1, 0, 0], [1, -1, -1], [1, 0, -1]]
    kernel = torch.tensor([red, green, [[0, 1, 1], [0, 1, 0], [1, -1, 1.0]]])
    apart = [conv2d(corner[[c]], kernel[None, [c]], torch.zeros(1), padding=1)[0, 0, 0] for c in range(3)]
    assert [int(one) for one in apart] == [308, -498, 164]
    assert conv2d(corner, kernel[None], torch.ones(1), padding=1)[0, 0, 0] == -25
    assert 4 * (4000 * 3000 * 3) ** 2 / 1e12 == 5184


def test_what_stacks_see():
    assert field_of_view([11, 3, 5, 3, 3, 3, 3, 3], [4, 2, 1, 2, 1, 1, 1, 2]) == 195  # AlexNet
    assert field_of_view([3] * 5, [1] * 5) == 11
    assert field_of_view([3] * 111, [1] * 111) < 224 <= field_of_view([3] * 112, [1] * 112)
    assert field_of_view([5, 3, 3], [2, 1, 1]) == 13  # the author's question


def weights(network):
    return sum(weight.numel() for weight in network.parameters())


def test_the_convolutional_network_has_more_weights_and_a_gru_three_times_the_matrices():
    sizes = [weights(network) for network in (ConvNet(1, 24, 10), lesson()["fully_connected"](64))]
    told = file_of("why_it_moved").read_text(encoding="utf-8")
    assert sizes[0] > sizes[1] and f"{sizes[0]:,} against {sizes[1]:,}" in told
    assert weights(nn.GRU(16, 16, bias=False)) == 3 * weights(nn.RNN(16, 16, bias=False))


def test_a_learnt_table_of_eight_numbers_is_nearly_as_good_as_one_hot():
    pairs = letter_table.letter_pairs()
    least = letter_table.entropy(pairs)
    assert least == pytest.approx(3.2, abs=0.03)
    assert letter_table.learn_table(pairs, 8)[0] < least + 0.05 < letter_table.learn_table(pairs, 5)[0]
    at_random = torch.randn(26, 8, generator=torch.Generator().manual_seed(0))
    assert letter_table.learn_table(pairs, 8, at_random)[0] > least + 0.2


def test_less_of_a_longer_row_comes_through_one_vector():
    narrow, looks_back = (copying.learn_to_copy(24, looks_back=yes) for yes in (False, True))
    short, long = copying.share_copied(narrow, [2, 10])
    assert short > 0.9 and long < 0.7
    assert copying.share_copied(looks_back, [10])[0] > long + 0.1


def test_code_fits_its_cell_and_a_demonstration_the_screen():
    for cell in released(LESSON).cells:
        if cell.cell_type == "code":
            lines = cell.source.split("\n")
            assert max(map(len, lines)) <= 88, cell.source
            assert len(lines) <= 15 or DEMONSTRATION not in cell.metadata.get("tags", []), cell.source


# -- half a notebook, and none -------------------------------------------------------------------------------


def test_a_cell_that_needs_an_answer_needs_what_that_is_built_on():
    """With `recurrence` written and `recurrent_step` not, a reader once had a traceback."""
    built_on = {name: {other for _, other in BUILT_ON.findall(file_of(name).read_text())} for name in asked()}
    assert built_on["recurrence"] == {"recurrent_step"} and built_on["ConvNet"] == {"conv2d"}
    for cell in released(LESSON).cells:
        needed = set(re.findall(r"(?<=needs\()\w+(?==)|(?<=, )\w+(?==\w+[,)])", cell.source)) & set(asked())
        assert set().union(*(built_on[name] for name in needed)) <= needed, cell.source


def test_a_notebook_half_filled_ends_without_a_traceback_of_ours():
    """Nothing long is run: each other cell runs, or says in one line what it waits for."""
    assert_waiting(half_filled(LESSON, 7, without=LONG))
