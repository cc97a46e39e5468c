"""Whether an answer calls what it is asked to write: told by what was called while it was asked.

Its text does not say: a name can be put together from halves, and one that stands there may be a first try
that does not count, a variable, or a method of the student's own. What is called is seen in the student's
process (`grader.asking.watch`), and so is evidence: who takes Python apart may hide it, and nobody else does.
"""

from __future__ import annotations

from collections.abc import Iterable

from grader.asking.rules import sentence
from grader.asking.watch import OPERATORS, PROCESS, PROFILER, RECORD, SWITCHES

# Below their names, PyTorch has operators that do the same; an underscore in front is left out.
ALSO_CALLED = {
    "scaled_dot_product_": "scaled_dot_product_attention",
    "native_multi_head_attention": "MultiheadAttention",
    "transformer_encoder_layer_fwd": "TransformerEncoderLayer",
    "native_layer_norm": "layer_norm",
    "native_group_norm": "group_norm",
    "native_batch_norm": "batch_norm",
    "native_dropout": "dropout",
    "masked_softmax": "softmax",
    "sparse_softmax": "softmax",
    "sparse_log_softmax": "log_softmax",
    "safe_softmax": "softmax",
}
MINE = "grader.mine."  # before lesson and name of one of the course's answers (`grader.asking.watch`)
COMPARE = "Comparing with it belongs in another cell."
UNSEEN = {
    PROCESS: sentence("process", {}),
    PROFILER: "A profiler of PyTorch's runs while it is asked, so nobody sees what it calls: stop it before.",
    RECORD: "It ends the record of what it calls, as profilers and `sys.setprofile` do: leave that out.",
}


def forbidden_use(used: Iterable[str], forbidden: Iterable[str]) -> str:
    """What is said of an answer that called something among ``forbidden``; nothing where it did not.

    A dotted name stands for everything below it too: ``course.cost`` covers ``course.cost.measure``, and this
    what it really is, ``course.cost.measured.measure``. A name that begins with a dot is that of a method or
    an operator, wherever it is found: ``.softmax``.
    """
    names = [f".{_operator(use)}." for use in used]
    found = sorted(ban for ban in set(forbidden) if any(_is_named(ban, name) for name in names))
    if not found:
        return ""
    return (
        f"It uses `{found[0].lstrip('.')}`, which is what this exercise asks you to write yourself. {COMPARE}"
    )


def borrowed(used: Iterable[str], lesson: str) -> str:
    """What is said of an answer that calls the course's to its own or a later lesson, by way of `mine`."""
    calls = sorted(use.removeprefix(MINE).split(".") for use in used if use.startswith(MINE))
    found = next((name for of, name, *_ in calls if of >= lesson), "")
    return f"It uses `mine.{found}`, the course's own answer. Later lessons may." if found else ""


def unseen(used: Iterable[str]) -> str:
    """Why nobody sees what an answer calls, where it has ended the record of it; else nothing."""
    return next((UNSEEN[what] for what in UNSEEN if SWITCHES + what in used), "")


def _operator(use: str) -> str:
    """An operator by the name that people know it by; anything else as it is called."""
    if not use.startswith(OPERATORS):
        return use
    name = use.rpartition(".")[2].lstrip("_")
    known = next((known for begins, known in ALSO_CALLED.items() if name.startswith(begins)), name)
    return f"{OPERATORS}{known}"


def _is_named(ban: str, name: str) -> bool:
    """Whether a name is, or stands below, what is forbidden; an operator has no other name than its last."""
    if ban.startswith("."):
        return f"{ban}." in name
    if name.startswith(f".{OPERATORS}"):
        return ban.startswith("torch.") and ban.rpartition(".")[2] == name.split(".")[-2]
    package, _, last = ban.rpartition(".")
    return name.startswith(f".{ban}.") or (name.startswith(f".{package}.") and name.endswith(f".{last}."))
