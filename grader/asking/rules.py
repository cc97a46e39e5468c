"""The sentences of ours about an answer that broke a rule of its question, or could not be asked.

They are found out beside student code and read elsewhere. So only a rule's name crosses, with a few names and
sizes: whatever runs in the student's process can pick one of these sentences, and write none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LATE, COMPILING, MISSING, ENDED, JUDGE = "late", "compiling", "missing", "does not run", "judge"
NOT_ASKED = (LATE, COMPILING, MISSING, ENDED, JUDGE)  # the answer did not get to break a rule
RULES = {
    "no function": "It is {type}, not a function.",
    "no table": "It is {type}, not a table: keep the braces and the names, and write between the quotes.",
    "no test": "It is {type}, not a test function.",
    "text for a number": "It is text in quotes; a number is expected.",
    "no number": "It is {type}; one number is expected.",
    "changes an input": "It changes its input `{name}` in place; the caller's tensor must stay as it was.",
    "by chance": "Two calls with the same inputs give different results: something random is left in it "
    "(dropout?), or it remembers the first call.",
    "large tensor": "On the way it makes a tensor of {shape} numbers, which this exercise avoids.",
    "step by step": "Step by step it makes as many numbers as a large matrix has: no matrix stands there, "
    "and the price is the same.",
    "no module": "It is not a class that inherits from nn.Module.",
    "no parameters": "The module has no parameters: its layers are made in `__init__`, each as an attribute "
    "of its own (`self.name = …`). What stands in a plain list, or is made in `forward`, is no parameter of "
    "it.",
    "no such parameter": "The module has no parameter called `{name}`.",
    "nothing kept": "The module keeps no `{name}`: a plain tensor is no part of it. Make it a buffer "
    "(register_buffer), or an nn.Parameter with requires_grad=False.",
    "is trained": "The parameter `{name}` would be trained: it has a gradient, and any optimiser moves it. "
    "Make it a buffer, or say requires_grad=False.",
    "is frozen": "The parameter `{name}` is frozen (requires_grad=False): it would never learn.",
    "no such layer": "The module has no `{name}`: each layer that the text names is one of its own.",
    "array for a tensor": "It gives an array of numpy; a tensor is asked for (torch.from_numpy).",
    "other dtype": "The dtype is {found}; {wanted} is asked for, as what takes it later needs.",
    "shape of a parameter": "The parameter `{name}` has shape {shape}; {expected} is expected.",
    "one parameter too many": "The module has a parameter `{name}` that does not belong to it.",
    "no result": "It gives something else than a result and its gradient.",  # no answer does: a forgery
    "process": "It starts another process, where nobody sees what it calls: leave that out.",
    LATE: "It did not finish within {seconds} seconds: is there a loop that never ends?",
    COMPILING: "PyTorch was still compiling it when its {seconds} seconds were over. That pays for what runs "
    "often: leave `torch.compile` out of your answer.",
    MISSING: "There is no `{name}` yet: run the cell that defines it.",
    ENDED: "The file does not run.",
    JUDGE: "{text}",  # what the judge says itself; it never crosses
}
_DETAIL = re.compile(r"[^\W\d][\w.]{0,80}|[\d. ,×()]{1,80}")  # a name, or sizes


def sentence(rule: str, details: Mapping[str, Any]) -> str:
    """The sentence of a rule, with its details.

    Raises:
        LookupError: there is no such rule, or it needs other details.
    """
    told = {key: with_article(value) if key == "type" else value for key, value in details.items()}
    return RULES[rule].format(**told)


def crosses(rule: str, details: Mapping[Any, Any]) -> bool:
    """Whether it is a rule, and its details are names and sizes, and no text."""
    if rule not in RULES or rule == JUDGE:
        return False
    wanted = set(re.findall(r"{(\w+)}", RULES[rule]))
    plain = (isinstance(value, str) and _DETAIL.fullmatch(value) for value in details.values())
    return details.keys() == wanted and all(plain)


def with_article(noun: str) -> str:
    """``a list``, ``an int``."""
    return f"{'an' if noun[:1].lower() in tuple('aeiou') else 'a'} {noun}"
