"""What is said of a machine that can confine, and of one that cannot; there kernels are plain, or refused."""

import platform
import struct

import pytest
from jupyter_client.manager import KernelManager

from grader.sandbox import bubblewrap, confinement, provisioner, system_calls, view
from grader.sandbox.confinement import NOT_ENFORCED, Confinement, NotConfined
from grader.sandbox.provisioner import Confined


@pytest.fixture
def anew():
    """What was found out is forgotten, before and after."""
    confinement.confinement.cache_clear()
    bubblewrap.program.cache_clear()
    provisioner._say_once.cache_clear()
    yield
    confinement.confinement.cache_clear()
    bubblewrap.program.cache_clear()


@pytest.fixture
def without_bubblewrap(anew, monkeypatch, tmp_path):
    """A machine on which nothing is installed."""
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)


def test_without_bubblewrap_everything_not_enforced_is_said(without_bubblewrap):
    told = str(confinement.confinement())
    assert told.startswith(
        "STUDENT CODE RUNS UNCONFINED. bubblewrap is not installed. Install it with `apt-get"
    )
    assert all(clause in told for clause in NOT_ENFORCED)
    with pytest.raises(NotConfined, match="apt-get install bubblewrap"):
        confinement.require()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_cannot(anew, monkeypatch, system):
    monkeypatch.setattr(confinement.sys, "platform", system)
    found = confinement.confinement()
    assert not found.confined and "needs Linux" in found.because


def test_where_namespaces_are_forbidden_the_reason_is_told(anew, monkeypatch, tmp_path):
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: str(broken))
    found = confinement.confinement()
    assert not found.confined
    assert "No permissions to create a new namespace" in found.because


def test_a_confining_machine_says_so_in_one_sentence():
    assert str(Confinement(True)) == "Student code runs confined."
    assert str(Confinement(True, not_enforced=("this is not",))) == (
        "Student code runs confined, except that this is not."
    )


def manager(**options):
    made = KernelManager(kernel_name="python3")
    made.provisioner = Confined(kernel_id="x", kernel_spec=made.kernel_spec, parent=made, **options)
    return made


def test_a_plain_kernel_stands_in_and_that_is_said_loudly(without_bubblewrap, capsys):
    plain = manager()
    plain.start_kernel()
    try:
        client = plain.client()
        client.start_channels()
        client.wait_for_ready(timeout=600)
        assert client.execute_interactive("1 + 1", timeout=600)["content"]["status"] == "ok"
        client.stop_channels()
        assert plain.provisioner.conceal([{"index": 3}]) == [{"index": 3}]
        plain.provisioner.end("because")
        assert plain.provisioner.ended == "because"
    finally:
        plain.shutdown_kernel(now=True)
    assert "STUDENT CODE RUNS UNCONFINED" in capsys.readouterr().err


def test_a_plain_kernel_is_refused_where_confinement_is_required(without_bubblewrap):
    with pytest.raises(NotConfined):
        manager(required=True).start_kernel()


# -- the filter of system calls, run by hand ------------------------------------------------------------


def verdict(machine, architecture, number):
    """What the filter's own little machine answers to a call."""
    lines = list(struct.iter_unpack("HBBI", system_calls.program(machine)))
    at, value = 0, 0
    while True:
        code, if_true, if_false, operand = lines[at]
        if code == 0x20:
            value = {0: number, 4: architecture}[operand]
        elif code == 0x06:
            return operand
        else:
            holds = value == operand if code == 0x15 else value >= operand
            at += if_true if holds else if_false
        at += 1


ALLOWED, REFUSED = 0x7FFF0000, 0x00050026


@pytest.mark.parametrize(("machine", "architecture"), [("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)])
def test_the_filter_refuses_what_it_lists_and_nothing_else(machine, architecture):
    listed = set(system_calls.REFUSED[machine].values())
    for number in range(600):
        assert verdict(machine, architecture, number) == (REFUSED if number in listed else ALLOWED), number
    assert verdict(machine, architecture, 0x40000000 | 1) == REFUSED
    assert verdict(machine, 0x40000003, 1) == REFUSED


def test_an_unknown_kind_of_machine_has_no_filter():
    assert system_calls.program("riscv64") is None
    assert platform.machine() not in system_calls.REFUSED or system_calls.program() is not None


# -- the file system ------------------------------------------------------------------------------------


def test_every_file_that_is_shown_exists():
    assert all((view.OURS / name).exists() for name in view.OPEN)
    assert all((view.OURS / "sandbox" / "inside" / name).is_file() for name in view.STAND_INS)


def test_nothing_secret_is_among_the_variables(monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "geheim")
    assert "geheim" not in str(view.environment())
