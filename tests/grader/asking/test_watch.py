"""What is called is noticed, however it is reached; what only bears its name is not."""

import concurrent.futures
import cProfile
import functools
import json
import os
import subprocess
import sys
import textwrap
import threading
import types

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import course.attention
from course import cost
from grader import catalogue  # noqa: F401 (an answer finds it among the loaded modules)
from grader.asking import wire
from grader.asking.respond import read_reply, reply
from grader.asking.watch import Watch, ours
from grader.judging.own_work import UNSEEN, forbidden_use, unseen

NONE = {}.__getitem__  # no exercise has implementations
X = {"inputs": {"x": torch.randn(2, 3, 4)}}
READY, BAN = F.scaled_dot_product_attention, ".scaled_dot_product_attention"


def used(answer, payloads=(X,), kind="function", seconds=5.0):
    """What was noted of an answer called f while it was asked."""
    asked = {"kind": kind, "name": "f", "payloads": wire.encode(list(payloads))}
    text = json.dumps(asked | {"seconds": seconds, "operators": True})
    return read_reply(json.loads(json.dumps(reply(text, {"f": answer}, NONE))), len(payloads)).used


def in_a_thread(call):
    got = []
    thread = threading.Thread(target=lambda: got.append(call()))
    thread.start()
    thread.join()
    return got[0]


class Waiting:
    """A thread that began before anything was asked, and works when it is told to."""

    def __init__(self):
        self._told, self._done = threading.Event(), threading.Event()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self):
        self._told.wait()
        self._value = READY(self._x, self._x, self._x)
        self._done.set()

    def __call__(self, x):
        self._x = x
        self._told.set()
        self._done.wait(5)
        return self._value


class Lazy(torch.Tensor):
    """Computes when it is read."""

    def detach(self):
        x = self.as_subclass(torch.Tensor)
        return READY(x, x, x)


class Unwatched(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            return READY(*args[:1] * 3)


class Formula(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return READY(x, x, x)

    @staticmethod
    def backward(context, grad):
        return grad


TRACED = torch.jit.trace(lambda x: READY(x, x, x), X["inputs"]["x"])
ALIAS = {"a": getattr(F, "scaled_dot_" + "product_attention")}
READY_MADE = {
    "by its name": lambda x: F.scaled_dot_product_attention(x, x, x),
    "by another": lambda x: ALIAS["a"](x, x, x),
    "from a text": lambda x: eval("READY(x, x, x)", {"READY": READY, "x": x}),
    "as an operator": lambda x: torch.ops.aten.scaled_dot_product_attention(x, x, x),
    "as an operator's part": lambda x: torch.ops.aten._scaled_dot_product_attention_math(x, x, x)[0],
    "traced": lambda x: TRACED(x),
    "in a thread": lambda x: in_a_thread(lambda: READY(x, x, x)),
    "in a thread that waits": Waiting(),
    "when it is read": lambda x: x.as_subclass(Lazy),
    "through a subclass": lambda x: x.as_subclass(Unwatched) + 1,
    "in a formula of its own": lambda x: Formula.apply(x),
    "with every mode switched off": lambda x: disabled(x),
}


def disabled(x):
    with torch._C.DisableTorchFunction():
        return READY(x, x, x)


@pytest.mark.parametrize("answer", READY_MADE.values(), ids=READY_MADE)
def test_the_ready_made_is_noticed_however_it_is_called(answer):
    before = sys.getprofile(), threading.getprofile()
    assert "`scaled_dot_product_attention`" in forbidden_use(used(answer), [BAN])
    assert (sys.getprofile(), threading.getprofile()) == before


OTHERS = {
    ".MultiheadAttention": lambda x: nn.MultiheadAttention(4, 1)(x, x, x)[0],
    "course.attention": lambda x: vars(sys.modules["course.attention"])["attention"](x, x, x),
    "course.cost.measure": lambda x: getattr(cost, "mea" + "sure")(torch.matmul, (2, 3), (3, 2)).flops,
    "torch.utils.flop_counter": lambda x: (
        __import__("torch.utils.flop_counter", fromlist=["x"])
        .FlopCounterMode(display=False)
        .get_total_flops()
    ),
    ".softmax": lambda x: torch.ops.aten._softmax(x, -1, False),
    ".log_softmax": lambda x: nn.LogSoftmax(-1)(x),
    "torch.nn.functional.layer_norm": lambda x: F.layer_norm(x, (4,)),
    "grader.exercises": lambda x: sys.modules["grader.catalogue"].find("attention").reference(x, x, x),
}


@pytest.mark.parametrize("ban", OTHERS)
def test_other_things_that_are_to_be_written(ban):
    assert f"`{ban.lstrip('.')}`" in forbidden_use(used(OTHERS[ban]), [ban])
    assert f"`{ban.lstrip('.')}`" in forbidden_use(used(lambda x: in_a_thread(lambda: OTHERS[ban](x))), [ban])


class Weights:
    def softmax(self, x):
        return x.exp() / x.exp().sum(-1, keepdim=True)

    scaled_dot_product_attention = softmax


def shadowed(x):
    softmax = x.exp()
    softmax = softmax / softmax.sum(-1, keepdim=True)
    return softmax


HONEST = {
    "a method of one's own": lambda x: Weights().softmax(x),
    "under the ready-made's name": lambda x: Weights().scaled_dot_product_attention(x),
    "a variable": shadowed,
    "something near": lambda x: (x - torch.logsumexp(x, -1, keepdim=True)).exp(),
    "a name that is not called": lambda x: (F.softmax, x.exp())[1],
    "what the course says of it": lambda x: (course.attention.attention.__doc__, x)[1],
}
EVERY = [BAN, ".softmax", ".log_softmax", ".MultiheadAttention", "course.attention", "torch.utils"]


@pytest.mark.parametrize("answer", HONEST.values(), ids=HONEST)
def test_who_calls_nothing_of_it_is_not_accused(answer):
    assert forbidden_use(used(answer), EVERY) == ""


def test_a_first_try_that_does_not_count_is_no_evidence():
    names = {"x": torch.ones(2, 2), "torch": torch}
    exec("def f(x): return torch.softmax(x, -1)\nf(x)\ndef f(x): return x.exp()", names)
    assert forbidden_use(used(names["f"]), EVERY) == ""


def test_gradients_are_asked_for_by_us():
    answered = used(lambda x: x.exp().sum(-1), [X | {"cotangent": 3}])
    assert not any(name.endswith((".randn", ".mul")) for name in answered)
    assert any(name.endswith(".exp") for name in answered)


def test_what_we_call_ourselves_is_not_the_answers():
    with Watch(operators=True) as watch:
        with ours(), ours():
            F.softmax(torch.ones(2), -1)
        torch.ones(2).exp()
    assert forbidden_use(watch.used, [".softmax"]) == "" and "torch.ops.aten.exp" in watch.used


def test_an_error_is_told_by_us_and_what_comes_after_is_noted():
    heard = []

    class Told(Exception):
        def __str__(self):
            heard.append(sys.getprofile())
            return "so"

    def stops_at_the_first(x):
        if not heard:
            raise Told
        return READY(x, x, x)

    assert "`scaled_dot_product_attention`" in forbidden_use(used(stops_at_the_first, [X, X]), [BAN])
    assert heard == [None]


# -- switching it off --------------------------------------------------------------------------------------


def profiles_again(x):
    sys.setprofile(None)
    return READY(x, x, x)


def stops_the_record(x):
    torch.autograd._disable_profiler()
    return READY(x, x, x)


def records_nothing(x):
    torch._C._autograd._enable_record_function(False)
    try:
        return READY(x, x, x)
    finally:
        torch._C._autograd._enable_record_function(True)


def has_its_profile_taken_by_c_code(x):
    functools.partial(sys.setprofile, None)()
    return course.attention.attention(x, x, x)


def profiles_itself(x):
    with cProfile.Profile():
        return course.attention.attention(x, x, x)


OFF = [profiles_again, stops_the_record, records_nothing]
OFF += [has_its_profile_taken_by_c_code, profiles_itself]


@pytest.mark.parametrize("answer", OFF)
def test_switching_the_record_off_is_noticed(answer):
    assert unseen(used(answer)) in UNSEEN.values()
    assert unseen(used(lambda x: x.exp())) == "", "the next answer is recorded again"
    assert "torch.ops.aten.exp" in used(lambda x: x.exp())


def test_what_was_switched_off_before_is_switched_on():
    torch._C._autograd._enable_record_function(False)
    assert "`scaled_dot_product_attention`" in forbidden_use(used(lambda x: READY(x, x, x)), [BAN])


def test_who_profiles_a_check_goes_on_and_sees_it():
    profile = cProfile.Profile()
    profile.enable()
    noted = used(lambda x: x.exp())
    assert "torch.ops.aten.exp" in noted and unseen(noted) == ""
    sum(map(abs, range(10)))
    assert sys.getprofile() is not None
    profile.disable()
    assert any("sum" in str(entry.code) for entry in profile.getstats())


def test_a_profiler_of_pytorchs_that_runs_is_told():
    with torch.profiler.profile() as theirs:
        torch.ones(2).exp()
        noted = used(lambda x: x.exp())
    assert unseen(noted) == UNSEEN["profiler"]
    assert any(event.key == "aten::exp" for event in theirs.key_averages())


def test_a_thread_that_stays_is_not_followed_for_good():
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        used(lambda x: pool.submit(x.exp).result())
        pool.submit(course.attention.attention, *torch.ones(3, 1, 1)).result()
        assert pool.submit(sys.getprofile).result() is None


def test_labels_are_no_operators():
    def labelled(x):
        with torch.profiler.record_function("mine::softmax"):
            return x.exp()

    assert forbidden_use(used(labelled), [".softmax"]) == ""


def test_a_module_by_another_name_is_the_same(monkeypatch):
    monkeypatch.setattr(course.attention, "__name__", "mine")
    noted = used(lambda x: course.attention.attention(x, x, x))
    assert "`course.attention`" in forbidden_use(noted, ["course.attention"])
    code = course.attention.attention.__code__
    mine = types.FunctionType(code, vars(course.attention), "f", course.attention.attention.__defaults__)
    assert "`course.attention`" in forbidden_use(used(lambda x: mine(x, x, x)), ["course.attention"])


def test_without_operators_nothing_is_recorded_below_python():
    with Watch(operators=False) as watch:
        torch.ones(2).exp()
        assert watch.turn(None)
    assert not watch.used


def test_records_do_not_grow():
    def loops(x):
        total = x
        for _ in range(60_000):
            total = total + x
        return total

    import resource

    loops(torch.ones(2))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "torch.ops.aten.add" in used(loops, seconds=30)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**10
    assert grown < 250, f"{grown:.0f} MiB: there may be millions of operators, at 2 kB each"


def test_the_record_is_not_taken_down_in_the_middle_of_an_operator():
    def counts(x):  # PyTorch's counter is called by each operator; a process that goes wrong here dies
        for _ in range(150):
            figures = cost.measure(torch.matmul, (2, 3), (3, 2))
        return figures.flops

    assert "`course.cost.measure`" in forbidden_use(used(counts, seconds=30), ["course.cost.measure"])


# -- processes ---------------------------------------------------------------------------------------------

STARTS = textwrap.dedent(
    """
    import os, subprocess, sys
    from grader.asking.outcome import Refused
    from grader.asking.watch import Watch, refuse_processes

    with Watch(operators=False):
        subprocess.run(["true"])  # nobody grades here yet
    refuse_processes()
    subprocess.run(["true"])  # nothing is asked yet
    refused = []
    with Watch(operators=False):
        for start in (
            lambda: subprocess.run(["true"]),
            lambda: os.system("true"),
            lambda: os.fork() or os._exit(0),
            lambda: os.posix_spawn("/bin/true", ["true"], {}),
            lambda: os.execv("/bin/true", ["true"]),
        ):
            try:
                start()
                refused.append(False)
            except Refused as error:
                refused.append(error.rule == "process")
    subprocess.run(["true"])
    print(refused)
    """
)


def test_no_process_is_started_while_an_answer_is_asked():
    done = subprocess.run(
        [sys.executable, "-c", STARTS],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )
    assert done.stdout.strip() == str([True] * 5), done.stderr


GUARDED = textwrap.dedent(
    """
    import functools, sys, torch
    from grader.asking.watch import Watch, guard

    guard()
    turns = {
        "record": lambda: [*map(torch._C._autograd._enable_record_function, [False, True])],
        "profile": lambda: [*map(sys.setprofile, [None, sys.getprofile()])],
        "nothing": lambda: torch.ones(2).exp(),
    }
    for name, turn in turns.items():
        with Watch(operators=True) as watch:
            turn()
        print(name, sorted(use for use in watch.used if use.startswith("switches.")))
    """
)


def test_where_it_is_graded_switches_tell_of_it_themselves():
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    done = subprocess.run([sys.executable, "-c", GUARDED], capture_output=True, text=True, env=environment)
    told = ["record ['switches.record']", "profile ['switches.record']", "nothing []"]
    assert done.stdout.splitlines() == told, done.stderr


def test_a_thread_that_begins_meanwhile_switches_nothing_off():
    """As a kernel's own do now and then: an honest answer had no points for it."""
    watched = (
        "import sys, threading\n"
        "from grader.asking import watch\n"
        "watch.guard()\n"
        "def used(target):\n"
        "    with watch.Watch(True) as seen:\n"
        "        thread = threading.Thread(target=target)\n"
        "        thread.start()\n"
        "        thread.join()\n"
        "    return seen.used\n"
        "print(used(lambda: None), used(lambda: sys.setprofile(None)))"
    )
    done = subprocess.run([sys.executable, "-c", watched], capture_output=True, text=True, check=True)
    assert done.stdout == "set() {'switches.record'}\n", done.stdout
