"""Points without an answer: the score forged, the checker replaced, somebody else's answer called."""

from __future__ import annotations

import json
from copy import deepcopy

import nbformat
from hostile.case import ATTACKED, NOTHING, Deserves, Family, Handed
from nbformat.v4 import new_output

REPLY = "application/vnd.attention-course.outcomes+json"
VERDICT = "application/vnd.attention-course.verdict+json"
family = Family("forging the score")
code, case = family.code, family.case

# -- the cell that is graded ------------------------------------------------------------------------------

code(
    "forge-no-asserts",
    "drops every assert with an AST transformer",
    """
import ast
class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(NoAsserts())
""",
    answer=False,
)
code(
    "forge-no-lines",
    "drops every line with an assert with an input transformer",
    """
get_ipython().input_transformers_cleanup.append(lambda lines: [l for l in lines if "assert" not in l])
""",
    answer=False,
)
code(
    "forge-run-cell",
    "replaces run_cell, so that no cell fails",
    """
shell = get_ipython()
real = type(shell).run_cell
def run_cell(self, raw, *args, **kwargs):
    if "assert" in raw or "check(" in raw or "probe" in raw:
        raw = "6.0"
    return real(self, raw, *args, **kwargs)
type(shell).run_cell = run_cell
""",
    answer=False,
    deserves=Deserves.AT_MOST_THE_REST,
)
code(
    "forge-formatter",
    "shows every result as 6.0 with a display formatter",
    """
formatter = get_ipython().display_formatter
formatter.format = lambda *args, **kwargs: ({"text/plain": "6.0"}, {})
""",
    answer=False,
)
code(
    "forge-displayhook",
    "writes a score from a hook after each cell",
    """
from IPython.display import display
def after(result):
    display({"text/plain": "6.0"}, raw=True)
get_ipython().events.register("post_run_cell", after)
""",
    answer=False,
)
code(
    "forge-showtraceback",
    "swallows every error",
    "get_ipython().showtraceback = lambda *args, **kwargs: None\n"
    "get_ipython().set_custom_exc((BaseException,), lambda *args, **kwargs: None)",
    answer=False,
)
code(
    "forge-compile",
    "replaces compile and exec by ones that do nothing with an assert",
    """
import builtins
real = builtins.compile
def compile(source, *args, **kwargs):
    import ast
    if isinstance(source, ast.AST):
        for node in ast.walk(source):
            if isinstance(node, ast.Assert):
                node.test = ast.copy_location(ast.Constant(True), node.test)
    return real(source, *args, **kwargs)
builtins.compile = compile
""",
    answer=False,
)


def edited_check(handed: Handed) -> None:
    handed.cell(ATTACKED).source = "6.0"


case("forge-edited-check", "replaces the graded cell's text by a score", edited_check)


def not_locked(handed: Handed) -> None:
    said = handed.cell(ATTACKED).metadata.nbgrader
    said |= {"locked": False, "solution": True, "grade": True}
    handed.cell(ATTACKED).source = "6.0"


case("forge-unlocked", "says that the graded cell is its own to write", not_locked)


def more_points(handed: Handed) -> None:
    for cell in handed.notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 1000


case(
    "forge-points", "says that its exercises are worth 1,000 points each", more_points, deserves=Deserves.ALL
)


def strange_points(handed: Handed) -> None:
    for cell, points in zip(handed.notebook.cells[::-1], ("NaN", float("nan"), -5, None, [], 1e999)):
        cell.metadata.nbgrader["points"] = points


case(
    "forge-strange-points",
    "says NaN, infinity and text of what it is worth",
    strange_points,
    deserves=Deserves.ALL,
)


def another_name(handed: Handed) -> None:
    handed.cell("hard_attention").metadata.nbgrader.grade_id = ATTACKED + "_2"
    handed.cell(ATTACKED).metadata.nbgrader.grade_id = "hard_attention"
    handed.cell(ATTACKED + "_2").metadata.nbgrader.grade_id = ATTACKED


case(
    "forge-swapped-ids",
    "exchanges the names of two graded cells, so that the right one counts twice",
    another_name,
)


def stolen_name(handed: Handed) -> None:
    copy = deepcopy(handed.cell("hard_attention"))
    copy.metadata.nbgrader.grade_id = ATTACKED
    copy["id"] = "mine"
    handed.notebook.cells.append(copy)


case("forge-claimed-id", "adds a second graded cell under the attacked exercise's name", stolen_name)


def new_exercise(handed: Handed) -> None:
    cell = handed.add("1000.0", place=-1)
    role = {"grade": True, "locked": True, "solution": False, "task": False, "points": 1000}
    cell.metadata["nbgrader"] = {"grade_id": "bonus", "schema_version": 3, **role}


case("forge-bonus", "adds a graded cell of its own with 1,000 points", new_exercise)


def baked(handed: Handed) -> None:
    verdict = {"exercise": ATTACKED, "score": 6.0, "maximum": 6, "status": "right", "parts": []}
    handed.cell(ATTACKED).outputs = [
        new_output("display_data", data={VERDICT: verdict, "text/plain": "✓ Right"}),
        new_output("execute_result", data={"text/plain": "6.0"}, execution_count=1),
    ]


case("forge-baked-outputs", "hands in outputs that hold a verdict and a score", baked)
code(
    "forge-verdict",
    "shows a verdict and a score of its own, as the judge writes them",
    f"""
from IPython.display import display
display({{"{VERDICT}": {{"exercise": "{ATTACKED}", "score": 6.0, "maximum": 6, "status": "right"}},
         "text/plain": "✓ Right · 6 of 6 points"}}, raw=True)
6.0
""",
    answer=False,
)

# -- the checker, and what it is made of ------------------------------------------------------------------

code(
    "forge-check",
    "replaces check by a function that returns full marks",
    NOTHING
    + "\nimport grader, grader.notebook\ngrader.notebook.check = grader.check = check = lambda *a: 6.0",
)
code(
    "forge-respond",
    "replaces grader.student.kernel.probe by one that answers for it",
    NOTHING
    + f"""
import grader.student.kernel
from IPython.display import display
def probe(asked):
    import json
    count = len(json.loads(asked)["payloads"])
    display({{"{REPLY}": {{"outcomes": [{{"value": True, "failure": None}}] * count, "said": []}}}}, raw=True)
    display({{"text/plain": "6.0"}}, raw=True)
grader.student.kernel.probe = probe
""",
)
code(
    "forge-wire",
    "replaces grader.asking.wire.encode by one that sends the inputs back",
    NOTHING + "\nfrom grader.asking import wire\nreal = wire.encode\nwire.encode = lambda value: real(True)",
)
code(
    "forge-ask",
    "replaces the functions that ask an answer",
    NOTHING + "\nfrom grader.asking.ask import ASK\nfor kind in ASK: ASK[kind] = lambda *a: 6.0",
)
code(
    "forge-torch",
    "replaces torch.allclose, torch.equal and torch.testing by ones that see no difference",
    NOTHING
    + """
torch.allclose = torch.equal = torch.Tensor.allclose = torch.Tensor.equal = lambda *a, **k: True
torch.isclose = lambda a, b, **k: torch.ones(a.shape, dtype=torch.bool)
torch.testing.assert_close = lambda *a, **k: None
""",
)
code(
    "forge-numpy",
    "replaces numpy's comparisons and asarray",
    NOTHING + "\nimport numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True\n"
    "np.testing.assert_allclose = lambda *a, **k: None\nnp.asarray = np.array = lambda *a, **k: 6.0",
)
code(
    "forge-json",
    "replaces json.loads and json.dumps in its process",
    NOTHING
    + '\nimport json\njson.loads = lambda *a, **k: {"score": 6.0}\njson.dumps = lambda *a, **k: "6.0"',
    deserves=Deserves.AT_MOST_THE_REST,
)
code(
    "forge-builtins",
    "replaces abs, all, float and isinstance by ones that agree",
    NOTHING + "\nimport builtins\nbuiltins.all = lambda *a: True\nbuiltins.abs = lambda *a: 0\n"
    "builtins.isinstance = lambda *a: True",
    deserves=Deserves.AT_MOST_THE_REST,
)
code(
    "forge-equal",
    "returns an object that is equal to everything",
    """
class Always:
    shape, dtype = (1,), None
    __eq__ = __ge__ = __le__ = lambda self, other: True
    __hash__ = None
    __sub__ = __rsub__ = __abs__ = all = any = item = lambda self, *other: self
    __bool__ = lambda self: True
    __getattr__ = lambda self, name: Always()
    __call__ = lambda self, *a, **k: Always()
    __torch_function__ = classmethod(lambda cls, *a, **k: True)

def attention(q, k, v, mask=None):
    return Always()
""",
)
code(
    "forge-subclass",
    "returns a subclass of Tensor that says that it is equal to every other",
    """
class Agrees(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("allclose", "equal", "isclose", "__eq__", "eq"):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})

def attention(q, k, v, mask=None):
    return torch.zeros(*q.shape[:-1], v.shape[-1]).as_subclass(Agrees)
""",
)
code(
    "forge-array",
    "returns an object whose __array__ and __reduce__ run code",
    """
import os
class Bomb:
    def __reduce__(self):
        return (os.system, ("touch {home}/{marker} /tmp/{marker}",))
    def __array__(self, *args, **kwargs):
        raise SystemExit
    __len__ = lambda self: 10**12

def attention(q, k, v, mask=None):
    return Bomb()
""",
)
for name, value, words in (
    ("huge", "1e308 * torch.ones(2**22)", "a huge tensor of huge numbers"),
    ("nan", "torch.full((*q.shape[:-1], v.shape[-1]), float('nan'))", "NaN everywhere"),
    ("inf", "torch.full((*q.shape[:-1], v.shape[-1]), float('inf'))", "infinity everywhere"),
    ("text", "'6.0'", "a score as text"),
    ("complex", "torch.zeros(*q.shape[:-1], v.shape[-1], dtype=torch.complex64)", "complex numbers"),
    (
        "meta",
        "torch.empty(*q.shape[:-1], v.shape[-1], device='meta')",
        "a tensor on a device without numbers",
    ),
    ("broadcast", "torch.zeros(1)", "one number that broadcasts to any shape"),
    ("long-int", "10 ** 100_000", "an integer of 100,000 digits"),
    ("deep", "__import__('functools').reduce(lambda x, _: [x], range(5000), 0)", "a list in 5,000 lists"),
    ("cycle", "(lambda x: (x.append(x), x)[1])([])", "a list that holds itself"),
):
    code(f"forge-{name}", f"returns {words}", f"def attention(q, k, v, mask=None):\n    return {value}")
for name, score in (("score-nan", "float('nan')"), ("score-text", "'full marks'"), ("score-huge", "1e9")):
    code(
        f"forge-{name}",
        f"ends every cell with the value {score}",
        NOTHING
        + "\nget_ipython().events.register('post_run_cell', lambda r: setattr(r, 'result', S))\n"
        "check = lambda *a: S\nget_ipython().display_formatter.format = lambda *a, **k: "
        "({'text/plain': repr(S)}, {})".replace("S", score)
        + "\n",
    )

# -- the channel on which outcomes go ---------------------------------------------------------------------

code(
    "forge-two-replies",
    "replies a second time after our reply, with made-up outcomes",
    NOTHING
    + f"""
from IPython.display import display
import grader.student.kernel
real = grader.student.kernel.reply
def reply(asked, *others):
    answered = real(asked, *others)
    display({{"{REPLY}": answered}}, raw=True)
    return {{"outcomes": answered["outcomes"] * 2, "said": ["6.0"] * 1000}}
grader.student.kernel.reply = reply
""",
)
code(
    "forge-reply-garbage",
    "replies with outcomes that are not in the form that the judge reads",
    NOTHING
    + """
import json
import grader.student.kernel
bad = [{"value": {"tensor": "AAAA", "dtype": "float32", "shape": [2**40, 2**40]}, "failure": None},
       {"value": {"tensor": "!", "dtype": "object", "shape": [-1]}, "failure": None}, None, 6.0,
       {"failure": {"kind": [], "message": {}, "line": "x", "source": 1, "function": None}}]
def reply(asked, *others):
    count = len(json.loads(asked)["payloads"])
    return {"outcomes": (bad * count)[:count], "said": [[]] * 9}
grader.student.kernel.reply = reply
""",
)
code(
    "forge-late-reply",
    "sends a reply from a thread while another exercise is asked",
    f"""
import threading, time
def later():
    from IPython.display import display
    while True:
        time.sleep(0.01)
        display({{"{REPLY}": {{"outcomes": [], "said": []}}}}, raw=True)
threading.Thread(target=later, daemon=True).start()
""",
    answer=False,
    deserves=Deserves.AT_MOST_THE_REST,
)

# -- somebody else's answer -------------------------------------------------------------------------------


def shadow(*names: str) -> None:
    text = b"check = lambda *a, **k: 6.0\nprobe = attempt = encode = check\nraise SystemExit('a shadow')\n"

    def change(handed: Handed) -> None:
        handed.files |= dict.fromkeys(names, text)
        handed.add("import grader, torch, json")

    case(
        f"shadow-{names[0].partition('.')[0].replace('/', '-')}",
        f"lays {names[0]} beside the notebook",
        change,
    )


shadow("torch.py")
shadow("grader.py", "grader/__init__.py", "grader/student/kernel.py", "grader/notebook.py", "check.py")
shadow("sitecustomize.py", "usercustomize.py", "conftest.py", "json.py", "nbgrader_config.py")
shadow("ipython_config.py", ".ipython/profile_default/startup/00-first.py", "jupyter_config.py")
code(
    "copy-library",
    "calls the course's own attention",
    "import course.attention\ndef attention(q, k, v, mask=None):\n    "
    "return course.attention.attention(q, k, v, mask)",
)
code(
    "copy-ready-made",
    "calls PyTorch's ready-made attention",
    "def attention(q, k, v, mask=None):\n    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)",
)
code(
    "copy-alias",
    "calls it under another name, through a helper",
    "from torch.nn.functional import scaled_dot_product_attention as softly\n"
    "def helper(*a, **k):\n    return softly(*a, **k)\n"
    "def attention(q, k, v, mask=None):\n    return helper(q, k, v, attn_mask=mask)",
)
code(
    "copy-getattr",
    "finds it with getattr and a name in two halves",
    "def attention(q, k, v, mask=None):\n"
    "    return getattr(F, 'scaled_dot_' + 'product_attention')(q, k, v, attn_mask=mask)",
)
code(
    "copy-importlib",
    "imports the course's attention with importlib",
    "import importlib\ndef attention(q, k, v, mask=None):\n"
    "    return importlib.import_module('course.' + 'attention').attention(q, k, v, mask)",
)
code(
    "copy-sys-modules",
    "takes the course's attention out of sys.modules",
    "import sys\ndef attention(q, k, v, mask=None):\n"
    "    return vars(sys.modules['course.' + 'attention'])['attention'](q, k, v, mask)",
)
code(
    "copy-eval",
    "writes the call into a text and evaluates it",
    "def attention(q, k, v, mask=None):\n"
    "    return eval('F.scaled_' 'dot_product_attention(q, k, v, attn_mask=mask)')",
)
code(
    "copy-aten",
    "calls the ready-made answer's operation by PyTorch's inner name",
    "def attention(q, k, v, mask=None):\n"
    "    return torch._C._nn.scaled_dot_product_attention(q, k, v, attn_mask=mask)",
)
code(
    "copy-other-cell",
    "defines it elsewhere, with the answer's name assigned in a cell of its own",
    "globals()['atten' + 'tion'] = lambda q, k, v, mask=None: vars(F)['scaled_dot_product' + "
    "'_attention'](q, k, v, mask)",
)
code(
    "copy-reference",
    "imports the exercise and calls its reference",
    "def attention(q, k, v, mask=None):\n"
    "    from grader.catalogue import reference\n    return reference('attention')(q, k, v, mask)",
)
code(
    "copy-exercises",
    "imports the file of the exercise",
    "def attention(q, k, v, mask=None):\n"
    "    import importlib\n"
    "    name = 'grader.exercises.02_attention.attention'\n"
    "    return importlib.import_module(name).attention(q, k, v, mask)",
)
code(
    "hard-coded",
    "returns what the examples of the text would give",
    "def attention(q, k, v, mask=None):\n    "
    "return {2: torch.tensor([0.0070, 0.9929])}.get(len(q), v[..., :1, :])",
)
code(
    "mutates-inputs",
    "overwrites its inputs, so that all that comes later is compared with zeros",
    "def attention(q, k, v, mask=None):\n    for x in (q, k, v):\n        x.zero_()\n    return v.clone()",
)
code(
    "random-guess",
    "remembers what it was asked and hands back a different input each time",
    "asked = []\ndef attention(q, k, v, mask=None):\n    asked.append(v)\n    return asked[0]",
)


def solved_solution(handed: Handed) -> None:
    handed.files["attention_answer.pkl"] = b"cos\nsystem\n(S'touch {home}/{marker}'\ntR."
    handed.answer(
        "import pickle\ndef attention(q, k, v, mask=None):\n"
        "    return pickle.load(open('attention_answer.pkl', 'rb'))"
    )


case("pickle", "hands in a pickle that runs a command when it is loaded", solved_solution)


def forged_notebook(handed: Handed) -> None:
    handed.files[".grading/02_attention.jsonl"] = json.dumps({"student": "forge", "scores": {}}).encode()
    handed.files["gradebook.db"] = b"SQLite format 3\0"
    handed.files["graded.ipynb"] = nbformat.writes(nbformat.v4.new_notebook()).encode()


case("forged-folder", "hands in a gradebook and a ledger beside the notebook", forged_notebook)
