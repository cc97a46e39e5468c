"""README's commands are commands, and the benchmark that runs them as printed knows who won."""

import re
import shlex

import pytest
from typer.testing import CliRunner

from benchmarks.readme import commands, losers
from course.commands.cli import app

TABLE = """
| | steps | minutes | kNN | linear probe | fine-tuned |
|:--|--:|--:|--:|--:|--:|
| random encoder | 0 | 0.0 | 26.8 ± 4.9 | 45.4 ± 4.8 | – |
| supervised from scratch | 660 | 0.0 | 26.8 ± 4.9 | {} ± 4.8 | – |
| simclr | 0 | 0.0 | 20.1 ± 2.7 | 77.7 ± 10.9 | – |
"""


@pytest.mark.parametrize(
    ("share", "better"),
    [("61.9", []), ("77.7", ["supervised from scratch"]), ("90.0", ["supervised from scratch"])],
)
def test_it_is_known_who_won(share, better):
    assert losers(TABLE.format(share), "simclr") == better


def test_every_command_runs_in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = commands()
    assert len(found) == 4 and all(command.startswith("course ") for command in found)
    for command in found:
        short = re.sub(r"--epochs \d+", "--epochs 1", command)
        short += " --seeds 1" * command.startswith("course evaluate")
        done = CliRunner().invoke(app, shlex.split(short)[1:])
        assert done.exit_code == 0, (command, done.output)
    assert (tmp_path / "runs").is_dir()
