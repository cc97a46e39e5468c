"""Settings of a whole process: usual while an answer is asked, and as they were afterwards."""

import inspect
import math
import random
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from grader import catalogue, check, numbers
from grader.asking.ordinary import SETTINGS, ordinary_state

UNUSUAL = {
    "dtype": (lambda: torch.set_default_dtype(torch.float64), lambda: torch.get_default_dtype()),
    "device": (lambda: torch.set_default_device("meta"), lambda: torch.get_default_device()),
    "no gradients": (lambda: torch.set_grad_enabled(False), torch.is_grad_enabled),
    "anomalies": (lambda: torch.autograd.set_detect_anomaly(True), torch.is_anomaly_enabled),
    "deterministic": (
        lambda: torch.use_deterministic_algorithms(True),
        torch.are_deterministic_algorithms_enabled,
    ),
    "precision": (lambda: torch.set_float32_matmul_precision("medium"), torch.get_float32_matmul_precision),
    "autocast": (lambda: torch.set_autocast_enabled("cpu", True), lambda: torch.is_autocast_enabled("cpu")),
    "threads": (lambda: torch.set_num_threads(3), torch.get_num_threads),
    "errors": (lambda: np.seterr(all="raise"), np.geterr),
    "recursion": (lambda: sys.setrecursionlimit(4321), sys.getrecursionlimit),
}


@pytest.fixture(autouse=True)
def put_back():
    before = [setting.read() for setting in SETTINGS]
    yield
    for setting, value in zip(SETTINGS, before, strict=True):
        if setting.read() != value:
            setting.set(value)


def state():
    return [setting.read() for setting in SETTINGS]


@pytest.mark.parametrize("name", UNUSUAL)
def test_usual_inside_and_as_it_was_afterwards(name):
    usual = state()
    change, read = UNUSUAL[name]
    change()
    changed = state()
    assert changed != usual
    with ordinary_state():
        assert state() == usual
        change()  # an answer may do it too
    assert state() == changed and read() is not None


def test_it_is_put_back_after_an_error():
    torch.set_default_dtype(torch.float64)
    with pytest.raises(KeyboardInterrupt), ordinary_state():
        raise KeyboardInterrupt
    assert torch.get_default_dtype() is torch.float64


def test_chance_is_seeded_and_goes_on_where_it_was():
    def draw():
        return torch.rand(()).item(), np.random.rand(), random.random()

    for seed in (torch.manual_seed, np.random.seed, random.seed):
        seed(1)
    undisturbed = draw(), draw()
    for seed in (torch.manual_seed, np.random.seed, random.seed):
        seed(1)
    first, inside = draw(), []
    for _ in range(2):
        with ordinary_state():
            inside.append(draw())
    assert (first, draw()) == undisturbed and inside[0] == inside[1]


def test_inference_mode_does_not_reach_an_answer():
    with torch.inference_mode(), ordinary_state():
        x = torch.ones(2, requires_grad=True)
        assert (x * 2).requires_grad


@pytest.mark.parametrize("name", UNUSUAL)
@pytest.mark.parametrize("id", ["attention", "linear_attention", "count_matmul"])
def test_a_check_is_the_same_whatever_is_set(id, name, capsys):
    names = {"torch": torch, "nn": nn, "math": math}
    exec(inspect.getsource(catalogue.find(id).reference), names)
    UNUSUAL[name][0]()
    assert check(names[id]) == catalogue.find(id).points, capsys.readouterr().out


def test_numbers_of_ones_own_are_the_same_whatever_is_set(monkeypatch):
    monkeypatch.setenv("COURSE_STUDENT", "ada")
    usual = str(numbers("patch_weight"))
    torch.set_default_dtype(torch.float64)
    assert str(numbers("patch_weight")) == usual


def test_what_is_compiled_runs_as_it_is_written():
    def f(x):
        return x.exp() / x.exp().sum(-1, keepdim=True)

    def never(*_):
        raise AssertionError("it is compiled")

    for compiled in (torch.compile(f, backend=never), torch.compile(nn.Linear(2, 2), backend=never)):
        with ordinary_state():
            assert compiled(torch.ones(1, 2)).shape == (1, 2)


def test_what_would_be_compiled_runs_as_it_is_written():
    program = (
        "import sys, torch\n"
        "from grader.asking.ordinary import ordinary_state\n"
        "with ordinary_state():\n"
        "    @torch.compile(fullgraph=True)\n"
        "    def f(x): return x + 1\n"
        "    print(f(torch.ones(())).item(), torch.compile(f) is f, 'torch._dynamo' in sys.modules)\n"
        "print(torch.compile.__module__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "2.0 True False\ntorch\n", done.stderr


def test_inside_of_another_device_too():
    with torch.device("meta"), ordinary_state():
        assert torch.ones(2).device.type == "cpu"
