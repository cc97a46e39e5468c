"""`course doctor` on a healthy machine, and on machines that lack one thing each."""

import json
import os
import sys
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from course.commands import doctor
from course.commands.cli import app


def test_this_machine_is_healthy():
    run = CliRunner().invoke(app, ["doctor", "--json"])
    assert run.exit_code == 0, run.output
    findings = {finding["what"]: finding for finding in json.loads(run.output)}
    assert not [f for f in findings.values() if f["state"] == "broken"]
    for name in ["torch", "numpy", "matplotlib", "jupyterlab", "ipywidgets", "nbgrader"]:
        assert findings[name]["found"] == metadata.version(name)
    assert sys.executable in findings["Python"]["found"]
    assert findings["Jupyter kernel"]["found"] == "python3 starts this Python"
    assert "1,797 images of 8 × 8" in findings["Digits"]["found"]
    assert {"CPU", "CUDA", "MPS", "Widgets", "nbgrader's buttons", "COURSE_DATA", "Disk"} <= findings.keys()


def test_plain_text_where_there_is_no_terminal(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "CHECKS", [doctor.disk])
    doctor.show(doctor.examine())
    said = capsys.readouterr().out
    assert "\x1b" not in said and "GB free" in said and "All is well." in said


def test_what_is_broken_fails_and_says_what_to_do(monkeypatch):
    def faint():
        raise RuntimeError("the library is for another machine")

    monkeypatch.setattr(doctor, "CHECKS", [doctor.disk, faint])
    run = CliRunner().invoke(app, ["doctor"])
    assert run.exit_code == 1
    assert "BROKEN" in run.output and "the library is for another machine" in run.output
    assert "What to do:" in run.output and doctor.REINSTALL in run.output


def test_what_is_only_worth_knowing_does_not_fail(monkeypatch):
    monkeypatch.setattr(doctor, "CHECKS", [lambda: [doctor.Finding("Disk", "little", "note", "Make room.")]])
    monkeypatch.setattr(doctor.CHECKS[0], "__name__", "disk")
    run = CliRunner().invoke(app, ["doctor"])
    assert run.exit_code == 0 and "Disk: Make room." in run.output


def states(check) -> dict[str, str]:
    """What a check says of each thing; every finding that is not in order must come with advice."""
    findings = list(check())
    assert all(bool(finding.advice) == (finding.state != "ok") for finding in findings)
    return {finding.what: finding.state for finding in findings}


def test_python_of_no_environment(monkeypatch):
    monkeypatch.setattr(doctor.sys, "prefix", sys.base_prefix)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert states(doctor.python) == {"Python": "note"}


def test_missing_package(monkeypatch):
    def version(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "version", version)
    assert set(states(doctor.packages).values()) == {"broken"}


def test_package_that_does_not_import(monkeypatch):
    def load(name):
        raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr(doctor.importlib, "import_module", load)
    broken = {name for name, state in states(doctor.packages).items() if state == "broken"}
    assert broken == {"torch", "numpy", "matplotlib"}


def test_one_core(monkeypatch):
    monkeypatch.setattr(doctor.os, "sched_getaffinity", lambda process: {0}, raising=False)
    assert states(doctor.processor) == {"CPU": "note"}


def test_driver_too_old_for_this_pytorch(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(doctor.shutil, "which", lambda name: name)
    assert states(doctor.accelerators)["CUDA"] == "note"


def kernel_of(folder: Path, argv: list[str], monkeypatch) -> None:
    """Make `argv` the kernel python3."""
    specification = folder / "kernels" / "python3"
    specification.mkdir(parents=True)
    text = json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"})
    (specification / "kernel.json").write_text(text)
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")


def test_kernel_of_another_python(tmp_path, monkeypatch):
    # the same interpreter, in another prefix: what a kernel left by another environment looks like
    elsewhere = tmp_path / "elsewhere"
    start = [
        f"import sys; sys.prefix = {str(elsewhere)!r}",
        "from ipykernel.kernelapp import launch_new_instance",
    ]
    code = "\n".join([*start, "launch_new_instance()"])
    kernel_of(tmp_path, [sys.executable, "-c", code, "-f", "{connection_file}"], monkeypatch)
    findings = list(doctor.kernel())
    assert [finding.state for finding in findings] == ["broken"]
    assert str(elsewhere) in findings[0].found and "ipykernel install" in findings[0].advice


def test_kernel_that_does_not_start(tmp_path, monkeypatch):
    kernel_of(tmp_path, [sys.executable, "-c", "raise SystemExit(1)"], monkeypatch)
    assert states(doctor.kernel) == {"Jupyter kernel": "broken"}


def test_extensions_missing(monkeypatch):
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *parts: [])
    assert states(doctor.notebook_extensions) == {"Widgets": "broken", "nbgrader's buttons": "broken"}


def test_commands_not_on_the_path(monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    assert states(doctor.grading_tools) == {"Commands": "note"}


@pytest.mark.parametrize(("exists", "state"), [(True, "ok"), (False, "note")])
def test_own_data(tmp_path, monkeypatch, exists, state):
    place = tmp_path / "data"
    if exists:
        for name in ["cifar10", "multi30k", ".cache"]:
            (place / name).mkdir(parents=True)
    monkeypatch.setenv("COURSE_DATA", str(place))
    assert states(doctor.own_data) == {"COURSE_DATA": state}
    if exists:
        assert "cifar10, multi30k" in next(iter(doctor.own_data())).found


def test_full_disk(monkeypatch):
    usage = type("Usage", (), {"free": 2e8})
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: usage)
    assert states(doctor.disk) == {"Disk": "note"}
