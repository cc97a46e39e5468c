"""Lesson 14: its numbers are worked out or recorded, its quizzes say what would happen, the figure ranks."""

import json
import math
import re
from pathlib import Path
from statistics import NormalDist, fmean, stdev

import pytest
import torch
from scipy.stats import t, ttest_rel

from course.evaluate.recorded_runs import EQUAL_BUDGET, METHODS, NETWORKS
from course.fewlabels.archive import archive
from course.fewlabels.few_labels_recorded import RECORDED
from course.show.held_equal import Run, held_equal, ranked
from course.ssl.two_views_recorded import BATCHES
from grader import catalogue
from tests.test_lessons import LESSONS, assert_waiting, half_filled

(LESSON,) = [lesson for lesson in LESSONS if lesson.name == "14_choose"]
TEXT = " ".join(line.removeprefix("# ") for line in LESSON.source.read_text(encoding="utf-8").splitlines())
RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
RUNS = [
    Run(f"batch {batch}", {"images seen": images, "steps": steps}, right)
    for batch, images, steps, right in BATCHES
]


def kept(name):
    return json.loads((RESULTS / name).read_text(encoding="utf-8"))


# -- recorded ------------------------------------------------------------------------------------------


def test_batches_are_those_of_the_benchmark():
    found = kept("two-views.json")
    names = {
        (16, 150): "batch 16, as many steps",
        (16, 600): "batch 16, as many images",
        (64, 150): "as usual",
        (256, 37): "batch 256, as many images",
        (256, 150): "batch 256, as many steps",
    }
    for batch, images, steps, right in BATCHES:
        assert images == batch * steps
        assert right == tuple(run["before"]["digit"] for run in found[names[batch, steps]])


def test_methods_and_networks_are_those_of_the_benchmarks():
    groups = [group for name, group in kept("methods-cpu.json").items() if "data='digits'" in name]
    for number, group in enumerate(groups):
        recorded = {
            run["name"]: (
                round(60 * run["minutes"], 1),
                tuple(round(100 * x, 1) for x in run["probe"]["values"]),
            )
            for run in group
        }
        del recorded["random encoder"]
        assert recorded == {row[1]: row[4:] for row in METHODS if row[0] == number}
    runs = kept("variants-cpu.json")
    for name, (mflops, seconds, right) in NETWORKS.items():
        its = [run for run in runs if run["name"] == name]
        assert right == tuple(round(100 * run["right"][name]["8"], 1) for run in its)
        assert mflops == round(its[0]["flops"] / 1e6, 1)
        assert seconds == round(fmean(run["seconds"] for run in its), 1)


def test_one_encoder_gains_and_the_other_does_not():
    mean = {(group, method): f"{fmean(right):.1f}" for group, method, _, _, _, right in METHODS}
    vit, resnet = (
        {group for group, method, *_ in METHODS if method == name}.pop() for name in ("mae", "jigsaw")
    )
    said = mean[vit, "mae"], mean[vit, "supervised from scratch"], mean[resnet, "jigsaw"]
    assert said == ("74.1", "60.7", "75.3") and mean[resnet, "supervised from scratch"] == "89.1"
    assert all(number in TEXT for number in (*said, "89.1"))
    assert [NETWORKS[name][0] for name in ("cvt", "vit")] == [3.5, 7.0]
    assert [round(NETWORKS[name][1]) for name in ("cvt", "vit")] == [42, 29]


def test_the_numbers_of_other_lessons_are_reconciled():
    groups = [group for name, group in kept("methods-cpu.json").items() if "data='digits'" in name]
    runs = {run["name"]: (run, group) for group in groups for run in group}
    means = {"patch-jigsaw": "ViT's three seeds have 60.0", "jigsaw": "ResNet's 88.7"}
    for pretext, own_head in means.items():
        (alone,) = [run for run in runs[pretext][1] if run["name"] == "supervised from scratch"]
        assert own_head.endswith(f"{100 * fmean(alone['fine_tuned']['values']):.1f}") and own_head in TEXT
    exact = 100 * fmean(runs["fcmae"][0]["probe"]["values"])
    (rounded,) = [fmean(right) for _, method, *_, right in METHODS if method == "fcmae"]
    assert f"lesson 11's {exact:.1f} of FCMAE is {rounded:.1f} in it" in TEXT


def test_the_order_of_batches_turns_round():
    by_images, by_steps = ranked(RUNS, "images seen", 9600), ranked(RUNS, "steps", 150)
    assert [run.name for run in by_images] == ["batch 16", "batch 64", "batch 256"]
    assert [run.name for run in by_steps] == ["batch 256", "batch 64", "batch 16"]
    said = catalogue.find("why_they_swap").question
    assert [f"{fmean(run.right):.1f}" in said for run in (*by_images[::2], *by_steps[::2])] == [True] * 4


def test_what_is_honest_among_the_confounders_was_measured():
    left = catalogue.find("confounders").left
    by = {(batch, steps): right for batch, _, steps, right in BATCHES}
    apart = [round(one - other, 1) for one, other in zip(by[16, 600], by[64, 150])]
    assert sorted(apart) == [0.9, 1.1, 1.4] and "by 0.9 to 1.4" in left["d"] and "0.9, 1.1 and 1.4" in TEXT
    error = stdev(apart) / 3**0.5
    assert f"{fmean(apart):.2f} ± {error:.2f}, t = {fmean(apart) / error:.1f}" in TEXT
    assert fmean(by[16, 150]) < fmean(by[64, 150])
    for name, (mflops, _, right) in NETWORKS.items():
        said = [f"{mflops} MFLOPs" in left["f"], f": {fmean(right):.1f} ± {stdev(right):.1f}" in left["f"]]
        assert said == [name in ("hybrid", "cvt")] * 2
    apart = [one - other for one, other in zip(NETWORKS["cvt"][2], NETWORKS["hybrid"][2])]
    signed = ", ".join(f"{x:+.1f}".replace("-", "−") for x in apart)
    assert f"CvT less the other, by seed: {signed}" in left["f"]
    assert f"{NETWORKS['hybrid'][0] / NETWORKS['cvt'][0]:.1f} times" in left["f"]


def test_the_largest_batch_takes_as_many_whole_steps_as_the_budget_has():
    (images, steps), *_ = [(images, steps) for batch, images, steps, _ in BATCHES if batch == 256]
    assert f"({steps} steps, {images:,} images: a {steps + 1}th" in TEXT
    assert images <= 9600 < 256 * (steps + 1)


def test_the_middle_batch_is_never_first():
    for by in ("images seen", "steps"):
        for most in sorted({run.costs[by] for run in RUNS}):
            assert ranked(RUNS, by, most)[0].name != "batch 64"


def test_one_pair_has_two_p_values():
    one, other = (RECORDED[name][10] for name in ("contrast, frozen", "nearest image"))
    p = ttest_rel(one, other).pvalue
    flips = catalogue.reference("sign_flips")(100 * (torch.tensor(one) - torch.tensor(other)))
    assert f"{p:.3f} here, {float(flips):.2f} by flips" in TEXT
    assert round(t.ppf(0.975, 2), 1) == 4.3 and round(t.ppf(0.975, 4), 1) == 2.8


def test_the_baselines_of_the_small_vit_are_told_apart():
    alone = [
        (epochs, f"{fmean(right):.1f}")
        for _, method, encoder, epochs, _, right in METHODS
        if "supervised" in method and "vit" in encoder
    ]
    assert alone == [(20, "60.7"), (60, "65.4"), (20, "53.4"), (20, "51.5")]
    assert "53.4 and 51.5 in two other groups of 20 epochs, and 65.4 in one of 60" in TEXT


def test_augmentation_alone_is_worth_six_points():
    halfway, exercise = catalogue.find("recognise").halfway, catalogue.find("recognise")
    right = {name: [run["right"] for run in runs] for name, runs in kept("archive.json").items()}
    assert halfway.reached == tuple(round(f(right[halfway.name]), 3) for f in (fmean, stdev))
    points = {name: [round(10 * exercise.share(x), 1) for x in shares] for name, shares in right.items()}
    assert [min(points["augmented"]), max(points["augmented"])] == [5.6, 6.0]
    assert all(points[name] == [10] * 5 for name in points if "hands" in name or "one by one" in name)
    assert 10 * exercise.share(0.761) < 6.5  # pairs of letters that do not belong together, measured


def test_what_the_statement_of_the_archive_says_of_points_is_what_they_are():
    said = " ".join(catalogue.find("recognise").statement.split())
    points = [10 * catalogue.find("recognise").share(right) for right in (0.44, 0.60, 0.76, 0.777, 0.78)]
    assert [round(x) for x in points] == [0, 3, 6, 7, 10]
    assert "the 44 %" in said and "six of the ten at 76 %" in said and "60 % are worth three" in said
    assert "just below 78 % there are seven points, and from 78 % on all ten" in said
    assert catalogue.find("recognise").seconds == 30 and "after 30 it is stopped" in said


def test_the_figure_tells_its_ranking_and_refuses_what_it_cannot_draw():
    alt = held_equal(RUNS, {"images seen": 9600, "steps": 150}, "").alt
    assert "at most 9,600 images seen: batch 16 92.3, batch 64 91.2" in alt
    assert "at most 150 steps: batch 256 93.2" in alt
    with pytest.raises(ValueError, match="quantity must be"):
        held_equal(RUNS, {"days": 1}, "")
    with pytest.raises(ValueError, match="two seeds at least"):
        held_equal([Run("a", {"steps": 1}, (1.0,))], {"steps": 1}, "")
    with pytest.raises(ValueError, match="1 to 4 methods"):
        held_equal([], {"steps": 1}, "")


def test_equal_budgets_are_those_of_the_benchmark():
    recorded = kept("equal-budget.json")
    named = {}
    for name, epochs, _, *by in EQUAL_BUDGET:
        held = "images" if epochs == 20 else "FLOPs"
        (runs,) = (runs for key, runs in recorded.items() if re.fullmatch(rf"{name}: \w+, {held}", key))
        for measured, right in zip(("knn", "probe", "fine_tuned"), by, strict=True):
            assert runs and right[: len(runs)] == tuple(round(100 * run[measured], 1) for run in runs)
        named[name, held] = epochs
    assert named.keys() >= {("mae", "images"), ("mae", "FLOPs"), ("simclr", "images")}
    cost = {name: mflops for name, _, mflops, *_ in EQUAL_BUDGET}
    for (name, held), epochs in named.items():
        assert epochs == (20 if held == "images" else round(20 * cost["simclr"] / cost[name]))


def test_simclr_and_mae_change_places():
    reads = {(name, epochs): by for name, epochs, _, *by in EQUAL_BUDGET}
    epochs, flops, simclr = reads["mae", 20], reads["mae", 63], reads["simclr", 20]
    apart = [[one - other for one, other in zip(mae[0], simclr[0])] for mae in (epochs, flops)]
    assert fmean(apart[0]) == pytest.approx(-16.4, abs=0.05) and fmean(apart[1]) == pytest.approx(
        5.8, abs=0.05
    )
    assert min(apart[1]) > 0 and f"{stdev(apart[1]) / 3**0.5:.1f}" == "3.1"
    assert [f"{fmean(mae[1]):.1f}" for mae in (flops, simclr)] == ["83.6", "84.8"]
    assert fmean(simclr[2]) - fmean(flops[2]) == pytest.approx(10.3, abs=0.05)
    said = ("16.4 points", "by 5.8", "± 3.1 in pairs", "83.6 and 84.8", "ahead by 10.3")
    assert all(number in TEXT for number in said)
    shown = [
        Run(name, {"epochs": n, "GFLOPs": n * 1438 * mflops / 1e3}, knn)
        for name, n, mflops, knn, *_ in EQUAL_BUDGET
        if name in ("simclr", "mae")
    ]
    assert [ranked(shown, by, most)[0].name for by, most in (("epochs", 20), ("GFLOPs", 1260))] == [
        "simclr",
        "mae",
    ]


def test_what_the_text_says_of_the_archive_was_measured():
    rows = kept("archive.json")
    assert {len(runs) for runs in rows.values()} == {5} and "five seeds each" in TEXT
    for name, runs in rows.items():
        right, seconds = [100 * run["right"] for run in runs], fmean(run["seconds"] for run in runs)
        said = f"| {name} | {fmean(right):.1f} ± {stdev(right):.1f} | {seconds:.0f} |"
        assert said in TEXT, said
    mean = {name: fmean(100 * run["right"] for run in runs) for name, runs in rows.items()}
    assert round(mean["augmented"] - mean["as they are"]) == 31
    assert round(mean["augmented, as long"] - mean["augmented"]) == 1
    page = [mean[name] - mean["augmented, as long"] for name in rows if "hands" in name or "one by" in name]
    assert [round(min(page)), round(max(page))] == [3, 5] and "three to five" in TEXT


# -- worked out ----------------------------------------------------------------------------------------


def test_what_reaching_costs():
    n, d, k = 4096, 64, 3
    layers = 2 * (n - 1) // (k - 1)
    assert layers == 4095 and round(2 * n * k * d * d * layers / 1e9) == 412
    assert f"{(8 * n * d * d + 4 * n * n * d) / 1e9:.1f}" == "4.4"
    n = 1024**2
    assert round((8 * n * d * d + 4 * n * n * d) / 1e12) == 282
    assert "4,095 convolutions and 412 GFLOPs" in TEXT and "takes 4.4" in TEXT and "282 *tera*FLOPs" in TEXT


@pytest.mark.parametrize("k", [3, 5])
def test_the_first_place_knows_of_the_last_after_so_many_convolutions(k):
    n, layers = 9, 0
    first = torch.zeros(1, 1, n)
    first[..., -1] = 1  # what went in at the last place
    while first[..., 0] == 0:
        first, layers = torch.nn.functional.conv1d(first, torch.ones(1, 1, k), padding=k // 2), layers + 1
    assert layers == 2 * (n - 1) // (k - 1)
    formula = catalogue.find("reach_bill").reference["convolutions from the last place to the first"]
    assert formula == "2*(n - 1)/(k - 1)"


def test_the_answers_to_wrong_layers_are_worked_out():
    why = catalogue.find("which_layer").why
    assert "4,095 layers, and 412 GFLOPs" in why["c", "2"]
    assert 4 * (1024**2) ** 2 == 4 * 2**40 and "4 TiB" in why["b", "3"]
    assert f"{(4096 * 64) ** 2:.0e}" == "7e+10" and "7 · 10¹⁰" in why["c", "1"]
    assert 32 * 1024 // (2 * 32 * 4) == 128 and "After 128" in why["d", "3"]
    assert f"{(224 * 224) ** 2:.1e}" == "2.5e+09" and "2.5 · 10⁹" in why["f", "3"]
    assert 1 + 2 * 112 >= 224 > 1 + 2 * 111 and "112 of them" in why["f", "2"]
    assert f"{(224 * 224 * 3) ** 2:.0e}" == "2e+10" and "2 · 10¹⁰" in why["f", "1"]


def test_the_walls_are_where_the_text_says():
    widest_vit = catalogue.reference("widest_vit")
    budget = dict(millions=90, gflops=40, mib=4 * 1024)
    assert [widest_vit(16, 12, batch, **budget) for batch in (8, 32, 64)] == [768, 768, 384]
    assert widest_vit(16, 12, 64, **budget | {"mib": 10**6}) == 768  # without the wall of memory
    assert widest_vit(32, 12, 64, **budget) == widest_vit(32, 12, 64, **budget | {"mib": 10**6})
    assert widest_vit(32, 12, 64, **budget | {"millions": 900}) > 768


def test_chance():
    assert round(100 * NormalDist().cdf(1 / (3 * 2**0.5))) == 59
    assert f"{math.comb(30, 8) / math.comb(100, 8):.0e}" == "3e-05" and "three in 100,000" in TEXT
    sign_flips = catalogue.reference("sign_flips")
    assert float(sign_flips(torch.tensor([5.0, 6.0, 7.0]))) == 0.25
    assert float(sign_flips(torch.arange(1.0, 7))) == 2 / 64 < 0.05 < float(sign_flips(torch.arange(1.0, 6)))


def test_the_detectors_let_the_honest_go():
    above_chosen, right_alone = (catalogue.reference(name) for name in ("above_chosen", "right_alone"))
    generator = torch.Generator().manual_seed(0)
    validation, test = (torch.rand(2, 100, 40, 359, generator=generator) < 0.7).sum(dim=-1)
    honest = test.gather(1, validation.argmax(dim=1, keepdim=True))[:, 0]
    assert not any(above_chosen(*row) for row in zip(validation, test, honest))
    assert sum(above_chosen(*row) > 0 for row in zip(validation, test, test.max(dim=1).values)) > 90
    assert 74 < 100 * test.max(dim=1).values.double().mean() / 359 < 76  # “five points”
    labels = torch.arange(10).repeat(40)
    honest_features = torch.randn(400, 8, generator=generator)
    share = right_alone(honest_features[:200], labels[:200], honest_features[200:], labels[200:])
    assert share.max() < 0.3


# -- the archive ---------------------------------------------------------------------------------------


def test_an_archive_is_as_it_is_described():
    given = archive(script=3)
    assert given.images.shape == (200, 1, 12, 12) and given.labels.bincount().tolist() == [20] * 10
    assert given.unlabelled.shape == (1500, 2, 1, 12, 12) and len(given.unseen) == len(given.right) == 1000
    assert abs(float(given.unlabelled.mean())) < 1e-3 and abs(float(given.unlabelled.std()) - 1) < 1e-3
    again, other = archive(script=3), archive(script=4)
    assert torch.equal(given.unseen, again.unseen) and not torch.equal(given.unseen, other.unseen)
    parts = (given.images, given.unlabelled.flatten(0, 1), given.unseen)
    rows = {row.numpy().tobytes() for part in parts for row in part}
    assert len(rows) == 4200  # no image is in two parts


def right(page=None):
    """What the reference has right of an archive to practise on, with another page in place of its own."""
    given = archive(script=3)
    torch.manual_seed(0)
    page = given.unlabelled if page is None else page
    said = catalogue.reference("recognise")(given.images, given.labels, page, given.unseen)
    return float((said == given.right).double().mean())


def test_the_capstone_gets_worse_where_the_copies_do_not_belong_together():
    page = archive(script=3).unlabelled
    shifted = torch.stack([page[:, 0], page[:, 1].roll(1, dims=0)], dim=1)
    assert right() > right(shifted) + 0.05


# -- half a notebook, and none -------------------------------------------------------------------------


def test_a_notebook_half_filled_ends_without_a_traceback_of_ours():
    assert_waiting(half_filled(LESSON, 7))


def test_no_guess_is_made_for_the_reader():
    assert len(re.findall(r"^my_\w+ = ", LESSON.source.read_text(encoding="utf-8"), re.M)) <= 8
