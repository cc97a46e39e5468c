"""Lesson 06: the reader's ViT is the library's and the world's; its texts are true; a slip makes it worse."""

import re
from pathlib import Path
from statistics import fmean

import pytest
import torch
from PIL import Image
from torch import nn

from course import checkpoints
from course.checkpoints.placing import KEPT, neighbours
from course.cost.vision import vit as vit_cost
from course.data.by_name import load
from course.data.clutter import clutter
from course.fewlabels.few_images import few, learn, pair, right
from course.fewlabels.few_images_recorded import RECORDED
from course.show import maps
from course.show.filters import principal
from course.vision.vit import WIDTHS, ViT, build
from grader import catalogue
from grader.formula import parse
from tests.course.randomised import randomised
from tests.course.vision.test_vit import SMALL, transformers_twin
from tests.test_lessons import LESSONS, assert_waiting, cells_of, half_filled, run_cell

(LESSON,) = [lesson for lesson in LESSONS if lesson.name == "06_vit"]
SOURCE = LESSON.source
CELLS = cells_of(SOURCE.read_text(encoding="utf-8"))
TEXT = " ".join(line.removeprefix("# ") for line in SOURCE.read_text(encoding="utf-8").splitlines())
PARTS = ("to_patches", "PatchEmbed", "Places", "PreNormBlock", "VisionTransformer")
PARTS += ("resize_places", "attention_distance", "MultiHead", "split_heads", "attention")
RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "few-images.md"


def lesson(*defined, **changed):
    """The names that these cells define, the reader's answers right, or changed."""
    space = {part: catalogue.reference(part) for part in PARTS} | changed
    (imports,) = (cell for cell in CELLS if cell.startswith("import math"))
    exec(re.sub(r"^from grader.*\n|^attention, split_heads.*\n", "", imports, flags=re.MULTILINE), space)
    for start in defined:
        (cell,) = (cell for cell in CELLS if re.search(rf"^{re.escape(start)}", cell, re.MULTILINE))
        run_cell(cell, space)
    return space


# -- the same logits -----------------------------------------------------------------------------------------


@torch.no_grad()
def test_the_readers_vit_gives_the_logits_of_the_library_and_of_transformers():
    space = lesson("NAMES = ")
    theirs = randomised(ViT(**SMALL))
    sizes = dict(side=12, P=4, d=12, depth=3, heads=3, hidden=20, classes=7)
    own = space["in_mine"](theirs, **sizes).eval()
    images = torch.randn(2, 3, 12, 12, generator=torch.Generator().manual_seed(1))
    logits = own(images)
    assert logits.abs().max() > 0.1
    torch.testing.assert_close(logits, theirs(images), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(logits, transformers_twin(theirs)(images).logits, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_the_trained_checkpoint_reads_colours_in_the_readers_vit():
    trained, _ = checkpoints.load("supervised-clutter")
    door, pictures = trained.encoder.embedding.projection, clutter(100, seed=1)
    space = lesson("NAMES = ", "@torch.no_grad()\ndef looks")
    sizes = dict(side=32, P=4, d=64, depth=4, heads=4, hidden=256, classes=len(pictures.classes))
    net = space["in_mine"](trained.encoder, **sizes)
    inputs = (pictures.floats() - door.mean) / door.std
    assert right(net, (inputs, pictures.labels)) > 0.97
    record = {}
    trained.encoder(pictures.floats()[:1], record)
    weights = space["looks"](net, inputs[0])
    torch.testing.assert_close(weights, torch.stack(record["weights"])[:, 0], atol=1e-5, rtol=1e-4)
    far = catalogue.reference("attention_distance")(weights, 8)
    torch.testing.assert_close(far, maps.distance(weights, (8, 8), extra=1), atol=1e-4, rtol=1e-4)


# -- the finale's part, and a slip in it ---------------------------------------------------------------------


def unseen_right(**changed):
    """How many unseen digits the lesson's reader gets right with half of its steps, 0 … 1."""
    net = lesson("def for_digits", **changed)["for_digits"](0, loudness=50.0)
    for _ in learn(net, pair(load("digits")), steps=200):
        pass
    return right(net, pair(load("digits", "test")))


class NoPlaces(catalogue.reference("Places")):
    """The slip of the lesson's own experiment: CLS is put in front, and no position is added."""

    def forward(self, x):
        return torch.cat([self.cls.expand(len(x), 1, -1), x], dim=1)


class WithoutPlaces(catalogue.reference("VisionTransformer")):
    def __init__(self, side, P, d, *others, **more):
        super().__init__(side, P, d, *others, **more)
        self.places = NoPlaces((side // P) ** 2, d)


def test_the_readers_vit_learns_digits_and_a_slip_in_its_places_makes_it_worse():
    honest, slipped = unseen_right(), unseen_right(VisionTransformer=WithoutPlaces)
    assert honest > 0.85 and slipped < honest - 0.2


def test_without_positions_shuffled_squares_change_no_logit():
    space = lesson("def for_digits")
    net, images = space["for_digits"](0, 0.0), torch.randn(3, 1, 8, 8)
    nn.init.normal_(net.head.weight)
    moved = space["rearranged"](images, 2, torch.randperm(16))
    with torch.no_grad():
        torch.testing.assert_close(net(moved), net(images), atol=1e-5, rtol=1e-4)
        assert (space["for_digits"](0)(moved) == 0).all()  # the head starts at zero


# -- numbers in the text -------------------------------------------------------------------------------------


def mean(name, count):
    return 100 * fmean(RECORDED[name][count])


def test_what_the_controls_say():
    """At fifty images: the CNN bears scattered squares, the MLP is not behind, loudness closes the gap."""
    gap = mean("CNN", 50) - mean("ViT", 50)
    assert gap > 25
    assert mean("CNN", 50) - mean("CNN, rearranged", 50) < gap / 5
    assert mean("MLP", 50) > mean("CNN", 50) - 3
    assert mean("ViT, loud positions", 50) - mean("ViT", 50) > 0.7 * gap
    assert all(mean("CNN", count) > mean("ViT", count) for count in RECORDED["CNN"])
    page = RESULTS.read_text(encoding="utf-8")
    assert f"{mean('ViT', 50):.1f} ±" in page and f"{mean('CNN', 1438):.1f} ±" in page


def test_the_live_point_shows_the_same():
    """One seed, half of the steps: loud positions help the reader's own ViT."""
    space, fifty = lesson("def for_digits"), pair(few(load("digits"), 50, seed=0))
    found = []
    for loudness in (1.0, 50.0):
        net = space["for_digits"](0, loudness)
        for _ in learn(net, fifty, steps=200):
            pass
        found.append(right(net, pair(load("digits", "test"))))
    assert found[1] > found[0] + 0.15


def test_parameters_and_prices_of_the_five_sizes():
    reference = catalogue.find("vit_parameters").reference
    formula = {part: parse(text, ["d", "P", "N", "c"]) for part, text in reference.items()}
    for name, P in {"Ti": 16, "S": 16, "B": 16, "L": 16, "H": 14}.items():
        sizes = WIDTHS[name]
        values = dict(d=sizes["dim"], P=P, N=(224 // P) ** 2, c=1000)
        times = {"one block": sizes["depth"]}
        total = sum(times.get(part, 1) * f.value(**values) for part, f in formula.items())
        assert total == vit_cost(**sizes, patch=P).parameters
    b = [vit_cost(**WIDTHS["B"], patch=16, resolution=side).flops for side in (224, 384)]
    assert b[1] / b[0] == pytest.approx(3.16, abs=0.05) and "3.2 times" in TEXT


def test_jft_takes_nine_years_and_seven_months():
    years = 303e6 / (365.25 * 24 * 3600)
    assert years == pytest.approx(9 + 7 / 12, abs=0.05) and "nine years and seven months" in TEXT


def test_the_grid_grows():
    method, _ = checkpoints.load("positions-snapshots")
    first, last = neighbours(method.kept[0]), neighbours(method.kept[-1])
    assert len(method.kept) == len(KEPT) and abs(first[0]) < 0.05 and last[0] > last[1] + 0.15
    told = {}
    for moment in (0.1, 1.0):
        places = nn.functional.normalize(method.kept[KEPT.index(moment), 1:].float(), dim=-1)
        alike = (places @ places.T).view(8, 8, 8, 8)  # rows and columns of two patches
        pairs = [(r, c) for r in range(8) for c in range(8)]
        beside = fmean(alike[r, c, r, c + 1].item() for r, c in pairs if c < 7)
        above = fmean(alike[r, c, r + 1, c].item() for r, c in pairs if r < 7)
        edges = fmean(alike[r, 0, r, 7].item() for r in range(8))
        told[moment] = [f"{one:.2f}" for one in (above, beside, edges)]
    assert told[0.1][:2] == ["0.25", "0.07"] and "0.25 with those above" in TEXT and "and of 0.07" in TEXT
    assert (
        told[1.0] == ["0.36", "0.18", "0.43"] and "0.36 and 0.18" in TEXT and "(0.43 in the same row" in TEXT
    )


def test_the_wider_the_model_the_larger_the_image_at_equal_patches():
    """And not the larger: H/14 has the smaller patches."""
    crossing = parse(catalogue.find("overtaking_side").reference, ["P", "d"])
    sides = [float(crossing.value(P=16, d=WIDTHS[name]["dim"])) for name in ("Ti", "S", "B", "L")]
    assert sides == sorted(sides) and float(crossing.value(P=14, d=WIDTHS["H"]["dim"])) < sides[-1]
    assert "The wider the model, at equal P" in TEXT


def test_lots_were_drawn_for_which_filters_come_first():
    """The trained one's, and nobody can see it."""
    (cell,) = (cell for cell in CELLS if "components(model.patches" in cell)
    sizes = dict(side=32, P=4, d=64, depth=4, heads=4, hidden=256)
    trained, _ = checkpoints.load("supervised-clutter")
    space = lesson("NAMES = ")
    torch.manual_seed(0)
    space["fresh"], shown = space["VisionTransformer"](**sizes, classes=10), []
    space["net"] = space["in_mine"](trained.encoder, **sizes, classes=8)
    space["components"] = lambda weights, count: shown.append(weights)
    run_cell(cell, space)
    first, second = (principal(weights.flatten(1).numpy())[1][0] for weights in shown)
    assert torch.equal(shown[0], trained.encoder.embedding.projection.weight.reshape_as(shown[0]))
    assert f"explains {100 * first:.1f} % of the variance, the other's {100 * second:.1f} %" in TEXT
    assert "The first is the trained one" in TEXT


# -- half a notebook, and none -------------------------------------------------------------------------------


def test_a_notebook_half_filled_ends_without_a_traceback_of_ours():
    assert_waiting(half_filled(LESSON, 5))


# -- official weights ----------------------------------------------------------------------------------------


TIMM = {"embedding.projection": "patch_embed.proj", "position.table": "pos_embed", "layers.": "blocks."}
TIMM |= {"attention.output": "attn.proj", "mlp.expand": "mlp.fc1", "mlp.contract": "mlp.fc2"}


def in_timms_names(vit):
    """The weights of our ViT as timm and DINO name them: queries, keys and values in one."""
    weights = {}
    for name, weight in vit.state_dict().items():
        for ours, theirs in TIMM.items():
            name = name.replace(ours, theirs)
        weights["cls_token" if name == "cls" else name] = weight
    for name in [name for name in weights if ".query." in name]:
        three = [weights.pop(name.replace("query", part)) for part in ("query", "key", "value")]
        weights[name.replace("attention.query", "attn.qkv")] = torch.cat(three)
    return weights


@torch.no_grad()
def test_an_official_file_shows_its_attention_on_a_photograph(tmp_path):
    """DINO S/16's layout, with random weights, as no official file can be had offline."""
    theirs = build("S/16", classes=1).eval()
    weights = in_timms_names(theirs)
    backbone = {name: weight for name, weight in weights.items() if not name.startswith("head.")}
    torch.save(backbone, tmp_path / "weights.pth")
    Image.new("RGB", (300, 240), "orange").save(tmp_path / "photo.jpg")
    paths = {"my_weights": str(tmp_path / "weights.pth"), "my_photo": str(tmp_path / "photo.jpg")}
    space = lesson("NAMES = ", "@torch.no_grad()\ndef looks")
    (cell,) = (cell for cell in CELLS if "load_official(theirs" in cell)
    space |= paths | {"my_layout": "dino", "my_variant": "S/16", "parts": {}}
    exec(cell, space | {"needs": lambda **_: None}, found := {})
    assert found["photo"].shape == (3, 224, 224)
    record = {}
    theirs(found["inputs"][None], record)
    weights = space["looks"](found["official"], found["inputs"])
    torch.testing.assert_close(weights, torch.stack(record["weights"])[:, 0], atol=1e-5, rtol=1e-3)
    assert "srcdoc" in found["shown"].html
