"""The process that kernels are forked from, shared by workers."""

import json
import socket
import subprocess
import sys
from dataclasses import asdict

import pytest

from grader.sandbox import short_way, zygotes
from grader.sandbox.limits import Limits
from grader.sandbox.zygotes import NOT_OURS, Shared, Zygote

ADOPTS = """
import json, sys
from grader.sandbox import short_way, zygotes
from grader.sandbox.limits import Limits

zygotes.adopt(zygotes.Shared(**json.loads(sys.argv[1])))
with short_way.Kernel(Limits(), 30, {}, [], None) as kernel:
    said = dict(kernel.run("6 * 7", True, 20))
print(said["execute_result"]["data"]["text/plain"], zygotes.current().pid)
"""


def test_another_process_has_kernels_forked_from_ours(confined):
    shared, descriptors = zygotes.share()
    before = zygotes.current()
    done = subprocess.run(
        [sys.executable, "-c", ADOPTS, json.dumps(asdict(shared))],
        pass_fds=descriptors,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.stdout, done.stderr) == (f"42 {NOT_OURS}\n", "")
    assert zygotes.current() is before, "it ended ours"
    with short_way.Kernel(Limits(), 30, {}, [], None) as kernel:
        assert kernel.run("1", True, 20)


def test_one_that_has_ended_is_noticed_by_who_has_adopted_it():
    pairs = [socket.socketpair() for _ in range(3)]
    theirs = Zygote.adopted(Shared("/nowhere", "key", tuple(ours.detach() for ours, _ in pairs)))
    assert theirs.is_alive
    for _, other in pairs:
        other.close()
    assert not theirs.is_alive
    theirs.close()


def test_a_kernel_that_floods_its_socket_is_not_heard_for_ever(confined):
    flood = "import os\nwhile True: os.write(4, (9).to_bytes(4, 'big') + b'[\"error\"]')"
    with short_way.Kernel(Limits(), 60, {}, [], None) as kernel, pytest.raises(short_way.Unusual):
        kernel.run(flood, True, 50)


def test_a_kernel_has_no_more_time_than_it_is_given(confined):
    with short_way.Kernel(Limits(), 1.0, {}, [], None) as kernel, pytest.raises(short_way.Unusual):
        kernel.run("while True: pass", True, None)


def test_one_for_many_kernels_forks_the_same(confined, monkeypatch):
    theirs = Zygote(for_many=True)
    try:
        theirs.wait_until_loaded()
        monkeypatch.setattr(zygotes, "_current", theirs)
        for _ in range(2):
            with short_way.Kernel(Limits(), 60, {}, [], None) as kernel:
                said = dict(kernel.run("import torch\ntorch.ones(3, 4).sum().item()", True, 50))
            assert said["execute_result"]["data"]["text/plain"] == "12.0"
    finally:
        theirs.close()
