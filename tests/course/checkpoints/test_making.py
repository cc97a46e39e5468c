"""A checkpoint is made, broken off, gone on with, and is the same file."""

import hashlib
import subprocess

import pytest
import torch

from course.checkpoints import load, making
from course.checkpoints.making import begin, make, seconds
from course.checkpoints.shelf import files, own


def made(known, place, out, show=None):
    return make("tiny", known, *begin("tiny", known, place), out, show)


def test_broken_off_and_gone_on_with_it_is_the_same_file(tiny, tmp_path):
    whole = made(tiny, tmp_path / "whole", tmp_path / "out")

    def interrupt(row):
        if row["step"] == 6:
            raise KeyboardInterrupt

    method, data, run = begin("tiny", tiny, tmp_path / "broken")
    run.is_due = lambda: True  # keeps a checkpoint behind every epoch
    with pytest.raises(KeyboardInterrupt):
        make("tiny", tiny, method, data, run, own(), interrupt)
    assert not any(path.exists() for path in files("tiny", own()))
    heard = []
    again = made(tiny, tmp_path / "broken", own(), heard.append)
    assert [row["step"] for row in heard] == [6, 9, 12]
    assert again["sha256"] == whole["sha256"] and again["scores"] == whole["scores"]
    weights, _ = files("tiny", own())
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == again["sha256"]


def test_what_is_loaded_is_what_was_measured(tiny, tmp_path):
    its = made(tiny, tmp_path / "run", own())
    module, card = load("tiny")
    assert card == its and not module.training
    scores = [dict(what=s.what, this=s.this, beside=s.beside) for s in tiny.scores(module)]
    assert scores == its["scores"]
    state = torch.random.get_rng_state()
    load("tiny")
    assert torch.equal(state, torch.random.get_rng_state())


def test_a_run_of_another_recipe_is_not_gone_on_with(tiny, tmp_path, monkeypatch):
    made(tiny, tmp_path / "run", own())
    monkeypatch.setattr(type(tiny.recipe), "__eq__", lambda *_: False)
    with pytest.raises(ValueError, match="is not of tiny as it is made now: remove the folder to begin anew"):
        begin("tiny", tiny, tmp_path / "run")


def test_minutes_are_those_of_all_the_times_it_was_begun():
    rows = [{"step": 2.0, "images_per_second": 4.0}, {"step": 3.0, "images_per_second": 8.0}]
    assert seconds(rows, batch=16) == 2 * 16 / 4 + 16 / 8


def test_the_commit_says_whether_the_code_was_that_of_the_commit(monkeypatch):
    def answers(changed, tracked=True):
        def run(command, **_):
            if "ls-files" in command and not tracked:
                raise subprocess.CalledProcessError(1, command)
            said = {"status": changed, "rev-parse": "abc1234\n"}.get(command[1], "")
            return subprocess.CompletedProcess(command, 0, said)

        monkeypatch.setattr(making.subprocess, "run", run)
        return making.commit()

    assert answers("") == "abc1234"
    assert answers(" M course/norm.py\n") == "abc1234+"
    assert answers("", tracked=False).startswith("version ")  # installed into a folder of another project
