"""The table, and every checkpoint that comes with the course: small, whole, and better than its baselines."""

import json
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import torch

from course.checkpoints import shelf
from course.checkpoints.recipes import RECIPES, fresh
from course.training.loop import Plan

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = sorted(path.name.removesuffix(".card.json") for path in shelf.PACKAGE.glob("*.card.json"))
LARGEST, ALL = 2_000_000, 16_000_000  # bytes
OURS = [name for name, known in RECIPES.items() if known.ships]
REINFORCED = {"tell-hard"}  # the value of what it makes small means nothing, only its gradient


@pytest.fixture(autouse=True)
def with_the_course_only(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))


@pytest.mark.parametrize("name", OURS)
def test_a_step_of_each_recipe_learns(name):
    """On a few of its data: the loss of the same batch is smaller behind a step than before."""
    known = RECIPES[name]
    data = known.train()
    method = fresh(known, known.describe(data), seed=0)
    optimiser = known.recipe.optimise(method.groups(0.0))
    losses = []
    for _ in range(3):
        torch.manual_seed(0)
        batch = method.batch(data, torch.arange(8), torch.Generator().manual_seed(0))
        loss, _told = method(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        method.after_step(0.5)
        losses.append(loss.item())
    assert losses[2] < losses[0] or name in REINFORCED
    assert sum(p.numel() for p in method.state_dict().values()) * 2 < LARGEST
    assert Plan(len(data), known.recipe).steps > 100


def test_only_data_of_the_course_travel():
    assert SHIPPED and {*SHIPPED} <= {*OURS}
    for name in OURS:
        own = ("made by the course", "drawn by the course", "scikit-learn's")
        assert any(words in RECIPES[name].data for words in own), name


def test_all_together_are_small():
    sizes = [path.stat().st_size for path in shelf.PACKAGE.glob("*.safetensors")]
    assert len(sizes) == len(SHIPPED) and max(sizes) <= LARGEST and sum(sizes) <= ALL


def test_the_files_travel_in_the_package():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    for path in shelf.PACKAGE.iterdir():
        assert any(fnmatch(f"files/{path.name}", pattern) for pattern in patterns["course.checkpoints"]), path


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_is_complete_and_about_the_recipe_of_today(name):
    card, known = shelf.card(name), RECIPES[name]
    told = dict(about=known.about, use=known.use, data=known.data, command=f"course checkpoints make {name}")
    assert card | told == card
    assert card["recipe"] == json.loads(json.dumps(vars(known.recipe)))
    assert card["commit"] and "+" not in card["commit"] and card["date"] > "2026"
    assert 0 < card["minutes"] <= 40  # of one core: 20 of two
    assert card["bytes"] == shelf.found(name)[0].stat().st_size
    assert all(score["beside"] for score in card["scores"])


@pytest.mark.parametrize("name", SHIPPED)
def test_what_comes_with_the_course_is_as_good_as_its_card_says(name):
    module, card = shelf.load(name)
    assert not module.training and sum(p.numel() for p in module.parameters()) == card["parameters"]
    for now, then in zip(RECIPES[name].scores(module), card["scores"]):
        assert now.what == then["what"] and now.this == pytest.approx(then["this"], rel=0.01)
        assert now.beside == pytest.approx(then["beside"], rel=0.01)
    best = card["scores"][0]
    assert best["this"] > max(best["beside"].values())
