"""Lesson 11: a slip spoils its finale, its numbers are what is computed, half of it has no traceback."""

import math
import re
from statistics import fmean

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course.checkpoints import shelf
from course.checkpoints.masked import decibels, nearest_visible, predicted_zero
from course.data.photographs import photograph
from course.data.shapes import shapes
from course.ssl.digit_mae import DigitMAE, errors, learn, mean_image_error, noise_of_test, seen_and_unseen
from course.ssl.mae import patchify, random_masking
from course.ssl.masked_recorded import RECORDED
from course.ssl.maskfeat import gradients, hog
from grader import catalogue
from grader.formula import value_of
from tests.test_lessons import LESSONS, ROOT, assert_waiting, cells_of, half_filled, run_cell

(LESSON,) = [lesson for lesson in LESSONS if lesson.name == "11_masked"]
SOURCE = LESSON.source.read_text(encoding="utf-8")
TEXT = " ".join(line.removeprefix("# ") for line in SOURCE.splitlines())
EncoderBlock, choose_visible, back_in_place, hidden_loss, cell_histograms = (
    catalogue.reference(name)
    for name in ("EncoderBlock", "choose_visible", "back_in_place", "hidden_loss", "cell_histograms")
)


# -- what the text says of the painters ----------------------------------------------------------------------


def test_zero_looks_better_than_it_is_on_the_temple_and_not_on_the_flower():
    found = {}
    for name in ("china", "flower"):
        true = patchify(photograph(name), 16)
        noise = torch.rand(1, 1040, generator=torch.Generator().manual_seed(0))
        hidden = random_masking(noise, 260)[1] >= 260
        painters = (predicted_zero, nearest_visible)
        found[name] = [decibels(paint(true, hidden, (26, 40)), true, hidden) for paint in painters]
    assert found["china"] == pytest.approx([17.4, 15.8], abs=0.06)
    assert found["flower"][1] - found["flower"][0] == pytest.approx(2.4, abs=0.1)  # "two decibels"


def test_the_trained_one_is_half_a_decibel_ahead_and_paints_what_it_sees_ten_worse():
    mae, images = shelf.load("mae-shapes").module, shapes(1000, seed=1).floats()
    true, noise = patchify(images, 4), torch.rand(1000, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        painted, hidden = mae.predict({"images": images, "noise": noise})
    others = [paint(true, hidden, (8, 8)) for paint in (predicted_zero, nearest_visible)]
    found = [decibels(patches, true, hidden) for patches in (painted, *others)]
    assert found == pytest.approx([19.5, 19.0, 18.6], abs=0.06)
    assert found[0] - decibels(painted, true, ~hidden) == pytest.approx(10.5, abs=0.5)
    scores = shelf.card("mae-shapes")["scores"][:3]
    ahead = [score["this"] - score["beside"]["nearest visible patch"] for score in scores]
    assert ahead == pytest.approx([0.9, 0.6, 1.1], abs=0.06)  # 75, 50 and 90 % hidden
    assert scores[2]["this"] < found[1]  # zero does not care how much is hidden


def test_the_ways_to_hide():
    assert len(str(math.comb(196, 147))) == 47


def test_the_decoder_costs_more_than_the_encoder():
    formulas = catalogue.find("mae_flops").reference
    base = dict(N=196, V=49, D=12, d=768, K=8, w=512)
    encoder, decoder, whole = (float(value_of(formulas[name], **base)) for name in formulas)
    assert decoder > encoder
    assert (encoder + decoder) / whole == pytest.approx(0.545, abs=0.005)


def printed(line: str, capsys, **names) -> str:
    """What the cell that holds this line prints."""
    (cell,) = (cell for cell in cells_of(SOURCE) if line in cell)
    run_cell(cell, {"torch": torch, "nn": nn, "F": F} | names)
    return capsys.readouterr().out


def test_a_layer_norm_is_larger_by_the_unbiased_variance(capsys):
    small, unit_patches = patchify(shapes(1000, seed=1).floats(), 4), catalogue.reference("unit_patches")
    told = printed("ratio = F.layer_norm(small", capsys, small=small, unit_patches=unit_patches)
    assert told == "layer norm / yours: 1.0106, √(48/47) = 1.0106\n"


def test_of_two_channels_the_loud_one_grows_by_more(capsys):
    told = printed("norm = ResponseNorm(2)", capsys, ResponseNorm=catalogue.reference("ResponseNorm"))
    assert told == "at the start it changes x by 0.0\n10 to 1 becomes 23.8 to 1\n"
    assert "which makes 28.2 to 1.18" in TEXT


def test_hog_forgets_contrast_and_sign():
    grey = photograph().mean(dim=1, keepdim=True)[..., 128:256, 256:384]

    def yours(image):
        dx, dy = gradients(image)
        return cell_histograms(dx[0, 0], dy[0, 0], 8, 9)

    theirs = hog(grey, cell=8)[0, 0].permute(1, 2, 0)
    torch.testing.assert_close(yours(grey), theirs, atol=1e-4, rtol=0)
    for other in (0.5 * grey + 0.25, 1 - grey):
        assert (yours(other) - yours(grey)).norm(dim=-1).mean() < 0.01


def test_the_recorded_probes_are_the_benchmarks():
    kept = (ROOT / "benchmarks" / "results" / "methods-cpu.md").read_text().splitlines()
    source = (ROOT / "solutions" / LESSON.name / f"{LESSON.name}.py").read_text()
    for name, method in {"MAE": "mae", "MaskFeat": "maskfeat", "I-JEPA": "ijepa", "FCMAE": "fcmae"}.items():
        (told,) = re.findall(rf"^# \| {name}, \w+ \|(.*)\|$", source, re.MULTILINE)
        (at,) = [i for i, line in enumerate(kept) if f"| {method} |" in line]
        block = next(kept[i] for i in range(at, 0, -1) if "random encoder" in kept[i])
        alone = kept[kept.index(block) + 1]
        probes = [row.split("|")[8].strip() for row in (block, alone, kept[at])]
        assert [cell.strip(" *") for cell in told.split("|")] == probes


def test_what_painting_is_good_for_is_as_recorded():
    """Three seeds: no better by a probe; fine-tuned ahead early, behind late; shuffled is not behind."""
    mean = {name: {what: fmean(runs) for what, runs in of.items()} for name, of in RECORDED.items()}
    first, yours = mean["first weights"], mean["75 % hidden"]
    mixed = mean["75 % hidden, then shuffled"]
    assert yours["probe"] < first["probe"] + 2
    assert yours["45 steps"] > first["45 steps"] + 5 and yours["fine-tuned"] < first["fine-tuned"] - 3
    assert mixed["fine-tuned"] > yours["fine-tuned"] + 3 and mixed["45 steps"] > yours["45 steps"]
    page = (ROOT / "benchmarks" / "results" / "masked.md").read_text(encoding="utf-8")
    for name in ("first weights", "75 % hidden", "75 % hidden, then shuffled"):
        (row,) = (line for line in page.splitlines() if line.startswith(f"| {name} |"))
        assert row.split("|")[5].strip() in TEXT, name
    assert all(mean[f"{share} % hidden"]["fine-tuned"] < first["fine-tuned"] for share in (25, 50, 75, 88))
    for what in ("probe", "fine-tuned"):  # the bands of the four shares overlap
        bands = [RECORDED[f"{share} % hidden"][what] for share in (25, 50, 75, 88)]
        assert max(map(min, bands)) < min(map(max, bands)), what


# -- the finale, and a slip in it ----------------------------------------------------------------------------


def trained(choose, loss=hidden_loss) -> DigitMAE:
    torch.manual_seed(0)
    blocks = [EncoderBlock(48, 4, 96) for _ in range(3)]
    net = DigitMAE(48, blocks[:2], blocks[2:], choose=choose, place=back_in_place)
    learn(net, loss)
    return net


def finale(choose, loss=hidden_loss) -> tuple[float, float]:
    return errors(trained(choose, loss))


def test_the_finale_beats_the_mean_digit_and_one_argsort_spoils_it():
    def one_argsort(noise, kept):
        shuffle = noise.argsort(dim=1)
        return shuffle[:, :kept], shuffle

    hidden = random_masking(noise_of_test(), 4)[1] >= 4
    mean = mean_image_error(hidden)
    net = trained(choose_visible)
    right, slip = errors(net), finale(one_argsort)
    assert right[0] < 0.8 * mean  # 0.0524 of 0.0733, one seed
    assert slip[0] > 0.97 * mean  # 0.0732: nothing learnt but the mean digit
    assert right[1] > 2 * right[0]  # nobody paid for what was visible
    unseen = seen_and_unseen()[1]
    with torch.no_grad():
        twice = [net.features_under_mask(unseen, torch.rand(397, 16)) for _ in range(2)]
        first, second, whole = (x - x.mean(dim=0) for x in (*twice, net.features(unseen)))
    assert F.cosine_similarity(first, second).mean().item() == pytest.approx(0.11, abs=0.03)
    assert F.cosine_similarity(whole, whole.roll(1, 0)).mean().item() == pytest.approx(0.04, abs=0.01)
    assert "more like itself, 0.11, than two different ones are, 0.04" in TEXT


def test_paying_for_all_patches_mends_only_what_was_seen():
    on_all = finale(choose_visible, lambda predicted, target, hidden: F.mse_loss(predicted, target))
    assert on_all[1] < on_all[0] / 3


# -- half a notebook, and none -------------------------------------------------------------------------------


def test_a_notebook_half_filled_ends_without_a_traceback_of_ours():
    """Training is cut short: each cell runs, or says in one line what it waits for."""
    assert_waiting(half_filled(LESSON, 7))
