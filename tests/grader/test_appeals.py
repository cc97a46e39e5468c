"""What people found to be refused wrongly is refused no more: the cases that `grader appeal` has written."""

from pathlib import Path

from grader import catalogue
from grader.appeals import case
from grader.appeals.case import Case
from grader.appeals.hearing import KEY, SEED
from grader.judging import panel
from grader.judging.process import judge_file
from grader.judging.verdict import Status

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {  # a made-up answer, what is asked for, and whether that holds
    "right": ("count_matmul", case.RIGHT, "def count_matmul(a, b):\n    return 0", False),
    "wrong, and own work": ("count_matmul", case.OWN_WORK, "def count_matmul(a, b):\n    return 0", True),
    "a letter": ("hard_gradient", case.RIGHT, "hard_gradient = '{right}'", True),
}


def refused(folder: Path) -> dict[str, str]:
    """The cases in a folder that the checks still do injustice to, with what they say of them."""
    found = {}
    for file in sorted(folder.glob("*.py")):
        wanted = case.read(file)
        verdict = judge_file(catalogue.find(wanted.exercise), file, KEY, SEED)
        is_met = verdict.is_right if wanted.expected == case.RIGHT else verdict.status is not Status.FORBIDDEN
        if not is_met:
            found[file.name] = f"{wanted.because}\n{panel.plain(verdict)}"
    return found


def test_every_answer_that_a_person_accepted_is_accepted():
    told = refused(ROOT / case.FOLDER)
    assert not told, "\n\n".join(f"{name}: {words}" for name, words in told.items())


def test_a_case_is_met_or_not(tmp_path):
    right = catalogue.find("hard_gradient").reference
    for name, (exercise, expected, text, _) in EXAMPLES.items():
        source = text.replace("{right}", str(right))
        (tmp_path / f"{name}.py").write_text(case.as_text(Case(exercise, expected, "So."), [source]))
    assert set(refused(tmp_path)) == {f"{name}.py" for name, (*_, met) in EXAMPLES.items() if not met}


def test_no_cases_are_nothing_to_complain_about(tmp_path):
    assert refused(tmp_path) == {}
