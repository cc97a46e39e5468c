"""At least sixty hostile or broken submissions: no points, no canary, no neighbour, no process left.

All that there are, three times as many, are tried by ``python -m benchmarks.hostile``.
"""

import collections

import pytest
from hostile.case import Case, Deserves, Handed
from hostile.cases import CASES, QUICK
from hostile.page import what_acts

from grader.sandbox.confinement import confinement

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What came of every case, by its name."""
    if not confinement().confined:
        pytest.skip(confinement().because)
    from hostile.ours import Hostiles

    with Hostiles(tmp_path_factory.mktemp("hostile")) as hostiles:
        return {outcome.case.name: outcome for outcome in hostiles.grade(QUICK, quick=True)}


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_nothing_is_gained_told_disturbed_or_left(outcomes: dict, case: Case) -> None:
    outcome = outcomes[case.name]
    assert outcome.trouble == [], outcome.ended
    assert outcome.gained == 0, (outcome.ended, outcome.points)
    assert outcome.holds, (outcome.ended, outcome.points, outcome.deserved)


def test_there_are_enough_of_every_kind():
    assert len(QUICK) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    kinds = collections.Counter(case.family for case in QUICK)
    assert min(kinds.values()) >= 5 and set(kinds) == {case.family for case in CASES}


def test_each_says_what_it_tries():
    assert len({case.tries for case in CASES}) == len(CASES)
    assert all(case.tries[0].islower() and not case.tries.endswith(".") for case in CASES)


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        "<p onclick='1'>",
        "<a href=' java\nscript:alert(1)'>",
        "<img src='http://192.0.2.1/x.png'>",
        "<iframe srcdoc=''></iframe>",
        "<p style='background: url(//x)'>",
        "<svg onload=1>",
    ],
)
def test_what_acts_is_seen(html):
    assert what_acts(f"<html><body>{html}</body></html>")


def test_what_does_nothing_is_not():
    assert not what_acts("<p style='color: red'>&lt;script&gt;<a href='https://example.org'>x</a></p>")


def test_a_case_leaves_the_honest_submission_as_it_is():
    import nbformat

    role = {"grade_id": "attention_answer", "solution": True}
    cell = nbformat.v4.new_code_cell("right", metadata={"nbgrader": role})
    honest = Handed(nbformat.v4.new_notebook(cells=[cell]), "x.ipynb")

    class Anywhere:
        def fill(self, text):
            return text.replace("{root}", "/course")

    def change(handed: Handed) -> None:
        handed.add("open('{root}')")

    made = Case("x", "y", "z", change, Deserves.THE_REST).submission(honest, Anywhere())
    assert [cell.source for cell in honest.notebook.cells] == ["right"]
    assert "zeros" in made.notebook.cells[0].source and made.notebook.cells[1].source == "open('/course')"
