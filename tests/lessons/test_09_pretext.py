"""Lesson 09: numbers are computed or recorded, a slip makes the finale worse, half of it has no traceback."""

import json
import re

import pytest
import torch

from course.data.by_name import load
from course.ssl.context import fitting_side
from grader import catalogue
from grader.questions.draw import Draw
from tests.test_lessons import LESSONS, ROOT, assert_waiting, assigned, cells_of, half_filled, run_cell

(LESSON,) = [lesson for lesson in LESSONS if lesson.name == "09_pretext"]
SOURCE = LESSON.source.read_text(encoding="utf-8")
WORDS = " ".join(SOURCE.replace("\n#", "\n").split())
CELLS = cells_of(SOURCE)
RESULTS = ROOT / "benchmarks" / "results"


def space(*defined: str, **changed):
    """The names that cells define which hold one of these lines; the reader's answers right, or changed."""
    names = {name: catalogue.find(name).reference for name in ("Posterior", "four_turns", "weighted_knn")}
    (imports,) = (cell for cell in CELLS if cell.startswith("import itertools"))
    exec(re.sub(r"^from grader.*\n", "", imports, flags=re.MULTILINE), names)
    names.update(changed)
    for line in defined:
        (cell,) = (cell for cell in CELLS if line in cell)
        run_cell(cell, names)
    return names


# -- what is recorded ----------------------------------------------------------------------------------------


def table(text: str) -> dict[str, list[str]]:
    """The rows of the Markdown tables of a text by their first cell, without marks of emphasis."""
    lines = [line.strip("#| ") for line in text.replace("*", "").splitlines() if "| " in line]
    return {
        first: others for first, *others in ([cell.strip() for cell in line.split("|")] for line in lines)
    }


def test_what_the_shortcut_costs_is_what_was_recorded():
    """On clean images, kNN and the probe."""
    recorded, said = table((RESULTS / "shortcut.md").read_text(encoding="utf-8")), table(SOURCE)
    for ours, its in {
        "nothing: untrained": "untrained",
        "images without a cue": "no cue",
        "numbers": "numbers",
        "shuffled numbers": "numbers that tell nothing",
    }.items():
        assert said[ours] == recorded[its][-2:]
    assert recorded["numbers"][0].startswith("99.9") and "And its pretext, at 99.9, is the best" in WORDS
    cost = {
        cue: [round(float(a.split()[0]) - float(b.split()[0])) for a, b in zip(recorded["no cue"], its)][-2:]
        for cue, its in recorded.items()
        if cue.startswith("numbers")
    }
    assert cost == {"numbers": [35, 26], "numbers that tell nothing": [5, 4]}
    assert "costs five points by kNN and four by the probe, dirt that *told* 35 and 26" in WORDS


# -- the finale, and a slip in it ----------------------------------------------------------------------------


def right_by_knn(**changed) -> float:
    """What the finale's kNN makes of the untrained network."""
    names = space('my_set = "digits"', "chosen = load(", "def fresh():", **changed)
    few = names["chosen"].few(10)
    z, others = (names["embed"](names["fresh"](), part) for part in (few, names["unseen"]))
    votes = names["weighted_knn"](z, few.labels, others, 20, 0.07, 10)
    return (votes.argmax(dim=1) == names["unseen"].labels).float().mean().item()


def test_the_finale_reads_hardly_a_digit_where_the_farthest_vote():
    def farthest(train, *rest):
        return catalogue.reference("weighted_knn")(-train, *rest)

    assert right_by_knn() > 0.45
    assert right_by_knn(weighted_knn=farthest) < 0.1


# -- numbers in the text -------------------------------------------------------------------------------------


def test_recorded_numbers_are_the_benchmarks():
    kept = json.loads((RESULTS / "methods-cpu.json").read_text(encoding="utf-8"))
    groups = [{row["name"]: row for row in rows} for rows in kept.values()]
    called = {"auto-encoder": "autoencoder", "VAE": "vae", "colours": "colourisation"}
    for name, columns in assigned(LESSON, "recorded").items():
        own = called.get(name, name)
        (group,) = (rows for rows in groups if own in rows)
        sources = (
            group["random encoder"]["probe"],
            group["supervised from scratch"]["fine_tuned"],
            group[own]["probe"],
        )
        for column, source in zip(columns, sources, strict=True):
            assert column == [round(100 * value, 1) for value in source["values"]], name


def test_how_many_of_them_beat_labels_alone():
    beat = [
        name
        for name, (_, alone, own) in assigned(LESSON, "recorded").items()
        if all(mine > its for mine, its in zip(own, alone))
    ]
    assert beat == ["patch-jigsaw"]
    above = [
        name
        for name, (untrained, _, own) in assigned(LESSON, "recorded").items()
        if all(mine > its for mine, its in zip(own, untrained))
    ]
    assert len(above) == 6 and "colours" not in above


def test_of_the_whole_table_those_on_the_small_vit_beat_labels_alone():
    kept = json.loads((RESULTS / "methods-cpu.json").read_text(encoding="utf-8"))
    beat, others = [], []
    for group, rows in kept.items():
        first, alone, *methods = rows
        assert (first["name"], alone["name"]) == ("random encoder", "supervised from scratch")
        for row in methods:
            above = [
                a > b for a, b in zip(row["probe"]["values"], alone["fine_tuned"]["values"], strict=True)
            ]
            (beat if all(above) else others).append("vit-mini" in group)
    assert len(beat) == 6 and all(beat) and len(others) == 8 and not any(others)
    assert "six of fourteen beat labels alone" in WORDS and "all six stand on the small ViT" in WORDS


def test_a_default_is_asked_with_another_value_too():
    """Else an answer that writes the default in place of the argument passes."""
    for exercise in catalogue.of_lesson("09_pretext"):
        if exercise.kind == "function":
            asked = [question.payload["inputs"] for question in exercise.questions(Draw(0))]
            for name, parameter in exercise.signature.parameters.items():
                if parameter.default is not parameter.empty:
                    assert {inputs.get(name) for inputs in asked} - {None, parameter.default}, name


def test_a_player_that_knows_nothing_solves_context_without_a_gap():
    tile_and_neighbour = catalogue.reference("tile_and_neighbour")
    images = load("digits", "test", size=16).floats()[:300]
    found = []
    for tile, gap in ((5, 0), (4, 0), (4, 2)):
        asked = [((1, 3, 4, 6)[n % 4], image) for n, image in enumerate(images)]
        said = [fitting_side(*tile_and_neighbour(image, side, tile, gap)) for side, image in asked]
        found.append(sum(a == b for a, (b, _) in zip(said, asked)) / 300)
    assert found == pytest.approx([0.80, 0.64, 0.33], abs=0.01)


# -- right answers written otherwise -------------------------------------------------------------------------

BY_AUTOGRAD = """
import torch
from torch.nn import functional as F

def linear_probe(train, labels, test, classes, steps, rate):
    mean, deviation = train.mean(dim=0), train.std(dim=0, correction=0) + 1e-6
    x = ((train - mean) / deviation).detach()
    head = torch.nn.Linear(x.shape[1], classes)
    for parameter in head.parameters():
        torch.nn.init.zeros_(parameter)
    optimizer = torch.optim.SGD(head.parameters(), lr=rate)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(head(x), labels).backward()
        optimizer.step()
    return head((test - mean) / deviation).detach()
"""


def test_a_probe_by_pytorchs_own_layer_and_optimiser_is_the_same():
    names: dict = {}
    exec(BY_AUTOGRAD, names)
    exercise = catalogue.find("linear_probe")
    for make in exercise.cases.values():
        inputs = make(Draw(3))
        torch.testing.assert_close(
            names["linear_probe"](**inputs), exercise.reference(**inputs), atol=1e-5, rtol=1e-4
        )


# -- what a reader types -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ((3, 3), "Your pixel (3, 3): 1 of 100 left; the worst has 1"),
        ([3, 2], "Your pixel (3, 2): 9 of 100 left; the worst has 1"),
        *((other, "my_pixel is a pair: row and column") for other in (15, (4, 4), "3, 3", (1, 2, 3))),
        (None, ""),
    ],
)
def test_a_pixel_is_taken_as_it_comes_or_asked_for_again(typed, told, capsys):
    space(
        "left, places = {}",
        scans={"scanned": load("digits", "test", size=16)},
        puzzlers={"scanned": None},
        mixed_up=lambda data, row, column: (row, column),
        solved=lambda net, place: 1.0 if place == (3, 3) else 9.0,
        my_pixel=typed,
        matrices=lambda *shown, **how: None,
    )
    assert capsys.readouterr().out.startswith(told) and bool(told) == (typed is not None)


# -- half a notebook, and none -------------------------------------------------------------------------------


def test_a_notebook_half_filled_ends_without_a_traceback_of_ours():
    """Training is cut short: each cell runs, or says in one line what it waits for."""
    assert_waiting(half_filled(LESSON, 7))
