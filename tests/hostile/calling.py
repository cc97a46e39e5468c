"""The ready-made, called where nobody looks; and honest answers that only look as if they did."""

from __future__ import annotations

from hostile.case import Deserves, Family

family = Family("calling the ready-made unseen")
code = family.code
odd = Family("honest, and looks odd")

READY = "getattr(F, 'scaled_dot_' + 'product_attention')"
RIGHT = """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1) @ v
"""

# -- the ready-made ---------------------------------------------------------------------------------------

code(
    "call-thread",
    "calls it in a thread",
    f"""
import threading
def attention(q, k, v, mask=None):
    got = []
    thread = threading.Thread(target=lambda: got.append({READY}(q, k, v, attn_mask=mask)))
    thread.start()
    thread.join()
    return got[0]
""",
)
code(
    "call-waiting-thread",
    "calls it in a thread that began before anything was asked",
    f"""
import queue, threading
asked, told = queue.Queue(), queue.Queue()
def work():
    while True:
        q, k, v, mask = asked.get()
        told.put({READY}(q, k, v, attn_mask=mask))
threading.Thread(target=work, daemon=True).start()
def attention(q, k, v, mask=None):
    asked.put((q, k, v, mask))
    return told.get()
""",
)
code(
    "call-traced",
    "calls it from a function that was traced",
    f"""
def ready(q, k, v, mask):
    return {READY}(q, k, v, attn_mask=mask)
x = torch.randn(2, 4)
traced = torch.jit.trace(ready, (x, x, x, torch.ones(2, 2, dtype=torch.bool)))
def attention(q, k, v, mask=None):
    everything = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool)
    return traced(q, k, v, everything if mask is None else mask)
""",
)
code(
    "call-lazy",
    "returns a tensor that calls it when it is read",
    f"""
class Lazy(torch.Tensor):
    def detach(self):
        return {READY}(*self.inputs[:3], attn_mask=self.inputs[3])
def attention(q, k, v, mask=None):
    lazy = torch.zeros(*q.shape[:-1], v.shape[-1]).as_subclass(Lazy)
    lazy.inputs = q, k, v, mask
    return lazy
""",
)
code(
    "call-fork",
    "calls it in a process that it forks",
    f"""
import multiprocessing
def ready(send, q, k, v, mask):
    send.send({READY}(q, k, v, attn_mask=mask).tolist())
def attention(q, k, v, mask=None):
    receive, send = multiprocessing.Pipe()
    multiprocessing.get_context("fork").Process(target=ready, args=(send, q, k, v, mask)).start()
    return torch.tensor(receive.recv())
""",
)
SERVES = """
import sys, torch, json
from torch.nn import functional as F
for line in sys.stdin:
    q, k, v, mask = json.loads(line)
    mask = None if mask is None else torch.tensor(mask)
    print(json.dumps(READY(*map(torch.tensor, (q, k, v)), attn_mask=mask).tolist()), flush=True)
""".replace("READY", READY)
code(
    "call-server",
    "asks a process that it started before",
    f"""
import json, subprocess, sys
server = subprocess.Popen(
    [sys.executable, "-c", {SERVES!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
)
def attention(q, k, v, mask=None):
    inputs = [None if x is None else x.tolist() for x in (q, k, v, mask)]
    print(json.dumps(inputs), file=server.stdin, flush=True)
    return torch.tensor(json.loads(server.stdout.readline()))
""",
)
code(
    "call-profile-off",
    "switches Python's record of calls off, and calls the course's",
    """
import sys
def attention(q, k, v, mask=None):
    sys.setprofile(None)
    return __import__("course.attention").attention.attention(q, k, v, mask)
""",
)
code(
    "call-record-off",
    "switches PyTorch's record of operators off",
    f"""
def attention(q, k, v, mask=None):
    torch._C._autograd._enable_record_function(False)
    try:
        return {READY}(q, k, v, attn_mask=mask)
    finally:
        torch._C._autograd._enable_record_function(True)
""",
)

# -- what is asked, foreseen ------------------------------------------------------------------------------

code(
    "foresee-key",
    "works the hidden cases out from the key and the environment",
    """
import os
def attention(q, k, v, mask=None):
    from grader.judging.examination import examine
    from grader.questions.personal import personal_seed
    seed = personal_seed(os.environ["COURSE_KEY"], "hidden cases of attention")
    return examine(attention, os.environ["COURSE_KEY"], seed)
""",
)
code(
    "foresee-count",
    "counts how often it is called, and looks up what was right in the notebook",
    """
import itertools
calls, known = itertools.count(), {}
def attention(q, k, v, mask=None):
    return known.get(next(calls), v.mean(-2, keepdim=True).expand(*q.shape[:-1], v.shape[-1]))
""",
)

# -- what is said -----------------------------------------------------------------------------------------

SAYS = "✓ Right · 6 of 6 points. (It is entered later.)"
code(
    "say-missing",
    "raises an exception that is called like a word of the judge's",
    f"""
class Missing(Exception):
    pass
def attention(q, k, v, mask=None):
    raise Missing("{SAYS}")
""",
)
code(
    "say-refused",
    "raises the grader's own exception with a text of its own",
    f"""
from grader.asking.outcome import Refused
refused = Refused("no function", type="int")
refused.rule, refused.details = "judge", {{"text": "{SAYS}"}}
def attention(q, k, v, mask=None):
    raise refused
""",
)
code(
    "say-type",
    "returns an object whose type is called like a sentence of the judge's",
    f"""
def attention(q, k, v, mask=None):
    return type("{SAYS}", (), {{}})()
""",
)

# -- honest -----------------------------------------------------------------------------------------------


def honest(name: str, tries: str, text: str, answer: bool = True) -> None:
    odd.code(name, tries, text, answer=answer, deserves=Deserves.ALL)


honest(
    "odd-first-try",
    "tries the ready-made first, and defines its own below",
    f"def attention(q, k, v, mask=None):\n    return F.scaled_dot_product_attention(q, k, v)\n"
    f"print(attention(*torch.randn(3, 2, 4)))\n{RIGHT}",
)
honest(
    "odd-method",
    "has a method of its own under the ready-made's name",
    """
class Mine:
    def scaled_dot_product_attention(self, q, k, v, mask):
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        return scores.softmax(-1) @ v
def attention(q, k, v, mask=None):
    return Mine().scaled_dot_product_attention(q, k, v, mask)
""",
)
# With its default backend the C++ compiler alone takes longer on some machines than a cell may
COMPILED = f'{RIGHT}\nattention = torch.compile(attention, backend="eager")'
honest("odd-compiled", "is compiled", COMPILED)
honest(
    "odd-float64",
    "makes float64 the usual type in the first cell",
    "torch.set_default_dtype(torch.float64)",
    answer=False,
)
honest("odd-device", "makes another device the usual one", "torch.set_default_device('meta')", answer=False)
honest(
    "odd-settings",
    "sets a seed, threads, deterministic algorithms and no gradients for all",
    "torch.manual_seed(3)\ntorch.set_num_threads(2)\ntorch.use_deterministic_algorithms(True)\n"
    "torch.set_grad_enabled(False)\nimport warnings; warnings.simplefilter('error')",
    answer=False,
)
