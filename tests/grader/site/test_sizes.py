"""The tables of variants: every architecture is in them, and what is computed is what its paper prints."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from course.cost.formula import multiply_adds
from grader.site import architectures, sizes
from grader.site.architectures import ARCHITECTURES

ROOT = Path(__file__).resolve().parents[3]
UNITS = {"M": 1e6, "million": 1e6, "× 10⁶": 1e6, "B": 1e9, "G": 1e9, "× 10⁹": 1e9}
OTHERWISE = {  # where it is known why a paper's number is not ours, and the docstring says so
    ("vision.vit", 0): 0.02,  # the table names a width, and no patch
    ("vision.alexnet", 0): 0.02,  # two columns
    ("vision.axial", 0): 0.08,  # the authors' code has our number
    ("vision.resnet", 1): 0.08,  # strides in the first layer of a bottleneck
    ("vision.cpvt", 0): 0.06,  # one digit
    ("language.transformer", 0): 0.04,  # another vocabulary
    ("vision.cvt", 1): 0.02,
    ("vision.cait", 1): 0.015,  # they count a little that is no product
    ("vision.standalone", 0): 0.01,
    ("vision.pixel", 0): 0.01,
}


def number(told):
    value, unit = re.fullmatch(r"([\d.]+) ?(.*)", told).groups()
    return float(value) * UNITS[unit]


def test_every_module_with_variants_has_a_table():
    files = [*(ROOT / "course").rglob("*.py")]
    having = {file for file in files if re.search(r"^VARIANTS\b", file.read_text("utf-8"), re.MULTILINE)}
    names = {".".join(file.relative_to(ROOT / "course").with_suffix("").parts) for file in having}
    assert names == ARCHITECTURES.keys()


@pytest.mark.parametrize("name", [name for name, each in ARCHITECTURES.items() if each.printed])
def test_what_a_paper_prints_is_what_comes_out(name):
    """By the formulas alone, whose parameters tests of `course.cost` pin to PyTorch's."""
    architecture, variants = ARCHITECTURES[name], import_module(f"course.{name}").VARIANTS
    assert architecture.printed.keys() <= variants.keys() and architecture.source
    for variant, told in architecture.printed.items():
        cost = architecture.work(variant, variants[variant])
        for place, ours in enumerate((cost.parameters, multiply_adds(cost.flops))):
            if told[place] and " at " not in told[place]:
                within = OTHERWISE.get((name, place), 0.008 if place else 0.03)
                assert ours == pytest.approx(number(told[place]), rel=within), (variant, told[place])


@pytest.mark.parametrize("name", ["vision.deit"])
def test_models_without_numbers_have_the_formulas_parameters(name):
    variants = import_module(f"course.{name}").VARIANTS
    (found,) = architectures.counted((name,)).values()
    assert found.keys() == variants.keys()
    for variant, (parameters, flops) in found.items():
        cost = ARCHITECTURES[name].work(variant, variants[variant])
        assert (parameters, flops) == (cost.parameters, cost.flops)


def test_a_table_has_a_column_only_for_what_the_paper_prints():
    found = {"Ti": (5_910_800, 2_500_000_000), "S": (22_436_432, 9_200_000_000), "B": (87_338_192, 3)}
    text = sizes.table(ARCHITECTURES["vision.deit"], found)
    assert "the paper's parameters" in text and "the paper's work" not in text
    assert "   * - Ti\n     - 5,910,800\n     - 2.50 GFLOPs\n     - 1.25 G\n     - 6M\n" in text
    assert "The paper" not in sizes.table(ARCHITECTURES["vision.hybrid"], {"R50+B/16": (1, 2)})
