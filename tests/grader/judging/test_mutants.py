"""Small changes to a right answer."""

import ast

import pytest
import torch

from grader.judging.mutants import mutants_of_code, mutants_of_formula

FORMULAS = [mutant.answer for mutant in mutants_of_formula("2*L*d + 4")]


@pytest.mark.parametrize(
    "changed", ["2 * L * d - 4", "2 * L * d", "4", "3 * L * d + 4", "2 / L * d + 4", "2 * L + d + 4"]
)
def test_formulas(changed):
    assert changed in FORMULAS


def test_the_formula_itself_is_no_mutant():
    assert "2 * L * d + 4" not in FORMULAS
    assert "L * L" not in [mutant.answer for mutant in mutants_of_formula("L*L")]


def helper(x):
    return x - 1


def reference(x, flag=True, *, y=2):
    """A docstring with a 1 in it."""
    if x is None:
        raise ValueError("wrong use")
    total = x.sum(0, keepdim=True)
    total += y
    return helper(total) if flag else torch.stack((x, x * 2))[0]


def changes(answer, **options):
    return [mutant.change for mutant in mutants_of_code(answer, **options)]


@pytest.mark.parametrize(
    "change",
    [
        "helper: return x - 1 → return x + 1",
        "helper: return x - 1 → return x - 2",
        "helper: return x - 1 → return 1 - x",
        "reference: total = x.sum(0, keepdim=True) → total = x.sum(1, keepdim=True)",
        "reference: total = x.sum(0, keepdim=True) → total = x.sum(0, keepdim=False)",
        "reference: total = x.sum(0, keepdim=True) → total = x.sum(0)",
        "reference: total += y → pass",
        "reference: total += y → total += x",
        "reference: return helper(total) if flag else torch.stack((x, x * 2))[0] → "
        "return helper(total) if not flag else torch.stack((x, x * 2))[0]",
        "reference: return helper(total) if flag else torch.stack((x, x * 2))[0] → "
        "return helper(total) if flag else torch.stack((x * 2, x))[0]",
    ],
)
def test_code(change):
    assert change in changes(reference)


def test_guards_defaults_and_docstrings_are_left_alone():
    for change in changes(reference):
        assert not any(word in change for word in ("docstring", "wrong use", "is not None", "flag=False"))


def test_every_mutant_runs_and_the_file_stays_as_it_was():
    before = reference(torch.ones(2, 3), y=5).tolist(), helper(1)
    found = set()
    for mutant in mutants_of_code(reference):
        try:
            found.add(str(mutant.answer(torch.tensor([[1.0, 2.0], [3.0, 5.0]]))))
        except Exception as error:
            found.add(type(error).__name__)
    assert len(found) > 8
    assert (reference(torch.ones(2, 3), y=5).tolist(), helper(1)) == before


def same(x):
    return torch.maximum(x, x)


def test_a_change_that_changes_nothing_is_no_mutant():
    before = "same: return torch.maximum(x, x)"  # exchanging the two is no change
    assert changes(same) == [f"{before} → return torch", f"{before} → return x"]


class Doubles(torch.nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.full((d,), 2.0))

    def forward(self, x):
        return x * self.gain


def test_classes():
    mutants = {mutant.change: mutant.answer for mutant in mutants_of_code(Doubles)}
    added = mutants["Doubles: return x * self.gain → return x + self.gain"]
    assert added(2)(torch.ones(2)).tolist() == [3.0, 3.0]
    assert Doubles(2)(torch.ones(2)).tolist() == [2.0, 2.0]


def check(f):
    x = torch.ones(3)
    assert f(x).sum() == 3
    assert (f(x) > 0).all()


def test_changes_confined_to_assertions():
    found = changes(check, within=ast.Assert)
    assert found and not any("x = torch" in change for change in found)
    assert "check: assert (f(x) > 0).all() → pass" in found
