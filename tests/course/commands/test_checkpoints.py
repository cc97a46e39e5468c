"""`course checkpoints` as people type it."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from course.checkpoints import recipes
from course.checkpoints.recipes import RECIPES
from course.checkpoints.shelf import own
from course.commands.cli import app
from course.data.image_set import ImageSet
from course.training.recipe import Recipe


def course(*arguments):
    return CliRunner().invoke(app, ["checkpoints", *map(str, arguments)])


@pytest.fixture
def small(tmp_path, monkeypatch):
    """supervised-clutter of 64 images and two epochs, and a reader's folder."""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    few: ImageSet = recipes.clutter(64)
    known = replace(
        RECIPES["supervised-clutter"],
        recipe=Recipe(epochs=2, batch=32),
        train=lambda: few,
        scores=lambda method: recipes.shape_found(method.encoder, recipes._untrained(few), few),
        more=lambda method, about: [],  # a probe, beside nets trained from scratch, takes minutes
    )
    monkeypatch.setitem(RECIPES, "small", known)


def test_one_is_made_listed_and_its_card_read(small, tmp_path):
    done = course("make", "small")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Getting ready to make small …") and "IoU of CLS attention" in done.output
    assert sorted(path.name for path in own().iterdir()) == ["small.card.json", "small.safetensors"]
    assert (tmp_path / "runs" / "small" / "metrics.csv").is_file()
    [row] = [line for line in course("list").output.splitlines() if line.startswith("small ")]
    assert "yours" in row and "0.4" in row
    card = course("card", "small").output
    assert (
        card.strip() in done.output
        and "2 epochs" in card
        and "made by    course checkpoints make small" in card
    )
    assert json.loads(course("card", "small", "--json").output)["steps"] == 4
    again = course("make", "small", "--out", tmp_path / "out")  # what is over is not trained again
    assert again.exit_code == 0 and (tmp_path / "out" / "small.card.json").is_file()


def test_every_checkpoint_is_listed():
    output = course("list").output
    assert all(f"\n{name} " in output for name in RECIPES)


def test_refused_in_one_sentence(small, tmp_path, monkeypatch):
    for asked, said in [
        (("make", "mae"), "There is no checkpoint 'mae'; there are "),
        (("card", "mae"), "There is no checkpoint 'mae'; there are "),
        (
            ("card", "small"),
            "The checkpoint small has not been made: `course checkpoints make small` makes it",
        ),
        (("make", "translate-words"), "There is no file "),
    ]:
        done = course(*asked)
        assert done.exit_code == 1 and said in done.output, done.output
        assert "Traceback" not in done.output and done.output.count("\n") <= 2
    (tmp_path / "runs" / "small").mkdir(parents=True)
    (tmp_path / "runs" / "small" / "mine.txt").write_text("")
    done = course("make", "small")
    assert done.exit_code == 1 and "is not empty" in done.output
