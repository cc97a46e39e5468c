"""What the instructors' pages tell people to type exists, and their configuration does what they say."""

import re
from pathlib import Path

import pytest
import typer
from traitlets.config import Config

from grader.cli import app

DOCS = Path(__file__).resolve().parents[1] / "docs"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def blocks(page: str, kind: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def typed(page: str) -> list[list[str]]:
    """The `grader` commands that a page says, in blocks and in sentences, as words."""
    text = (DOCS / page).read_text(encoding="utf-8")
    lines = re.findall(r"^grader [^#\n]+", text, re.MULTILINE) + re.findall(r"`(grader [^`]+)`", text)
    return [line.split() for line in lines]


@pytest.mark.parametrize("page", ["instructors.md", "jupyterhub.md"])
def test_every_command_and_option_exists(page):
    found = typed(page)
    assert len(found) >= 5
    for _, name, *words in found:
        known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, (name, words)


def test_ten_commands():
    first = blocks("instructors.md", "sh")[0].strip().splitlines()
    assert [int(line.rpartition("#")[2].split()[0]) for line in first] == list(range(1, 11))
    handed_out, assigned = (
        next(i for i, line in enumerate(first) if what in line) for what in ("keys", "release")
    )
    assert handed_out < assigned, "numbers of one's own are graded, so keys come before the assignment"


def test_the_late_penalty_is_configured_as_the_page_says():
    from nbgrader.preprocessors import AssignLatePenalties

    config = Config()
    exec(blocks("instructors.md", "python config")[0], {"get_config": lambda: config})
    penalties = AssignLatePenalties(config=config)
    penalties.init_plugin()
    assert penalties.plugin_inst.late_submission_penalty("ada", 10.0, 30 * 3600) == 2.0
    assert penalties.plugin_inst.late_submission_penalty("ada", 10.0, 10 * 60) is None


def test_the_hubs_key_is_the_graders():
    from types import SimpleNamespace

    from grader.questions.personal import student_key

    code = blocks("jupyterhub.md", "python hub")[0].replace(
        'open("/srv/attention-secret/.course_secret").read()', "'s'"
    )
    names = {"c": SimpleNamespace(Spawner=SimpleNamespace())}
    exec(code, names)
    spawner = SimpleNamespace(user=SimpleNamespace(name="ada"), environment={})
    names["prepare"](spawner)
    where = {"JUPYTER_CONFIG_PATH": "/srv/students"}
    assert spawner.environment == where | {"COURSE_STUDENT": "ada", "COURSE_KEY": student_key("s", "ada")}
    teacher = SimpleNamespace(user=SimpleNamespace(name="instructor"), environment={})
    names["prepare"](teacher)
    assert teacher.environment == {}
